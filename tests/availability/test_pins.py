"""Pins as a decision reads them, and until when they hold."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tasks.availability.pins import end_of, read_pins, required_reason
from tasks.errors import Refused
from tasks.state import StateDatabase
from tests import parquet

NOW = datetime(2026, 11, 26, 5, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
PIN: dict[str, Any] = {
    "integration_id": 7,
    "product_id": 5,
    "supplier_id": None,
    "kind": "on",
    "reason": "targi",
    "until": None,
    "decided_by": "anna",
    "decided_at": NOW - HOUR,
    "run_id": "r1",
}


def put(state: StateDatabase, *pins: dict[str, Any]) -> None:
    with state.session() as session:
        for number, pin in enumerate(pins):
            ended_at = pin.pop("ended_at", None)
            session.execute("pin_made", {**PIN, "id": f"p{number}", **pin})
            if ended_at:
                session.execute("pin_ended", {"id": f"p{number}", "ended_at": ended_at})


def test_a_decision_reads_all_that_a_person_said(state: StateDatabase, tmp_path: Path) -> None:
    put(state, {"until": NOW + HOUR})
    assert parquet.read(read_pins(state, 7, NOW, tmp_path)) == [
        {
            "product_id": 5,
            "supplier_id": None,
            "kind": "on",
            "reason": "targi",
            "until": (NOW + HOUR).replace(tzinfo=None),
            "decided_by": "anna",
            "decided_at": (NOW - HOUR).replace(tzinfo=None),
        }
    ]


def test_what_ended_ran_out_or_is_another_shops_is_not_read(state: StateDatabase, tmp_path: Path) -> None:
    put(
        state,
        {"product_id": 1},
        {"product_id": 2, "ended_at": NOW - HOUR},
        {"product_id": 3, "until": NOW},
        {"product_id": 4, "integration_id": 8},
        {"product_id": None, "supplier_id": 6, "kind": "released"},
    )
    rows = parquet.read(read_pins(state, 7, NOW, tmp_path))
    assert [(row["product_id"], row["supplier_id"]) for row in rows] == [(1, None), (None, 6)]


def test_no_pins_are_a_file_without_rows(state: StateDatabase, tmp_path: Path) -> None:
    path = read_pins(state, 7, NOW, tmp_path)
    assert parquet.read(path) == []
    put(state, {})
    columns = [column for row in parquet.read(read_pins(state, 7, NOW, tmp_path)) for column in row]
    assert columns == [definition.split()[0] for definition in parquet.PINS.split(",")]


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        (None, None),
        (date(2026, 12, 24), datetime(2026, 12, 24, 23, tzinfo=UTC)),  # to the end of the day in Warsaw
        (date(2026, 11, 26), datetime(2026, 11, 26, 23, tzinfo=UTC)),  # today still holds
        (date(2027, 7, 1), datetime(2027, 7, 1, 22, tzinfo=UTC)),  # summer time
        (datetime(2026, 12, 24, 12), datetime(2026, 12, 24, 11, tzinfo=UTC)),  # noqa: DTZ001  (the shop's own)
        (datetime(2026, 12, 24, 12, tzinfo=UTC), datetime(2026, 12, 24, 12, tzinfo=UTC)),
    ],
)
def test_until_when_a_pin_holds(until: date | datetime | None, expected: datetime | None) -> None:
    assert end_of(until, "Europe/Warsaw", NOW) == expected


def test_a_day_that_is_over_is_refused() -> None:
    with pytest.raises(Refused, match="not over"):
        end_of(date(2026, 11, 25), "Europe/Warsaw", NOW)


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_reason_is_needed(reason: str) -> None:
    with pytest.raises(Refused, match="reason: expected"):
        required_reason(reason)
