"""The same fortnight through whole decisions: a sync each morning and afternoon writes only when the promise moves."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from blocks.delivery import SupplierDelivery
from tasks.availability import plan
from tests import parquet
from tests.availability.cases import VIEW, Rows, as_written, inputs_of, keyed, shop_with
from tests.availability.test_fortnight import FIRST

pytestmark = pytest.mark.slow

OFFER: dict[Any, Any] = {6: {"stock": 50, "days": 1}}
POLICY = {"texts": [{"language": "pl", "delivery": "Wysyłka {date}"}]}
# 30 October and 6 November are Fridays, 1 November is All Saints', 11 November Independence Day
WRITTEN_AT = [
    ("10-30 10", "2 listopada"),
    ("10-30 15", "3 listopada"),
    ("11-02 15", "4 listopada"),
    ("11-03 15", "5 listopada"),
    ("11-04 15", "6 listopada"),
    ("11-05 15", "9 listopada"),
    ("11-06 15", "10 listopada"),
    ("11-09 15", "12 listopada"),
    ("11-10 15", "13 listopada"),
    ("11-12 15", "16 listopada"),
    ("11-13 15", "17 listopada"),
]


def sync(at: datetime, written: Rows, folder: Path) -> tuple[list[str], Rows]:
    """The values that a sync at this time would write, and our record after it."""
    inputs = inputs_of(OFFER, written, folder)
    delivery = SupplierDelivery(days_are="working", cut_off="14:00").model_dump_json()
    row = {"integration_id": 6, "name": "acme", "delivery": delivery, "timezone": "Europe/Warsaw", "price_kind": "net"}
    inputs["suppliers"] = parquet.write(folder / "suppliers.parquet", parquet.SUPPLIERS, [row])
    wanted = plan.decide(shop_with(POLICY), VIEW.model_copy(update={"now": at}), inputs, folder)
    differing = plan.find_differing(wanted.wanted, inputs["written"], folder)
    texts = [row["value"] for row in parquet.read(differing.rows) if row["field"] == "available_later"]
    return texts, as_written(keyed(parquet.read(wanted.wanted)), written)


def test_it_writes_only_when_the_promise_moves(tmp_path: Path) -> None:
    written: Rows = []
    seen = []
    for hours in sorted(day * 24 + hour for day in range(15) for hour in (10, 15)):
        at = FIRST + timedelta(hours=hours)
        texts, written = sync(at, written, tmp_path)
        seen += [(f"{at:%m-%d %H}", text.removeprefix("Wysyłka ")) for text in texts]
    assert seen == WRITTEN_AT
