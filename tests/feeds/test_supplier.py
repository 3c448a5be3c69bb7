"""What a sync knows of a supplier: one row, from the block that says it."""

from __future__ import annotations

from typing import Any

import pytest

from blocks import SupplierFeed
from blocks.feed_part import FeedPart
from tasks.feeds import snapshots, supplier
from tasks.state import StateDatabase

MAPPING = {"sku": "Symbol", "stock_quantity": "Stan", "purchase_price": "Cena", "delivery_days": "Dni"}
WORKING: dict[str, Any] = {"days_are": "working", "cut_off": "14:00"}


def feed(**settings: Any) -> SupplierFeed:
    return SupplierFeed(integration_id=6, source="a.csv", mapping=MAPPING, **settings)


def remember(state: StateDatabase, block: SupplierFeed, name: str = "acme") -> dict[str, Any] | None:
    row = supplier.differing(state, block, name)
    if row:
        supplier.write(state, row, "run")
    return row


def rows(state: StateDatabase) -> list[dict[str, Any]]:
    with state.session(read_only=True) as session:
        return session.execute("supplier", {"integration_id": 6})


def test_a_block_s_settings_are_written_once(state: StateDatabase) -> None:
    block = feed(delivery=WORKING, timezone="Europe/Prague", price_kind="gross")
    written = remember(state, block)
    assert written is not None
    assert written["delivery"] == block.delivery.model_dump(mode="json")
    assert (written["name"], written["timezone"], written["price_kind"]) == ("acme", "Europe/Prague", "gross")
    assert supplier.differing(state, block, "acme") is None


@pytest.mark.parametrize(
    "change", [{"delivery": {"cut_off": "15:00"}}, {"timezone": "Europe/Prague"}, {"price_kind": "gross"}]
)
def test_what_changed_is_written(state: StateDatabase, change: dict[str, Any]) -> None:
    remember(state, feed())
    assert remember(state, feed(**change)) is not None
    assert supplier.differing(state, feed(**change), "acme") is None
    assert len(rows(state)) == 1


def test_closed_days_come_back_as_they_were(state: StateDatabase) -> None:
    closed = [{"closed_from": "2026-12-24", "closed_to": "2027-01-06"}]
    block = feed(delivery={"closed": closed})
    remember(state, block)
    assert block.delivery.model_validate_json(rows(state)[0]["delivery"]) == block.delivery


@pytest.mark.parametrize(
    ("provides", "what", "name"),
    [
        ([["stock"], ["delivery"], ["price"]], "delivery", "b"),
        ([["stock"], ["delivery"], ["price"]], "price", "c"),
        ([["price"], ["stock"], ["codes"]], "delivery", "b"),
        ([["stock"], [], ["price"]], "delivery", "b"),
        ([["codes"], ["stock", "delivery"], ["delivery"]], "delivery", "b"),
        ([["codes"], ["codes"]], "delivery", "a"),
    ],
)
def test_whose_settings_count(provides: list[list[str]], what: Any, name: str) -> None:
    parts = [
        FeedPart.model_validate({"name": letter, "provides": says})
        for letter, says in zip("abc", provides, strict=False)
    ]
    assert supplier.owner(parts, what) == name
    assert supplier.owner(parts[::-1], what) == name


def test_delivery_settings_do_not_decide_how_a_file_is_read() -> None:
    assert snapshots.settings_hash(feed()) == snapshots.settings_hash(feed(delivery=WORKING))
