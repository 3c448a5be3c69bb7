"""Sources: files, and a web server that answers in every bad way."""

from __future__ import annotations

import base64
import hashlib
import os
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from tasks.errors import Refused, UnreachableError, WrongSettingsError
from tasks.feeds.sources.address import shown
from tasks.feeds.sources.fetch import Limits, fetch
from tests.feeds.conftest import Supplier, csv_feed

BODY = b"sku;stock\n" + b"A1;5\n" * 50_000


def test_a_file_is_copied_and_hashed(tmp_path: Path) -> None:
    source = tmp_path / "feed.csv"
    source.write_bytes(BODY)
    target = tmp_path / "run"
    target.mkdir()
    fetched = fetch(str(source), target, Limits(settle_seconds=0))
    assert fetched.path.read_bytes() == BODY
    assert (fetched.bytes, fetched.sha256) == (len(BODY), hashlib.sha256(BODY).hexdigest())


def test_a_missing_file_is_named_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WrongSettingsError, match=f"{tmp_path}/none.csv does not exist"):
        fetch("none.csv", tmp_path)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(WrongSettingsError, match="got the folder"):
        fetch(str(tmp_path), tmp_path)


def test_a_device_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(WrongSettingsError, match="expected a file"):
        fetch(str(tmp_path / "pipe"), tmp_path)


def test_a_file_above_the_limit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "feed.csv").write_bytes(BODY)
    with pytest.raises(Refused, match="at most 1,000 bytes"):
        fetch(str(tmp_path / "feed.csv"), tmp_path, Limits(max_bytes=1000, settle_seconds=0))


def test_a_body_arrives_whole(tmp_path: Path, supplier: Supplier) -> None:
    fetched = fetch(supplier.answer("/feed.csv", BODY, Content_Type="text/csv"), tmp_path)
    assert fetched.path.read_bytes() == BODY
    assert (fetched.content_type, fetched.source_shown) == ("text/csv", supplier.url + "/feed.csv")


def test_a_body_without_a_length_arrives_whole(tmp_path: Path, supplier: Supplier) -> None:
    def respond(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        request.wfile.write(BODY)

    supplier.answers["/feed.csv"] = respond
    assert fetch(supplier.url + "/feed.csv", tmp_path).bytes == len(BODY)


def test_a_body_shorter_than_announced_is_refused_with_numbers(tmp_path: Path, supplier: Supplier) -> None:
    url = supplier.answer("/feed.csv", b"12345", length=10)
    with pytest.raises(Refused, match=r"expected 10 bytes \(Content-Length\), got 5 bytes"):
        fetch(url, tmp_path)
    assert not (tmp_path / "raw").exists()


@pytest.mark.parametrize("size", [10, 200_000])
def test_a_body_longer_than_announced_is_refused_with_numbers(tmp_path: Path, supplier: Supplier, size: int) -> None:
    url = supplier.answer("/feed.csv", b"x" * (size + 1), length=size)
    with pytest.raises(Refused, match=rf"expected {size:,} bytes .* at least {size + 1:,}"):
        fetch(url, tmp_path)


def test_a_cut_chunked_body_is_refused(tmp_path: Path, supplier: Supplier) -> None:
    def respond(request: BaseHTTPRequestHandler) -> None:
        request.protocol_version = "HTTP/1.1"
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        request.wfile.write(b"5\r\n12345\r\n")
        request.close_connection = True

    supplier.answers["/feed.csv"] = respond
    with pytest.raises(Refused, match="the file is cut"):
        fetch(supplier.url + "/feed.csv", tmp_path)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 204, 304])
def test_a_refusing_server_is_a_wrong_setting(tmp_path: Path, supplier: Supplier, status: int) -> None:
    with pytest.raises(WrongSettingsError, match=f"expected status 200, got {status}"):
        fetch(supplier.answer("/feed.csv", b"no", status=status), tmp_path)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_failing_server_may_answer_later(tmp_path: Path, supplier: Supplier, status: int) -> None:
    with pytest.raises(UnreachableError, match=f"got {status}"):
        fetch(supplier.answer("/feed.csv", b"no", status=status), tmp_path)


def test_nobody_listening_may_heal(tmp_path: Path, supplier: Supplier) -> None:
    supplier.server.server_close()
    with pytest.raises(UnreachableError, match="no usable answer"):
        fetch(supplier.url + "/feed.csv", tmp_path)


def test_a_silent_server_is_given_up(tmp_path: Path, supplier: Supplier) -> None:
    supplier.answers["/feed.csv"] = lambda _: time.sleep(0.3)
    with pytest.raises(UnreachableError, match="Timeout"):
        fetch(supplier.url + "/feed.csv", tmp_path, Limits(read_seconds=0.05))


def test_a_dripping_server_is_given_up(tmp_path: Path, supplier: Supplier) -> None:
    def respond(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        for _ in range(50):
            request.wfile.write(b"x")
            time.sleep(0.01)

    supplier.answers["/feed.csv"] = respond
    with pytest.raises(UnreachableError, match=r"within 0\.05 s"):
        fetch(supplier.url + "/feed.csv", tmp_path, Limits(total_seconds=0.05))


def test_a_server_that_drips_its_head_is_given_up(tmp_path: Path, supplier: Supplier) -> None:
    def respond(request: BaseHTTPRequestHandler) -> None:
        for _ in range(50):
            request.wfile.write(b"HTTP/1.1 200 OK\r\n"[:1])
            time.sleep(0.02)

    supplier.answers["/feed.csv"] = respond
    with pytest.raises(UnreachableError, match=r"within 0\.2 s"):
        fetch(supplier.url + "/feed.csv", tmp_path, Limits(total_seconds=0.2))


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_above_the_limit_is_refused(tmp_path: Path, supplier: Supplier, announced: bool) -> None:
    def respond(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        if announced:
            request.send_header("Content-Length", str(len(BODY)))
        request.end_headers()
        request.wfile.write(BODY)

    supplier.answers["/feed.csv"] = respond
    with pytest.raises(Refused, match="at most 1,000 bytes"):
        fetch(supplier.url + "/feed.csv", tmp_path, Limits(max_bytes=1000))


def test_basic_header_and_token_reach_the_supplier(tmp_path: Path, supplier: Supplier) -> None:
    url = supplier.answer("/feed.csv", BODY)
    feed = csv_feed(
        url + "?key={token}",
        username="anna",
        password="p:w",
        token="a/b c",
        header_name="X-Api-Key",
        header_value="h1",
    )
    assert fetch(feed, tmp_path).source_shown == url + "?key={token}"
    path, headers = supplier.asked[0]
    assert path == "/feed.csv?key=a%2Fb%20c"
    assert headers["Authorization"] == "Basic " + base64.b64encode(b"anna:p:w").decode()
    assert (headers["X-Api-Key"], headers["Accept-Encoding"]) == ("h1", "identity")


def test_user_and_password_in_the_address_work_and_are_masked(tmp_path: Path, supplier: Supplier) -> None:
    url = supplier.answer("/feed.csv", BODY)
    fetched = fetch(url.replace("://", "://anna:secret@"), tmp_path)
    assert supplier.asked[0][1]["Authorization"] == "Basic " + base64.b64encode(b"anna:secret").decode()
    assert fetched.source_shown == url.replace("://", "://***@")


def secret_feed(source: str) -> Any:
    return csv_feed(source, username="anna", password="p-w", header_name="X-Api-Key", header_value="h-1")


def test_a_redirect_on_the_same_host_keeps_the_credentials(tmp_path: Path, supplier: Supplier) -> None:
    supplier.answer("/new.csv", BODY)
    fetch(secret_feed(supplier.answer("/old.csv", status=302, Location="/new.csv")), tmp_path)
    assert [("Authorization" in headers, "X-Api-Key" in headers) for _, headers in supplier.asked] == [(True, True)] * 2


def test_a_redirect_to_another_host_gets_no_credentials(tmp_path: Path, supplier: Supplier, other: Supplier) -> None:
    target = other.answer("/feed.csv", BODY)
    fetched = fetch(secret_feed(supplier.answer("/feed.csv", status=307, Location=target)), tmp_path)
    assert fetched.bytes == len(BODY)
    assert {"Authorization", "X-Api-Key"}.isdisjoint(other.asked[0][1])


def test_endless_redirects_are_refused(tmp_path: Path, supplier: Supplier) -> None:
    with pytest.raises(Refused, match="more than 5 redirects"):
        fetch(supplier.answer("/feed.csv", status=301, Location="/feed.csv"), tmp_path)
    assert len(supplier.asked) == 6


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://x.test/feed", ""])
def test_a_redirect_elsewhere_is_refused(tmp_path: Path, supplier: Supplier, target: str) -> None:
    with pytest.raises(Refused, match=r"redirect to an http\(s\) address"):
        fetch(supplier.answer("/feed.csv", status=302, Location=target), tmp_path)


def test_no_secret_is_in_any_message(tmp_path: Path, supplier: Supplier) -> None:
    for status in (403, 500):
        supplier.answer("/tok-en/feed.csv", status=status)
        feed = csv_feed(supplier.url.replace("//", "//u:pass-w@") + "/{token}/feed.csv", token="tok-en")
        with pytest.raises((WrongSettingsError, UnreachableError)) as error:
            fetch(feed, tmp_path)
        assert "tok-en" not in str(error.value)
        assert "pass-w" not in str(error.value)


def test_no_secret_is_in_the_log(tmp_path: Path, supplier: Supplier, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    supplier.answer("/tok-en/feed.csv", BODY)
    feed = csv_feed(supplier.url + "/{token}/feed.csv?key=k-1", token="tok-en", username="anna", password="p-w")
    fetch(feed, tmp_path)
    basic = base64.b64encode(b"anna:p-w").decode()
    assert not [secret for secret in ("tok-en", "k-1", "p-w", basic) if secret in caplog.text]


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("https://x.test/feed.xml?key={token}&lang=pl", "https://x.test/feed.xml?key={token}&lang=pl"),
        ("https://x.test/feed.xml?apikey=abc&lang=pl", "https://x.test/feed.xml?apikey=***&lang=pl"),
        ("https://x.test/feed.xml?q=0f8a2c7d9e1b4a66", "https://x.test/feed.xml?q=***"),
        ("https://u:p@x.test:8080/a.csv", "https://***@x.test:8080/a.csv"),
        ("https://x.test/e/0f8a2c7d9e1b4a660f8a2c7d/a.csv", "https://x.test/e/***/a.csv"),
        ("/data/feeds/acme.csv", "/data/feeds/acme.csv"),
    ],
)
def test_a_source_is_shown_without_its_secrets(source: str, seen: str) -> None:
    assert shown(source) == seen
