"""An import whose source answers "not changed" or not at all, and the secrets of a feed's block in Prefect."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest

from blocks import SupplierFeed
from demo.orchestra import Orchestra
from flows import import_catalog, import_feed
from tasks.errors import Quarantined, WrongSettingsError
from tests.feeds.conftest import Supplier
from tests.flows.world import World


def rows(home: Path, query: str) -> list[Any]:
    with contextlib.closing(sqlite3.connect(home / "rexbit.db")) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture
def supplier() -> Iterator[Supplier]:
    server = Supplier()
    yield server
    server.stop()


@pytest.fixture
def feed(world: World, supplier: Supplier) -> SupplierFeed:
    """An imported feed over HTTP with an ETag; asked again, the server says "not changed"."""
    import_catalog(world.shop)
    feed = over_http(world, supplier, 30)
    import_feed(feed)
    supplier.answer("/acme.csv", status=304)
    return feed


def over_http(world: World, supplier: Supplier, stock: int) -> SupplierFeed:
    world.write_feed([(reference, stock, 2) for reference in world.references()[:25]])
    body = Path(world.feed.source).read_bytes()
    url = supplier.answer("/acme.csv", body, ETag=f'"stock-{stock}"')
    return world.feed.model_copy(update={"source": url})


def test_not_changed_ends_unchanged_on_the_last_snapshots_content(
    world: World, home: Path, supplier: Supplier, feed: SupplierFeed
) -> None:
    links = rows(home, "SELECT * FROM integration_product_links ORDER BY id")
    summary = import_feed(feed)
    assert supplier.asked[-1][1]["If-None-Match"] == '"stock-30"'
    assert (summary.status, summary.offers, summary.unchanged, summary.absent) == ("unchanged", 25, 25, 0)
    assert rows(home, "SELECT * FROM integration_product_links ORDER BY id") == links


@pytest.mark.slow
def test_not_changed_is_recorded_as_seen(home: Path, feed: SupplierFeed) -> None:
    query = "SELECT id, fetched_at, last_seen_at FROM feed_snapshots"
    before, confirmed = rows(home, query), rows(home, "SELECT confirmed_at FROM feed_health")
    import_feed(feed)
    after = rows(home, query)
    assert [row[:2] for row in after] == [row[:2] for row in before]
    assert after[0][2] > before[0][2]
    assert rows(home, "SELECT confirmed_at FROM feed_health") > confirmed


@pytest.mark.slow
def test_not_changed_is_no_evidence_of_absence(
    world: World, home: Path, supplier: Supplier, feed: SupplierFeed
) -> None:
    """An item that was missing once is not missing twice because nothing new came."""
    world.write_feed([(reference, 30, 2) for reference in world.references()[:24]])
    supplier.answer("/acme.csv", Path(world.feed.source).read_bytes(), ETag='"less"')
    assert import_feed(feed).absent == 1
    missing = rows(home, "SELECT * FROM absences")
    supplier.answer("/acme.csv", status=304)
    import_feed(feed)
    assert rows(home, "SELECT * FROM absences") == missing
    assert len(missing) == 1


@pytest.mark.slow
def test_after_a_quarantine_the_whole_file_is_asked_for(world: World, supplier: Supplier, feed: SupplierFeed) -> None:
    over_http(world, supplier, 0)
    with pytest.raises(Quarantined):
        import_feed(feed)
    over_http(world, supplier, 30)
    assert import_feed(feed).offers == 25
    assert "If-None-Match" not in supplier.asked[-1][1]


@pytest.mark.slow
def test_a_dry_run_remembers_nothing(world: World, home: Path, supplier: Supplier) -> None:
    import_feed(over_http(world, supplier, 30), dry_run=True)
    assert rows(home, "SELECT * FROM feed_sources") == []


def test_prefects_server_shows_no_secret_of_a_saved_feed(home: Path, orchestra: Orchestra) -> None:
    key = "-----BEGIN OPENSSH PRIVATE KEY-----\nkey-1\n-----END OPENSSH PRIVATE KEY-----\n"
    secrets = {"password": "pass-1", "token": "token-1", "header_name": "X-Key", "header_value": "header-1"}
    mapping = {"sku": "a", "stock_quantity": "b"}
    feed = SupplierFeed(integration_id=6, source="sftp://x.test/a", mapping=mapping, private_key=key, **secrets)
    feed.save("with-secrets")
    found = httpx.post(f"{orchestra.url}/api/block_documents/filter", json={"include_secrets": False}).text
    assert "with-secrets" in found
    assert not [secret for secret in ("pass-1", "token-1", "header-1", "key-1") if secret in found]
    assert SupplierFeed.load("with-secrets") == feed


@pytest.mark.slow
@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_cannot_heal_is_asked_once(world: World, supplier: Supplier, status: int) -> None:
    url = supplier.answer("/acme.csv", status=status)
    with pytest.raises(WrongSettingsError, match=str(status)):
        import_feed(world.feed.model_copy(update={"source": url}))
    assert len(supplier.asked) == 1


@pytest.mark.slow
def test_a_server_that_fails_once_is_asked_again(world: World, supplier: Supplier) -> None:
    feed = over_http(world, supplier, 30)
    whole = supplier.answers["/acme.csv"]

    def fail_first(request: BaseHTTPRequestHandler) -> None:
        supplier.answers["/acme.csv"] = whole
        request.send_error(503)

    supplier.answers["/acme.csv"] = fail_first
    assert import_feed(feed).offers == 25
    assert len(supplier.asked) == 2
