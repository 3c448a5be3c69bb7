"""All that is known of a product before its cause is named, and the phrases that a cause is put together of."""

from __future__ import annotations

from typing import Any, NamedTuple

from tasks.explaining.model import (
    Cause,
    Doing,
    Feed,
    Item,
    LastWrite,
    Link,
    NotWritten,
    Offer,
    Pin,
    Rule,
    ShopHolds,
    Value,
)

FLAG = "out_of_stock"
QUANTITY = "quantity"


class Facts(NamedTuple):
    """All that is known of a product of a shop; `refused`: why a sync would not even decide."""

    item: Item
    is_enabled: bool
    respects_existing: bool
    restores: bool
    feeds: list[Feed]
    links: list[Link]
    rule: Rule | None
    refused: str | None
    holds: ShopHolds
    not_written: list[NotWritten]
    last_sync: Doing | None
    last_write: LastWrite | None
    keeps_flags: bool = False  # that somebody changed in the shop

    @property
    def flag(self) -> Value | None:
        """The flag of the row that counts for the product, or for the combination that was asked for."""
        flags = {value.attribute: value for value in self.holds.values if value.field == FLAG}
        return flags.get(self.item.attribute) or flags.get(0)

    @property
    def own_links(self) -> list[Link]:
        """Links with suppliers: of the product or combination that was asked for, else those of its family."""
        linked = [link for link in self.links if link.cause is None]
        return [link for link in linked if link.product_id == self.item.product_id] or linked

    @property
    def due(self) -> Value | None:
        """What decides whether it can be ordered and is another in the shop than was decided: flag, or quantity.

        A quantity that we wrote shrinks with every order: only none instead of some, or some instead of none, counts.
        """
        at = self.item.attribute
        for value in self.holds.values:
            if value.field == QUANTITY and value.attribute == at and value.is_wanted:
                return value if value.is_due and (value.wanted == "0") != ((value.holds or "0") == "0") else None
        return self.flag if self.flag and self.flag.is_due else None

    @property
    def own_stock(self) -> int:
        """Pieces of the shop's own, where they are enough to be sold; what we wrote as quantity is the supplier's."""
        quantity = self.holds.quantity or 0
        return 0 if self.writes_quantity or quantity < max(self.holds.minimal_quantity or 1, 1) else quantity

    @property
    def writes_quantity(self) -> bool:
        """Whether the quantity in the shop is one that we wrote."""
        at = self.item.attribute
        return any(one.field == QUANTITY and one.is_written and one.attribute == at for one in self.holds.values)


def by(pin: Pin) -> dict[str, Any]:
    """Who pinned it, when, until when, and why."""
    until = Cause(code="until" if pin.until else "until_none", values={"until": pin.until})
    return {"who": pin.decided_by, "at": pin.decided_at, "until": until, "reason": pin.reason}


def shown(flag: str | None) -> Cause:
    """What a flag means, in words."""
    return Cause(code=f"flag_{flag}")


def decided(facts: Facts) -> Cause:
    """The decision by itself, as a cause that can stand inside another."""
    rule = facts.rule
    if rule is None or rule.reason_code is None:
        return Cause(code="no_offer")
    values: dict[str, Any] = {
        **rule.model_dump(include={"threshold", "days", "items", "allowed_items"}),
        "supplier": supplier(facts, rule.supplier),
        "stock": rule.stock_quantity,
        "source": source(facts),
        "minimal_quantity": facts.holds.minimal_quantity,
        "ships": Cause(code=_ships(rule), values={"days": rule.days}),
    }
    if rule.reason_code in {"pinned_on", "pinned_off"}:
        kind = rule.reason_code.removeprefix("pinned_")
        pins = [pin for pin in rule.pins if pin.kind == kind]
        own = [pin for pin in pins if pin.product_id == facts.item.product_id]
        return Cause(code=rule.reason_code, values=by((own or pins)[0]))
    if absent := _absent(facts):
        return absent
    if rule.reason_code == "no_offer" and facts.restores:
        return Cause(code="restored")
    if best := _best(facts):
        values["aged_hours"] = best.aged_hours
    return Cause(code=rule.reason_code, values=values)


def _ships(rule: Rule) -> str:
    return "ships_none" if rule.days is None else "ships" if rule.days else "ships_today"


def _best(facts: Facts) -> Offer | None:
    rule = facts.rule
    offers = [offer for offer in rule.offers if offer.is_best and offer.supplier == rule.supplier] if rule else []
    return offers[0] if offers else None


def _absent(facts: Facts) -> Cause | None:
    """Every supplier's file has lacked it for so long that the link says so."""
    links, rule = facts.own_links, facts.rule
    if rule is None or rule.reason_code not in {"not_available", "no_offer"} or not links:
        return None
    if any(link.missing_since is None for link in links):
        return None
    last = max(links, key=lambda link: str(link.missing_since))
    return Cause(code="absent", values={"supplier": supplier(facts, last.supplier), "since": last.missing_since})


def source(facts: Facts) -> Cause:
    """Where the threshold comes from, in words."""
    kind, name = facts.rule.threshold_from if facts.rule else ("policy", None)
    said: object = supplier(facts, int(name)) if kind == "supplier" and name else name
    return Cause(code=f"source_{kind}", values={"name": said})


def supplier(facts: Facts, number: int | None) -> Cause:
    """A supplier by its name, or by its number where no import left a name."""
    name = next((feed.name for feed in facts.feeds if feed.supplier == number), str(number))
    if name == str(number):
        return Cause(code="supplier_numbered", values={"number": number})
    return Cause(code="supplier_named", values={"name": name})
