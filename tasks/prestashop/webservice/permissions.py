"""What the key of a sync has to be ticked for in the back office, and what it may be ticked for at most."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from blocks import PrestashopWebservice
from tasks.prestashop.model import ShopInfo, asked_by
from tasks.prestashop.webservice.client import Api

READ = ("products", "combinations", "stock_availables", "languages", "shops", "shop_groups", "configurations")
CODES = ("product_suppliers", "suppliers")
BRANDS = "manufacturers"
CURRENCIES = "currencies"
MAY_READ = frozenset({*READ, *CODES, BRANDS, CURRENCIES})  # single features do; nobody has to tick them
MAY_WRITE = frozenset({"products", "combinations", "stock_availables"})
HARMLESS = frozenset({"GET", "HEAD"})
WRITING = frozenset({"PUT", "PATCH"})
PATCH_SINCE = (8,)  # to choose what to tick: whether a key may, it says itself


class Need(NamedTuple):
    """A resource, and the methods of which the key has to have one."""

    resource: str
    methods: tuple[str, ...]


def reads() -> Iterator[Need]:
    """What nothing goes without."""
    for resource in READ:
        yield Need(resource, ("GET",))


def needs(api: Api, info: ShopInfo | None, block: PrestashopWebservice) -> Iterator[Need]:
    """What a sync of this block needs; `info` None: the shop could not be looked at."""
    yield from reads()
    asked = asked_by(block.policy)
    if "prices" in asked:
        yield Need(CURRENCIES, ("GET",))
    if "brands" in asked:
        yield Need(BRANDS, ("GET",))
    writes = ("PATCH", "PUT") if api.version >= PATCH_SINCE else ("PUT",)
    yield Need("products", writes)
    if not block.texts_only:
        yield Need("stock_availables", writes)
    if info and info.combination_labels and not block.leaves_labels:
        yield Need("combinations", writes)


def lacking(api: Api, needed: Iterator[Need]) -> list[Need]:
    """Those that the key does not have."""
    return [need for need in needed if not any(api.may(need.resource, method) for method in need.methods)]


def surplus(api: Api) -> Iterator[tuple[str, str]]:
    """Resource and method of what the key may do beyond any sync."""
    for resource, methods in sorted(api.methods.items()):
        for method in sorted(methods):
            may = MAY_READ if method in HARMLESS else MAY_WRITE if method in WRITING else ()
            if resource not in may:
                yield resource, method
