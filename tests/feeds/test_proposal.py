"""The block that an inspected file is proposed to be read by, where the given one can't read it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from blocks import SupplierFeed
from tasks.feeds.inspecting.inspection import inspect
from tasks.feeds.inspecting.proposal import Proposal, propose


def proposed(folder: Path, content: str, **settings: Any) -> Proposal:
    raw = folder / "raw"
    raw.write_text(content, encoding="utf-8")
    feed = SupplierFeed(**{"integration_id": 6, "source": "acme.csv", **settings})
    made = propose(feed, inspect(feed, raw, folder), raw, folder, {})
    assert made is not None
    return made


def test_a_price_list_that_turns_out_to_hold_stock_is_told_with_the_block_s_own_fault(tmp_path: Path) -> None:
    part, mapping = {"name": "prices", "provides": ["price"]}, {"supplier_sku": "kod", "purchase_price": "cena"}
    made = proposed(tmp_path, "sku;stan\nA;5\nB;6\n", part=part, mapping=mapping)
    assert (made.is_given, made.feed.part.name) == (True, "prices")
    assert "`cena` (purchase_price)" in made.fault


def test_a_block_without_prices_does_not_promise_to_keep_them(tmp_path: Path) -> None:
    mapping = {"sku": "kod", "stock_quantity": "ile", "purchase_price": "moja"}
    made = proposed(tmp_path, "sku;stan\nA;5\nB;6\n", mapping=mapping, sync_purchase_price=True)
    assert (made.fault, made.feed.sync_purchase_price) == ("", False)


def test_a_block_whose_prices_are_recognised_keeps_them(tmp_path: Path) -> None:
    mapping = {"sku": "kod", "stock_quantity": "ile", "purchase_price": "moja"}
    made = proposed(tmp_path, "sku;stan;cena\nA;5;1,50\nB;6;2\n", mapping=mapping, sync_purchase_price=True)
    assert (made.fault, made.feed.sync_purchase_price) == ("", True)
