"""Which of several things that are true at once is the cause, on facts made by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tasks.explaining.causes import find_cause
from tasks.explaining.facts import Facts
from tasks.explaining.model import Cause, Doing, Feed, Item, Link, Offer, Pin, Rule, ShopHolds, Value
from tasks.explaining.words import Words
from tasks.feeds import FileSays, OfferSaid, SupplierSays

AT = datetime(2026, 11, 3, 5, tzinfo=UTC)
SYNCED = Doing(run_id="r", flow="sync-availability", started_at=AT, status="completed")
OFFER: dict[str, Any] = {
    "product_id": 1,
    "supplier": 6,
    "stock_quantity": 3,
    "is_available": None,
    "ship_on": None,
    "days": None,
    "purchase_price": None,
    "currency": None,
    "threshold": 20,
    "allowed": False,
    "reason_code": "below_threshold",
    "aged_hours": 50,
    "is_best": True,
}


def flag(holds: str = "0", wanted: str = "0", written: str = "0", **more: Any) -> Value:
    told = {"is_read": True, "is_wanted": True, "is_written": True, "written_at": AT, "run_id": "r", **more}
    return Value(attribute=0, language=None, field="out_of_stock", holds=holds, wanted=wanted, written=written, **told)


def facts(
    *values: Value, rule: dict[str, Any] | None = None, holds: dict[str, Any] | None = None, **changed: Any
) -> Facts:
    """A product that is off, because its one supplier has 3 pieces; with what a test changes."""
    decided: dict[str, Any] = {
        "allowed": False,
        "item_allowed": False,
        "reason_code": "below_threshold",
        "supplier": 6,
        "stock_quantity": 3,
        "threshold": 20,
        "offers": [Offer(**OFFER)],
    }
    given: dict[str, Any] = {
        "item": Item(product_id=1, sku="A", id_product=5),
        "is_enabled": True,
        "respects_existing": False,
        "restores": False,
        "feeds": [Feed(supplier=6, name="Acme", says=SupplierSays(integration_id=6))],
        "links": [Link(supplier=6, name="Acme", product_id=1, key="A")],
        "rule": Rule(**{**decided, **(rule or {})}),
        "refused": None,
        "holds": ShopHolds(**{"exists": True, "values": list(values or [flag()]), **(holds or {})}),
        "not_written": [],
        "last_sync": SYNCED,
        "last_write": None,
    }
    return Facts(**{**given, **changed})


def words(cause: Cause) -> str:
    return Words("en", ZoneInfo("Europe/Warsaw")).sentence(cause)


def test_the_decision_where_the_shop_holds_it() -> None:
    cause = find_cause(facts())
    assert (cause.code, cause.can_be_ordered) == ("below_threshold", False)
    assert words(cause).startswith("Can't be ordered: the best supplier Acme has 3 pieces")


def test_the_shop_s_own_switch_comes_before_a_pin() -> None:
    pins = [Pin(product_id=1, supplier_id=None, kind="off", reason="x", until=None, decided_by="a", decided_at=AT)]
    cause = find_cause(facts(rule={"reason_code": "pinned_off", "pins": pins}, holds={"active": False}))
    assert cause.code == "shop_inactive"


def test_a_supplier_without_a_name_is_told_by_its_number() -> None:
    feeds = [Feed(supplier=6, name="6", says=SupplierSays(integration_id=6))]
    assert "the best supplier no. 6 has 3 pieces" in words(find_cause(facts(feeds=feeds)))


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("own_stock_only", "an exception of the policy lets it be sold from own stock only, and there is none"),
        (
            "below_margin",
            "the shop's price does not give the margin asked for over the purchase price of supplier Acme",
        ),
        ("below_minimal_quantity", "supplier Acme has 3 pieces, the shop sells at least 6 pieces"),
        ("not_confirmed", "supplier Acme has not confirmed the offer for 50 hours"),
        ("no_stock_given", "supplier Acme gives neither a stock nor a word"),
        ("combination_missing", "not every combination can be had (1 of 3), and the policy asks for all"),
    ],
)
def test_each_reason_of_a_denial(code: str, told: str) -> None:
    rule = {"reason_code": code, "items": 3, "allowed_items": 1}
    assert words(find_cause(facts(rule=rule, holds={"minimal_quantity": 6}))) == f"Can't be ordered: {told}."


def test_own_stock_below_the_least_quantity_sells_nothing() -> None:
    cause = find_cause(facts(holds={"quantity": 5, "minimal_quantity": 6}))
    assert (cause.code, cause.can_be_ordered) == ("below_threshold", False)


def test_a_quantity_that_we_wrote_is_no_own_stock() -> None:
    value = Value(attribute=0, language=None, field="quantity", holds="34", wanted="34", written="34")
    value.is_read = value.is_wanted = value.is_written = True
    rule = {"allowed": True, "item_allowed": True, "reason_code": "enough_stock", "stock_quantity": 34}
    cause = find_cause(facts(flag(), value, rule=rule, holds={"quantity": 34}))
    assert (cause.code, cause.can_be_ordered) == ("enough_stock", True)


def test_a_quantity_that_customers_took_is_no_change_by_somebody() -> None:
    value = Value(attribute=0, language=None, field="quantity", holds="33", wanted="34", written="34")
    value.is_read = value.is_wanted = value.is_written = True
    rule = {"allowed": True, "item_allowed": True, "reason_code": "enough_stock", "stock_quantity": 34}
    assert find_cause(facts(flag(), value, rule=rule, holds={"quantity": 33})).code == "enough_stock"


def test_a_quantity_that_is_used_up_waits_for_the_next_sync() -> None:
    value = Value(attribute=0, language=None, field="quantity", holds="0", wanted="34", written="34")
    value.is_read = value.is_wanted = value.is_written = True
    rule = {"allowed": True, "item_allowed": True, "reason_code": "enough_stock", "stock_quantity": 34}
    cause = find_cause(facts(flag(), value, rule=rule, holds={"quantity": 0}))
    assert (cause.code, cause.can_be_ordered) == ("waits_for_sync", False)


def test_the_flag_2_is_what_the_shop_s_setting_says() -> None:
    asked = flag("2", "2", "2", is_written=False)
    links = [Link(supplier=6, name="Acme", cause="link_not_offered")]
    for default in (True, False):
        cause = find_cause(facts(asked, links=links, rule={"allowed": None}, holds={"flag_default": default}))
        assert (cause.code, cause.can_be_ordered) == ("never_offered", default)


def test_never_synced() -> None:
    assert find_cause(facts(flag("2", "0", is_written=False), last_sync=None)).code == "never_synced"


def test_what_was_there_is_respected() -> None:
    own = flag("1", "0", is_written=False)
    assert find_cause(facts(own, respects_existing=True)).code == "left_own_text_or_flag"
    assert find_cause(facts(own)).code == "waits_for_sync"


def test_a_flag_of_its_own_that_happens_to_be_ours_is_respected_too() -> None:
    assert find_cause(facts(flag("1", "1", is_written=False), respects_existing=True)).code == "left_own_text_or_flag"


def test_what_was_there_was_put_back() -> None:
    cause = find_cause(facts(flag("2", "2", "2"), rule={"reason_code": "no_offer"}, restores=True))
    assert cause.code == "restored"


def test_a_supplier_whose_offers_don_t_count_here() -> None:
    pins = [Pin(product_id=None, supplier_id=6, kind="released", reason="x", until=None, decided_by="a", decided_at=AT)]
    cause = find_cause(facts(flag(is_written=False, is_wanted=False), rule={"allowed": None, "pins": pins}))
    assert cause.code == "supplier_released"


def test_absent_only_where_every_supplier_lacks_it() -> None:
    gone = Link(supplier=6, name="Acme", product_id=1, missing_since=AT)
    there = Link(supplier=8, name="Baltic", product_id=1)
    rule = {"reason_code": "not_available"}
    assert find_cause(facts(links=[gone], rule=rule)).code == "absent"
    assert find_cause(facts(links=[gone, there], rule=rule)).code == "not_available"


def test_a_person_s_no_before_an_open_question() -> None:
    links = [
        Link(supplier=8, name="Baltic", key="B", cause="link_several_products"),
        Link(supplier=6, name="Acme", key="A", cause="link_refused", decided_by="anna", decided_at=AT),
    ]
    unmanaged = facts(flag(is_written=False, is_wanted=False), links=links, rule={"allowed": None})
    assert find_cause(unmanaged).code == "link_refused_by_person"


def test_all_is_well_where_only_a_text_is_another() -> None:
    text = Value(attribute=0, language="pl", field="available_later", holds="x", written="y", wanted="y")
    text.is_read = text.is_wanted = text.is_written = True
    assert find_cause(facts(flag(), text)).code == "below_threshold"


def test_what_a_combination_lacks_is_told_of_its_own_link() -> None:
    gone = Link(supplier=6, name="Acme", product_id=1, missing_since=AT)
    sibling = Link(supplier=6, name="Acme", product_id=2)
    assert find_cause(facts(links=[gone, sibling], rule={"reason_code": "not_available"})).code == "absent"


def test_a_newer_file_that_says_no_more_is_not_the_cause() -> None:
    said = OfferSaid(key="A", values={"stock_quantity": 5})
    held = FileSays(snapshot_id="f", fetched_at=AT, verdict="quarantined", believed=False, reason="x", offers=[said])
    feeds = [Feed(supplier=6, name="Acme", says=SupplierSays(integration_id=6, held=[held]))]
    assert find_cause(facts(feeds=feeds)).code == "below_threshold"
    said.values["stock_quantity"] = 20
    assert find_cause(facts(feeds=feeds)).code == "feed_held_back"
    said.key = "ANOTHER-SIZE"
    assert find_cause(facts(feeds=feeds)).code == "below_threshold"


def test_a_change_by_hand_that_is_kept() -> None:
    kept = flag("1", left="kept", left_at=AT)
    cause = find_cause(facts(kept))
    assert cause.code == "edit_kept"
    assert words(cause) == (
        "Can be ordered: somebody set `can be ordered: yes` in the shop (found on 3.11.2026 06:00), and the policy"
        " (`Changes by hand`) keeps that until the decision changes; we would write `no`."
    )


def test_a_pin_keeps_no_change_by_hand() -> None:
    cause = find_cause(facts(flag("1", left="kept", left_at=AT), rule={"reason_code": "pinned_off"}, keeps_flags=True))
    assert words(cause).endswith('a sync with compare="shop" repairs that.')


def test_what_another_program_writes_too() -> None:
    cause = find_cause(facts(flag("1", wanted="0", written="1", left="contested", left_at=AT, left_until=AT)))
    assert cause.code == "edit_contested"
    assert "left alone" not in words(cause)
    assert "changed back for the third time in 24 hours, so that we leave it alone until" in words(cause)


def test_a_change_that_was_not_found_yet_says_what_becomes_of_it() -> None:
    assert words(find_cause(facts(flag("1")))).endswith('a sync with compare="shop" repairs that.')
    assert "keeps it so" in words(find_cause(facts(flag("1"), keeps_flags=True)))
