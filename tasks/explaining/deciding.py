"""Which rule decides about the product: the very decision of a sync, on this product's rows alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from blocks import AvailabilityPolicy, PolicyException, ShopBlock
from tasks.availability import ShopView, judge, view_of
from tasks.duck import desk
from tasks.explaining.model import Item, Offer, Pin, Rule
from tasks.explaining.records import Known, rows
from tasks.prestashop import ProductLook

AGEING = ("absences", "feed_health")


class Decided(BaseModel):
    """The rule, and the values that it wants in the shop."""

    rule: Rule
    wanted: list[dict[str, Any]] = []


def decide(shop: ShopBlock, item: Item, known: Known, look: ProductLook | None, now: datetime, folder: Path) -> Decided:
    """Decide as a sync would; without a look at the shop as if nothing there kept the product from being sold.

    Raises Refused where a sync would refuse as well: a language without texts, a text that does not fit.
    """
    files = {name: path for name, path in known.files.items() if shop.policy.ageing.is_on or name not in AGEING}
    files["catalogue"] = look.catalogue if look else _assumed(item, known, folder)
    view = view_of(shop, look.info, now) if look else _assumed_view(shop, now)
    judged = judge(shop, view, files, folder)
    rule = Rule(
        best_offer=shop.policy.best_offer,
        combinations=shop.policy.combinations,
        is_assumed=look is None,
        pins=[Pin(**pin) for pin in known.pins if not pin["until"] or pin["until"] > now],
        left_alone=next((row["reason"] for row in _of(item, judged.left_alone)), None),
        offers=[Offer(**row) for row in rows(judged.offers)],
    )
    _take_decision(rule, item, _of(item, judged.decisions), _of(item, judged.item_decisions))
    named = [row for row in rows(files["catalogue"]) if row["id_product_attribute"] in {0, item.attribute}]
    rule.threshold_from = threshold_from(shop.policy, named, rule.supplier, rule.threshold)
    return Decided(rule=rule, wanted=_of(item, judged.wanted))


def _of(item: Item, path: Path) -> list[dict[str, Any]]:
    return [row for row in rows(path) if row["id_product"] == item.id_product]


def _take_decision(
    rule: Rule, item: Item, decisions: list[dict[str, Any]], item_decisions: list[dict[str, Any]]
) -> None:
    """Of a combination its own decision, with what becomes of its product; else that of the product."""
    if not decisions:
        return
    (decision,) = decisions
    own = next((row for row in item_decisions if row["id_product_attribute"] == item.attribute), decision)
    said: Mapping[str, Any] = own if item.attribute and own["is_decided"] else decision
    for name in ("reason_code", "supplier", "stock_quantity", "threshold", "days", "ship_on"):
        setattr(rule, name, said[name])
    rule.allowed = decision["allowed"]
    rule.item_allowed = bool(own["allowed"]) if item.attribute else decision["allowed"]
    rule.items, rule.allowed_items = decision["items"], decision["allowed_items"]


def threshold_from(
    policy: AvailabilityPolicy, named: Sequence[Mapping[str, Any]], supplier: int | None, threshold: int | None
) -> tuple[str, str | None]:
    """Where a threshold comes from: of the exceptions a product's beat a brand's, those a supplier's.

    `named`: the catalogue's rows of the product and of the combination, by which exceptions name it.
    """
    subjects = {
        "product": _codes(*(row[code] for row in named for code in ("reference", "ean13"))),
        "brand": _codes(*(row["brand"] for row in named)),
        "supplier": _codes(str(supplier)),
    }
    for kind, codes in subjects.items():
        for one in policy.exceptions:
            subject = getattr(one, kind)
            if subject is not None and str(subject).upper() in codes and threshold in _thresholds(one):
                return kind, str(subject)
    if threshold is not None and threshold != policy.min_stock_threshold and threshold == policy.resume_threshold:
        return "resume", None
    return "policy", None


def _thresholds(one: PolicyException) -> set[int]:
    return {number for number in (one.min_stock_threshold, one.resume_threshold) if number is not None}


def _codes(*texts: str | None) -> set[str]:
    return {text.strip().upper() for text in texts if text}


def _assumed_view(shop: ShopBlock, now: datetime) -> ShopView:
    return ShopView(languages=[], combination_labels=False, only_bmp=False, now=now, timezone=shop.timezone)


def _assumed(item: Item, known: Known, folder: Path) -> Path:
    asked_for = {"attribute": item.attribute, "sku": item.sku, "ean": item.ean}
    values = {"id_product": item.id_product or 0, "attributes": sorted({0, *known.products}), **asked_for}
    with desk() as table:
        return table.select("explaining/assumed_catalogue.sql", values, folder / "assumed.parquet")
