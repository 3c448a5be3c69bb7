"""Asking a web server for changes only, and what is kept for it; HTTPS certificates."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from blocks import SupplierFeed
from blocks.fetching import Fetching
from tasks.errors import UnreachableError, WrongSettingsError
from tasks.feeds.snapshots import NOT_IN_MANIFEST, Snapshot, settings_hash
from tasks.feeds.sources import seen
from tasks.feeds.sources.download import Answer
from tasks.feeds.sources.fetch import Fetched, fetch
from tasks.state import StateDatabase
from tests.feeds.conftest import Supplier, csv_feed
from tests.feeds.servers import Certificate

BODY = b"sku;stock\nA;1\n"
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def http_date(age: float) -> str:
    return format_datetime(datetime.now(UTC) - timedelta(seconds=age), usegmt=True)


def test_what_stands_for_the_file_comes_with_it(tmp_path: Path, supplier: Supplier) -> None:
    modified = http_date(3600)
    fetched = fetch(supplier.answer("/f", BODY, ETag='"v1"', Last_Modified=modified), tmp_path)
    assert (fetched.etag, fetched.last_modified) == ('"v1"', modified)


def test_a_file_that_changed_a_moment_ago_has_no_reliable_date(tmp_path: Path, supplier: Supplier) -> None:
    assert fetch(supplier.answer("/f", BODY, Last_Modified=http_date(5)), tmp_path).last_modified is None


@pytest.mark.parametrize("header", ["soon", "Thu, 99 Nov 2026 05:00:00 GMT", ""])
def test_a_date_that_is_none_is_not_kept(tmp_path: Path, supplier: Supplier, header: str) -> None:
    assert fetch(supplier.answer("/f", BODY, Last_Modified=header), tmp_path).last_modified is None


@pytest.mark.parametrize(
    ("known", "name", "value"),
    [
        (Answer(etag='"v1"', last_modified="Tue, 24 Nov 2026 05:00:00 GMT"), "If-None-Match", '"v1"'),
        (Answer(last_modified="Tue, 24 Nov 2026 05:00:00 GMT"), "If-Modified-Since", "Tue, 24 Nov 2026 05:00:00 GMT"),
    ],
)
def test_the_better_validator_is_sent_alone(
    tmp_path: Path, supplier: Supplier, known: Answer, name: str, value: str
) -> None:
    fetched = fetch(supplier.answer("/f", status=304), tmp_path, known=known)
    conditions = {key: text for key, text in supplier.asked[0][1].items() if key.startswith("If-")}
    assert (conditions, fetched.not_modified) == ({name: value}, True)
    assert list(tmp_path.iterdir()) == []


def test_a_changed_file_arrives_whole(tmp_path: Path, supplier: Supplier) -> None:
    fetched = fetch(supplier.answer("/f", BODY, ETag='"v2"'), tmp_path, known=Answer(etag='"v1"'))
    assert (fetched.not_modified, fetched.path.read_bytes(), fetched.etag) == (False, BODY, '"v2"')


def feed(**settings: Any) -> SupplierFeed:
    return csv_feed("https://x.test/feed.csv", **settings)


def fetched(**told: Any) -> Fetched:
    at = NOW.replace(tzinfo=None)
    return Fetched(path=Path("raw"), bytes=1, sha256="h", source_shown="x", fetched_at=at, **{"etag": '"v1"', **told})


@pytest.fixture
def keep(state: StateDatabase) -> Any:
    """Record a snapshot of a feed with a verdict, fetched at NOW or some minutes later."""

    def keeping(feed: SupplierFeed, verdict: str = "passed", minutes: int = 0) -> Snapshot:
        at = NOW + timedelta(minutes=minutes)
        snapshot = Snapshot(
            id=f"f6-{minutes}-{verdict}",
            integration_id=feed.integration_id,
            content_hash="h",
            settings_hash=settings_hash(feed),
            fetched_at=at,
            offers=Path("offers"),
            rejects=Path("rejects"),
            rows_read=1,
            rows_rejected=0,
        )
        facts = snapshot.model_dump(
            exclude={*NOT_IN_MANIFEST, "rejected_by_reason", "columns", "contractor_id", "default_delivery_days"}
        )
        made = {
            "part": feed.part.name,
            "verdict": verdict,
            "reason": "",
            "run_id": "r",
            "numbers": None,
            "last_seen_at": at,
        }
        with state.session() as session:
            session.execute("snapshot_record", {**facts, **made, "offers": 1, "available": 1, "folder": ""})
        return snapshot

    return keeping


def test_a_believed_snapshot_is_asked_for_by_its_validators(state: StateDatabase, keep: Any) -> None:
    seen.remember(state, feed(), fetched(), keep(feed()), NOW)
    assert seen.known(state, feed(), NOW) == Answer(etag='"v1"')


def test_nothing_is_known_before_the_first_import(state: StateDatabase) -> None:
    assert seen.known(state, feed(), NOW) is None


@pytest.mark.parametrize(
    "other",
    [
        feed(skip_rows=1),
        csv_feed("https://x.test/other.csv"),
        feed(username="anna"),
        feed(fetching=Fetching(ask_for_changes=False)),
    ],
    ids=["settings", "address", "user", "switched off"],
)
def test_under_other_settings_the_whole_file_comes(state: StateDatabase, keep: Any, other: SupplierFeed) -> None:
    seen.remember(state, feed(), fetched(), keep(feed()), NOW)
    assert seen.known(state, other, NOW) is None


def test_after_a_quarantine_the_whole_file_comes(state: StateDatabase, keep: Any) -> None:
    seen.remember(state, feed(), fetched(), keep(feed()), NOW)
    keep(feed(), "quarantined", minutes=5)
    assert seen.known(state, feed(), NOW) is None


def test_once_a_day_the_whole_file_comes(state: StateDatabase, keep: Any) -> None:
    good = keep(feed())
    seen.remember(state, feed(), fetched(), good, NOW)
    seen.remember(state, feed(), fetched(not_modified=True), good, NOW + timedelta(hours=23))
    assert seen.known(state, feed(), NOW + timedelta(hours=23))
    assert seen.known(state, feed(), NOW + timedelta(hours=25)) is None


def test_a_server_that_gives_no_validator_is_asked_for_the_whole_file(state: StateDatabase, keep: Any) -> None:
    seen.remember(state, feed(), fetched(etag=None), keep(feed()), NOW)
    assert seen.known(state, feed(), NOW) is None


def test_no_secret_is_in_what_tells_addresses_apart() -> None:
    with_secrets = feed(username="u", password="p-w")
    assert seen.source_hash(with_secrets) == seen.source_hash(with_secrets.model_copy(update={"password": None}))


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[Supplier, Certificate]]:
    """A web server with TLS, and its certificate."""
    certificate = Certificate(tmp_path)
    server = Supplier()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.file)
    server.server.socket = context.wrap_socket(server.server.socket, server_side=True)
    server.url = server.url.replace("http", "https")
    yield server, certificate
    server.stop()


def test_an_untrusted_certificate_is_a_wrong_setting(tmp_path: Path, secure: tuple[Supplier, Certificate]) -> None:
    server, _ = secure
    with pytest.raises(WrongSettingsError, match="certificate of this host that can be trusted"):
        fetch(csv_feed(server.answer("/f", BODY), username="anna", password="x"), tmp_path)
    assert server.asked == []


def test_the_feeds_own_certificate_is_trusted(tmp_path: Path, secure: tuple[Supplier, Certificate]) -> None:
    server, certificate = secure
    trusting = Fetching(ca_certificate=certificate.authority)
    assert fetch(csv_feed(server.answer("/f", BODY), fetching=trusting), tmp_path).bytes == len(BODY)


def test_a_certificate_of_another_host_is_a_wrong_setting(tmp_path: Path, secure: tuple[Supplier, Certificate]) -> None:
    server, certificate = secure
    address = server.answer("/f", BODY).replace("127.0.0.1", "localhost")
    with pytest.raises(WrongSettingsError, match="Hostname mismatch"):
        fetch(csv_feed(address, fetching=Fetching(ca_certificate=certificate.authority)), tmp_path)


def test_the_blocks_own_limits_hold(tmp_path: Path, supplier: Supplier) -> None:
    supplier.answers["/f"] = lambda _: time.sleep(0.5)
    with pytest.raises(UnreachableError, match="Timeout"):
        fetch(csv_feed(supplier.url + "/f", fetching=Fetching(answer_seconds=0.1)), tmp_path)
