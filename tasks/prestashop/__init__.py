"""The door to a PrestaShop shop: read its catalogue, read and write its availability, check its settings.

Nothing else in the project writes to a shop. Written are `out_of_stock` and `available_later`; in quantities mode also
`quantity` and `available_now`; where its block asks for it, the products' `date_upd`.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from blocks import ShopBlock
from tasks.duck import desk
from tasks.errors import Refused, RexbitError
from tasks.prestashop.aftercare import noting, told_afterwards
from tasks.prestashop.applying import apply_change_set
from tasks.prestashop.model import ALL_FIELDS, USUAL_FIELDS, Asked, Field, ShopInfo, asked_by, fields_of
from tasks.prestashop.opening import checks, open_shop
from tasks.prestashop.record import Writing
from tasks.prestashop.scopes import KINDS, ShopRows, claim, read_scopes, shared_rows, told_of_shared, told_of_whole_shop
from tasks.run import Ahead, Run
from tasks.station import station
from tasks.summaries import Check, CheckSummary, SyncSummary

__all__ = [
    "ALL_FIELDS",
    "USUAL_FIELDS",
    "Asked",
    "Field",
    "Look",
    "ProductLook",
    "ShopInfo",
    "asked_by",
    "begin_reading_rows",
    "check_alone",
    "check_shop",
    "claim_rows",
    "fields_of",
    "look_at_product",
    "look_at_shop",
    "read_all_rows",
    "read_rows_of",
    "rows_of_others",
    "told_afterwards",
    "told_of_whole_shop",
    "write_changes",
]


class Look(BaseModel):
    """What a shop is, and its catalogue as a file."""

    info: ShopInfo
    catalogue: Path


@station("look at shop", io=True)
def look_at_shop(run: Run[Any], block: ShopBlock, *, to_write: bool = False, asked: Collection[Asked] = ()) -> Look:
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


class ProductLook(Look):
    """The same of one product, and the flags and texts that the shop holds for it."""

    rows: Path


def look_at_product(block: ShopBlock, id_product: int, folder: Path) -> ProductLook:
    """Read one product as the shop has it now; a plain function, not tried again: a person waits for the answer."""
    wanted = folder / "looked_at.parquet"
    with desk() as table:
        table.connection.execute("CREATE TABLE looked_at AS SELECT $id::BIGINT AS id_product", {"id": id_product})
        table.save("looked_at", wanted)
    with open_shop(block) as shop:
        asked, fields = asked_by(block.policy), fields_of(block.policy)
        return ProductLook(
            info=shop.info,
            catalogue=shop.read_catalogue(folder / "catalogue.parquet", asked=asked, only=id_product),
            rows=shop.read_rows(folder / "shop_rows.parquet", wanted, fields),
        )


@station("read all rows of the shop", io=True)
def read_all_rows(run: Run[SyncSummary], block: ShopBlock, fields: Collection[Field] | None = None) -> Path:
    """Every value that the shop holds of some fields (None: those that its policy has written), to compare with."""
    with open_shop(block) as shop:
        return shop.read_rows(run.folder / "all_rows.parquet", None, fields or fields_of(block.policy))


def begin_reading_rows(
    run: Run[SyncSummary],
    block: ShopBlock,
    products: Path | None,
    fields: Collection[Field] | None = None,
) -> Ahead[Path] | None:
    """Begin to read what the shop holds for some products, while it is decided about them; None: for nobody yet."""
    return run.ahead(partial(_read_rows, run, block, products, fields)) if products else None


@station("read rows of changed products", io=True)
def read_rows_of(
    run: Run[Any],
    block: ShopBlock,
    products: Path,
    begun: Ahead[Path] | None = None,
    fields: Collection[Field] | None = None,
) -> Path:
    """The values of some fields (None: those that the policy has written) that the shop holds now for some products.

    What was `begun` is taken as it is: the fields named there, and maybe of more products.
    """
    return begun.result() if begun else _read_rows(run, block, products, fields)


def _read_rows(run: Run[Any], block: ShopBlock, products: Path, fields: Collection[Field] | None) -> Path:
    with open_shop(block) as shop:
        return shop.read_rows(run.folder / "shop_rows.parquet", products, fields or fields_of(block.policy))


@station("write changes", io=True)
def write_changes(run: Run[Any], block: ShopBlock, changes: Path, links: Path) -> Path:
    """Apply a change set window by window, read back, record; returns the outcomes as a file.

    Safe to repeat: a row that already holds what it shall is found to, and recorded.
    """
    with open_shop(block) as shop, shop.lock():
        applied = apply_change_set(shop, run.state, changes, _writing(run, links), noting(run))
    counts = {"written": applied.written, "left": applied.left, "failed": applied.failed}
    run.count(**counts, rows_written=applied.rows_written)
    run.say("Wrote %d rows of %d products and read them back", applied.rows_written, applied.written)
    if applied.left or applied.failed:
        run.warn(f"{applied.left} products were changed by somebody else, {applied.failed} could not be written")
        run.show("Not written", applied.examples)
    return applied.outcomes


def _writing(run: Run[Any], links: Path) -> Writing:
    if run.summary.change_set_id is None:
        raise LookupError("a change set is planned and archived before it is written")
    summary = run.summary
    is_trial = isinstance(summary, SyncSummary) and (summary.limit is not None or summary.contractor is not None)
    return Writing(run.integration_id, run.id, summary.change_set_id, links, run.folder, is_trial)


@station("check shop", io=True)
def check_shop(run: Run[CheckSummary], block: ShopBlock) -> None:
    """The shop's settings, grants and languages, each with how to fix it."""
    run.summary.checks += checks(block)


@station("claim rows", io=True)
def claim_rows(run: Run[Any], block: ShopBlock, info: ShopInfo) -> None:
    """Record which rows this block writes; Refused for a shop given back or paused, or rows that another block writes.

    A dry run only warns.
    """
    rows = ShopRows.of(block, info)
    with run.state.session(read_only=True) as session:
        asked = {"integration_id": run.integration_id, "now": run.started_at}
        words = session.execute("pin_of_whole_shop", asked)
        known = read_scopes(session, run.integration_id, rows)
    told = told_of_whole_shop(run.integration_id, words[-1], ZoneInfo(block.timezone)) if words else ""
    if run.summary.dry_run:
        shared = shared_rows(known, run.integration_id, rows)
        for warning in (told, told_of_shared(shared, run.integration_id, run.title) if shared else ""):
            if warning:
                run.warn(warning)
        return
    if told:
        raise Refused(told)
    values = {"integration_id": run.integration_id, "name": run.title, "run_id": run.id}
    if claim(run.state, known, values, rows):
        run.say("Recorded which rows this block writes: %s", ", ".join(row for row in rows[1:] if row))


def rows_of_others(run: Run[Any], block: ShopBlock) -> dict[str, str]:
    """Which of the rows that this shop's block could write another block writes: kind -> that block's name."""
    with open_shop(block) as shop:
        rows = ShopRows.within_reach(shop.info)
    with run.state.session(read_only=True) as session:
        shared = shared_rows(read_scopes(session, run.integration_id, rows), run.integration_id, rows)
    return {one.kind: one.name for one in shared}


@station("check who writes", io=True)
def check_alone(run: Run[CheckSummary], block: ShopBlock) -> None:
    """Whether this block alone writes its rows."""
    expected = "rows of this shop are written by this block alone"
    try:
        with open_shop(block) as shop:
            rows = ShopRows.of(block, shop.info)
    except RexbitError:
        found = "not looked at: the shop could not be opened"
        run.summary.checks.append(Check(name="one writer", ok=None, expected=expected, found=found))
        return
    with run.state.session(read_only=True) as session:
        shared = shared_rows(read_scopes(session, run.integration_id, rows), run.integration_id, rows)
    names = [f"{KINDS[one.kind]}: `{one.name}` (integration {one.integration_id}) too" for one in shared]
    fix = told_of_shared(shared, run.integration_id, run.title) + "." if shared else ""
    found = "; ".join(names) or "this block alone, as far as syncs have run"
    run.summary.checks.append(Check(name="one writer", ok=not shared, expected=expected, found=found, fix=fix))
