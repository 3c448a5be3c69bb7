"""Sources: FTP, plain and with TLS, against servers that the tests start."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from pyftpdlib.handlers import FTPHandler

from blocks import SupplierFeed
from blocks.fetching import Fetching
from tasks.errors import Refused, UnreachableError, WrongSettingsError
from tasks.feeds.sources.fetch import Fetched, Limits, fetch
from tests.feeds.conftest import csv_feed
from tests.feeds.servers import PASSWORD, USER, Certificate, CutInHalf, ftp_server

BODY = b"sku;stock\n" + b"A1;5\n" * 20_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The server's folder with one settled file."""
    place = tmp_path / "served"
    (place / "out").mkdir(parents=True)
    put(place / "out" / "feed.csv", BODY)
    return place


def put(path: Path, body: bytes, age: float = 60) -> None:
    path.write_bytes(body)
    os.utime(path, (time.time() - age, time.time() - age))


def feed(host: str, path: str = "/out/feed.csv", scheme: str = "ftp", **settings: Any) -> SupplierFeed:
    login = {"username": USER, "password": PASSWORD}
    return csv_feed(f"{scheme}://{host}{path}", **{**login, **settings})


def get(block: SupplierFeed | str, tmp_path: Path, **limits: float) -> Fetched:
    return fetch(block, tmp_path, Limits(**{"settle_seconds": 0.2, "read_seconds": 5, **limits}))  # type: ignore[arg-type]


def test_a_file_arrives_whole(tmp_path: Path, folder: Path) -> None:
    with ftp_server(folder) as host:
        assert get(feed(host), tmp_path).path.read_bytes() == BODY


def test_the_login_in_the_address_works_and_is_masked(tmp_path: Path, folder: Path) -> None:
    with ftp_server(folder) as host:
        fetched = get(f"ftp://{USER}:p%40ss%2Fw%3Ard@{host}/out/feed.csv", tmp_path)
    assert (fetched.bytes, fetched.source_shown) == (len(BODY), f"ftp://***@{host}/out/feed.csv")


def test_a_wrong_password_is_a_wrong_setting_and_not_shown(tmp_path: Path, folder: Path) -> None:
    with ftp_server(folder, auth_failed_timeout=0) as host, pytest.raises(WrongSettingsError, match="530") as error:
        get(feed(host, password="se-cret"), tmp_path)
    assert "se-cret" not in str(error.value)


def test_a_missing_file_is_a_wrong_setting(tmp_path: Path, folder: Path) -> None:
    with ftp_server(folder) as host, pytest.raises(WrongSettingsError, match="550"):
        get(feed(host, "/out/none.csv"), tmp_path)


def test_nobody_listening_may_heal(tmp_path: Path, folder: Path) -> None:
    with ftp_server(folder) as host:
        pass
    with pytest.raises(UnreachableError, match="no usable answer"):
        get(feed(host), tmp_path)


def test_a_cut_transfer_may_heal(tmp_path: Path, folder: Path) -> None:
    with ftp_server(folder, dtp_handler=CutInHalf) as host, pytest.raises(UnreachableError, match="426"):
        get(feed(host), tmp_path)
    assert not (tmp_path / "raw").exists()


def test_fewer_bytes_than_the_server_says_is_refused_with_numbers(tmp_path: Path, folder: Path) -> None:
    def larger(self: FTPHandler, path: str) -> None:
        self.respond(f"213 {len(BODY) + 1}")

    with ftp_server(folder, ftp_SIZE=larger) as host, pytest.raises(Refused, match=r"expected 100,011 .* got 100,010"):
        get(feed(host), tmp_path)


def test_a_silent_server_is_given_up(tmp_path: Path, folder: Path) -> None:
    def sleepy(self: FTPHandler, path: str) -> None:
        time.sleep(0.6)

    with ftp_server(folder, ftp_RETR=sleepy) as host, pytest.raises(UnreachableError, match=r"[Tt]imed? ?out"):
        get(feed(host), tmp_path, read_seconds=0.2)


def test_a_server_that_never_stops_greeting_is_cut_off(tmp_path: Path) -> None:
    def greet() -> None:
        connection, _ = listening.accept()
        with connection, contextlib.suppress(OSError):
            for _ in range(60):
                connection.sendall(b"220-welcome\r\n")
                time.sleep(0.05)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        greeting = threading.Thread(target=greet)
        greeting.start()
        started = time.monotonic()
        with pytest.raises(UnreachableError, match=r"within 0\.3 s"):
            get(feed("{}:{}".format(*listening.getsockname())), tmp_path, total_seconds=0.3)
        assert time.monotonic() - started < 1.5
        greeting.join()


def test_a_file_above_the_limit_is_refused_before_it_is_taken(tmp_path: Path, folder: Path) -> None:
    with ftp_server(folder) as host, pytest.raises(Refused, match="at most 1,000 bytes, the source announces 100,010"):
        get(feed(host), tmp_path, max_bytes=1000)


def test_a_growing_file_is_left_for_later(tmp_path: Path, folder: Path) -> None:
    sizes = iter([100, 200, 300])

    def growing(self: FTPHandler, path: str) -> None:
        self.respond(f"213 {next(sizes)}")

    with ftp_server(folder, ftp_SIZE=growing) as host, pytest.raises(UnreachableError, match="still being written"):
        get(feed(host), tmp_path)


def test_the_newest_fitting_file_is_taken(tmp_path: Path, folder: Path) -> None:
    put(folder / "out" / "stock_1.csv", b"old", age=500)
    put(folder / "out" / "Stock_2.CSV", b"new", age=100)
    put(folder / "out" / "prices.csv", b"other", age=10)
    with ftp_server(folder) as host:
        fetched = get(feed(host, "/out", fetching=Fetching(file_pattern="stock_*.csv")), tmp_path)
    assert (fetched.path.read_bytes(), fetched.source_shown) == (b"new", f"ftp://{host}/out/Stock_2.CSV")


def test_a_server_without_mlsd_is_listed_by_names(tmp_path: Path, folder: Path) -> None:
    put(folder / "out" / "stock_1.csv", b"old", age=500)
    put(folder / "out" / "stock_2.csv", b"new", age=100)

    def unknown(self: FTPHandler, path: str) -> None:
        self.respond("500 unknown command")

    with ftp_server(folder, ftp_MLSD=unknown) as host:
        fetched = get(feed(host, "/out", fetching=Fetching(file_pattern="stock_*")), tmp_path)
    assert fetched.path.read_bytes() == b"new"


def test_polish_names_are_found(tmp_path: Path, folder: Path) -> None:
    put(folder / "out" / "żółty stan.csv", b"new")
    with ftp_server(folder) as host:
        assert get(feed(host, "/out", fetching=Fetching(file_pattern="ŻÓŁTY*")), tmp_path).bytes == 3
        assert get(feed(host, "/out/%C5%BC%C3%B3%C5%82ty stan.csv"), tmp_path).bytes == 3


def test_with_tls_a_file_arrives_whole(tmp_path: Path, folder: Path) -> None:
    certificate = Certificate(tmp_path)
    trusting = Fetching(ca_certificate=certificate.authority)
    with ftp_server(folder, certificate) as host:
        assert get(feed(host, scheme="ftps", fetching=trusting), tmp_path).path.read_bytes() == BODY


def test_an_untrusted_certificate_is_a_wrong_setting_and_no_login_is_sent(tmp_path: Path, folder: Path) -> None:
    logins: list[str] = []
    with (
        ftp_server(folder, Certificate(tmp_path), ftp_USER=lambda _, name: logins.append(name)) as host,
        pytest.raises(WrongSettingsError, match="certificate of this host that can be trusted"),
    ):
        get(feed(host, scheme="ftps"), tmp_path)
    assert logins == []


def test_a_certificate_of_another_host_is_a_wrong_setting(tmp_path: Path, folder: Path) -> None:
    certificate = Certificate(tmp_path, "other.test")
    trusting = Fetching(ca_certificate=certificate.authority)
    with ftp_server(folder, certificate) as host, pytest.raises(WrongSettingsError, match="IP address mismatch"):
        get(feed(host, scheme="ftps", fetching=trusting), tmp_path)


def test_a_server_without_tls_gets_no_password(tmp_path: Path, folder: Path) -> None:
    logins: list[str] = []
    with (
        ftp_server(folder, ftp_USER=lambda _, name: logins.append(name)) as host,
        pytest.raises(WrongSettingsError, match="explicit TLS"),
    ):
        get(feed(host, scheme="ftps"), tmp_path)
    assert logins == []
