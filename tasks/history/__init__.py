"""The past, for analysts and for a person's look: as pandas DataFrames, as pictures, as tables.

The functions whose names end in `_history` are for notebooks: they open the state database themselves and only read.
Times are UTC with a zone (`datetime64[us, UTC]`), counts are `Int64`, yes and no are `boolean`, texts are `string`;
`<NA>` is "not known" and never 0. `attrs["left_out"]` counts archived versions that are gone, or can't be read.
Errors: ImportError where pandas is not installed, ValueError for the name of a block that does not exist, Refused for
a product that is not known, or ambiguous.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from blocks import ShopBlock, SupplierFeed, load_feed, load_shop
from tasks.history import frames, runs
from tasks.history.offers import links_of, offer_rows
from tasks.history.showing import show_product, show_shop
from tasks.history.switches import switches
from tasks.linking import find_product
from tasks.state import StateDatabase, open_state

if TYPE_CHECKING:
    import pandas as pd

Shop = ShopBlock | str | int

__all__ = [
    "import_history",
    "product_history",
    "show_product",
    "show_shop",
    "supplier_history",
    "switch_history",
    "sync_history",
]


def sync_history(shop: Shop, days: int = 30) -> pd.DataFrame:
    """Return a row a run of sync-availability for a shop: a block, the name of a saved one or its integration number.

    run_id, started_at, ended_at, status
    on, off               products of the shop that can, can't be ordered after this decision
    changed, written      products with something new to write; those that were written and read back
    enabled, disabled     products switched on, off
    left, failed          products that somebody else had changed; that could not be written
    message               of a run that ended with an error

    Counts are `<NA>` for runs that did not come to their end; on and off also for runs from before they were counted.
    Trials don't count: dry runs, and runs with a limit or for one contractor.
    """
    number = _shop_number(shop)
    with _looking_back(days) as (state, since):
        return frames.frame(runs.sync_rows(state, number, since), frames.SYNC)


def supplier_history(shop: Shop, days: int = 30) -> pd.DataFrame:
    """Return a row a run of sync-availability and supplier whose offers decided about products of a shop.

    run_id, started_at
    supplier, supplier_name   its integration number; its name as of its last import
    on, off, changed          products that its offer let be ordered, did not, and that had something new to write

    Trials, runs that did not come to their end, and runs from before this was counted have no rows.
    """
    number = _shop_number(shop)
    with _looking_back(days) as (state, since):
        return frames.frame(runs.supplier_rows(state, number, since), frames.SUPPLIER)


def import_history(feed: SupplierFeed | str | int, days: int = 30) -> pd.DataFrame:
    """Return a row a run of import-feed for a supplier: a block, the name of a saved one or its integration number.

    run_id, started_at, ended_at, status
    part, snapshot_id         which of the supplier's files ("" for the only one); this version of it
    rows_read, rows_rejected  records of the file
    offers, available         records that were understood; of these, offers that the supplier can deliver
    matched, unmatched        offers that are a product, that are none (or several)
    created, updated, unchanged, absent, sold_out    links
    message                   of a run that ended with an error

    All of a supplier's files are there, whichever block is given. Counts are `<NA>` where a run did not come so far.
    Trials don't count: dry runs, and runs with a limit.
    """
    number = feed if isinstance(feed, int) else load_feed(feed).integration_id
    with _looking_back(days) as (state, since):
        return frames.frame(runs.import_rows(state, number, since), frames.IMPORT)


def product_history(product: str | int, days: int = 30, shop: Shop | None = None) -> pd.DataFrame:
    """Return a row a supplier and believed version of its feed: what it said of the item that is the product now.

    `product`: a SKU, an EAN or our number; with `shop` also the id that it has there.

    at, confirmed_at          from when it counted (to the supplier's next row); when it was served last
    supplier, supplier_name   its integration number; its name as of its last import
    is_listed                 whether the item stood in the file; if not, the rest is `<NA>`
    stock_quantity            pieces of ours; a pack counts as many as it holds now
    is_available              the supplier's yes or no, where it says one
    delivery_days             calendar days from `at`, by days or by date
    available_from            the date itself (`datetime64[s]`, no zone)
    snapshot_id               that version of the feed

    The first row of a supplier is what held when the time began, so its `at` may lie before it.
    """
    number = None if shop is None else _shop_number(shop)
    with _looking_back(days) as (state, since):
        told = offer_rows(state, links_of(state, _product(state, product, number)), since)
        return frames.frame(told.rows, frames.PRODUCT, told.left_out)


def switch_history(product: str | int, days: int = 30, shop: Shop | None = None) -> pd.DataFrame:
    """Return a row a time at which a product was switched on or off: in one shop, else in every shop that has it.

    at, shop                  when it was written; the shop's integration number
    was_on, is_on             whether it could, can be ordered; `<NA>`: as the shop's own setting says
    reason_code               of the decision
    change_set_id, run_id     what was written then, and by which run
    """
    number = None if shop is None else _shop_number(shop)
    with _looking_back(days) as (state, since):
        product_id = _product(state, product, number)
        shops = [link for link in links_of(state, product_id) if not link.is_supplier]
        wanted = [link for link in shops if number in {None, link.integration_id}]
        told = [switches(state, link.integration_id, product_id, link.item, since) for link in wanted]
        rows = [row for one in told for row in one.rows]
        return frames.frame(rows, frames.SWITCH, sum(one.left_out for one in told))


@contextmanager
def _looking_back(days: int) -> Iterator[tuple[StateDatabase, datetime]]:
    with open_state() as state:
        yield state, state.now() - timedelta(days=days)


def _shop_number(shop: Shop) -> int:
    return shop if isinstance(shop, int) else load_shop(shop).integration_id


def _product(state: StateDatabase, product: str | int, shop: int | None) -> int:
    text = f"#{product}" if isinstance(product, int) else product
    return find_product(state, text, shop).product_id
