"""From links and policy to a change set: decide what is wanted, find what differs, say what it would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from blocks import PrestashopDatabase
from tasks.availability.texts import Language, all_texts
from tasks.duck import Desk, desk

SAMPLE = 10


class Wanted(BaseModel):
    """What the shop shall hold: file `wanted` (a row a shop row and field), `products` in it, the rest by reason."""

    wanted: Path
    products: int
    allowed: int
    not_enforceable: int
    skipped: dict[str, int]


class Differing(BaseModel):
    """Rows of `wanted` that are new, and the products (`changed_products`: id_product) that they belong to."""

    rows: Path
    products: Path
    count: int


class ChangeSet(BaseModel):
    """A plan for the shop: `changes` is the one file that is shown, applied, recorded and undone.

    `missing_rows`: the first rows that the shop lacks, `rows_missing` how many; `only_missing`: products of which
    nothing else is to be written.
    """

    changes: Path
    rows: int
    products: int
    rows_missing: int
    only_missing: int
    missing_rows: list[dict[str, Any]]
    enabled: int
    disabled: int
    reasons: dict[str, int]


class ShopView(BaseModel):
    """What a decision has to know of the shop beside its rows."""

    languages: list[Language]
    combination_labels: bool
    only_bmp: bool
    today: date


def decide(
    shop: PrestashopDatabase,
    view: ShopView,
    inputs: Mapping[str, Path],
    folder: Path,
    contractor: int | None = None,
) -> Wanted:
    """Decide over the files `links`, `written` and `catalogue`; see best_offer, decisions and wanted.sql.

    Raises Refused where a language has no texts, or a text doesn't fit the shop.
    """
    values = {
        "integration_id": shop.integration_id,
        "min_stock_threshold": shop.policy.min_stock_threshold,
        "combinations": shop.policy.combinations,
        "combination_labels": view.combination_labels,
        "contractor": contractor,
        "today": view.today,
    }
    with desk() as table:
        table.load(written=inputs["written"], catalogue=inputs["catalogue"])
        table.show(links=inputs["links"])
        table.run("can_be_ordered.sql")
        table.run("availability/best_offer.sql", values)
        table.run("availability/decisions.sql", values)
        _lay_texts(table, shop, view)
        table.run("availability/wanted.sql", values)
        skipped = table.rows("SELECT reason, count(*) AS n FROM left_alone GROUP BY reason ORDER BY reason")
        unenforced = table.rows(
            "SELECT count(*) AS n FROM item_decisions i JOIN decisions d USING (id_product)"
            " WHERE i.id_product_attribute > 0 AND d.allowed AND NOT coalesce(i.allowed, false)"
        )
        return Wanted(
            wanted=table.save("wanted", folder / "wanted.parquet"),
            products=table.count("decisions"),
            allowed=table.count("decisions", "allowed"),
            not_enforceable=unenforced[0]["n"],
            skipped={row["reason"]: row["n"] for row in skipped},
        )


def _lay_texts(table: Desk, shop: PrestashopDatabase, view: ShopView) -> None:
    days = table.rows(
        "SELECT DISTINCT days FROM decisions WHERE days > 0"
        " UNION SELECT DISTINCT days FROM item_decisions WHERE days > 0"
    )
    texts = all_texts(shop.policy, view.languages, (row["days"] for row in days), only_bmp=view.only_bmp)
    table.connection.execute(
        "CREATE TABLE texts AS SELECT unnest("
        "$texts::STRUCT(id_lang INTEGER, kind VARCHAR, days INTEGER, text VARCHAR)[], recursive := true)",
        {"texts": [text._asdict() for text in texts]},
    )


def find_differing(wanted: Path, held: Path, folder: Path) -> Differing:
    """Compare the whole wanted state with what is held: our last-written rows, or the shop's own."""
    with desk() as table:
        table.show(wanted=wanted, held=held)
        table.run("availability/changed.sql")
        return Differing(
            rows=table.save("differing", folder / "differing.parquet"),
            products=table.save("changed_products", folder / "changed_products.parquet"),
            count=table.count("changed_products"),
        )


def make_change_set(differing: Path, shop_rows: Path, folder: Path, limit: int | None = None) -> ChangeSet:
    """Put what the shop holds now beside what it shall hold; `limit` takes the first n products by id."""
    with desk() as table:
        table.show(differing=differing, shop_rows=shop_rows)
        table.run("availability/change_set.sql", {"limit": limit})
        flags = "field = 'out_of_stock' AND id_product_attribute = 0 AND before IS DISTINCT FROM after"
        reasons = table.rows(
            "SELECT reason_code, count(DISTINCT id_product) AS n FROM changes GROUP BY reason_code ORDER BY reason_code"
        )
        products = table.rows("SELECT count(DISTINCT id_product) AS n FROM changes")
        lacking = table.rows(
            "SELECT count(DISTINCT id_product) AS n FROM missing_rows"
            " WHERE id_product NOT IN (SELECT id_product FROM changes)"
        )
        return ChangeSet(
            changes=table.save("changes", folder / "changes.parquet", to_keep=True),
            rows=table.count("changes"),
            products=products[0]["n"],
            rows_missing=table.count("missing_rows"),
            only_missing=lacking[0]["n"],
            missing_rows=table.rows(
                "SELECT id_product AS product, id_product_attribute AS combination, id_lang AS language, field"
                " FROM missing_rows LIMIT $most",
                {"most": SAMPLE},
            ),
            enabled=table.count("changes", f"{flags} AND after = '1'"),
            disabled=table.count("changes", f"{flags} AND after = '0'"),
            reasons={row["reason_code"]: row["n"] for row in reasons},
        )


def sample(changes: Path, count: int = SAMPLE) -> Sequence[dict[str, object]]:
    """The first rows of a change set, as a person reads them."""
    with desk() as table:
        table.show(changes=changes)
        return table.rows("SELECT * FROM changes LIMIT $count", {"count": count})
