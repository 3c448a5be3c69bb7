"""What may be ordered and what is written for it, as a table of cases."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from blocks import AvailabilityPolicy, LanguageTexts, PrestashopDatabase
from tasks.availability import plan
from tasks.availability.judging import ShopView
from tasks.availability.plan import Wanted
from tasks.availability.texts import Language
from tests import parquet

TODAY = date(2026, 11, 24)
PL = Language(1, "pl", "pl-PL")
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
VIEW = ShopView(languages=[PL], combination_labels=True, only_bmp=False, now=NOW)
ON, OFF = "1", "0"


def supplier_link(product_id: int, integration_id: int = 6, **offer: object) -> dict[str, Any]:
    return {
        "integration_id": integration_id,
        "product_id": product_id,
        "supplier_availability": json.dumps(offer),
    }


def shop_link(product_id: int, item: str) -> dict[str, Any]:
    return {"integration_id": 7, "product_id": product_id, "external_product_id": item}


def item(id_product: int, attribute: int = 0, **more: object) -> dict[str, Any]:
    plain = {"is_virtual": False, "is_pack": False, "depends_on_stock": False, "has_stock_row": True}
    return {"id_product": id_product, "id_product_attribute": attribute, **plain, **more}


def decide(
    folder: Path,
    links: list[dict[str, Any]],
    catalogue: list[dict[str, Any]],
    *,
    policy: AvailabilityPolicy | None = None,
    contractor: int | None = None,
    written: list[dict[str, Any]] | None = None,
    view: ShopView = VIEW,
) -> Wanted:
    settings: dict[str, Any] = {"integration_id": 7, "policy": policy or AvailabilityPolicy()}
    shop = PrestashopDatabase.model_construct(**settings)  # no connection: a decision reads files only
    inputs = {
        "links": parquet.write(folder / "links.parquet", parquet.LINKS, links),
        "written": parquet.write(folder / "written.parquet", parquet.WRITTEN, written or []),
        "catalogue": parquet.write(folder / "catalogue.parquet", parquet.CATALOGUE, catalogue),
    }
    return plan.decide(shop, view, inputs, folder, contractor)


def rows(wanted: Wanted) -> dict[tuple[int, int, int | None], str]:
    """(product, combination, language or None for the flag) -> value."""
    return {
        (row["id_product"], row["id_product_attribute"], row["id_lang"]): row["value"]
        for row in parquet.read(wanted.wanted)
    }


def one_product(folder: Path, *offers: dict[str, Any], **more: Any) -> dict[tuple[int, int, int | None], str]:
    links = [shop_link(1, "10"), *({**offer, "product_id": 1} for offer in offers)]
    return rows(decide(folder, links, [item(10)], **more))


@pytest.mark.parametrize(
    ("offer", "flag", "text"),
    [
        ({"stock_quantity": 20, "delivery_days": 3}, ON, "Wysyłka za 3 dni"),
        ({"stock_quantity": 20, "delivery_days": 1}, ON, "Wysyłka za 1 dzień"),
        ({"stock_quantity": 20, "delivery_days": 0}, ON, "Wysyłka dzisiaj"),
        ({"stock_quantity": 20}, ON, "Dostępny u dostawcy"),
        ({"stock_quantity": 19, "delivery_days": 3}, OFF, "Produkt niedostępny"),
        ({"stock_quantity": 0}, OFF, "Produkt niedostępny"),
        ({"stock_quantity": 19.9}, OFF, "Produkt niedostępny"),
        ({"is_available": True, "delivery_days": 2}, ON, "Wysyłka za 2 dni"),
        ({"is_available": False, "stock_quantity": 99}, OFF, "Produkt niedostępny"),
        ({"is_available": True, "stock_quantity": 5}, OFF, "Produkt niedostępny"),
        ({"stock_quantity": 3, "pack_size": 10.0}, ON, "Dostępny u dostawcy"),
        ({"stock_quantity": 1, "pack_size": 10}, OFF, "Produkt niedostępny"),
        ({"stock_quantity": 199, "pack_size": 0.1}, OFF, "Produkt niedostępny"),
        ({"stock_quantity": 200, "pack_size": 0.1}, ON, "Dostępny u dostawcy"),
        ({"stock_quantity": 0, "pack_size": 10}, OFF, "Produkt niedostępny"),
        ({"is_available": True, "pack_size": 10}, ON, "Dostępny u dostawcy"),
        ({"stock_quantity": 20, "available_from": "2026-11-29"}, ON, "Wysyłka za 5 dni"),
        ({"stock_quantity": 20, "available_from": "2026-11-01", "delivery_days": 2}, ON, "Wysyłka za 2 dni"),
    ],
)
def test_offer_to_flag_and_text(tmp_path: Path, offer: dict[str, Any], flag: str, text: str) -> None:
    assert one_product(tmp_path, supplier_link(1, **offer)) == {(10, 0, None): flag, (10, 0, 1): text}


def test_the_best_of_several_suppliers_is_the_fastest_that_has_enough(tmp_path: Path) -> None:
    offers = (
        supplier_link(1, 6, stock_quantity=19, delivery_days=1),
        supplier_link(1, 8, stock_quantity=50, delivery_days=4),
        supplier_link(1, 9, stock_quantity=500, delivery_days=5),
    )
    assert one_product(tmp_path, *offers)[10, 0, 1] == "Wysyłka za 4 dni"


def test_the_order_of_suppliers_decides_nothing(tmp_path: Path) -> None:
    offers = [supplier_link(1, n, stock_quantity=30, delivery_days=n % 3 + 1) for n in (6, 8, 9)]
    assert one_product(tmp_path, *offers) == one_product(tmp_path, *reversed(offers))


@pytest.mark.parametrize(("days", "text"), [((2, 5), "Wysyłka za 5 dni"), ((2, None), "Dostępny u dostawcy")])
def test_a_product_promises_what_its_slowest_allowed_combination_holds(
    tmp_path: Path, days: tuple[int | None, int | None], text: str
) -> None:
    links = [shop_link(1, "10"), shop_link(2, "10-1"), shop_link(3, "10-2")]
    links += [supplier_link(n + 2, stock_quantity=30, delivery_days=day) for n, day in enumerate(days)]
    wanted = decide(tmp_path, links, [item(10), item(10, 1), item(10, 2)])
    assert rows(wanted)[10, 0, 1] == text


def combinations(folder: Path, mode: str, **more: Any) -> Wanted:
    """One size that can be had, one that can't."""
    links = [shop_link(1, "10"), shop_link(2, "10-1"), shop_link(3, "10-2")]
    links += [supplier_link(2, stock_quantity=30, delivery_days=2), supplier_link(3, stock_quantity=1)]
    policy = AvailabilityPolicy(combinations=mode, texts=[LanguageTexts(language="pl")])
    return decide(folder, links, [item(10), item(10, 1), item(10, 2)], policy=policy, **more)


@pytest.mark.parametrize(("mode", "flag"), [("any", ON), ("all", OFF)])
def test_row_0_and_all_combinations_hold_the_same_flag(tmp_path: Path, mode: str, flag: str) -> None:
    found = rows(combinations(tmp_path, mode))
    assert [found[10, attribute, None] for attribute in (0, 1, 2)] == [flag] * 3


def test_a_denied_combination_says_so_where_it_has_a_label(tmp_path: Path) -> None:
    wanted = combinations(tmp_path, "any")
    assert (rows(wanted)[10, 1, 1], rows(wanted)[10, 2, 1]) == ("Wysyłka za 2 dni", "Produkt niedostępny")
    assert wanted.not_enforceable == 1


def test_no_combination_promises_delivery_while_the_product_is_denied(tmp_path: Path) -> None:
    assert rows(combinations(tmp_path, "all"))[10, 1, 1] == "Produkt niedostępny"


def test_without_labels_of_combinations_none_are_wanted(tmp_path: Path) -> None:
    found = rows(combinations(tmp_path, "any", view=VIEW.model_copy(update={"combination_labels": False})))
    assert {key for key in found if key[2]} == {(10, 0, 1)}


def test_a_combination_without_its_own_link_inherits(tmp_path: Path) -> None:
    links = [shop_link(1, "10"), shop_link(2, "10-1"), supplier_link(1, stock_quantity=30, delivery_days=2)]
    assert rows(decide(tmp_path, links, [item(10), item(10, 1)])) == {
        (10, 0, None): ON,
        (10, 1, None): ON,
        (10, 0, 1): "Wysyłka za 2 dni",
    }


def test_what_no_supplier_is_linked_to_is_not_ours(tmp_path: Path) -> None:
    links = [shop_link(1, "10"), shop_link(2, "11"), supplier_link(1, stock_quantity=30)]
    assert {key[0] for key in rows(decide(tmp_path, links, [item(10), item(11), item(12)]))} == {10}


def test_what_lost_its_last_supplier_is_denied(tmp_path: Path) -> None:
    written = [{"id_product": 10, "id_product_attribute": 0, "id_lang": 0, "field": "out_of_stock", "value": "1"}]
    wanted = decide(tmp_path, [shop_link(1, "10")], [item(10)], written=written)
    assert [(row["value"], row["reason_code"]) for row in parquet.read(wanted.wanted)] == [
        (OFF, "no_offer"),
        ("Produkt niedostępny", "no_offer"),
    ]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ({"is_virtual": True}, "virtual"),
        ({"is_pack": True}, "pack"),
        ({"depends_on_stock": True}, "depends_on_stock"),
        ({"available_date": date(2026, 12, 1)}, "available_date"),
        ({"has_stock_row": False}, "no_stock_row"),
    ],
)
def test_left_alone_and_counted_by_reason(tmp_path: Path, kind: dict[str, Any], reason: str) -> None:
    wanted = decide(tmp_path, [shop_link(1, "10"), supplier_link(1, stock_quantity=30)], [item(10, **kind)])
    assert (rows(wanted), wanted.skipped) == ({}, {reason: 1})


def test_a_past_available_date_is_no_reason(tmp_path: Path) -> None:
    links = [shop_link(1, "10"), supplier_link(1, stock_quantity=30)]
    assert rows(decide(tmp_path, links, [item(10, available_date=TODAY)]))[10, 0, None] == ON


def test_contractor_chooses_products_and_all_suppliers_still_decide(tmp_path: Path) -> None:
    links = [shop_link(1, "10"), shop_link(2, "11")]
    links += [
        supplier_link(1, 6, stock_quantity=1, contractor_id=5),
        supplier_link(2, 6, stock_quantity=30, contractor_id=4),
    ]
    links += [supplier_link(1, 8, stock_quantity=30, contractor_id=4)]
    assert rows(decide(tmp_path, links, [item(10), item(11)], contractor=5)) == {
        (10, 0, None): ON,
        (10, 0, 1): "Dostępny u dostawcy",
    }


def test_a_threshold_of_zero_allows_everything_that_is_not_denied(tmp_path: Path) -> None:
    policy = AvailabilityPolicy(min_stock_threshold=0)
    assert one_product(tmp_path, supplier_link(1, stock_quantity=0), policy=policy)[10, 0, None] == ON


def warehouses(*pairs: tuple[int | None, int]) -> dict[str, Any]:
    """An offer of several warehouses, as a feed's import writes it: (pieces or None, days) each."""
    known = [pieces for pieces, _ in pairs if pieces is not None]
    offer: dict[str, Any] = {
        "warehouses": [{"delivery_days": days, "stock_quantity": pieces} for pieces, days in pairs],
        "delivery_days": min((days for pieces, days in pairs if pieces != 0), default=None),
    }
    return offer | ({"is_available": True} if len(known) < len(pairs) else {"stock_quantity": sum(known)})


@pytest.mark.parametrize(
    ("offer", "flag", "text"),
    [
        (warehouses((25, 1), (100, 7)), ON, "Wysyłka za 1 dzień"),
        (warehouses((5, 1), (30, 7)), ON, "Wysyłka za 7 dni"),
        (warehouses((15, 1), (5, 3), (100, 7)), ON, "Wysyłka za 3 dni"),  # the faster ones count along
        (warehouses((10, 1), (9, 2), (1, 7)), ON, "Wysyłka za 7 dni"),
        (warehouses((100, 7), (20, 0)), ON, "Wysyłka dzisiaj"),
        (warehouses((10, 2), (10, 2), (500, 7)), ON, "Wysyłka za 2 dni"),  # two of the same speed are one
        (warehouses((5, 1), (10, 7)), OFF, "Produkt niedostępny"),
        (warehouses((0, 1), (0, 7)), OFF, "Produkt niedostępny"),
        (warehouses((5, 1), (None, 4)), ON, "Wysyłka za 4 dni"),  # available without a number is enough
        (warehouses((None, 1), (500, 4)), ON, "Wysyłka za 1 dzień"),
        ({**warehouses((50, 1)), "is_available": False}, OFF, "Produkt niedostępny"),
        ({**warehouses((2, 1), (5, 5)), "pack_size": 10}, ON, "Wysyłka za 1 dzień"),
        ({**warehouses((2, 1), (5, 5)), "pack_size": 5}, ON, "Wysyłka za 5 dni"),
        # what another program put there
        ({"stock_quantity": 20, "delivery_days": 3, "warehouses": "?"}, ON, "Wysyłka za 3 dni"),
        ({"stock_quantity": 20, "delivery_days": 3, "warehouses": []}, ON, "Wysyłka za 3 dni"),
    ],
)
def test_the_fastest_warehouses_by_which_enough_can_be_had_decide_the_days(
    tmp_path: Path, offer: dict[str, Any], flag: str, text: str
) -> None:
    assert one_product(tmp_path, supplier_link(1, **offer)) == {(10, 0, None): flag, (10, 0, 1): text}


@pytest.mark.parametrize(("threshold", "days"), [(0, "1 dzień"), (1, "1 dzień"), (6, "5 dni")])
def test_the_same_warehouses_under_another_threshold(tmp_path: Path, threshold: int, days: str) -> None:
    policy = AvailabilityPolicy(min_stock_threshold=threshold)
    offer = supplier_link(1, **warehouses((0, 0), (5, 1), (50, 5)))
    assert one_product(tmp_path, offer, policy=policy)[10, 0, 1] == f"Wysyłka za {days}"


def test_of_two_suppliers_the_one_who_has_enough_sooner(tmp_path: Path) -> None:
    one, other = warehouses((5, 1), (500, 9)), {"stock_quantity": 20, "delivery_days": 4}
    found = one_product(tmp_path, supplier_link(1, 6, **one), supplier_link(1, 8, **other))
    assert found[10, 0, 1] == "Wysyłka za 4 dni"
