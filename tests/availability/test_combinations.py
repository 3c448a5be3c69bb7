"""Products with combinations by the three policies, and quantities that only a supplier has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tasks.availability import plan
from tasks.availability.judging import ShopView
from tests import parquet
from tests.availability.cases import VIEW, Key, Rows, as_written, keyed, links_of, shop_with

PLAIN = {"is_virtual": False, "is_pack": False, "depends_on_stock": False, "has_stock_row": True, "minimal_quantity": 1}
QUANTITIES = {"combinations": "quantities"}
NO_LABELS = VIEW.model_copy(update={"combination_labels": False})
HAD, NONE = {6: {"stock": 30, "days": 2}}, {6: {"stock": 1}}
Wanted = dict[Key, tuple[str | None, str]]


def wanted_of(
    folder: Path,
    policy: dict[str, Any],
    offers: list[dict[Any, Any]],
    shop: list[int] | None = None,
    written: Rows | None = None,
    view: ShopView = VIEW,
    product: dict[Any, Any] | None = None,
    head: int | None = None,
    pins: Rows | None = None,
) -> Wanted:
    """One product (10) whose sizes 1, 2, ... have these offers; `shop`: the pieces the shop holds of each size
    now; `head`: those of row 0, if they are not the sum.
    """
    pieces = shop or [0] * len(offers)
    links = links_of(product or {}, 1, "10")
    links += [row for n, offer in enumerate(offers, 1) for row in links_of(offer, n + 1, f"10-{n}")]
    items: Rows = [
        {"id_product": 10, "id_product_attribute": 0, "quantity": sum(pieces) if head is None else head, **PLAIN}
    ]
    items += [
        {"id_product": 10, "id_product_attribute": n, "quantity": quantity, **PLAIN}
        for n, quantity in enumerate(pieces, 1)
    ]
    tables = {
        "links": (parquet.LINKS, links),
        "catalogue": (parquet.CATALOGUE, items),
        "written": (parquet.WRITTEN, written or []),
        "pins": (parquet.PINS, pins or []),
    }
    inputs = {name: parquet.write(folder / f"{name}.parquet", *table) for name, table in tables.items()}
    return keyed(parquet.read(plan.decide(shop_with(policy), view, inputs, folder).wanted))


def values(wanted: Wanted, field: str) -> dict[int, str | None]:
    """Combination (0: the product) -> value."""
    return {key[1]: value for key, (value, _) in wanted.items() if key[3] == field}


@pytest.mark.parametrize(
    ("mode", "offers", "flag"),
    [
        ("any", [HAD, NONE], "1"),
        ("any", [NONE, NONE], "0"),
        ("all", [HAD, NONE], "0"),
        ("all", [HAD, HAD], "1"),
        ("quantities", [HAD, HAD], "0"),
        ("quantities", [NONE, NONE], "0"),
    ],
)
def test_row_0_and_its_combinations_hold_one_flag(
    tmp_path: Path, mode: str, offers: list[dict[Any, Any]], flag: str
) -> None:
    wanted = wanted_of(tmp_path, {"combinations": mode}, offers)
    assert values(wanted, "out_of_stock") == {0: flag, 1: flag, 2: flag}


@pytest.mark.parametrize(("kind", "offers", "flag"), [("on", [NONE, NONE], "1"), ("off", [HAD, HAD], "0")])
def test_a_products_pin_decides_its_combinations(
    tmp_path: Path, kind: str, offers: list[dict[Any, Any]], flag: str
) -> None:
    other = "off" if kind == "on" else "on"
    pins = [{"product_id": 1, "kind": kind}, {"product_id": 2, "kind": other}]
    wanted = wanted_of(tmp_path, {"combinations": "all"}, offers, pins=pins)
    assert values(wanted, "out_of_stock") == dict.fromkeys((0, 1, 2), flag)


def test_a_combinations_pin_decides_it_alone(tmp_path: Path) -> None:
    wanted = wanted_of(tmp_path, {}, [NONE, NONE], pins=[{"product_id": 3, "kind": "on"}])
    assert values(wanted, "available_later") == {
        0: "Dostępny u dostawcy",
        1: "Produkt niedostępny",
        2: "Dostępny u dostawcy",
    }


def test_quantities_are_the_suppliers_pieces_and_row_0_is_their_sum(tmp_path: Path) -> None:
    wanted = wanted_of(tmp_path, QUANTITIES, [HAD, {6: {"stock": 25}}, NONE])
    assert values(wanted, "quantity") == {0: "55", 1: "30", 2: "25", 3: "0"}


def test_available_without_a_number_is_as_many_as_the_least_stock(tmp_path: Path) -> None:
    assert values(wanted_of(tmp_path, QUANTITIES, [{6: {"available": True}}]), "quantity") == {0: "20", 1: "20"}


def test_a_product_whose_sizes_have_no_supplier_of_their_own_is_sold_as_a_whole(tmp_path: Path) -> None:
    wanted = wanted_of(tmp_path, QUANTITIES, [{}, {}], product=HAD)
    assert values(wanted, "out_of_stock") == {0: "1", 1: "1", 2: "1"}
    assert values(wanted, "quantity") == {}


def test_own_pieces_are_never_touched_and_count_in_the_sum(tmp_path: Path) -> None:
    assert values(wanted_of(tmp_path, QUANTITIES, [HAD, HAD], shop=[0, 4]), "quantity") == {0: "34", 1: "30"}


def written_quantity(size: int, value: str, original: str = "0") -> dict[str, Any]:
    row = {"id_product": 10, "id_product_attribute": size, "id_lang": 0, "field": "quantity"}
    return {**row, "value": value, "original": original}


def held(folder: Path, **more: Any) -> dict[int, tuple[str, str]]:
    """Combination -> (wanted pieces, pieces that it is compared with)."""
    wanted_of(folder, **more)
    rows = parquet.read(folder / "wanted.parquet")
    return {row["id_product_attribute"]: (row["value"], row["held"]) for row in rows if row["field"] == "quantity"}


def test_what_customers_took_is_not_filled_up_again(tmp_path: Path) -> None:
    """The supplier said 30, we wrote 30, two were sold: as long as he says 30, 28 are left."""
    written = [written_quantity(1, "30"), written_quantity(0, "30")]
    assert held(tmp_path, policy=QUANTITIES, offers=[HAD], shop=[28], written=written) == {
        1: ("30", "30"),
        0: ("28", "28"),
    }


def test_a_new_number_of_the_supplier_is_written(tmp_path: Path) -> None:
    written = [written_quantity(1, "31"), written_quantity(0, "31")]
    found = held(tmp_path, policy=QUANTITIES, offers=[HAD], shop=[28], written=written)
    assert found == {1: ("30", "31"), 0: ("30", "28")}


def test_more_pieces_than_we_wrote_are_own_stock(tmp_path: Path) -> None:
    written = [written_quantity(1, "30"), written_quantity(0, "30")]
    assert held(tmp_path, policy=QUANTITIES, offers=[NONE], shop=[33], written=written) == {}


def test_without_the_policy_our_pieces_are_taken_back(tmp_path: Path) -> None:
    written = [written_quantity(1, "30"), written_quantity(0, "30")]
    found = held(tmp_path, policy={}, offers=[HAD], shop=[28], written=written)
    assert found == {1: ("0", "30"), 0: ("0", "28")}


def test_a_row_0_that_is_not_the_sum_is_put_right(tmp_path: Path) -> None:
    written = [written_quantity(1, "30"), written_quantity(0, "33")]
    links = [HAD, {}]
    found = held(tmp_path, policy=QUANTITIES, offers=links, shop=[30, 3], written=written)
    assert found[0] == ("33", "33")


def test_the_promise_stands_beside_the_pieces(tmp_path: Path) -> None:
    wanted = wanted_of(tmp_path, QUANTITIES, [HAD, NONE])
    assert values(wanted, "available_now") == {1: "Wysyłka za 2 dni"}
    assert values(wanted, "available_later") == dict.fromkeys((0, 1, 2), "Produkt niedostępny")


def test_without_texts_of_combinations_it_stands_at_the_product(tmp_path: Path) -> None:
    wanted = wanted_of(tmp_path, QUANTITIES, [HAD, NONE], view=NO_LABELS)
    assert values(wanted, "available_now") == {0: "Wysyłka za 2 dni"}


def test_the_text_beside_own_pieces_comes_back(tmp_path: Path) -> None:
    first = wanted_of(tmp_path, QUANTITIES, [HAD], view=NO_LABELS)
    before = [{"id_product": 10, "id_product_attribute": 0, "id_lang": 1, "field": "available_now", "original": "Jest"}]
    wanted = wanted_of(tmp_path, {}, [HAD], shop=[30], written=as_written(first, before), view=NO_LABELS)
    assert values(wanted, "available_now") == {0: "Jest"}


def test_a_size_that_was_sold_out_comes_back_from_more(tmp_path: Path) -> None:
    policy = {**QUANTITIES, "min_stock_threshold": 15, "resume_threshold": 20}
    written = [written_quantity(1, "0"), written_quantity(2, "17")]
    offers = [{6: {"stock": 17}}, {6: {"stock": 17}}]
    found = values(wanted_of(tmp_path, policy, offers, shop=[0, 17], written=written), "quantity")
    assert (found[1], found[2]) == ("0", "17")


def test_the_range_of_a_text_is_from_the_fastest_to_the_slowest_size(tmp_path: Path) -> None:
    policy = {"texts": [{"language": "pl", "delivery": "Wysyłka za {min}-{max} dni"}]}
    offers = [{6: {"stock": 30, "days": 2}}, {6: {"stock": 30, "days": 5}}]
    texts = values(wanted_of(tmp_path, policy, offers), "available_later")
    assert texts == {0: "Wysyłka za 2-5 dni", 1: "Wysyłka za 2 dni", 2: "Wysyłka za 5 dni"}


def planned(folder: Path, wanted: Wanted, shop: dict[int, int], written: Rows) -> plan.ChangeSet:
    """The change set of the quantities last decided on, where the shop holds these pieces (0: row 0)."""
    assert wanted
    rows = [
        {"id_product": 10, "id_product_attribute": size, "field": "quantity", "value": str(pieces)}
        for size, pieces in shop.items()
    ]
    record = parquet.write(folder / "written.parquet", parquet.WRITTEN, written)
    differing = plan.find_differing(folder / "wanted.parquet", record, folder)
    shop_rows = parquet.write(folder / "shop_rows.parquet", parquet.SHOP_ROWS, rows)
    return plan.make_change_set(differing.rows, shop_rows, record, folder)


def quantities_of(changes: plan.ChangeSet) -> dict[int, tuple[str, str]]:
    rows = parquet.read(changes.changes)
    return {row["id_product_attribute"]: (row["before"], row["after"]) for row in rows if row["field"] == "quantity"}


def test_pieces_of_a_size_that_lost_its_supplier_are_taken_back(tmp_path: Path) -> None:
    written = [written_quantity(1, "30"), written_quantity(2, "30")]
    wanted = wanted_of(tmp_path, QUANTITIES, [HAD, {}], shop=[30, 30], written=written)
    changes = planned(tmp_path, wanted, {0: 60, 1: 30, 2: 30}, written)
    assert quantities_of(changes) == {0: ("60", "30"), 2: ("30", "0")}


def test_a_sum_may_be_below_zero(tmp_path: Path) -> None:
    written = [written_quantity(1, "30")]
    wanted = wanted_of(tmp_path, QUANTITIES, [NONE, {}], shop=[30, -5], written=written)
    changes = planned(tmp_path, wanted, {0: 25, 1: 30, 2: -5}, written)
    assert quantities_of(changes) == {0: ("25", "-5"), 1: ("30", "0")}


def test_no_sum_is_larger_than_the_shop_can_hold(tmp_path: Path) -> None:
    many = {6: {"stock": 2_147_483_647}}
    assert values(wanted_of(tmp_path, QUANTITIES, [many, many]), "quantity")[0] == "2147483647"


def test_a_sum_that_another_shops_sizes_are_part_of_is_no_change(tmp_path: Path) -> None:
    written = [written_quantity(1, "30"), written_quantity(0, "37")]
    wanted = wanted_of(tmp_path, QUANTITIES, [HAD], shop=[30], written=written, head=37)
    changes = planned(tmp_path, wanted, {0: 37, 1: 30, 99: 7}, written)
    assert 0 not in quantities_of(changes)


def test_own_pieces_that_come_during_the_run_are_not_written_over(tmp_path: Path) -> None:
    written = [written_quantity(1, "31"), written_quantity(0, "31")]
    wanted = wanted_of(tmp_path, QUANTITIES, [HAD], shop=[31], written=written)
    assert quantities_of(planned(tmp_path, wanted, {0: 36, 1: 36}, written)) == {}


def test_a_size_that_was_ordered_beyond_its_pieces_gets_the_suppliers(tmp_path: Path) -> None:
    assert values(wanted_of(tmp_path, QUANTITIES, [HAD], shop=[-1]), "quantity")[1] == "30"


def test_what_is_available_without_a_number_is_filled_up(tmp_path: Path) -> None:
    written = [written_quantity(1, "20"), written_quantity(0, "20")]
    offers = [{6: {"available": True}}]
    assert held(tmp_path, policy=QUANTITIES, offers=offers, shop=[0], written=written)[1] == ("20", "0")


def test_the_text_of_own_pieces_is_left_alone(tmp_path: Path) -> None:
    assert values(wanted_of(tmp_path, QUANTITIES, [HAD, HAD], shop=[0, 4]), "available_now") == {1: "Wysyłka za 2 dni"}
    found = values(wanted_of(tmp_path, QUANTITIES, [HAD, HAD], shop=[0, 4], view=NO_LABELS), "available_now")
    assert found == {}


def test_after_the_mode_sizes_that_were_sold_are_not_taken_for_switched_off(tmp_path: Path) -> None:
    policy = {"min_stock_threshold": 15, "resume_threshold": 20}
    offers = [{6: {"stock": 17}}]
    first = wanted_of(tmp_path, {**QUANTITIES, **policy}, offers)
    wanted = wanted_of(tmp_path, policy, offers, shop=[17], written=as_written(first))
    assert values(wanted, "out_of_stock")[0] == "1"


def test_a_size_without_its_own_link_any_more_says_what_its_product_says(tmp_path: Path) -> None:
    first = wanted_of(tmp_path, {}, [HAD, HAD])
    wanted = wanted_of(tmp_path, {}, [{}, {}], written=as_written(first), product={6: {"stock": 30, "days": 9}})
    assert values(wanted, "available_later") == {0: "Wysyłka za 9 dni", 1: None, 2: None}
