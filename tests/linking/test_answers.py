"""A person's answers: how they are read, what is wrong with them, and what they change."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tasks.errors import Refused
from tasks.linking.reviewing.answers import Review, WrongAnswersError, decide, is_pasted, lay_answers
from tests import parquet

NOW = datetime(2026, 11, 24, 5, 5, tzinfo=UTC)
VALUES = {"integration_id": 6, "run_id": "run", "now": NOW, "decided_by": "review", "packs": True}
PRODUCTS = [
    {"id": 1, "sku": "A"},
    {"id": 2, "sku": "B"},
    {"id": 3, "sku": "1"},
    {"id": 4, "sku": "dup"},
    {"id": 5, "sku": "DUP"},
]
OFFERS = [{"sku": "A"}, {"sku": "B"}, {"supplier_sku": "x 1", "sku": "C", "name": "Kubek"}]
HEAD = "offer_key;decision;product;pack_size;note\n"
Rows = list[dict[str, Any]]


def answered(folder: Path, lines: str, links: Rows | None = None, decided: Rows | None = None) -> Review:
    parquet.write(folder / "products.parquet", parquet.PRODUCTS, PRODUCTS)
    parquet.write(folder / "links.parquet", parquet.LINKS, links or [])
    if decided:
        parquet.write(folder / "decided.parquet", "id VARCHAR, " + parquet.DECIDED, decided)
    numbered = [{"row_number": place, **offer} for place, offer in enumerate(OFFERS, 1)]
    offers = parquet.write(folder / "offers.parquet", parquet.OFFERS, numbered)
    return decide(lay_answers(HEAD + lines, None, folder / "answers.parquet"), offers, VALUES, folder)


def faults(folder: Path, lines: str, **known: Any) -> list[tuple[int, str, str | None]]:
    with pytest.raises(WrongAnswersError) as wrong:
        answered(folder, lines, **known)
    return [(fault["row"], fault["field"], fault["got"]) for fault in wrong.value.faults]


def decisions(review: Review) -> list[tuple[str, str, int | None]]:
    rows = parquet.read(review.folder / "new_decisions.parquet")
    return [(row["offer_key"], row["judgement"], row["product_id"]) for row in rows]


def link(product_id: int, key: str, *, by_hand: bool = False, **more: Any) -> dict[str, Any]:
    held = {"external_product_id": key, "is_manual": by_hand, "supplier_availability": '{"stock_quantity": 3}', **more}
    return {"integration_id": 6, "product_id": product_id, **held}


def said(judgement: str, offer: str, product: int | None, **more: Any) -> dict[str, Any]:
    return {"id": f"old-{offer}-{product}", "judgement": judgement, "offer_key": offer, "product_id": product, **more}


@pytest.mark.parametrize(
    ("line", "decision"),
    [
        ("A;tak;id:1", ("A", "linked", 1)),
        ("A;YES;2", ("A", "linked", 2)),
        ("A; Tak ;a", ("A", "linked", 1)),
        ("x  1;tak;b", ("x 1", "linked", 2)),
        ("A;nie;id:1", ("A", "refused", 1)),
        ("A;brak;", ("A", "refused", None)),
        ("A;none;id:1", ("A", "refused", None)),
    ],
)
def test_what_an_answer_means(tmp_path: Path, line: str, decision: tuple[str, str, int | None]) -> None:
    assert decisions(answered(tmp_path, line)) == [decision]


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ("A;perhaps;id:1", [(2, "decision", "perhaps")]),
        ("0A;tak;id:1", [(2, "offer_key", "0A")]),
        ("A;tak;", [(2, "product", None)]),
        ("A;nie;", [(2, "product", None)]),
        ("A;tak;id:99\nB;tak;nobody", [(2, "product", "id:99"), (3, "product", "nobody")]),
        ("A;tak;dup", [(2, "product", "dup")]),
        ("A;tak;1", [(2, "product", "1")]),
        ("A;tak;id:1;0", [(2, "pack_size", "0")]),
        ("A;tak;id:1;ten", [(2, "pack_size", "ten")]),
        ("A;nie;id:1;10", [(2, "pack_size", "10")]),
        ("A;tak;id:1\nA;tak;id:2", [(3, "decision", "tak")]),
        ("A;tak;id:1\nA;nie;id:1", [(3, "decision", "nie")]),
        ("A;tak;id:1\nA;brak;", [(3, "decision", "brak")]),
        ("A;tak;id:1;10\nA;tak;id:1;12", [(3, "decision", "tak")]),
        ("A;tak;id:1\nB;tak;id:1", [(3, "product", "id:1")]),
    ],
)
def test_what_is_wrong_is_told_by_row(tmp_path: Path, lines: str, wrong: list[tuple[int, str, str | None]]) -> None:
    assert faults(tmp_path, lines) == wrong


def test_the_message_says_what_was_expected_and_what_came(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"row 2, decision: expected `tak` \(yes\).*; got maybe.*Correct them"):
        answered(tmp_path, "A;maybe;id:1")


@pytest.mark.parametrize("known", [{"links": [link(1, "B", by_hand=True)]}, {"decided": [said("linked", "B", 1)]}])
def test_a_product_that_a_person_linked_to_another_item_is_kept(tmp_path: Path, known: dict[str, Rows]) -> None:
    assert faults(tmp_path, "A;tak;id:1", **known) == [(2, "product", "id:1, which is linked to `B`")]


@pytest.mark.parametrize("release", ["B;nie;id:1", "B;brak;", "B;tak;id:2"])
def test_unless_the_same_review_gives_it_free(tmp_path: Path, release: str) -> None:
    review = answered(tmp_path, f"A;tak;id:1\n{release}", [link(1, "B", by_hand=True)], [said("linked", "B", 1)])
    assert ("A", "linked", 1) in decisions(review)
    assert [row["id"] for row in parquet.read(tmp_path / "ended_decisions.parquet")] == ["old-B-1"]
    assert [row["product_id"] for row in parquet.read(tmp_path / "ended_links.parquet")] == [1]


def test_rows_without_an_answer_stay_open(tmp_path: Path) -> None:
    review = answered(tmp_path, "A;;id:1\nB;tak;id:2\n\n")
    assert (review.answered, review.left_open, review.linked) == (1, 1, 1)


def test_the_same_decision_again_is_nothing_new(tmp_path: Path) -> None:
    known = [said("linked", "A", 1, sku="A", pack_size=10), said("refused", "B", None)]
    held = [link(1, "A", by_hand=True, sku="A", supplier_availability='{"pack_size": 10}')]
    review = answered(tmp_path, "A;tak;id:1\nB;brak;", held, known)
    assert (review.changed, review.answered) == (False, 2)


def test_an_item_with_other_codes_since_is_decided_anew(tmp_path: Path) -> None:
    review = answered(
        tmp_path, "A;tak;id:1", [link(1, "A", by_hand=True, sku="OLD")], [said("linked", "A", 1, sku="OLD")]
    )
    assert (review.linked, review.links_confirmed) == (1, 1)
    assert [row["id"] for row in parquet.read(tmp_path / "ended_decisions.parquet")] == ["old-A-1"]


def test_a_link_by_rule_becomes_a_persons(tmp_path: Path) -> None:
    answered(tmp_path, "A;tak;id:1;10", [link(1, "A", matched_by="sku")])
    (row,) = parquet.read(tmp_path / "confirmed_links.parquet")
    assert (row["is_manual"], row["matched_by"], row["sku"]) == (True, "manual", "A")
    assert row["supplier_availability"] == '{"stock_quantity":3,"pack_size":10.0}'


def test_links_that_contradict_end(tmp_path: Path) -> None:
    answered(tmp_path, "A;tak;id:1", [link(1, "B"), link(2, "A"), link(3, "x 1")])
    assert [row["product_id"] for row in parquet.read(tmp_path / "ended_links.parquet")] == [1, 2]
    assert [row["product_id"] for row in parquet.read(tmp_path / "links.parquet")] == [3]


@pytest.mark.parametrize(("line", "ended"), [("A;nie;id:1", [1]), ("A;brak;", [1, 2])])
def test_a_refusal_ends_links(tmp_path: Path, line: str, ended: list[int]) -> None:
    answered(tmp_path, line, [link(1, "A"), link(2, "A", by_hand=True), link(3, "B")])
    assert [row["product_id"] for row in parquet.read(tmp_path / "ended_links.parquet")] == ended


def test_a_newer_decision_ends_what_it_contradicts(tmp_path: Path) -> None:
    known = [said("refused", "A", None), said("refused", "A", 1), said("refused", "A", 2), said("linked", "B", 3)]
    answered(tmp_path, "A;tak;id:1", decided=known)
    assert [row["id"] for row in parquet.read(tmp_path / "ended_decisions.parquet")] == ["old-A-1", "old-A-None"]


def test_without_a_word_the_pack_stays(tmp_path: Path) -> None:
    known = [said("linked", "A", 1, sku="old", pack_size=10)]
    answered(tmp_path, "A;tak;id:1", decided=known)
    assert parquet.read(tmp_path / "new_decisions.parquet")[0]["pack_size"] == Decimal(10)


def test_who_decided_comes_from_the_row_or_from_the_run(tmp_path: Path) -> None:
    parquet.write(tmp_path / "products.parquet", parquet.PRODUCTS, PRODUCTS)
    parquet.write(tmp_path / "links.parquet", parquet.LINKS)
    offers = parquet.write(tmp_path / "offers.parquet", parquet.OFFERS, [{"sku": "A"}, {"sku": "B"}])
    lines = "decided_by,product,decision,offer_key\nAnna,id:1,tak,A\n,id:2,tak,B\n"
    decide(lay_answers(lines, None, tmp_path / "answers.parquet"), offers, VALUES, tmp_path)
    rows = parquet.read(tmp_path / "new_decisions.parquet")
    assert [(row["decided_by"], row["id"], row["decided_at"]) for row in rows] == [
        ("Anna", "run-2", NOW.replace(tzinfo=None)),
        ("review", "run-3", NOW.replace(tzinfo=None)),
    ]


@pytest.mark.parametrize(
    ("review", "pasted"),
    [("a;tak;id:1", True), ("a\nb", True), ("/srv/review.csv", False), ("https://x/r.xlsx\n", False)],
)
def test_what_is_pasted_and_what_is_a_place(review: str, pasted: bool) -> None:
    assert is_pasted(review) == pasted


def test_pasted_lines_need_no_header(tmp_path: Path) -> None:
    (row,) = parquet.read(lay_answers("A;tak;id:1\n", None, tmp_path / "a.parquet"))
    assert (row["row"], row["offer_key"], row["decision"], row["product"], row["note"]) == (1, "A", "tak", "id:1", None)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1250", "utf-16"])
def test_a_csv_file_of_any_spreadsheet(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "review.csv"
    file.write_bytes("offer_key;decision;note\r\n'=A;tak;Żółw\r\n".encode(encoding))
    (row,) = parquet.read(lay_answers(None, file, tmp_path / "a.parquet"))
    assert (row["row"], row["offer_key"], row["note"]) == (2, "'=A", "Żółw")


def test_an_xlsx_file(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for line in (["offer_key", "name", "decision", "product"], ["0012", "x", "tak", 17], [None, None, None, None]):
        sheet.append(line)
    book.save(tmp_path / "review.xlsx")
    (row,) = parquet.read(lay_answers(None, tmp_path / "review.xlsx", tmp_path / "a.parquet"))
    assert (row["row"], row["offer_key"], row["decision"], row["product"]) == (2, "0012", "tak", "17")


@pytest.mark.parametrize("content", [b"", b"a;b\n1;2\n", b"PK\x03\x04broken"])
def test_what_is_no_review_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(Refused, match="review: expected"):
        lay_answers(None, tmp_path / "file", tmp_path / "a.parquet")
