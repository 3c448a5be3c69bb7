"""Several records of one item: which of them counts, and that each of the others is reported with the rule."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blocks import FeedGate
from tasks.errors import Refused
from tasks.feeds.snapshots import settings_hash
from tests.feeds.conftest import Read, Reading, csv_feed

MAPPING = {"sku": "sku", "stock_quantity": "stock", "is_available": "there", "name": "name"}
POLICIES = ("last", "first", "sum", "max", "reject")
ALL = FeedGate(max_rejected_share=1)
quick = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def reading(read: Read, policy: str, records: list[tuple[str, str, str]], gate: FeedGate = ALL) -> Reading:
    """Records as (sku, stock, yes/no), each named by its line."""
    lines = [f"{sku};{stock};{there};line {line}" for line, (sku, stock, there) in enumerate(records, start=2)]
    text = "\n".join(["sku;stock;there;name", *lines, ""])
    return read(text, csv_feed(mapping=MAPPING, duplicates=policy, gate=gate))


def kept(made: Reading) -> list[tuple[Any, ...]]:
    return [(offer["name"], offer["stock_quantity"], offer["is_available"]) for offer in made.offers]


TWO = [("5", ""), ("3", "")]
THREE = [("5", ""), ("9", ""), ("3", "")]


@pytest.mark.parametrize(
    ("policy", "records", "offer"),
    [
        ("last", THREE, ("line 4", 3, None)),
        ("first", THREE, ("line 2", 5, None)),
        ("sum", THREE, ("line 4", 17, None)),
        ("max", THREE, ("line 3", 9, None)),
        ("max", [("9", ""), ("9", ""), ("3", "")], ("line 3", 9, None)),
        ("sum", [("0", ""), ("0", "")], ("line 3", 0, None)),
        ("max", [("0", ""), ("0", "")], ("line 3", 0, None)),
        # whole records, never a mix: no number is taken from another one
        ("last", [("5", ""), ("", "tak")], ("line 3", None, True)),
        ("first", [("", "tak"), ("5", "")], ("line 2", None, True)),
        # available without a number
        ("sum", [("", "tak"), ("5", "")], ("line 3", None, True)),
        ("sum", [("", "tak"), ("", "tak")], ("line 3", None, True)),
        ("max", [("", "tak"), ("500", "")], ("line 2", None, True)),
        # said to be unavailable
        ("sum", [("100", "nie"), ("3", "tak")], ("line 3", 3, True)),
        ("sum", [("3", "tak"), ("100", "nie")], ("line 3", 3, True)),
        ("sum", [("brak", ""), ("3", "")], ("line 3", 3, None)),
        ("sum", [("3", "nie"), ("4", "nie")], ("line 3", 7, False)),
        ("sum", [("brak", ""), ("brak", "")], ("line 3", None, False)),
        ("sum", [("brak", ""), ("", "tak")], ("line 3", None, True)),
        ("max", [("0", ""), ("100", "nie")], ("line 2", 0, None)),
        ("max", [("brak", ""), ("brak", "")], ("line 3", None, False)),
        ("sum", [("2147483647", ""), ("2147483647", "")], ("line 3", 4294967294, None)),
    ],
)
def test_the_record_that_counts(
    read: Read, policy: str, records: list[tuple[str, str]], offer: tuple[Any, ...]
) -> None:
    assert kept(reading(read, policy, [("A", *record) for record in records])) == [offer]


def test_rejecting_leaves_none_of_them(read: Read) -> None:
    made = reading(read, "reject", [("A", "5", ""), ("B", "1", ""), ("A", "7", "")])
    assert kept(made) == [("line 3", 1, None)]
    assert [(row["row_number"], row["key"]) for row in made.rejects] == [(2, "A"), (4, "A")]


@pytest.mark.parametrize(
    ("policy", "lines", "words"),
    [
        ("last", [2, 3], "the last record counts"),
        ("first", [3, 4], "the first record counts"),
        ("sum", [2, 3], "its stock was added to that record"),
        ("max", [2, 4], "the record with the most stock counts"),
        ("reject", [2, 3, 4], "none of these records counts"),
    ],
)
def test_what_does_not_count_is_reported_with_the_rule(read: Read, policy: str, lines: list[int], words: str) -> None:
    rejects = reading(read, policy, [("A", *record) for record in THREE]).rejects
    assert [row["row_number"] for row in rejects] == lines
    assert {row["reason_code"] for row in rejects} == {"duplicate_key"}
    assert all(words in row["reason"] for row in rejects)


@pytest.mark.parametrize(("policy", "rejected", "summed"), [("last", 2, 0), ("sum", 0, 2), ("reject", 3, 0)])
def test_added_stock_is_no_lost_row(read: Read, policy: str, rejected: int, summed: int) -> None:
    made = reading(read, policy, [("A", *record) for record in THREE]).read
    assert (made.rows_rejected, made.rows_summed) == (rejected, summed)
    assert made.rows_read == made.offers_count + made.rows_rejected + made.rows_summed


def test_added_stock_does_not_make_a_file_unreadable(read: Read) -> None:
    doubled = [(f"K{n}", "5", "") for n in range(20)] * 2
    strict = FeedGate(max_rejected_share=0.2)
    assert reading(read, "sum", doubled, strict).read.offers_count == 20
    with pytest.raises(Refused, match="20 of 40: 20 x the same key again further down"):
        reading(read, "last", doubled, strict)


def test_several_items_at_once(read: Read) -> None:
    records = [("A", "5", ""), ("B", "1", ""), ("A", "9", ""), ("A", "brak", ""), ("C", "2", ""), ("C", "2", "")]
    made = reading(read, "sum", records)
    assert kept(made) == [("line 3", 1, None), ("line 5", 14, None), ("line 7", 4, None)]


def test_a_record_that_can_not_be_read_is_not_the_one_that_counts(read: Read) -> None:
    made = reading(read, "last", [("A", "5", ""), ("A", "?", "")])
    assert (kept(made), made.reasons) == ([("line 2", 5, None)], ["unknown_stock"])


def test_another_rule_has_the_file_read_again() -> None:
    assert len({settings_hash(csv_feed(duplicates=policy)) for policy in POLICIES}) == len(POLICIES)


a_record = st.tuples(st.sampled_from(["", "0", "3", "40", "brak"]), st.sampled_from(["tak", "nie", ""])).filter(any)


@given(
    st.sampled_from(POLICIES),
    st.lists(a_record, min_size=2, max_size=4),
    st.lists(st.tuples(st.sampled_from(["X", "Y", "Z"]), a_record), max_size=6),
    st.randoms(use_true_random=False),
)
@quick
def test_records_of_others_and_their_order_make_no_difference(
    read: Read, policy: str, ours: list[tuple[str, str]], others: list[tuple[str, tuple[str, str]]], chance: Any
) -> None:
    alone = [("A", *record) for record in ours]
    mixed = alone.copy()
    for sku, record in others:
        mixed.insert(chance.randint(0, len(mixed)), (sku, *record))

    def outcome(records: list[tuple[str, str, str]]) -> tuple[Any, ...]:
        """Our offer, as its values and which of our records it is."""
        lines = [line for line, record in enumerate(records, start=2) if record[0] == "A"]
        made = reading(read, policy, records)
        offers = [
            (lines.index(offer["row_number"]), offer["stock_quantity"], offer["is_available"])
            for offer in made.offers
            if offer["sku"] == "A"
        ]
        rejects = [
            (lines.index(row["row_number"]), row["reason_code"]) for row in made.rejects if row["row_number"] in lines
        ]
        return offers, rejects

    assert outcome(mixed) == outcome(alone)
