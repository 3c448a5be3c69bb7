"""What is found out about a feed: reached or not, guarded or not, readable or not."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from blocks.delivery import SupplierDelivery
from tasks.feeds.checking import check
from tasks.feeds.checking_delivery import check_delivery
from tasks.summaries import Check
from tests.feeds.conftest import Supplier, csv_feed
from tests.feeds.servers import PASSWORD, USER, sftp_server

BODY = b"sku;ean;stock;price;days\n" + b"A1;;5;1,00;2\n" * 3


def named(checks: list[Check]) -> dict[str, Check]:
    return {one.name: one for one in checks}


def test_a_good_feed(tmp_path: Path, supplier: Supplier) -> None:
    url = supplier.answer("/feed.csv.gz", gzip.compress(BODY), ETag='"v1"')
    checks, read = check(csv_feed(url), tmp_path)
    assert {name: one.ok for name, one in named(checks).items()} == {
        "source": True,
        "content": True,
        "changes only": True,
    }
    assert named(checks)["source"].found == f"{len(BODY)} bytes from {url}, packed as gzip"
    assert read


def test_a_server_without_validators_is_worth_a_look(tmp_path: Path, supplier: Supplier) -> None:
    checks, _ = check(csv_feed(supplier.answer("/feed.csv", BODY)), tmp_path)
    assert named(checks)["changes only"].ok is None


def test_a_password_over_a_plain_connection_is_worth_a_look(tmp_path: Path, supplier: Supplier) -> None:
    feed = csv_feed(supplier.answer("/feed.csv", BODY), username="anna", password="se-cret")
    found = named(check(feed, tmp_path)[0])["encryption"]
    assert (found.ok, found.expected) == (None, "https")


def test_without_a_host_key_the_check_says_which_one_it_met(tmp_path: Path) -> None:
    with sftp_server(tmp_path) as server:
        checks, _ = check(csv_feed(server.url + "/feed.csv", username=USER, password=PASSWORD), tmp_path)
    found = named(checks)["source"]
    assert (found.ok, server.fingerprint in found.found, found.fix) == (False, True, "Correct the feed's block.")


@pytest.mark.parametrize(("status", "fix"), [(503, "Try again in a while"), (404, "Correct the feed's block")])
def test_what_to_do_depends_on_what_is_wrong(tmp_path: Path, supplier: Supplier, status: int, fix: str) -> None:
    checks, read = check(csv_feed(supplier.answer("/feed.csv", status=status)), tmp_path)
    assert (named(checks)["source"].fix.startswith(fix), named(checks)["content"].ok, read) == (True, None, None)


def test_an_unreadable_file_is_reached(tmp_path: Path, supplier: Supplier) -> None:
    checks, _ = check(csv_feed(supplier.answer("/feed.csv", b"<html><body>Log in</body></html>")), tmp_path)
    assert (named(checks)["source"].ok, named(checks)["content"].ok) == (True, False)


def closed(first: str, last: str) -> dict[str, str]:
    return {"closed_from": first, "closed_to": last}


@pytest.mark.parametrize(
    ("delivery", "found"),
    [
        ({}, []),
        ({"days_are": "working", "holidays": "CZ", "cut_off": "14:00"}, []),
        ({"closed": [closed("2026-12-24", "2026-12-31")]}, []),
        (
            {"closed": [closed("2026-11-01", "2026-11-10"), closed("2026-11-10", "2026-11-12")]},
            ["closed until 2026-11-12: what is promised leaves after that"],
        ),
        ({"closed": [closed("2025-12-24", "2026-01-03")]}, ["all over since 2026-01-03"]),
        ({"handling_days": 2}, ["without effect: `handling_days`, because `route` is dropship"]),
        ({"holidays": "CZ"}, ["without effect: `holidays`, because `days_are` is calendar"]),
    ],
)
def test_delivery_settings_that_are_worth_a_look(delivery: dict[str, Any], found: list[str]) -> None:
    feed = csv_feed("a.csv", delivery=SupplierDelivery(**delivery))
    assert [one.found for one in check_delivery(feed, date(2026, 11, 10))] == found


def test_the_check_looks_at_the_delivery_settings(tmp_path: Path, supplier: Supplier) -> None:
    feed = csv_feed(supplier.answer("/feed.csv", BODY), delivery=SupplierDelivery(handling_days=2))
    assert "without effect" in named(check(feed, tmp_path)[0])["delivery"].found
