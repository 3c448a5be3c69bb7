"""How much is asked for at once, and the words of an address for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from tasks.prestashop.webservice.wire import ATTEMPTS

PAGES = {"products": 250, "combinations": 500}  # PHP loads each entity of a page by queries of its own
PAGE = 500
SMALLEST_PAGE = 25  # to which pages are halved where PHP has too little memory or time
IDS_AT_ONCE = 2_000
LONGEST_FILTER = 2_000  # characters; a request line may have some 8,000
LONGEST_OF_SUHOSIN = 500  # of 512: that PHP extension drops a longer value, and with it the filter

T = TypeVar("T")


def page_size(resource: str) -> int:
    """How many entities of a resource a page has."""
    return PAGES.get(resource, PAGE)


def attempts_for(size: int) -> int:
    """How often a page is asked for: one that can be halved less often, it may always be too large for the shop."""
    return ATTEMPTS if size <= SMALLEST_PAGE else ATTEMPTS // 2


def filters_of(values: Mapping[str, str]) -> dict[str, str]:
    """Values by field as parameters of an address."""
    return {f"filter[{name}]": value for name, value in values.items()}


def limits(most: int) -> dict[str, str]:
    """The first so many by their ids: without an order PrestaShop gives any."""
    return {"sort": "[id_ASC]", "limit": str(most)}


def one_of(values: Iterable[object]) -> str:
    """A filter for any of some values."""
    return f"[{'|'.join(map(str, values))}]"


def chunks(ids: Sequence[int], most: int, longest: int) -> Iterator[list[int]]:
    """Ids in parts of at most so many, and of so many characters in an address."""
    chunk: list[int] = []
    length = 0
    for one in ids:
        digits = len(str(one)) + 1
        if chunk and (len(chunk) == most or length + digits > longest):
            yield chunk
            chunk, length = [], 0
        chunk.append(one)
        length += digits
    if chunk:
        yield chunk


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Items in lists of a size."""
    batch: list[T] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
