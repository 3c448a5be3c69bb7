"""The door to a PrestaShop shop: read its catalogue, read and write its availability, check its settings.

Nothing else in the project writes to a shop. Written are `out_of_stock` and `available_later`, never a quantity.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from blocks import PrestashopDatabase
from tasks.errors import Refused
from tasks.prestashop.applying import apply_change_set
from tasks.prestashop.checks import checks
from tasks.prestashop.database import open_shop
from tasks.prestashop.model import Asked, ShopInfo, asked_by
from tasks.prestashop.record import Writing
from tasks.run import Ahead, Run
from tasks.station import station
from tasks.summaries import CheckSummary, SyncSummary

__all__ = [
    "Look",
    "ShopInfo",
    "asked_by",
    "begin_reading_rows",
    "check_shop",
    "look_at_shop",
    "read_all_rows",
    "read_rows_of",
    "write_changes",
]


class Look(BaseModel):
    """What a shop is, and its catalogue as a file."""

    info: ShopInfo
    catalogue: Path


@station("look at shop", io=True)
def look_at_shop(
    run: Run[Any], block: PrestashopDatabase, *, to_write: bool = False, asked: Collection[Asked] = ()
) -> Look:
    """Read the shop's version, languages and catalogue; raises Refused for writing to a shop that is switched off.

    `asked`: what the catalogue tells besides: codes for linking, for a sync what `asked_by` its policy is.
    """
    if to_write and not block.product_listing_enabled:
        raise Refused(
            f"The shop (integration {block.integration_id}) is switched off. Turn `Switched on` on in its block when it"
            " may be written to; a dry run works without."
        )
    with open_shop(block) as shop:
        catalogue = shop.read_catalogue(run.folder / "catalogue.parquet", asked=asked)
        run.say(
            "PrestaShop %s on %s, stock of %s",
            shop.info.version,
            shop.info.server,
            "the shop group (shared)" if shop.info.share_stock else f"shop {shop.info.id_shop}",
        )
        return Look(info=shop.info, catalogue=catalogue)


@station("read all rows of the shop", io=True)
def read_all_rows(run: Run[SyncSummary], block: PrestashopDatabase) -> Path:
    """Every flag and text that the shop holds, to compare the wanted state with."""
    with open_shop(block) as shop:
        return shop.read_rows(run.folder / "all_rows.parquet")


def begin_reading_rows(run: Run[SyncSummary], block: PrestashopDatabase, products: Path | None) -> Ahead[Path] | None:
    """Begin to read what the shop holds for some products, while it is decided about them; None: for nobody yet."""
    return run.ahead(partial(_read_rows, run, block, products)) if products else None


@station("read rows of changed products", io=True)
def read_rows_of(
    run: Run[SyncSummary], block: PrestashopDatabase, products: Path, begun: Ahead[Path] | None = None
) -> Path:
    """The flags and texts that the shop holds now for some products, or for more of them where that was begun."""
    return begun.result() if begun else _read_rows(run, block, products)


def _read_rows(run: Run[SyncSummary], block: PrestashopDatabase, products: Path) -> Path:
    with open_shop(block) as shop:
        return shop.read_rows(run.folder / "shop_rows.parquet", products)


@station("write changes", io=True)
def write_changes(run: Run[SyncSummary], block: PrestashopDatabase, changes: Path, links: Path) -> Path:
    """Apply a change set window by window, read back, record; returns the outcomes as a file.

    Safe to repeat: a row that already holds what it shall is found to, and recorded.
    """
    with open_shop(block) as shop, shop.lock():
        applied = apply_change_set(shop, run.state, changes, _writing(run, links), run.check_lease)
    counts = {"written": applied.written, "left": applied.left, "failed": applied.failed}
    run.count(**counts, rows_written=applied.rows_written)
    run.say("Wrote %d rows of %d products and read them back", applied.rows_written, applied.written)
    if applied.left or applied.failed:
        run.warn(f"{applied.left} products were changed by somebody else, {applied.failed} could not be written")
        run.show("Not written", applied.examples)
    return applied.outcomes


def _writing(run: Run[SyncSummary], links: Path) -> Writing:
    if run.summary.change_set_id is None:
        raise LookupError("a change set is planned and archived before it is written")
    return Writing(run.integration_id, run.id, run.summary.change_set_id, links, run.folder)


@station("check shop", io=True)
def check_shop(run: Run[CheckSummary], block: PrestashopDatabase) -> None:
    """The shop's settings, grants and languages, each with how to fix it."""
    run.summary.checks += checks(block)
