"""What each supplier says of a product, what its link holds and why there is one, or why there is none."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from tasks.explaining.model import Feed, Item, Link
from tasks.explaining.records import Known, last_run, read_decided, read_unmatched
from tasks.feeds import ItemAsked, OfferSaid, SupplierSays, says
from tasks.linking import Codes, is_reused
from tasks.state import Session

IMPORT = "import-feed"
HELD = (
    "stock_quantity",
    "is_available",
    "delivery_days",
    "available_from",
    "purchase_price",
    "currency",
    "available_later",
    "pack_size",
)


def feeds_and_links(session: Session, item: Item, known: Known, folder: Path) -> tuple[list[Feed], list[Link]]:
    """Of every supplier that says anything of the product, or whose link it has."""
    feeds: list[Feed] = []
    links: list[Link] = []
    for supplier in known.integrations:
        linked = [row for row in known.links if row["integration_id"] == supplier]
        keys = [key for row in linked if (key := _key(row))]
        codes = {} if linked else {"sku": item.sku, "ean": item.ean}
        said = says(session, supplier, ItemAsked(keys=keys, **codes))
        if not (linked or said.believed or said.held):
            continue  # another shop
        feeds.append(
            Feed(
                supplier=supplier, name=known.name(supplier), says=said, last_import=last_run(session, supplier, IMPORT)
            )
        )
        if linked:
            links += _links(session, known, supplier, linked, said, folder)
        else:
            links.append(_no_link(session, known, item, said, folder))
    return feeds, links


def _key(row: dict[str, Any]) -> str | None:
    key: str | None = row["external_product_id"] or row["sku"] or row["ean"]
    return key


def _links(
    session: Session, known: Known, supplier: int, linked: Sequence[dict[str, Any]], said: SupplierSays, folder: Path
) -> Iterator[Link]:
    keys = [key for row in linked if (key := _key(row))]
    decisions = read_decided(session, supplier, keys, folder)
    missing = {
        row["product_id"]: row["first_missing_at"] for row in known.absences if row["integration_id"] == supplier
    }
    offers = {offer.key: offer for file in said.believed for offer in file.offers}
    for row in linked:
        holds = json.loads(row["supplier_availability"])
        key = _key(row)
        decided = next(
            (d for d in decisions if d["judgement"] == "linked" and d["product_id"] == row["product_id"]), {}
        )
        yield Link(
            supplier=supplier,
            name=known.name(supplier),
            **{name: row[name] for name in ("product_id", "sku", "ean", "matched_by", "is_manual")},
            key=key,
            holds={name: holds[name] for name in HELD if holds.get(name) is not None},
            changed_at=_moment(holds.get("last_status_change_at")),
            missing_since=missing.get(row["product_id"]),
            doubt=_doubt(row, offers.get(key or "")),
            **_person(decided),
        )


def _person(decided: dict[str, Any]) -> dict[str, Any]:
    return {name: decided.get(name) for name in ("decided_by", "decided_at", "reason")}


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None


def _doubt(row: dict[str, Any], offer: OfferSaid | None) -> str | None:
    known = Codes(row["sku"], row["ean"])
    return "code_reused" if offer and is_reused(known, Codes(offer.sku, offer.ean)) else None


def _no_link(session: Session, known: Known, item: Item, said: SupplierSays, folder: Path) -> Link:
    """Why nothing of a supplier is linked with the product: what became of its offers with the product's codes."""
    offers = [offer for file in said.believed for offer in file.offers]
    link = Link(supplier=said.integration_id, name=known.name(said.integration_id), cause="link_not_offered")
    if not offers:
        return link
    keys = [offer.key for offer in offers]
    unmatched = read_unmatched(session, said.integration_id, keys, folder)
    decisions = read_decided(session, said.integration_id, keys, folder)
    refused = [d for d in decisions if d["judgement"] == "refused" and d["product_id"] in {None, item.product_id}]
    link.key, link.sku, link.ean = offers[0].key, offers[0].sku, offers[0].ean
    link.cause = "link_is_another_product"
    if refused:
        link.cause, link.key = "link_refused", refused[0]["offer_key"]
        return link.model_copy(update=_person(refused[0]))
    if unmatched:
        link.cause, link.key = f"link_{unmatched[0]['cause']}", unmatched[0]["offer_key"]
        link.candidates = json.loads(unmatched[0]["candidates"] or "[]")
    return link
