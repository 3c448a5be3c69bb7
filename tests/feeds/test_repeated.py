"""Items whose code is there several times: which record counts, and what becomes of the others."""

from __future__ import annotations

import pytest

from blocks import FeedGate
from tasks.errors import Refused
from tests.feeds.conftest import Read, csv_feed

REPEATED = "sku;ean;stock;price;days\nA;;5;1,00;\nB;;1;;\nA;;;2,00;\nA;;9;3,00;\nA;;brak;4,00;\nC;;2;;\nC;;2;;\n"


@pytest.mark.parametrize(
    ("duplicates", "offers", "rejected"),
    [
        ("last", {"B": (3, 1), "A": (6, None), "C": (8, 2)}, [2, 4, 5, 7]),
        ("first", {"A": (2, 5), "B": (3, 1), "C": (7, 2)}, [4, 5, 6, 8]),
        ("max", {"B": (3, 1), "A": (5, 9), "C": (8, 2)}, [2, 4, 6, 7]),
        ("sum", {"B": (3, 1), "A": (6, 14), "C": (8, 4)}, [2, 4, 5, 7]),
        ("reject", {"B": (3, 1)}, [2, 4, 5, 6, 7, 8]),
    ],
)
def test_repeated_keys(
    read: Read, duplicates: str, offers: dict[str, tuple[int, int | None]], rejected: list[int]
) -> None:
    """Row 4 says nothing about its stock and is no record of A at all; row 6 says that there is none."""
    reading = read(REPEATED, csv_feed(duplicates=duplicates))
    found = {offer["sku"]: (offer["row_number"], offer["stock_quantity"]) for offer in reading.offers}
    assert found == offers
    assert [row["row_number"] for row in reading.rejects] == rejected
    assert {row["reason_code"] for row in reading.rejects} == {"duplicate_key", "no_stock"}


def test_a_sum_is_available_if_one_of_them_is(read: Read) -> None:
    text = "sku;ean;stock;price;days\nA;;tak;;\nA;;brak;;\nB;;brak;;\nB;;brak;;\n"
    reading = read(text, csv_feed(duplicates="sum"))
    assert {o["sku"]: (o["stock_quantity"], o["is_available"]) for o in reading.offers} == {
        "A": (0, True),
        "B": (0, False),
    }


def test_records_that_are_added_up_are_not_lost(read: Read) -> None:
    text = "sku;ean;stock;price;days\nA;;5;;\nA;;6;;\nB;;5;;\nB;;6;;\n"
    gate = FeedGate(max_rejected_share=0.2)
    assert [offer["stock_quantity"] for offer in read(text, csv_feed(duplicates="sum", gate=gate)).offers] == [11, 11]
    with pytest.raises(Refused, match="expected at most 20% rejected rows, got 2 of 4"):
        read(text, csv_feed(duplicates="last", gate=gate))
