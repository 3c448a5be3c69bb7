"""From a decision to a change set: what is wanted, what of it differs, and what writing it would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from blocks import ShopBlock
from tasks.availability.drifting import Drift, Memory
from tasks.availability.judging import ShopView, lay_decisions
from tasks.duck import Desk, desk, sql_text
from tasks.prestashop import Field

SAMPLE = 10
SWITCHES = """id_product_attribute = 0 AND NOT is_first AND CASE field
  WHEN 'out_of_stock' THEN before IS DISTINCT FROM after
  WHEN 'quantity' THEN (before::BIGINT > 0) IS DISTINCT FROM (after::BIGINT > 0) END"""


class Wanted(BaseModel):
    """What the shop shall hold: file `wanted` (a row a shop row and field), `products` in it, the rest by reason.

    `by_supplier`: products per supplier that decides them, `6 on`, `6 off`. `unused`: exceptions that name nothing.
    `not_sold`: products that can be ordered and that the shop itself does not sell (inactive, not for order).
    """

    wanted: Path
    products: int
    allowed: int
    not_enforceable: int
    skipped: dict[str, int]
    by_supplier: dict[str, int] = {}
    unused: list[str] = []
    not_sold: int = 0


class Differing(BaseModel):
    """Rows of `wanted` that are new, their products (`changed_products`: id_product) and fields.

    `memory`: what they were compared with besides, and are judged by.
    """

    rows: Path
    products: Path
    count: int
    fields: list[Field]
    memory: Memory | None = None


class ChangeSet(BaseModel):
    """A plan for the shop: `changes` is the one file that is shown, applied, recorded and undone.

    `changed`: products with something to write, `products` those of them that a limit lets through. `missing_rows`: the
    first rows that the shop lacks, `rows_missing` how many. `had_own`: the first products with a text or flag of their
    own before our first write, `own` how many; `respected`: those of them that are left alone. `switches`: rows by
    which a product that we wrote to before goes on or off. `drift`: what others changed, where anything was found.
    """

    changes: Path
    rows: int
    products: int
    changed: int
    rows_missing: int
    missing_rows: list[dict[str, Any]]
    own: int
    respected: int
    had_own: list[dict[str, Any]]
    enabled: int
    disabled: int
    switches: int
    reasons: dict[str, int]
    by_supplier: dict[str, int]
    drift: Drift | None = None


def decide(
    shop: ShopBlock,
    view: ShopView,
    inputs: Mapping[str, Path],
    folder: Path,
    contractor: int | None = None,
) -> Wanted:
    """Decide for every managed product; see `lay_decisions` for inputs and errors."""
    with desk() as table:
        lay_decisions(table, shop, view, inputs, contractor)
        skipped = table.rows(
            "SELECT reason, count(*) AS n FROM left_alone GROUP BY reason UNION ALL SELECT 'sizes_with_own_pieces',"
            " count(*) AS n FROM pieces WHERE written IS NOT NULL AND NOT is_ours HAVING n > 0 ORDER BY reason"
        )
        unenforced = table.rows(
            "SELECT count(*) AS n FROM item_decisions i JOIN decisions d USING (id_product)"
            " WHERE i.id_product_attribute > 0 AND d.allowed AND NOT coalesce(i.allowed, false) AND NOT $quantities",
            {"quantities": shop.policy.combinations == "quantities"},
        )
        suppliers = table.rows(
            "SELECT supplier || CASE WHEN allowed THEN ' on' ELSE ' off' END AS name, count(*) AS n FROM decisions"
            " WHERE supplier IS NOT NULL GROUP BY supplier, allowed ORDER BY supplier, allowed DESC"
        )
        idle = table.rows(
            "SELECT count(*) AS n FROM decisions d JOIN catalogue c USING (id_product) WHERE c.id_product_attribute = 0"
            " AND d.allowed AND NOT (coalesce(c.active, true) AND coalesce(c.available_for_order, true))"
        )
        # not looked for where there are none: it goes through all links
        unused = table.rows(sql_text("availability/unused_exceptions.sql")) if shop.policy.exceptions else []
        return Wanted(
            wanted=table.save("wanted", folder / "wanted.parquet"),
            products=table.count("decisions"),
            allowed=table.count("decisions", "allowed"),
            not_enforceable=unenforced[0]["n"],
            skipped={row["reason"]: row["n"] for row in skipped},
            by_supplier={row["name"]: row["n"] for row in suppliers},
            not_sold=idle[0]["n"],
            unused=[row["name"] for row in unused],
        )


def find_differing(wanted: Path, held: Path, folder: Path, memory: Memory | None = None) -> Differing:
    """Compare the whole wanted state with what is held: our last-written rows, or the shop's own.

    `memory`: what we know besides, by which rows are looked at that hold what is wanted.
    """
    with desk() as table:
        table.show(wanted=wanted, held=held)
        table.run("availability/changed.sql")
        if memory:
            _look_at_more(table, memory)
        table.run("availability/changed_products.sql")
        return Differing(
            rows=table.save("differing", folder / "differing.parquet"),
            products=table.save("changed_products", folder / "changed_products.parquet"),
            count=table.count("changed_products"),
            fields=[row["field"] for row in table.rows("SELECT DISTINCT field FROM differing ORDER BY field")],
            memory=memory,
        )


def _look_at_more(table: Desk, memory: Memory) -> None:
    if memory.with_shop or memory.has_more:
        memory.lay(table)
    if memory.with_shop:
        table.run("availability/changed_record.sql")
    if memory.has_more:
        table.run("availability/look_again.sql", {"now": memory.moment, "with_shop": memory.with_shop})


def make_change_set(
    differing: Path,
    shop_rows: Path,
    written: Path,
    folder: Path,
    limit: int | None = None,
    *,
    respect_existing: bool = False,
    unfinished: bool = False,
) -> ChangeSet:
    """Put what the shop holds now beside what it shall hold; `limit` takes the first n products by id.

    `respect_existing` leaves out products that had a text or flag of their own before our first write. `unfinished`: a
    crash left a change set of which something may stand in the shop without a record.
    """
    with desk() as table:
        table.show(differing=differing, shop_rows=shop_rows, written=written)
        values = {"limit": limit, "respect_existing": respect_existing, "unfinished": unfinished}
        table.run("availability/change_set.sql", values)
        flags = "field = 'out_of_stock' AND id_product_attribute = 0 AND before IS DISTINCT FROM after"
        reasons = table.rows(
            "SELECT reason_code, count(DISTINCT id_product) AS n FROM changes GROUP BY reason_code ORDER BY reason_code"
        )
        suppliers = table.rows(
            "SELECT (reason_args ->> 'supplier') || ' changed' AS name, count(DISTINCT id_product) AS n FROM changes"
            " WHERE (reason_args ->> 'supplier') IS NOT NULL GROUP BY 1 ORDER BY 1"
        )
        products = table.rows("SELECT count(DISTINCT id_product) AS n FROM changes")
        writable = table.rows("SELECT count(DISTINCT id_product) AS n FROM writable")
        own = table.count("had_own")
        return ChangeSet(
            changes=table.save("changes", folder / "changes.parquet", to_keep=True),
            rows=table.count("changes"),
            products=products[0]["n"],
            changed=writable[0]["n"],
            rows_missing=table.count("missing_rows"),
            missing_rows=table.rows(
                "SELECT id_product AS product, id_product_attribute AS combination, id_lang AS language, field"
                " FROM missing_rows LIMIT $most",
                {"most": SAMPLE},
            ),
            own=own,
            respected=own if respect_existing else 0,
            had_own=table.rows("SELECT id_product AS product, flag, text FROM had_own ORDER BY 1 LIMIT 50"),
            enabled=table.count("changes", f"{flags} AND after = '1'"),
            disabled=table.count("changes", f"{flags} AND after = '0'"),
            switches=table.count("changes", SWITCHES),
            reasons={row["reason_code"]: row["n"] for row in reasons},
            by_supplier={row["name"]: row["n"] for row in suppliers},
        )


def sample(changes: Path, count: int = SAMPLE) -> Sequence[dict[str, object]]:
    """The first rows of a change set, as a person reads them."""
    with desk() as table:
        table.show(changes=changes)
        return table.rows("SELECT * EXCLUDE (is_first) FROM changes LIMIT $count", {"count": count})
