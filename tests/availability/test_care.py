"""What is in our care and what is not: originals, own texts, hysteresis, texts only, what is taken along."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tasks.availability import plan
from tasks.errors import Refused
from tests import parquet
from tests.availability.cases import ITEM, NOW, VIEW, Rows, as_written, decide, inputs_of, shop_with

FLAG, TEXT = (ITEM, 0, None, "out_of_stock"), (ITEM, 0, 1, "available_later")
ENOUGH: dict[Any, Any] = {6: {"stock": 50, "days": 2}}


def test_between_both_thresholds_it_stays_as_it_is(tmp_path: Path) -> None:
    policy = {"min_stock_threshold": 15, "resume_threshold": 20}
    between: dict[Any, Any] = {6: {"stock": 17}}
    on = as_written({FLAG: ("1", "")})
    off = as_written({FLAG: ("0", "")})
    assert [decide(policy, between, was, tmp_path)[FLAG][0] for was in (on, off, [])] == ["1", "0", "1"]


def test_a_product_comes_back_with_all_its_offers(tmp_path: Path) -> None:
    """Once one offer has what it takes, the faster one counts from the least stock, as it will at the next sync."""
    policy = {"min_stock_threshold": 15, "resume_threshold": 20}
    offers: dict[Any, Any] = {6: {"stock": 17, "days": 1}, 8: {"stock": 30, "days": 5}}
    first = decide(policy, offers, as_written({FLAG: ("0", "")}), tmp_path)
    assert first[TEXT][0] == "Wysyłka za 1 dzień"
    assert decide(policy, offers, as_written(first), tmp_path) == first


@pytest.mark.parametrize(
    "offer",
    [
        {"stock": 999_999_999, "pack": 12, "days": 2},
        {"stock": 1e30, "days": 2},
        {"stock": 50, "days": 2_147_483_647},
        {"stock": 5e9, "pack": 1e13, "days": 2},
    ],
)
def test_numbers_beyond_all_measure_stop_nobody(tmp_path: Path, offer: dict[str, Any]) -> None:
    policy = {"ageing": {"longer_after_hours": 1, "longer_days": 3}}
    assert decide(policy, {6: offer}, [], tmp_path)[FLAG][0] == "1"


def test_no_number_at_all_is_no_stock(tmp_path: Path) -> None:
    assert decide({}, {6: {"stock": "NaN"}}, [], tmp_path)[FLAG] == ("0", "no_stock_given")


def test_two_of_our_products_for_one_item_are_left_to_a_person(tmp_path: Path) -> None:
    inputs = inputs_of(ENOUGH, [], tmp_path)
    rows = [*parquet.read(inputs["links"]), {"integration_id": 7, "product_id": 2, "external_product_id": str(ITEM)}]
    inputs["links"] = parquet.write(tmp_path / "twice.parquet", parquet.LINKS, rows)
    wanted = plan.decide(shop_with({}), VIEW, inputs, tmp_path)
    assert (wanted.products, wanted.skipped) == (0, {"linked_twice": 1})


def test_a_margin_is_exact_to_the_grosz(tmp_path: Path) -> None:
    case: dict[Any, Any] = {6: {"stock": 50, "price": 50}, "shop": {"price": 57}}
    assert decide({"min_margin_percent": 14}, case, [], tmp_path)[FLAG][0] == "1"


def aged(folder: Path, hours: int, runs: list[tuple[int, str]]) -> str:
    """The reason for an offer that is missing for some hours; `runs`: imports, how many hours ago and how they ended."""
    inputs = inputs_of({6: {"stock": 50, "days": 2, "missing_hours": hours}}, [], folder)
    imports = [
        {"integration_id": 6, "started_at": NOW.replace(tzinfo=None) - timedelta(hours=ago), "status": status}
        for ago, status in runs
    ]
    kind = "integration_id BIGINT, started_at TIMESTAMP, status VARCHAR"
    inputs["imports"] = parquet.write(folder / "imports.parquet", kind, imports)
    wanted = plan.decide(shop_with({"ageing": {"deny_after_hours": 72}}), VIEW, inputs, folder)
    return str(next(row["reason_code"] for row in parquet.read(wanted.wanted)))


def test_while_imports_fail_no_offer_ages(tmp_path: Path) -> None:
    well = [(80, "completed"), (40, "unchanged"), (0, "completed")]
    assert aged(tmp_path, 80, well) == "not_confirmed"
    assert aged(tmp_path, 80, [(80, "completed"), (40, "quarantined"), (0, "completed")]) == "enough_stock"
    assert aged(tmp_path, 80, [(80, "completed"), (8, "completed"), (4, "failed"), (0, "completed")]) == "not_confirmed"
    assert aged(tmp_path, 72, well) == "not_confirmed"
    assert aged(tmp_path, 71, well) == "enough_stock"


def test_a_flag_that_the_shop_never_writes_is_not_put_back(tmp_path: Path) -> None:
    row = {"id_product": ITEM, "id_product_attribute": 0, "id_lang": 0, "field": "out_of_stock", "value": "1"}
    assert decide({"no_offer": "restore"}, {}, [{**row, "original": "9"}], tmp_path) == {}


def test_what_is_put_back_is_nobodys_but_the_shops(tmp_path: Path) -> None:
    policy = {"no_offer": "restore"}
    written = as_written(decide(policy, ENOUGH, [], tmp_path))
    restored = decide(policy, {}, written, tmp_path)
    assert decide(policy, {}, as_written(restored, written), tmp_path) == {}


def test_an_exception_with_one_number_has_no_other_one(tmp_path: Path) -> None:
    policy = {"resume_threshold": 30, "exceptions": [{"product": f"REF-{ITEM}", "min_stock_threshold": 5}]}
    off = as_written({FLAG: ("0", "")})
    assert decide(policy, {6: {"stock": 5}}, off, tmp_path)[FLAG][0] == "1"


def test_restored_is_what_stood_there_before_our_first_write(tmp_path: Path) -> None:
    before: Rows = [
        {"id_product": ITEM, "id_product_attribute": 0, "id_lang": 0, "field": "out_of_stock", "original": "2"},
        {"id_product": ITEM, "id_product_attribute": 0, "id_lang": 1, "field": "available_later", "original": None},
    ]
    written = as_written(decide({}, ENOUGH, [], tmp_path), before)
    wanted = decide({"no_offer": "restore"}, {}, written, tmp_path)
    assert wanted == {FLAG: ("2", "no_offer"), TEXT: (None, "no_offer")}


def test_with_a_supplier_again_it_is_ours_again(tmp_path: Path) -> None:
    written = as_written(decide({"no_offer": "restore"}, ENOUGH, [], tmp_path))
    assert decide({"no_offer": "restore"}, ENOUGH, written, tmp_path)[FLAG][0] == "1"


@pytest.mark.parametrize("kind", ["hold", "released"])
def test_held_and_released_products_are_left_alone_by_name(tmp_path: Path, kind: str) -> None:
    wanted = plan.decide(shop_with({}), VIEW, inputs_of({**ENOUGH, "pin": kind}, [], tmp_path), tmp_path)
    assert (wanted.products, wanted.skipped) == (0, {"held" if kind == "hold" else "released": 1})


@pytest.mark.parametrize(
    ("kind", "shop"),
    [
        ("virtual", {"is_virtual": True}),
        ("pack", {"is_pack": True}),
        ("depends_on_stock", {"depends_on_stock": True}),
        ("available_date", {"available_date": date(2027, 1, 1)}),
    ],
)
def test_a_kind_can_be_taken_along(tmp_path: Path, kind: str, shop: dict[str, Any]) -> None:
    case = {**ENOUGH, "shop": shop}
    assert decide({}, case, [], tmp_path) == {}
    assert decide({"also": [kind]}, case, [], tmp_path)[FLAG][0] == "1"


def test_texts_only_leaves_flags_to_the_other_block(tmp_path: Path) -> None:
    wanted = plan.decide(shop_with({}, texts_only=True), VIEW, inputs_of(ENOUGH, [], tmp_path), tmp_path)
    assert [row["field"] for row in parquet.read(wanted.wanted)] == ["available_later"]


def test_an_exception_that_names_nothing_is_told(tmp_path: Path) -> None:
    policy = {
        "exceptions": [{"product": "REF-99", "min_stock_threshold": 1}, {"brand": "Nobody", "own_stock_only": True}]
    }
    assert plan.decide(shop_with(policy), VIEW, inputs_of(ENOUGH, [], tmp_path), tmp_path).unused == [
        "Nobody",
        "REF-99",
    ]


def test_counts_by_supplier(tmp_path: Path) -> None:
    case = {6: {"stock": 1}, 8: {"stock": 50}}
    assert plan.decide(shop_with({}), VIEW, inputs_of(case, [], tmp_path), tmp_path).by_supplier == {"8 on": 1}


WANTED = parquet.SHOP_ROWS + ", product_id BIGINT, reason_code VARCHAR, reason_args VARCHAR, held VARCHAR"


def change_set(folder: Path, shop: Rows, written: Rows, **more: Any) -> plan.ChangeSet:
    """The plan for one product that shall be on."""
    key = {"id_product": ITEM, "id_product_attribute": 0}
    why = {"reason_code": "enough_stock"}
    wanted: Rows = [
        {**key, **why, "id_lang": None, "field": "out_of_stock", "value": "1"},
        {**key, **why, "id_lang": 1, "field": "available_later", "value": "Wysyłka za 2 dni"},
    ]
    return plan.make_change_set(
        parquet.write(folder / "differing.parquet", WANTED, wanted),
        parquet.write(folder / "shop_rows.parquet", parquet.SHOP_ROWS, [{**key, **row} for row in shop]),
        parquet.write(folder / "written.parquet", parquet.WRITTEN, written),
        folder,
        **more,
    )


def shop_rows(flag: str, text: str | None) -> Rows:
    return [
        {"id_lang": None, "field": "out_of_stock", "value": flag},
        {"id_lang": 1, "field": "available_later", "value": text},
    ]


@pytest.mark.parametrize(
    ("flag", "text", "own"), [("2", None, 0), ("2", "", 0), ("0", None, 1), ("2", "Zapytaj", 1), ("1", None, 1)]
)
def test_a_text_or_flag_of_its_own_is_told(tmp_path: Path, flag: str, text: str | None, own: int) -> None:
    assert change_set(tmp_path, shop_rows(flag, text), []).own == own


def test_what_is_there_can_be_respected(tmp_path: Path) -> None:
    changes = change_set(tmp_path, shop_rows("2", "Zapytaj"), [], respect_existing=True)
    assert (changes.rows, changes.respected) == (0, 1)


def test_what_a_crash_left_without_a_record_is_not_taken_for_somebody_elses(tmp_path: Path) -> None:
    ours = shop_rows("1", "Wysyłka za 2 dni")
    assert (change_set(tmp_path, ours, []).own, change_set(tmp_path, ours, [], unfinished=True).own) == (1, 0)


def test_our_own_text_is_nobody_elses(tmp_path: Path) -> None:
    written = as_written({FLAG: ("0", ""), TEXT: ("Produkt niedostępny", "")})
    changes = change_set(tmp_path, shop_rows("0", "Produkt niedostępny"), written, respect_existing=True)
    assert (changes.rows, changes.own) == (2, 0)


def test_delivery_settings_that_cant_be_read_name_their_supplier(tmp_path: Path) -> None:
    inputs = inputs_of(ENOUGH, [], tmp_path)
    row = {"integration_id": 6, "name": "acme", "delivery": '{"cut_off": "noon"}', "timezone": "Europe/Warsaw"}
    inputs["suppliers"] = parquet.write(tmp_path / "suppliers.parquet", parquet.SUPPLIERS, [row])
    with pytest.raises(Refused, match=r"supplier 6 \(acme\).*Import its feed once"):
        plan.decide(shop_with({}), VIEW, inputs, tmp_path)
