"""What our database knows of one product: read by indexes alone, however many products and runs there are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from tasks.duck import scratch
from tasks.explaining.model import Doing, Item
from tasks.state import Condition, Session

LINKS = "integration_product_links"
RUNS_LOOKED_AT = 10  # for one that was no trial


class Known(BaseModel):
    """Files as a decision takes them, and their rows: of the product and of what it is one of (its family).

    `edits`: what others changed in the shop and is left so. `links` are those of suppliers, `products` our numbers of
    the family by their place in the shop.
    """

    files: dict[str, Path]
    integrations: list[int]
    products: dict[int, int]
    is_in_shop: bool
    links: list[dict[str, Any]]
    written: list[dict[str, Any]]
    pins: list[dict[str, Any]]
    names: dict[int, str]
    absences: list[dict[str, Any]]
    edits: list[dict[str, Any]] = []

    def name(self, supplier: int) -> str:
        """A supplier's name; its number where no import left one."""
        return self.names.get(supplier) or str(supplier)


def read_known(
    session: Session, shop: int, item: Item, attributes: Sequence[int], folder: Path, *, ageing: bool
) -> Known:
    """Read what concerns a product of a shop; `attributes`: the combinations that the shop has of it now.

    `ageing`: also how imports ended, by which an offer's age is counted.
    """
    integrations = [int(row["integration_id"]) for row in session.execute("integrations_linked")]
    ours: dict[str, Condition] = {"integration_id": [shop], "id_product": [item.id_product or 0]}
    written = session.read("shop_written", folder / "written.parquet", where=ours)
    rows_written = rows(written)
    places = {0, item.attribute, *attributes, *(row["id_product_attribute"] for row in rows_written)}
    of_shop = _shop_links(session, shop, item, sorted(places), folder)
    products = {_attribute(row["external_product_id"]): int(row["product_id"]) for row in of_shop}
    family = sorted({item.product_id, *products.values()})
    where: dict[str, Condition] = {"integration_id": integrations, "product_id": family}
    files = {
        "links": session.read(LINKS, folder / "links.parquet", where=where),
        "written": written,
        "suppliers": session.read("suppliers", folder / "suppliers.parquet"),
        "pins": session.read("pins", folder / "pins.parquet", where={"integration_id": [shop], "ended_at": None}),
        "absences": session.read("absences", folder / "absences.parquet", where=where),
        "feed_health": session.read("feed_health", folder / "feed_health.parquet"),
    }
    if ageing:
        of_imports: dict[str, Condition] = {"flow": "import-feed", "integration_id": integrations}
        columns = ("integration_id", "started_at", "status")
        files["imports"] = session.read("runs", folder / "imports.parquet", columns, of_imports)
    suppliers = rows(files["suppliers"])
    return Known(
        files=files,
        integrations=sorted({*integrations, *(row["integration_id"] for row in suppliers)} - {shop}),
        products=products,
        is_in_shop=item.attribute in products,
        links=[row for row in rows(files["links"]) if row["supplier_availability"] and row["integration_id"] != shop],
        written=rows_written,
        pins=[row for row in rows(files["pins"]) if row["product_id"] in {None, *family}],
        names={row["integration_id"]: row["name"] for row in suppliers},
        absences=rows(files["absences"]),
        edits=rows(session.read("shop_edits", folder / "edits.parquet", where={**ours, "ended_at": None})),
    )


def _shop_links(session: Session, shop: int, item: Item, places: Sequence[int], folder: Path) -> list[dict[str, Any]]:
    if item.id_product is None:
        return []
    names = [f"{item.id_product}-{place}" if place else str(item.id_product) for place in places]
    where: dict[str, Condition] = {"integration_id": [shop], "external_product_id": names}
    columns = ("product_id", "external_product_id")
    return rows(session.read(LINKS, folder / "shop_links.parquet", columns, where))


def _attribute(external_id: str) -> int:
    return int(external_id.partition("-")[2] or 0)


def read_unmatched(session: Session, supplier: int, keys: Sequence[str], folder: Path) -> list[dict[str, Any]]:
    """Offers of a supplier that stayed without a product, by their keys."""
    where: dict[str, Condition] = {"integration_id": [supplier], "offer_key": list(keys)}
    return rows(session.read("unmatched_offers", folder / "unmatched.parquet", where=where))


def read_decided(session: Session, supplier: int, keys: Sequence[str], folder: Path) -> list[dict[str, Any]]:
    """What persons decided about a supplier's offers, and still holds, by their keys."""
    where: dict[str, Condition] = {"integration_id": [supplier], "offer_key": list(keys), "ended_at": None}
    return rows(session.read("decisions", folder / "decided.parquet", where=where))


def last_run(session: Session, integration_id: int, flow: str) -> Doing | None:
    """The newest run of a flow for an integration that was no trial."""
    values = {"integration_id": integration_id, "flow": flow, "most": RUNS_LOOKED_AT}
    return next(_doings(session.execute("runs_newest", values)), None)


def run_of(session: Session, run_id: str) -> Doing | None:
    """The run of an id, if its row is still there."""
    return next(_doings(session.execute("run_by_id", {"id": run_id})), None)


def _doings(found: Sequence[dict[str, Any]]) -> Iterator[Doing]:
    for row in found:
        if not json.loads(row["summary"] or "{}").get("dry_run"):
            yield Doing(**{**row, "run_id": row["id"]})


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a small file; times aware in UTC."""
    with scratch() as connection:
        cursor = connection.execute("SELECT * FROM read_parquet($path)", {"path": str(path)})
        names = [column[0] for column in cursor.description or []]
        return [{name: _aware(value) for name, value in zip(names, row, strict=True)} for row in cursor.fetchall()]


def _aware(value: object) -> object:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
