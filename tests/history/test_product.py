"""What suppliers said of one product over time, from the archive, and when the shop switched it."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tasks import archive
from tasks.errors import Refused
from tasks.history import product_history, switch_history
from tasks.history.offers import links_of, offer_rows
from tests.history.past import ACME, BRICO, SHOP, Past

OTHERS = [{"supplier_sku": f"X-{n}", "sku": f"X-{n}", "stock_quantity": n} for n in range(50)]


@pytest.fixture
def known(past: Past) -> Past:
    """A product that Acme has as its item A-1."""
    past.product(1, "AB-1", "5901234123457")
    past.supplier(ACME, "Acme", external_product_id="A-1", sku="AB-1", ean="5901234123457")
    return past


def offer(stock: int | None = 30, days: int | None = 2, code: str | None = "A-1", **more: Any) -> dict[str, Any]:
    return {"supplier_sku": code, "sku": "AB-1", "stock_quantity": stock, "delivery_days": days, **more}


def said(past: Past, *columns: str) -> list[list[object]]:
    told = product_history("AB-1").astype(object).where(lambda frame: frame.notna(), None)
    return [list(row) for row in told[list(columns or ("stock_quantity", "delivery_days"))].to_numpy()]


def test_stock_and_days_by_version(known: Past) -> None:
    known.snapshot(ACME, known.ago(3), *OTHERS, offer(30, 2))
    known.snapshot(ACME, known.ago(2), *OTHERS, offer(12, 5))
    told = product_history("AB-1")
    assert told["at"].tolist() == [known.ago(3), known.ago(2)]
    assert said(known) == [[30, 2], [12, 5]]
    assert set(told["supplier_name"]) == {"Acme"}


def test_types_are_as_documented(known: Past) -> None:
    known.snapshot(ACME, known.ago(3), offer(None, None))
    kinds = {name: str(kind) for name, kind in product_history("AB-1").dtypes.items()}
    assert (kinds["at"], kinds["stock_quantity"], kinds["delivery_days"]) == ("datetime64[us, UTC]", "Int64", "Int64")
    assert (kinds["is_listed"], kinds["available_from"]) == ("boolean", "datetime64[s]")


@pytest.mark.parametrize("name", ["AB-1", "5901234123457", 1, "#1"])
def test_a_product_has_several_names(known: Past, name: str | int) -> None:
    known.snapshot(ACME, known.ago(3), offer())
    assert len(product_history(name)) == 1


def test_the_shops_id_needs_the_shop(known: Past) -> None:
    known.snapshot(ACME, known.ago(3), offer())
    assert len(product_history("10", shop=SHOP)) == 1
    with pytest.raises(Refused):
        product_history("10")


def test_two_suppliers(known: Past) -> None:
    known.supplier(BRICO, "Brico", external_product_id="B-9")
    known.snapshot(ACME, known.ago(3), offer(30))
    known.snapshot(BRICO, known.ago(2), offer(7, 1, "B-9"))
    assert said(known, "supplier_name", "stock_quantity") == [["Acme", 30], ["Brico", 7]]


def test_the_time_begins_with_what_held_then(known: Past) -> None:
    for hours, stock in ((24 * 40, 1), (24 * 31, 2), (24 * 29, 3)):
        known.snapshot(ACME, known.ago(hours), offer(stock))
    assert said(known, "stock_quantity") == [[2], [3]]


def test_what_was_not_believed_did_not_count(known: Past) -> None:
    known.snapshot(ACME, known.ago(5), offer(30))
    known.snapshot(ACME, known.ago(4), offer(0), verdict="quarantined")
    known.snapshot(ACME, known.ago(3), offer(11), verdict="quarantined", approved_at=known.ago(1))
    assert said(known, "at", "stock_quantity") == [[known.ago(5), 30], [known.ago(1), 11]]


def test_not_in_the_file_is_not_zero(known: Past) -> None:
    known.snapshot(ACME, known.ago(3), *OTHERS)
    assert said(known, "is_listed", "stock_quantity") == [[False, None]]


def test_another_item_with_the_same_ean_is_another_item(known: Past) -> None:
    known.snapshot(ACME, known.ago(3), offer(99, code="A-2", ean="5901234123457"))
    assert said(known, "is_listed") == [[False]]


def test_files_from_before_the_supplier_had_codes_of_its_own(known: Past) -> None:
    known.snapshot(ACME, known.ago(3), offer(30, code=None))
    assert said(known, "stock_quantity") == [[30]]


def test_a_code_that_two_items_have_says_nothing(past: Past) -> None:
    past.product()
    past.supplier(ACME, "Acme", external_product_id=None, sku="ab-1")
    past.snapshot(ACME, past.ago(3), offer(1, code="A-1"), offer(2, code="A-2"))
    past.snapshot(ACME, past.ago(2), offer(3, code="A-3"))
    assert said(past, "is_listed", "stock_quantity") == [[True, None], [True, 3]]


def test_a_pack_counts_in_pieces(past: Past) -> None:
    past.product()
    past.supplier(ACME, "Acme", said=json.dumps({"pack_size": "10"}), external_product_id="A-1")
    past.snapshot(ACME, past.ago(3), offer(4))
    assert said(past, "stock_quantity") == [[40]]


def test_of_several_parts_counts_what_they_gave_together(known: Past) -> None:
    known.snapshot(ACME, known.ago(5), offer(1))
    known.snapshot(ACME, known.ago(4), offer(stock=None), part="codes", merged=[offer(20, None)])
    known.snapshot(ACME, known.ago(3), part="prices", merged=[offer(20, 4)])
    known.snapshot(ACME, known.ago(2), part="stock")  # from before these were kept
    assert said(known) == [[1, 2], [20, None], [20, 4]]
    assert product_history("AB-1").attrs["left_out"] == 1


def test_a_date_is_counted_in_the_suppliers_days(known: Past) -> None:
    """Over the night in which clocks go back, and just after midnight in Warsaw, where it is the day before in UTC."""
    at = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)
    known.snapshot(ACME, at, offer(days=None, available_from=date(2026, 10, 26)))
    told = offer_rows(known.state, links_of(known.state, 1), at)
    assert [row["delivery_days"] for row in told.rows] == [1]


def test_what_was_pruned_or_is_broken_is_left_out_and_counted(known: Past) -> None:
    names = [known.snapshot(ACME, known.ago(9 - n), offer(n)) for n in range(7)]
    shutil.rmtree(archive.find("feeds", ACME, names[1]))
    for broken, content in ((names[3], b""), (names[4], b"PAR1 and then nothing")):
        (archive.find("feeds", ACME, broken) / "offers.parquet").write_bytes(content)
    assert said(known, "stock_quantity") == [[0], [2], [5], [6]]
    assert product_history("AB-1").attrs["left_out"] == 3


def moments(**given: Any) -> list[tuple[object, ...]]:
    told = switch_history("AB-1", **given).astype(object).where(lambda frame: frame.notna(), None)
    return [tuple(row) for row in told[["at", "was_on", "is_on"]].to_numpy()]


def test_moments_at_which_it_was_switched(known: Past) -> None:
    known.change_set(known.ago(5), "2", "1")
    known.change_set(known.ago(3), "1", "0")
    assert moments() == [(known.ago(5), None, True), (known.ago(3), True, False)]
    assert set(switch_history("AB-1")["reason_code"]) == {"below_threshold"}


def test_moments_of_a_shop_asked_for(known: Past) -> None:
    known.change_set(known.ago(5), "0", "1")
    assert len(moments(shop=SHOP)) == 1
    assert len(moments(shop=SHOP + 1)) == 0


@pytest.mark.parametrize("outcome", ["left", "failed"])
def test_what_was_not_written_is_no_moment(known: Past, outcome: str) -> None:
    known.change_set(known.ago(5), "0", "1", outcome)
    assert moments() == []


def test_what_a_killed_run_wrote_is_told_by_the_next(known: Past) -> None:
    known.change_set(known.ago(9), "1", "0")
    known.change_set(known.ago(5), "0", "1", outcome=None)
    known.change_set(known.ago(4), "1", "1", outcome="already")
    assert moments() == [(known.ago(9), True, False), (known.ago(4), False, True)]


def test_somebody_elses_switch_that_we_undid(known: Past) -> None:
    known.change_set(known.ago(9), "0", "1")
    known.change_set(known.ago(5), "0", "1")
    assert moments()[1] == (known.ago(5), False, True)


def test_a_stock_written_as_quantity_switches_too(known: Past) -> None:
    known.change_set(known.ago(9), "0", "12", field="quantity")
    known.change_set(known.ago(7), "12", "9", field="quantity")
    known.change_set(known.ago(5), "9", "0", field="quantity")
    assert moments() == [(known.ago(9), False, True), (known.ago(5), True, False)]


def test_a_change_set_that_is_gone_is_counted(known: Past) -> None:
    gone = known.change_set(known.ago(5), "0", "1")
    shutil.rmtree(archive.find("changes", SHOP, gone))
    assert switch_history("AB-1").attrs["left_out"] == 1


def test_a_product_that_nobody_knows(known: Past) -> None:
    with pytest.raises(Refused, match="expected a product that we know"):
        product_history("nothing")
