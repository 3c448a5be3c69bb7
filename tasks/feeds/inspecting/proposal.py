"""The block that an inspected file is proposed to be read by: the given one where it can, else what was recognised."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from blocks import SupplierFeed
from tasks.errors import Refused, WrongSettingsError
from tasks.feeds.inspecting.inspection import Inspection
from tasks.feeds.offers.read import FeedRead, read_feed

READ_BY = (
    "preset",
    "format",
    "delimiter",
    "encoding",
    "has_header",
    "record_path",
    "variant_path",
    "mapping",
    "absence",
)
ABOUT_COLUMNS: dict[str, list[object]] = {"warehouses": [], "contractors": []}  # of a mapping that does not fit


class Proposal(BaseModel):
    """A block, and what it reads of the file: `read` None where it reads nothing, `fault` why it would be refused.

    `given_fault`: why the block that was given would be, where this is another one. `is_given`: it is that one.
    """

    feed: SupplierFeed
    read: FeedRead | None = None
    fault: str = ""
    given_fault: str = ""
    is_given: bool = False


def propose(
    source: SupplierFeed | str, looked: Inspection, raw: Path, folder: Path, numbers: dict[str, int]
) -> Proposal | None:
    """Try the given block, then the recognised one; the first that reads the file is it, else the last. None: no block.

    `numbers`: integration_id, contractor_id as far as they were asked for; they go before the block's own.
    """
    last, given_fault = None, ""
    for place, feed in enumerate(_candidates(source, looked, numbers)):
        is_given = not isinstance(source, str) and place == 0
        try:
            last = _tried(feed, raw, folder / f"proposal-{place}")
        except WrongSettingsError:  # what was recognised is no file of the given block's part
            if is_given:
                raise
            break
        last.is_given, last.given_fault = is_given, given_fault
        if not last.fault:
            break
        given_fault = last.fault if is_given else given_fault
    return last


def _candidates(source: SupplierFeed | str, looked: Inspection, numbers: dict[str, int]) -> Iterator[SupplierFeed]:
    if isinstance(source, str):
        if recognised := looked.feed(source):
            yield recognised.model_copy(update=numbers)
        return
    yield source.model_copy(update=numbers)
    if recognised := looked.feed(source.source):
        read_by = {name: getattr(recognised, name) for name in READ_BY}
        has_prices = bool(recognised.preset or recognised.mapping.purchase_price)
        prices = {"sync_purchase_price": source.sync_purchase_price and has_prices}
        yield source.model_copy(update={**ABOUT_COLUMNS, **read_by, **prices, **numbers})


def _tried(feed: SupplierFeed, raw: Path, folder: Path) -> Proposal:
    folder.mkdir()
    try:
        return Proposal(feed=feed, read=read_feed(feed, raw, folder))
    except Refused as refused:
        read = refused.summary if isinstance(refused.summary, FeedRead) else None
        return Proposal(feed=feed, read=read, fault=str(refused))
