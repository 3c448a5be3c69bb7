"""What may be ordered, from whom and by when: links and policy into one decision a product, on a desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ValidationError

from blocks import AvailabilityPolicy, ShopBlock, SupplierDelivery
from tasks.availability.promises import Asked, Supplier, promises
from tasks.availability.texts import Language, all_texts
from tasks.duck import Desk, desk
from tasks.errors import Refused

EXCEPTIONS = """STRUCT(place INTEGER, supplier BIGINT, brand VARCHAR, product VARCHAR, min_stock_threshold BIGINT,
  resume_threshold BIGINT, min_margin_percent DOUBLE, own_stock_only BOOLEAN)[]"""
PROMISES = "STRUCT(supplier BIGINT, days INTEGER, available_from DATE, ship_on DATE, in_days INTEGER)[]"
TEXTS = "STRUCT(id_lang INTEGER, kind VARCHAR, ship_on DATE, ship_from DATE, text VARCHAR)[]"
KEPT = ("offers", "item_decisions", "decisions", "left_alone", "wanted")


class ShopView(BaseModel):
    """What a decision has to know of the shop beside its rows: `now` is aware, `currency` of its prices if known."""

    languages: list[Language]
    combination_labels: bool
    only_bmp: bool
    now: datetime
    timezone: str = "Europe/Warsaw"
    currency: str | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The shop's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def today(self) -> date:
        """The date in the shop's time zone."""
        return self.now.astimezone(self.zone).date()


class Judged(BaseModel):
    """A decision with all that led to it, as files; see the SQL that makes them for their columns."""

    offers: Path
    item_decisions: Path
    decisions: Path
    left_alone: Path
    wanted: Path


def judge(shop: ShopBlock, view: ShopView, inputs: Mapping[str, Path], folder: Path) -> Judged:
    """The same decision as a sync makes, kept with all that led to it; see `lay_decisions` for the inputs."""
    with desk() as table:
        lay_decisions(table, shop, view, inputs)
        return Judged(**{name: table.save(name, folder / f"{name}.parquet") for name in KEPT})


def lay_decisions(
    table: Desk, shop: ShopBlock, view: ShopView, inputs: Mapping[str, Path], contractor: int | None = None
) -> None:
    """Decide over the files links, written, catalogue; where given suppliers, pins, absences, feed_health.

    Leaves on the desk: offers, item_decisions, decisions, left_alone, wanted, exceptions, open_pins.
    Raises Refused where a language has no texts, or a text doesn't fit the shop.
    """
    values = _values(shop, view, contractor)
    loaded = {name: path for name, path in inputs.items() if name != "links"}
    table.load(**loaded)
    table.show(links=inputs["links"])
    table.run("availability/no_more_known.sql")
    table.run("availability/plain_text.sql")
    _lay(table, "exceptions", EXCEPTIONS, _exceptions(shop.policy))
    table.run("availability/items.sql", values)
    table.run("availability/offers.sql", values)
    _lay(table, "promises", PROMISES, _promises(table, shop, view))
    table.run("availability/best_offer.sql", values)
    table.run("availability/decisions.sql", values)
    _lay(table, "texts", TEXTS, _texts(table, shop, view))
    table.run("availability/quantities.sql", values)
    table.run("availability/wanted.sql", values)


def _values(shop: ShopBlock, view: ShopView, contractor: int | None) -> dict[str, Any]:
    policy = shop.policy
    own_text = [one.id_lang for one in view.languages if one.iso_code == policy.supplier_text_language]
    resume = policy.resume_threshold
    return {
        "integration_id": shop.integration_id,
        "min_stock_threshold": policy.min_stock_threshold,
        "resume_threshold": policy.min_stock_threshold if resume is None else resume,
        "min_margin_percent": policy.min_margin_percent,
        "best_offer": policy.best_offer,
        "supplier_priority": policy.supplier_priority,
        "combinations": policy.combinations,
        "quantities": policy.combinations == "quantities",
        "restore": policy.no_offer == "restore",
        "also": policy.also,
        "longer_after_hours": policy.ageing.longer_after_hours,
        "longer_days": policy.ageing.longer_days,
        "deny_after_hours": policy.ageing.deny_after_hours,
        "texts_only": shop.texts_only,
        "leaves_labels": shop.leaves_labels,
        "combination_labels": view.combination_labels,
        "only_bmp": view.only_bmp,
        "ranges": _names_ranges(policy),
        "own_text_lang": own_text[0] if own_text else None,
        "currency": view.currency,
        "contractor": contractor,
        "today": view.today,
        "now": view.now.astimezone(ZoneInfo("UTC")).replace(tzinfo=None),
    }


def _names_ranges(policy: AvailabilityPolicy) -> bool:
    """Whether a text names the fastest size too; without it the text is the same whichever that is."""
    return any("{min}" in words.delivery for words in policy.texts)


def _lay(table: Desk, name: str, kind: str, rows: list[dict[str, Any]]) -> None:
    table.connection.execute(
        f'CREATE TABLE "{name}" AS SELECT unnest($rows::{kind}, recursive := true)',
        {"rows": rows},
    )


def _exceptions(policy: AvailabilityPolicy) -> list[dict[str, Any]]:
    return [{"place": place, **one.model_dump()} for place, one in enumerate(policy.exceptions)]


def _promises(table: Desk, shop: ShopBlock, view: ShopView) -> list[dict[str, Any]]:
    asked = table.connection.execute("SELECT DISTINCT supplier, days_said, available_from FROM offers_said").fetchall()
    suppliers = {row["integration_id"]: _supplier(row) for row in table.rows("FROM suppliers")}
    made = promises(map(Asked._make, asked), suppliers, shop.policy.delivery, view.zone, view.now)
    return [one._asdict() for one in made]


def _supplier(row: dict[str, Any]) -> Supplier:
    try:
        return Supplier(SupplierDelivery.model_validate_json(row["delivery"]), ZoneInfo(row["timezone"]))
    except (ValidationError, ZoneInfoNotFoundError) as error:
        raise Refused(
            f"Expected delivery settings of supplier {row['integration_id']} ({row['name']}) that can be read, got"
            f" {row['delivery']}, {row['timezone']}. Import its feed once: that writes them down anew"
        ) from error


def _texts(table: Desk, shop: ShopBlock, view: ShopView) -> list[dict[str, Any]]:
    dates = table.connection.execute(
        "SELECT DISTINCT CASE WHEN $ranges THEN ship_from ELSE ship_on END, ship_on FROM decisions"
        " WHERE ship_on IS NOT NULL"
        " UNION SELECT DISTINCT ship_on, ship_on FROM item_decisions WHERE ship_on IS NOT NULL",
        {"ranges": _names_ranges(shop.policy)},
    ).fetchall()
    late = [(first, last) for first, last in dates if last > view.today]
    texts = all_texts(shop.policy, view.languages, late, view.today, only_bmp=view.only_bmp)
    return [text._asdict() for text in texts]
