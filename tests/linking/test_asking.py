"""What a person is asked: which offers, with which candidates, in which file."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tasks import archive
from tasks.linking.reviewing.asking import Questions, ask, first_rows, harmless, keep
from tests.linking.test_match import EAN_A, EAN_B, Rows, match

NOTHING_AROUND = {"remove_prefix": "", "remove_suffix": "", "add_prefix": "", "add_suffix": ""}


def asked(folder: Path, offers: Rows, products: Rows, links: Rows = (), **more: Any) -> Questions:  # type: ignore[assignment]
    match(folder, offers, products, links, **more)
    return ask(folder / "offers.parquet", NOTHING_AROUND, folder)


def rows(folder: Path, *given: Any, **more: Any) -> Rows:
    return first_rows(asked(folder, *given, **more), 100)


def held(product_id: int, key: str, **more: Any) -> dict[str, Any]:
    return {
        "product_id": product_id,
        "external_product_id": key,
        "is_manual": False,
        "supplier_availability": "{}",
        **more,
    }


def test_offers_of_one_product_are_one_group(tmp_path: Path) -> None:
    products = [{"id": 1, "sku": "A", "ean": EAN_A, "name": "Kubek"}, {"id": 2, "sku": "DUP"}, {"id": 3, "sku": "dup"}]
    found = rows(tmp_path, [{"sku": "A"}, {"sku": "DUP"}, {"supplier_sku": "z", "ean": EAN_A}], products)
    assert [(row["group"], row["cause"], row["offer_key"], row["product"]) for row in found] == [
        (1, "several_offers", "z", "id:1"),
        (1, "several_offers", "A", "id:1"),
        (2, "several_products", "DUP", "id:2"),
    ]
    assert found[1]["candidate_1"] == "id:1 | A | Kubek | 90 % | same SKU"
    assert found[2]["candidate_2"].startswith("id:3 | dup | 90 %")


def test_names_find_candidates_by_their_rare_words(tmp_path: Path) -> None:
    products = [
        {"id": 1, "sku": "P1", "name": "Kubek ceramiczny Żółw 330 ml"},
        {"id": 2, "sku": "P2", "name": "Kubek ceramiczny Jeż 330 ml"},
        {"id": 3, "sku": "P3", "name": "Lampa biurkowa"},
    ]
    (row,) = rows(tmp_path, [{"sku": "X-9", "name": "ŻÓŁW kubek ceramiczny 330ml"}], products)
    assert (row["cause"], row["product"]) == ("no_product", "id:1")
    assert row["candidate_1"].endswith("100 % | name 100 %")
    assert "id:3" not in str(row)


@pytest.mark.parametrize(
    ("offer", "product", "why"),
    [
        ({"sku": "AB-1234"}, {"sku": "AB 1234"}, "SKU alike"),
        ({"sku": "00123"}, {"sku": "123"}, "SKU alike"),
        ({"sku": "ACM12345"}, {"sku": "12345-PL"}, "same digits in SKU"),
        ({"sku": "X", "ean": EAN_A[:-1] + "1"}, {"sku": "Y", "ean": EAN_A}, "EAN alike"),
    ],
)
def test_codes_that_are_alike_find_candidates(
    tmp_path: Path, offer: dict[str, str], product: dict[str, str], why: str
) -> None:
    (row,) = rows(tmp_path, [offer], [{"id": 1, **product}])
    assert row["candidate_1"].endswith(f"| {why}")


def test_another_ean_speaks_against_a_name(tmp_path: Path) -> None:
    products = [{"id": 1, "ean": EAN_B, "name": "Kubek Żółw"}, {"id": 2, "name": "Kubek Żółw"}]
    (row,) = rows(tmp_path, [{"sku": "x", "ean": EAN_A, "name": "Kubek żółw"}], products)
    assert [row[f"candidate_{place}"] for place in (1, 2)] == [
        "id:2 | Kubek Żółw | 100 % | name 100 %",
        "id:1 | Kubek Żółw | 60 % | another EAN, name 100 %",
    ]


def test_at_most_five_candidates(tmp_path: Path) -> None:
    products = [{"id": number, "sku": "DUP"} for number in range(1, 8)]
    (row,) = rows(tmp_path, [{"sku": "dup"}], products)
    assert row["candidate_5"].startswith("id:5 ")


def test_what_a_person_settled_is_not_asked_again(tmp_path: Path) -> None:
    products = [{"id": 1, "sku": "A", "ean": EAN_A}]
    offers = [{"sku": "A"}, {"supplier_sku": "z", "ean": EAN_A}, {"sku": "no"}]
    links = [held(1, "A", is_manual=True)]
    decided = [{"offer_key": "no", "judgement": "refused"}]
    assert asked(tmp_path, offers, products, links, decided=decided).open == 0


def test_a_refused_product_is_offered_no_more(tmp_path: Path) -> None:
    decided = [{"offer_key": "A", "product_id": 1, "judgement": "refused"}]
    (row,) = rows(tmp_path, [{"sku": "A"}], [{"id": 1, "sku": "A"}], decided=decided)
    assert (row["cause"], row["candidate_1"]) == ("no_product", None)


def test_a_link_in_doubt_is_asked_about(tmp_path: Path) -> None:
    offers = [{"supplier_sku": "x", "sku": "NEW", "ean": EAN_B}]
    links = [held(1, "x", sku="OLD", ean=EAN_A)]
    (row,) = rows(tmp_path, offers, [{"id": 1, "sku": "OLD"}], links)
    assert (row["cause"], row["product"], row["candidate_1"]) == (
        "code_reused",
        "id:1",
        "id:1 | OLD | 0 % | linked to x now",
    )


def test_the_files_hold_codes_as_texts(tmp_path: Path, rexbit_home: Path) -> None:
    products = [{"id": 1, "sku": "0012", "name": "=1+1"}, {"id": 2, "sku": "0012"}]
    questions = asked(tmp_path, [{"sku": "0012", "ean": EAN_A, "name": "=HYPERLINK(1)"}], products)
    place = archive.find("reviews", 6, keep(questions, 6, tmp_path))
    cells = list(openpyxl.load_workbook(place / "review.xlsx")["review"].iter_rows(values_only=True))
    assert cells[1][2:6] == ("0012", "0012", EAN_A, "'=HYPERLINK(1)")
    with (place / "review.csv").open(encoding="utf-8-sig", newline="") as file:
        (line,) = csv.DictReader(file, delimiter=";")
    assert (line["offer_key"], line["name"], line["decision"]) == ("0012", "'=HYPERLINK(1)", "")


def test_the_same_questions_are_kept_once(tmp_path: Path, rexbit_home: Path) -> None:
    products = [{"id": 1, "sku": "A"}, {"id": 2, "sku": "A"}]
    questions = asked(tmp_path, [{"sku": "A"}], products)
    assert keep(questions, 6, tmp_path) == keep(questions, 6, tmp_path)


@pytest.mark.parametrize(("text", "shown"), [(None, ""), ("a\nb", "a b"), ("-5", "'-5"), ("5", "5")])
def test_texts_that_would_be_formulas(text: str | None, shown: str) -> None:
    assert harmless(text) == shown


def test_two_common_words_together_find_what_neither_finds(tmp_path: Path) -> None:
    names = [f"{word} inne{number}" for word in ("zielony", "talerz") for number in range(40)]
    products = [{"id": number, "name": name} for number, name in enumerate([*names, "Talerz zielony"], 1)]
    (row,) = rows(tmp_path, [{"sku": "?", "name": "ZIELONY talerz"}], products)
    assert (row["product"], row["candidate_1"]) == ("id:81", "id:81 | Talerz zielony | 100 % | name 100 %")


def test_what_is_hardly_alike_is_no_candidate(tmp_path: Path) -> None:
    (row,) = rows(tmp_path, [{"sku": "?", "name": "Kubek żółty duży nowy"}], [{"id": 1, "name": "Kubek"}])
    assert (row["product"], row["candidate_1"]) == (None, None)
