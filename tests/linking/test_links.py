"""What a supplier's links become: new, changed, unchanged, absent."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from blocks import SupplierFeed
from blocks.feed import MatchBy
from tasks.feeds import Snapshot
from tasks.linking.supplier import Keys, LinkPlan, Scope, match_offers, plan_links
from tests import parquet
from tests.linking.test_match import EAN_A, EAN_B

NOW = datetime(2026, 11, 24, 5, 5, tzinfo=UTC)
PRODUCTS = [{"id": 1, "sku": "A"}, {"id": 2, "sku": "B"}]
Rows = list[dict[str, Any]]


def plan(
    folder: Path, offers: Rows, links: Rows, *, absences: Rows | None = None, rejects: Rows | None = None, **more: Any
) -> LinkPlan:
    content, absence, columns = (
        more.pop(*default) for default in (("content", "new"), ("absence", "uncertain"), ("columns", parquet.OFFERS))
    )
    feed = SupplierFeed(
        integration_id=6, contractor_id=5, source="a.csv", absence=absence, mapping={"sku": "s", "stock_quantity": "q"}
    )
    numbered = [{"row_number": place, **offer} for place, offer in enumerate(offers, 1)]
    parquet.write(folder / "products.parquet", parquet.PRODUCTS, PRODUCTS)
    parquet.write(folder / "shop_links.parquet", parquet.LINKS)
    parquet.write(folder / "links.parquet", parquet.LINKS, links)
    parquet.write(folder / "absences.parquet", parquet.ABSENCES, absences or [])
    parquet.write(folder / "known.parquet", parquet.UNMATCHED)
    snapshot = Snapshot(
        id="f6-1",
        integration_id=6,
        content_hash=content,
        settings_hash="s",
        fetched_at=NOW,
        offers=parquet.write(folder / "offers.parquet", columns, numbered),
        rejects=parquet.write(folder / "rejects.parquet", parquet.REJECTS, rejects or []),
        rows_read=len(offers),
        rows_rejected=0,
    )
    match_offers(snapshot.offers, Keys(match_by=MatchBy.SKU), folder)
    return plan_links(feed, snapshot, Scope(**more), NOW, folder)


def changed(made: LinkPlan) -> dict[int, dict[str, Any]]:
    """Product -> what its link's supplier_availability holds after an update."""
    rows = parquet.read(made.folder / "changed_links.parquet")
    return {row["product_id"]: json.loads(row["supplier_availability"]) for row in rows}


def link(product_id: int, sku: str, **availability: Any) -> dict[str, Any]:
    offer = {"stock_quantity": 30, "contractor_id": 5, **availability}
    identity = {"product_id": product_id, "external_product_id": sku, "sku": sku, "matched_by": "sku"}
    return {**identity, "is_manual": False, "supplier_availability": json.dumps(offer)}


def test_a_new_link_holds_what_the_offer_says(tmp_path: Path) -> None:
    offer = {"sku": "A", "stock_quantity": 7, "delivery_days": 3, "purchase_price": "12.50", "currency": "PLN"}
    made = parquet.read(plan(tmp_path, [offer], []).folder / "new_links.parquet")
    assert json.loads(made[0]["supplier_availability"]) == {
        "contractor_id": 5,
        "stock_quantity": 7,
        "delivery_days": 3,
        "purchase_price": 12.5,
        "currency": "PLN",
        "last_status_change_at": "2026-11-24T05:05:00Z",
    }


def test_offers_archived_before_they_had_contractors_and_warehouses_are_linked(tmp_path: Path) -> None:
    columns = parquet.OFFERS.partition(", contractor_id")[0]
    made = plan(tmp_path, [{"sku": "A", "stock_quantity": 7}], [], columns=columns)
    (link,) = parquet.read(made.folder / "new_links.parquet")
    held = json.loads(link["supplier_availability"])
    assert (held["stock_quantity"], held["contractor_id"]) == (7, 5)


def test_the_same_offer_again_changes_nothing(tmp_path: Path) -> None:
    made = plan(tmp_path, [{"sku": "A", "stock_quantity": 30}], [link(1, "A")])
    assert (made.created, made.updated, made.links) == (0, 0, 1)


def test_a_price_with_other_zeros_is_the_same_price(tmp_path: Path) -> None:
    offer = {"sku": "A", "stock_quantity": 30, "purchase_price": "8.4800", "currency": "PLN"}
    assert plan(tmp_path, [offer], [link(1, "A", purchase_price=8.48, currency="PLN")]).updated == 0


@pytest.mark.parametrize(
    ("field", "value"), [("stock_quantity", 31), ("delivery_days", 10), ("available_later", "w maju")]
)
def test_any_changed_value_reaches_the_link(tmp_path: Path, field: str, value: Any) -> None:
    made = plan(tmp_path, [{"sku": "A", "stock_quantity": 30, field: value}], [link(1, "A")])
    assert changed(made)[1][field] == value


def warehouses(*pairs: tuple[int | None, int]) -> list[dict[str, Any]]:
    return [{"delivery_days": days, "stock_quantity": pieces} for pieces, days in pairs]


def test_warehouses_reach_the_link(tmp_path: Path) -> None:
    offer = {"sku": "A", "is_available": True, "delivery_days": 1, "warehouses": warehouses((5, 1), (None, 5))}
    made = parquet.read(plan(tmp_path, [offer], []).folder / "new_links.parquet")
    assert json.loads(made[0]["supplier_availability"])["warehouses"] == warehouses((5, 1), (None, 5))


@pytest.mark.parametrize(
    ("held", "changes"),
    [(warehouses((5, 1), (25, 5)), 0), (warehouses((6, 1), (24, 5)), 1), (warehouses((5, 2), (25, 5)), 1)],
)
def test_warehouses_are_compared_one_by_one(tmp_path: Path, held: Any, changes: int) -> None:
    offer = {"sku": "A", "stock_quantity": 30, "delivery_days": 1, "warehouses": warehouses((5, 1), (25, 5))}
    assert plan(tmp_path, [offer], [link(1, "A", delivery_days=1, warehouses=held)]).updated == changes


def test_a_feed_whose_warehouses_were_taken_out_has_none(tmp_path: Path) -> None:
    held = link(1, "A", warehouses=warehouses((30, 1)))
    made = plan(tmp_path, [{"sku": "A", "stock_quantity": 30}], [held])
    assert "warehouses" not in changed(made)[1]


@pytest.mark.parametrize(("given", "held"), [(8, 8), (None, 5)])
def test_the_offer_s_contractor_or_the_feed_s_own(tmp_path: Path, given: int | None, held: int) -> None:
    made = plan(tmp_path, [{"sku": "A", "stock_quantity": 30, "contractor_id": given}], [link(1, "A", contractor_id=3)])
    assert changed(made)[1]["contractor_id"] == held


def test_what_other_programs_keep_in_a_link_stays(tmp_path: Path) -> None:
    made = plan(tmp_path, [{"sku": "A", "stock_quantity": 1}], [link(1, "A", supplier_code="X9")])
    assert changed(made)[1]["supplier_code"] == "X9"


def test_a_persons_link_keeps_its_identity(tmp_path: Path) -> None:
    by_person = {**link(2, "A"), "is_manual": True, "matched_by": None}
    made = plan(tmp_path, [{"supplier_sku": "A", "sku": "zzz", "stock_quantity": 1}], [by_person])
    row = parquet.read(made.folder / "changed_links.parquet")[0]
    assert (row["product_id"], row["external_product_id"], row["sku"], row["matched_by"]) == (2, "A", "A", None)


def missing(folder: Path, **more: Any) -> LinkPlan:
    """B is there, A is missing."""
    return plan(folder, [{"sku": "B", "stock_quantity": 30}], [link(1, "A"), link(2, "B")], **more)


def since(hours: float, contents: int, content: str = "old") -> Rows:
    at = (NOW - timedelta(hours=hours)).replace(tzinfo=None)
    return [{"product_id": 1, "first_missing_at": at, "contents": contents, "last_content_hash": content}]


def test_missing_once_changes_nothing_yet(tmp_path: Path) -> None:
    made = missing(tmp_path)
    assert (made.absent, made.sold_out, made.updated) == (1, 0, 0)


@pytest.mark.parametrize(
    ("hours", "contents", "content", "sold_out"),
    [(7, 1, "old", 1), (5, 1, "old", 0), (7, 1, "new", 0), (7, 2, "old", 1)],
    ids=["two contents and six hours", "too early", "the same content again", "still missing"],
)
def test_uncertain_absence(tmp_path: Path, hours: float, contents: int, content: str, sold_out: int) -> None:
    assert missing(tmp_path, absences=since(hours, contents, content)).sold_out == sold_out


def test_sold_out_by_absence_is_denied_and_keeps_the_rest(tmp_path: Path) -> None:
    made = changed(missing(tmp_path, absence="sold_out"))
    assert (made[1]["is_available"], made[1]["stock_quantity"], made[1]["contractor_id"]) == (False, 0, 5)


def test_sold_out_by_absence_leaves_no_warehouse_with_stock(tmp_path: Path) -> None:
    held = [link(1, "A", warehouses=warehouses((30, 1))), link(2, "B")]
    made = plan(tmp_path, [{"sku": "B", "stock_quantity": 30}], held, absence="sold_out")
    assert (changed(made)[1]["stock_quantity"], "warehouses" in changed(made)[1]) == (0, False)


def test_keep_counts_what_is_missing_and_takes_nothing_off(tmp_path: Path) -> None:
    made = missing(tmp_path, absence="keep", absences=since(99, 5))
    assert (made.absent, made.sold_out, made.updated) == (1, 0, 0)


def test_a_row_that_could_not_be_read_is_not_missing(tmp_path: Path) -> None:
    made = missing(tmp_path, absence="sold_out", rejects=[{"key": "A", "scope": "row", "reason_code": "unknown_stock"}])
    assert (made.absent, made.updated) == (0, 0)


def test_a_limited_import_counts_no_absence(tmp_path: Path) -> None:
    assert missing(tmp_path, absence="sold_out", counts_absence=False).absent == 0


def test_one_snapshot_that_has_the_item_restores_it(tmp_path: Path) -> None:
    off = link(1, "A", stock_quantity=0, is_available=False)
    made = plan(tmp_path, [{"sku": "A", "stock_quantity": 30}], [off], absences=since(99, 2))
    assert changed(made)[1]["stock_quantity"] == 30
    assert "is_available" not in changed(made)[1]
    assert len(parquet.read(made.folder / "absences_gone.parquet")) == 1


def test_limit_applies_the_first_offers_of_the_file(tmp_path: Path) -> None:
    offers = [
        {"sku": "nope", "stock_quantity": 1},
        {"sku": "B", "stock_quantity": 1},
        {"sku": "A", "stock_quantity": 1},
    ]
    made = plan(tmp_path, offers, [], limit=2, counts_absence=False)
    assert [row["product_id"] for row in parquet.read(made.folder / "new_links.parquet")] == [2]


def test_linking_again_touches_only_what_is_new_or_asked_for(tmp_path: Path) -> None:
    offers = [{"sku": "A", "stock_quantity": 1}, {"sku": "B", "stock_quantity": 1}]
    again: dict[str, Any] = {"counts_absence": False, "only_new": True}
    first = plan(tmp_path, offers, [link(1, "A")], **again)
    assert (first.created, first.updated) == (1, 0)
    assert plan(tmp_path, offers, [link(1, "A")], asked_for=[1], **again).updated == 1


def test_an_item_whose_codes_find_nobody_any_more_keeps_its_link(tmp_path: Path) -> None:
    made = plan(tmp_path, [{"sku": "OLD", "stock_quantity": 3}], [link(1, "OLD")], absence="sold_out")
    assert (made.absent, made.stale, changed(made)[1]["stock_quantity"]) == (0, 0, 3)


@pytest.mark.parametrize("sku", ["B", "NEW"])
def test_an_item_whose_code_another_one_has_got_is_missing(tmp_path: Path, sku: str) -> None:
    reused = {"supplier_sku": "X", "sku": sku, "ean": EAN_B, "stock_quantity": 300}
    links = [{**link(1, "X"), "sku": "A", "ean": EAN_A}]
    made = plan(tmp_path, [reused], links, absence="sold_out")
    assert (made.absent, made.stale, changed(made)[1]["is_available"]) == (1, 1, False)
    made = plan(tmp_path, [reused], links, absence="uncertain")
    assert (made.absent, changed(made)) == (1, {})


def test_an_item_that_got_another_code_of_the_supplier_s_is_the_same_item(tmp_path: Path) -> None:
    reused = {"supplier_sku": "X", "sku": "NEW", "ean": EAN_B, "stock_quantity": 300}
    renamed = {"supplier_sku": "Y", "sku": "A", "ean": EAN_A, "stock_quantity": 4}
    links = [{**link(1, "X"), "sku": "A", "ean": EAN_A}]
    made = plan(tmp_path, [reused, renamed], links, absence="sold_out")
    assert (made.absent, made.stale, changed(made)[1]["stock_quantity"]) == (0, 0, 4)


@pytest.mark.parametrize(
    "offer", [{"sku": "NEW"}, {"sku": "NEW", "ean": EAN_A}, {"ean": EAN_B}, {"sku": "A", "ean": EAN_B}]
)
def test_one_code_that_differs_may_have_been_corrected(tmp_path: Path, offer: dict[str, str]) -> None:
    links = [{**link(1, "X"), "sku": "A", "ean": EAN_A}]
    made = plan(tmp_path, [{"supplier_sku": "X", "stock_quantity": 3, **offer}], links, absence="sold_out")
    assert (made.links, made.absent, changed(made)[1]["stock_quantity"]) == (1, 0, 3)


def test_an_item_whose_codes_speak_for_another_product_leaves_its_link_as_it_is(tmp_path: Path) -> None:
    moved = {"supplier_sku": "X", "sku": "B", "stock_quantity": 3}
    made = plan(tmp_path, [moved], [{**link(1, "X"), "sku": "A"}], absence="sold_out")
    assert (made.absent, made.stale, changed(made)) == (0, 1, {})


def test_a_link_that_a_person_decided_on_is_made_as_a_persons(tmp_path: Path) -> None:
    decision = {"offer_key": "B", "product_id": 1, "judgement": "linked"}
    parquet.write(tmp_path / "decided.parquet", parquet.DECIDED, [decision])
    (row,) = parquet.read(plan(tmp_path, [{"sku": "B", "stock_quantity": 7}], []).folder / "new_links.parquet")
    assert (row["product_id"], row["is_manual"], row["matched_by"]) == (1, True, "manual")


def test_a_link_in_doubt_keeps_the_codes_that_it_is_doubted_by(tmp_path: Path) -> None:
    reused = {"supplier_sku": "X", "sku": "NEW", "stock_quantity": 3}
    made = plan(tmp_path, [reused], [{**link(1, "X"), "sku": "OLD", "is_manual": True}])
    row = parquet.read(made.folder / "changed_links.parquet")[0]
    assert (made.stale, row["sku"], changed(made)[1]["stock_quantity"]) == (1, "OLD", 3)
