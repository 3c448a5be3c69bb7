"""The one cause: why a product can or can't be ordered, by an order in which the first that fits is the answer.

What makes everything else idle comes first: a product that the shop does not have, or that the shop itself does not
sell. Then what keeps us from deciding, then what keeps a decision from the shop, and last the decision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tasks.duck import desk
from tasks.explaining.facts import FLAG, Facts, by, decided, shown, supplier
from tasks.explaining.model import Cause, Doing, Link

DENIED_BY_OFFERS = ("below_threshold", "not_available", "no_stock_given", "no_offer", "not_confirmed")


def find_cause(facts: Facts) -> Cause:
    """Say the one cause."""
    can_be_ordered = orderable(facts)
    steps: tuple[Callable[[Facts], Iterator[Cause]], ...] = (
        _not_there,
        _shop_itself,
        _not_ours,
        _not_decided,
        _sold_anyway,
        _held_file,
        _not_in_the_shop_yet,
        _decision,
    )
    for step in steps:
        for cause in step(facts):
            return cause.model_copy(update={"can_be_ordered": can_be_ordered})
    raise LookupError(f"no cause was found for product {facts.item.product_id}")


def orderable(facts: Facts) -> bool | None:
    """Whether a customer can order the product now, as PrestaShop sees it; None where that can't be told."""
    holds, flag = facts.holds, facts.flag
    if facts.item.id_product is None:
        return False
    if holds.problem is None:
        if not holds.exists or not (holds.active and holds.available_for_order) or holds.catalogue_mode:
            return False
        if not holds.stock_management or facts.own_stock:
            return True
        if facts.writes_quantity and (holds.quantity or 0) > 0:
            return True
    if flag is None:
        return None
    held = flag.holds if flag.is_read else flag.written
    return {"1": True, "0": False, "2": holds.flag_default if holds.problem is None else None}.get(held or "")


def _not_there(facts: Facts) -> Iterator[Cause]:
    if facts.item.id_product is None:
        yield Cause(code="not_in_shop")
    elif facts.holds.problem is None and not facts.holds.exists:
        yield Cause(code="gone_from_shop", values={"item": facts.item.shown})


def _shop_itself(facts: Facts) -> Iterator[Cause]:
    """Switches of the shop that keep a product from being sold whatever is written."""
    if facts.holds.problem is not None:
        return
    if not facts.holds.active:
        yield Cause(code="shop_inactive")
    if facts.holds.catalogue_mode:
        yield Cause(code="shop_catalogue_mode")
    if not facts.holds.available_for_order:
        yield Cause(code="shop_not_for_order")


def _not_ours(facts: Facts) -> Iterator[Cause]:
    """Nothing joins it with a supplier, and we never wrote it: it is not managed."""
    if any(link.cause is None for link in facts.links) or any(value.is_written for value in facts.holds.values):
        return
    if facts.own_stock:
        yield Cause(code="own_stock", values={"quantity": facts.own_stock})
    for link in facts.links:
        values = {"supplier": supplier(facts, link.supplier), "key": link.key}
        if link.cause == "link_refused":
            yield Cause(code="link_refused_by_person", values={**values, **_who(link)})
    for link in facts.links:
        values = {"supplier": supplier(facts, link.supplier), "key": link.key}
        if link.cause and link.key and link.cause != "link_refused":
            yield Cause(code="offer_not_linked", values={**values, "why": Cause(code=f"why_{link.cause}")})
    yield Cause(code="never_offered")


def _who(link: Link) -> dict[str, Any]:
    because = Cause(code="because" if link.reason else "because_none", values={"reason": link.reason})
    return {"who": link.decided_by, "at": link.decided_at, "because": because}


def _not_decided(facts: Facts) -> Iterator[Cause]:
    """A sync refuses the shop's settings, or leaves the product alone."""
    if facts.refused:
        yield Cause(code="settings_refused", values={"message": facts.refused})
    rule = facts.rule
    if rule is None or rule.left_alone is None:
        if facts.respects_existing and _has_own(facts):
            yield Cause(code="left_own_text_or_flag")
        return
    pin = next((pin for pin in rule.pins if pin.kind == {"held": "hold"}.get(rule.left_alone, rule.left_alone)), None)
    values = {"available_date": facts.holds.available_date, **(by(pin) if pin else {})}
    yield Cause(code=f"left_{rule.left_alone}", values=values)


def _has_own(facts: Facts) -> bool:
    """As `change_set.sql` has it: nothing of ours yet, and a value that a person chose where we would write."""
    values = facts.holds.values
    plain: dict[str, set[str | None]] = {FLAG: {"2"}, "available_later": {"", None}, "available_now": {"", None}}
    return not any(value.is_written for value in values) and any(
        value.is_wanted and value.field in plain and value.holds not in plain[value.field] for value in values
    )


def _sold_anyway(facts: Facts) -> Iterator[Cause]:
    """What lets it be sold beside the decision: pieces of the shop's own, or no stock management at all."""
    rule, holds = facts.rule, facts.holds
    if holds.problem is not None or rule is None or rule.allowed is None:
        return
    if facts.own_stock and holds.stock_management:
        on = "own_stock_then_on" if rule.item_allowed else "own_stock_then_off"
        yield Cause(code=on, values={"quantity": facts.own_stock, "decided": decided(facts)})
    if not holds.stock_management and not rule.item_allowed:
        yield Cause(code="stock_management_off", values={"decided": decided(facts)})


def _held_file(facts: Facts) -> Iterator[Cause]:
    """A newer file says that there is enough, and is not believed."""
    rule = facts.rule
    if rule is None or rule.item_allowed or rule.reason_code not in DENIED_BY_OFFERS:
        return
    keys = {link.key for link in facts.own_links}
    for feed in facts.feeds:
        for file in feed.says.held:
            for offer in (one for one in file.offers if one.key in keys):
                stock, is_available = offer.values.get("stock_quantity"), offer.values.get("is_available")
                if not _is_enough(stock, is_available, rule.threshold or 0):
                    continue
                says = Cause(code="held_available" if stock is None else "held_stock", values={"stock": stock})
                values = {"supplier": supplier(facts, feed.supplier), "at": file.fetched_at, "reason": file.reason}
                yield Cause(code="feed_held_back", values={**values, "stock": says, "decided": decided(facts)})


def _is_enough(stock: int | None, is_available: bool | None, threshold: int) -> bool:
    with desk() as table:
        table.run("can_be_ordered.sql")
        (row,) = table.rows(
            "SELECT can_be_ordered($stock::BIGINT, $is_available::BOOLEAN, $threshold::BIGINT) AS enough",
            {"stock": stock, "is_available": is_available, "threshold": threshold},
        )
        return bool(row["enough"])


def _not_in_the_shop_yet(facts: Facts) -> Iterator[Cause]:
    """The shop holds another flag than was decided: somebody changed it, or it could not be written."""
    due, rule = facts.due, facts.rule
    if rule is None or rule.allowed is None or due is None:
        return
    is_pinned = rule.reason_code in {"pinned_on", "pinned_off"}  # which no change by hand stands in the way of
    if due.field == FLAG and due.left and not (is_pinned and due.left == "kept"):
        until = Cause(code="until" if due.left_until else "until_decision", values={"until": due.left_until})
        values = {"holds": shown(due.holds), "wanted": shown(due.wanted), "at": due.left_at, "until": until}
        yield Cause(code=f"edit_{due.left}", values=values)
    if due.field == FLAG and due.is_drift and due.written == due.wanted:
        then = Cause(code="audit_keeps" if facts.keeps_flags and not is_pinned else "audit_repairs")
        values = {"written": shown(due.written), "holds": shown(due.holds), "at": due.written_at, "then": then}
        yield Cause(code="changed_in_shop", values=values)
    values = {"wanted": Cause(code="wanted_on" if rule.allowed else "wanted_off"), "decided": decided(facts)}
    for failed in facts.not_written:
        if failed.field == due.field:
            code = "write_failed" if failed.outcome == "failed" else "left_in_shop"
            yield Cause(code=code, values={**values, "message": failed.message, "found": shown(failed.found)})
    if not facts.is_enabled:
        yield Cause(code="shop_switched_off", values=values)
    yield _of_sync(facts.last_sync, values)


def _of_sync(sync: Doing | None, values: dict[str, Any]) -> Cause:
    if sync is None:
        return Cause(code="never_synced", values=values)
    values = {**values, "at": sync.started_at, "message": sync.message}
    if sync.status == "running":
        return Cause(code="sync_running", values=values)
    if sync.status in {"completed", "unchanged"}:
        return Cause(code="waits_for_sync", values=values)
    return Cause(code="sync_failed", values={**values, "status": Cause(code=f"status_{sync.status}")})


def _decision(facts: Facts) -> Iterator[Cause]:
    """The shop holds what was decided: the decision is the cause."""
    rule = facts.rule
    if rule is None or rule.allowed is None:
        for pin in rule.pins if rule else ():
            if pin.supplier_id:
                yield Cause(code="supplier_released", values={"supplier": supplier(facts, pin.supplier_id), **by(pin)})
        yield Cause(code="no_offer")
        return
    if rule.allowed and not rule.item_allowed:
        yield Cause(code="combination_cannot_be_denied", values={"decided": decided(facts)})
    if rule.item_allowed and not rule.allowed:
        yield Cause(code="combination_missing", values=rule.model_dump(include={"items", "allowed_items"}))
    if rule.allowed and facts.holds.problem is None and facts.holds.visibility == "none":
        yield Cause(code="shop_visibility_none")
    yield decided(facts)
