"""The grammar of values: what is understood, and that the rest is rejected and never 0."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.errors import Refused
from tests.feeds.conftest import Read, Reading, csv_feed

quick = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def column(read: Read, field: str, values: list[str], **more: Any) -> Reading:
    """One record a value, in a column that is mapped to `field`; the rest of the record is fine."""
    mapping = {"sku": "key", "stock_quantity": "count"} | {field: "value"}
    lines = "".join(f'K{n}|9|"{value.replace(chr(34), chr(34) * 2)}"\n' for n, value in enumerate(values))
    return read("key|count|value\n" + lines, csv_feed(mapping=mapping, delimiter="|", **more))


def one(read: Read, field: str, value: str, **more: Any) -> Any:
    reading = column(read, field, [value], **more)
    assert reading.offers, reading.rejects
    return reading.offers[0][field]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("12", 12),
        ("0", 0),
        ("007", 7),
        ("12,00", 12),
        ("6.000", 6),
        ("6,50", 6),
        ("0,9999999", 0),
        ("1 234,56", 1234),
        ("1\u00a0234,56", 1234),
        ("1\u202f234\u202f567", 1234567),
        ("1.234,5", 1234),
        ("1,234.5", 1234),
        ("12 szt.", 12),
        ("12szt", 12),
        ("5 pcs", 5),
        (">20", 20),
        ("> 20 szt.", 20),
        (">=20", 20),
        (">0", 1),
        ("> 0 szt.", 1),
        ("ponad 0", 1),
        ("powyżej 0,5", 1),
        ("≥0,5", 0),
        ("10+", 10),
        ("10+ szt", 10),
        ("ponad 50", 50),
        ("Powyżej 1 000", 1000),
        ("<5", 4),
        ("< 5 szt.", 4),
        ("poniżej 10", 9),
        ("<1", 0),
        ("<0", 0),
        ("2147483647", 2147483647),
        ("999", 999),
        ("1000", 1000),
        ("0,00", 0),
        ("≥10", 10),
        ("≤5", 5),
    ],
)
def test_stock(read: Read, text: str, pieces: int) -> None:
    assert one(read, "stock_quantity", text) == pieces


@pytest.mark.parametrize(
    ("text", "available"),
    [
        ("tak", True),
        ("TAK", True),
        ("yes", True),
        ("in stock", True),
        ("In_Stock", True),
        ("na stanie", True),
        ("brak", False),
        ("Brak.", False),
        ("nie", False),
        ("no", False),
        ("out of stock", False),
        ("na zamówienie", False),
        ("preorder", False),
        ("backorder", False),
    ],
)
def test_words_in_a_stock_column(read: Read, text: str, available: bool) -> None:
    offer = column(read, "stock_quantity", [text]).offers[0]
    assert (offer["is_available"], offer["stock_quantity"]) == (available, None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("-1", "negative_stock"),
        ("- 5", "negative_stock"),
        ("-0,5 szt", "negative_stock"),
        ("dużo chyba", "unknown_stock"),
        ("12 kg", "unknown_stock"),
        ("1 2", "unknown_stock"),
        ("12 34,5", "unknown_stock"),
        ("5-10", "unknown_stock"),
        ("0+", "unknown_stock"),
        (">=0", "unknown_stock"),
        ("od 0 szt", "unknown_stock"),
        ("1e5", "unknown_stock"),
        ("0x10", "unknown_stock"),
        ("5?", "unknown_stock"),
        ("1,2,3", "unknown_stock"),
        ("99999999999", "too_large"),
        ("9" * 40, "too_large"),
        ("", "no_stock"),
        (" - ", "no_stock"),
        ("NaN", "unknown_stock"),
        ("10-", "unknown_stock"),
        ("inf", "unknown_stock"),
        ("٣", "unknown_stock"),
    ],
)
def test_stock_that_is_not_understood(read: Read, text: str, reason: str) -> None:
    reading = column(read, "stock_quantity", [text])
    assert (reading.offers, reading.reasons) == ([], [reason])
    assert reading.read.rows_rejected == 1


@pytest.mark.parametrize(
    ("text", "means", "pieces", "available"),
    [
        (">20", "50", 50, None),
        ("<5", "0", 0, None),
        ("PONAD 50", "tak", None, True),
        ("-1", "tak", None, True),
        ("10+", "> 100", 100, None),
        ("dużo", "99", 99, None),
        ("999", "brak", None, False),
    ],
)
def test_a_bound_or_a_word_means_what_the_feed_says(
    read: Read, text: str, means: str, pieces: int | None, available: bool | None
) -> None:
    meanings = [{"field": "stock_quantity", "text": text, "means": means}]
    offers = column(read, "stock_quantity", [text.lower(), "7"], meanings=meanings).offers
    assert [(offer["stock_quantity"], offer["is_available"]) for offer in offers] == [(pieces, available), (7, None)]


def test_a_meaning_of_nothing_is_no_stock(read: Read) -> None:
    meanings = [{"field": "stock_quantity", "text": "ask", "means": ""}]
    assert column(read, "stock_quantity", ["ask"], meanings=meanings).reasons == ["no_stock"]


def test_decimals_are_inferred_by_column(read: Read) -> None:
    mapping = {"sku": "sku", "stock_quantity": "stock", "purchase_price": "price"}
    reading = read("sku;stock;price\nA;6.000;6,50\nB;12.500;7,25\n", csv_feed(mapping=mapping))
    assert [(offer["stock_quantity"], str(offer["purchase_price"])) for offer in reading.offers] == [
        (6, "6.5000"),
        (12, "7.2500"),
    ]


def test_a_column_that_mixes_decimal_signs_is_refused_with_examples(read: Read) -> None:
    with pytest.raises(Refused, match=r"purchase_price, got both: `6,50` \(row 2\) and `7.25` \(row 4\)"):
        column(read, "purchase_price", ["6,50", "7", "7.25"])


def test_a_told_decimal_sign_rejects_the_other(read: Read) -> None:
    reading = column(read, "purchase_price", ["6,50", "7.25"], decimal="comma")
    assert [offer["purchase_price"] for offer in reading.offers] == [Decimal("6.5"), None]
    assert reading.reasons == ["unknown_price"]


def test_thousands_or_decimals_are_not_guessed(read: Read) -> None:
    reading = column(read, "stock_quantity", ["6.000", "12"])
    assert [offer["stock_quantity"] for offer in reading.offers] == [12]
    assert reading.reasons == ["ambiguous_number"]


def test_thousands_proven_elsewhere_in_the_column(read: Read) -> None:
    reading = column(read, "stock_quantity", ["6.000", "1.234,50"])
    assert [offer["stock_quantity"] for offer in reading.offers] == [6000, 1234]


@pytest.mark.parametrize(
    ("text", "price", "currency"),
    [
        ("8,48 zł", "8.48", "PLN"),
        ("599 CZK", "599", "CZK"),
        ("1 234,56 zł", "1234.56", "PLN"),
        ("1\u00a0234,56\u00a0zł", "1234.56", "PLN"),
        ("€ 12.30", "12.30", "EUR"),
        ("12.30EUR", "12.30", "EUR"),
        ("1.234,56 zł", "1234.56", "PLN"),
        ("12", "12", "PLN"),
        ("0,1234", "0.1234", "PLN"),
    ],
)
def test_prices(read: Read, text: str, price: str, currency: str) -> None:
    offer = column(read, "purchase_price", [text]).offers[0]
    assert (offer["purchase_price"], offer["currency"]) == (Decimal(price), currency)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ask", "unknown_price"),
        ("-5,00", "negative_price"),
        ("12 XYZ", "unknown_price"),
        ("12 / 15", "unknown_price"),
        ("9" * 30, "too_large"),
        ("1e3", "unknown_price"),
        ("10,00-", "unknown_price"),
    ],
)
def test_an_unreadable_price_costs_only_the_price(read: Read, text: str, reason: str) -> None:
    reading = column(read, "purchase_price", [text])
    assert (reading.offers[0]["purchase_price"], reading.offers[0]["currency"]) == (None, None)
    assert [(row["reason_code"], row["scope"], row["value"]) for row in reading.rejects] == [(reason, "field", text)]
    assert reading.read.rows_rejected == 0


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("3", 3),
        ("0", 0),
        ("3,0", 3),
        ("24h", 1),
        ("24 h", 1),
        ("48h", 2),
        ("36 godz.", 2),
        ("1-3", 3),
        ("3-7 dni", 7),
        ("3 – 7 dni roboczych", 7),
        ("24-48h", 2),
        ("1 dzień", 1),
        ("1-2 tygodnie", 14),
        ("do 5 dni", 5),
        ("wysyłka w 24h", 1),
        ("2 days", 2),
        ("ihned", 0),
        ("od ręki", 0),
        ("Dzisiaj", 0),
        ("jutro", 1),
    ],
)
def test_delivery_days(read: Read, text: str, days: int) -> None:
    assert one(read, "delivery_days", text) == days


@pytest.mark.parametrize("text", ["2026-12-24", "24.12.2026", "2026-12-24T08:00:00", "24.12.2026 08:00"])
def test_a_delivery_date_is_a_date(read: Read, text: str) -> None:
    offer = column(read, "delivery_days", [text], default_delivery_days=3).offers[0]
    assert (offer["available_from"], offer["delivery_days"]) == (date(2026, 12, 24), None)


@pytest.mark.parametrize(
    "text",
    ["soon", "7-3", "-2", "31.02.2026", "3 moons", "5+", "2026-13-01", "999", "2025", "366", "12-2024", "53 tyg."],
)
def test_an_unknown_delivery_rejects_the_row(read: Read, text: str) -> None:
    reading = column(read, "delivery_days", [text])
    assert (reading.offers, reading.reasons) == ([], ["unknown_delivery"])


def test_an_unknown_delivery_of_what_is_sold_out_costs_only_the_field(read: Read) -> None:
    reading = read("sku;ean;stock;price;days\nA;;0;;ask us\n")
    assert (reading.offers[0]["stock_quantity"], reading.rejects[0]["scope"]) == (0, "field")


def test_default_delivery_days_fill_what_is_missing(read: Read) -> None:
    reading = column(read, "delivery_days", ["", "5"], default_delivery_days=3)
    assert [offer["delivery_days"] for offer in reading.offers] == [3, 5]


@pytest.mark.parametrize(
    ("text", "ean"),
    [
        ("5901234123457", "5901234123457"),
        (" 590 1234 123457 ", "5901234123457"),
        ("5901234123457.0", "5901234123457"),
        ("'5901234123457", "5901234123457"),
        ("036000291452", "0036000291452"),
        ("36000291452", "0036000291452"),
        ("96385074", "96385074"),
        ("15901234123454", "15901234123454"),
        ("9788328302341", "9788328302341"),
        ("9771234567003", "9771234567003"),
        ("123456789012", "0123456789012"),
    ],
)
def test_ean(read: Read, text: str, ean: str) -> None:
    assert one(read, "ean", text) == ean


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("5901234123458", "invalid_gtin"),
        ("590123412345", "invalid_gtin"),
        ("12345", "invalid_gtin"),
        ("0000000000000", "invalid_gtin"),
        ("ABC", "invalid_gtin"),
        ("9" * 30, "invalid_gtin"),
        ("5.90123E+12", "spreadsheet_code"),
        ("5,90123e12", "spreadsheet_code"),
        ("2012345678903", "in_store_code"),
        ("0212345678909", "in_store_code"),
        ("0412345678903", "in_store_code"),
        ("2912345678906", "in_store_code"),
        ("9912345678909", "coupon_code"),
        ("9812345678902", "coupon_code"),
        ("9852345678908", "coupon_code"),
        ("5901234123457, 5901234123464", "several_codes"),
    ],
)
def test_a_bad_ean_costs_only_the_ean(read: Read, text: str, reason: str) -> None:
    reading = column(read, "ean", [text])
    assert reading.offers[0]["ean"] is None
    assert [(row["field"], row["reason_code"], row["scope"]) for row in reading.rejects] == [("ean", reason, "field")]


def test_a_row_without_a_usable_key_is_rejected(read: Read) -> None:
    reading = read("sku;ean;stock;price;days\n;12345;5;;\n")
    assert (reading.offers, reading.reasons) == ([], ["invalid_gtin", "no_key"])


@pytest.mark.parametrize(
    ("text", "available"), [("1", True), ("0", False), ("tak", True), ("NIE", False), ("true", True)]
)
def test_a_yes_no_column(read: Read, text: str, available: bool) -> None:
    assert one(read, "is_available", text) is available


def test_an_unknown_yes_no_word_rejects_the_row(read: Read) -> None:
    assert column(read, "is_available", ["maybe"]).reasons == ["unknown_availability"]


def test_of_two_contradicting_columns_the_no_counts(read: Read) -> None:
    mapping = {"sku": "sku", "stock_quantity": "stock", "is_available": "there"}
    reading = read("sku;stock;there\nA;brak;tak\nB;5;nie\n", csv_feed(mapping=mapping))
    assert [offer["is_available"] for offer in reading.offers] == [False, False]


@given(
    st.lists(st.integers(0, 10**9), min_size=1, max_size=30),
    st.sampled_from(["plain", "comma", "point", "spaces"]),
)
@quick
def test_a_whole_number_means_itself_however_it_is_written(read: Read, numbers: list[int], way: str) -> None:
    ways: dict[str, Callable[[int], str]] = {
        "plain": str,
        "comma": lambda n: f"{n},00",
        "point": lambda n: f"{n}.5",
        "spaces": lambda n: f"{n:,}".replace(",", "\u00a0"),
    }
    reading = column(read, "stock_quantity", [ways[way](n) for n in numbers])
    assert [offer["stock_quantity"] for offer in reading.offers] == numbers


@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=12), min_size=1, max_size=30))
@quick
def test_any_text_is_a_number_a_word_or_a_reject(read: Read, texts: list[str]) -> None:
    reading = column(read, "stock_quantity", [f"x{text}" for text in texts])
    assert (reading.offers, reading.read.rows_rejected) == ([], len(texts))


def with_check_digit(body: str) -> str:
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return body + str(-total % 10)


@given(st.lists(st.integers(300_000_000_000, 979_999_999_999), min_size=1, max_size=30, unique=True))
@quick
def test_a_gtin_is_kept_and_one_wrong_digit_is_found(read: Read, bodies: list[int]) -> None:
    codes = [with_check_digit(str(body)) for body in bodies]
    wrong = [code[:-1] + str((int(code[-1]) + 1) % 10) for code in codes]
    offers = column(read, "ean", codes + wrong).offers
    assert [offer["ean"] for offer in offers] == codes + [None] * len(codes)


@given(st.lists(st.integers(30_000_000_000, 39_999_999_999), min_size=1, max_size=30, unique=True))
@quick
def test_a_lost_leading_zero_is_put_back(read: Read, bodies: list[int]) -> None:
    codes = [with_check_digit(f"0{body}") for body in bodies]
    offers = column(read, "ean", [code.lstrip("0") for code in codes]).offers
    assert [offer["ean"] for offer in offers] == codes
