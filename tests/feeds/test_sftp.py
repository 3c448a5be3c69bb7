"""Sources: SFTP, against servers that the tests start, with keys that they make."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from blocks import SupplierFeed
from blocks.fetching import Fetching
from tasks.errors import Refused, UnreachableError, WrongSettingsError
from tasks.feeds.sources.fetch import Fetched, Limits, fetch
from tests.feeds.conftest import csv_feed
from tests.feeds.servers import PASSWORD, USER, SftpServer, sftp_server

pytestmark = pytest.mark.filterwarnings("ignore:Warning. bcrypt.kdf:UserWarning")  # few rounds are fast
BODY = b"sku;stock\n" + b"A1;5\n" * 300_000


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


def feed(server: SftpServer, path: str = "/out/feed.csv", **settings: Any) -> SupplierFeed:
    asked = {name: settings.pop(name) for name in ("host_key", "file_pattern") if name in settings}
    fetching = Fetching(**{"host_key": server.fingerprint, **asked})
    return csv_feed(server.url + path, **{"username": USER, "password": PASSWORD, "fetching": fetching, **settings})


def get(block: SupplierFeed, tmp_path: Path, **limits: float) -> Fetched:
    return fetch(block, tmp_path, Limits(**{"settle_seconds": 0.2, "read_seconds": 5, **limits}))  # type: ignore[arg-type]


def test_a_file_arrives_whole(tmp_path: Path, folder: Path) -> None:
    with sftp_server(folder) as server:
        assert get(feed(server), tmp_path).path.read_bytes() == BODY


def test_a_public_key_may_be_pinned_too(tmp_path: Path, folder: Path) -> None:
    with sftp_server(folder) as server:
        assert get(feed(server, host_key=server.public_key), tmp_path).bytes == len(BODY)


def test_an_event_loop_that_runs_already_is_no_hindrance(tmp_path: Path, folder: Path) -> None:
    async def notebook(server: SftpServer) -> Fetched:
        return get(feed(server), tmp_path)

    with sftp_server(folder) as server:
        assert asyncio.run(notebook(server)).bytes == len(BODY)


def test_without_a_pinned_key_the_met_one_is_named(tmp_path: Path, folder: Path) -> None:
    with sftp_server(folder) as server, pytest.raises(WrongSettingsError, match="host key to be set") as error:
        get(feed(server, host_key=None), tmp_path)
    assert server.fingerprint in str(error.value)


@pytest.mark.parametrize("kind", ["fingerprint", "public key"])
def test_another_host_key_is_refused_before_the_login(tmp_path: Path, folder: Path, kind: str) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519")
    pinned = other.get_fingerprint() if kind == "fingerprint" else other.export_public_key().decode().strip()
    with sftp_server(folder) as server, pytest.raises(WrongSettingsError, match="somebody stands between") as error:
        get(feed(server, host_key=pinned), tmp_path)
    assert server.fingerprint in str(error.value)


def test_a_wrong_password_is_a_wrong_setting_and_not_shown(tmp_path: Path, folder: Path) -> None:
    with sftp_server(folder) as server, pytest.raises(WrongSettingsError, match="refused the login") as error:
        get(feed(server, password="se-cret"), tmp_path)
    assert "se-cret" not in str(error.value)


@pytest.mark.parametrize("passphrase", [None, "opens"])
def test_a_private_key_lets_in(tmp_path: Path, folder: Path, passphrase: str | None) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    text = key.export_private_key(passphrase=passphrase, rounds=1).decode()
    with sftp_server(folder, user_key=key.convert_to_public()) as server:
        assert get(feed(server, password=passphrase, private_key=text), tmp_path).bytes == len(BODY)


def test_a_private_key_pasted_into_one_line_lets_in(tmp_path: Path, folder: Path) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    text = key.export_private_key().decode().replace("\n", " ")
    with sftp_server(folder, user_key=key.convert_to_public()) as server:
        assert get(feed(server, password=None, private_key=text), tmp_path).bytes == len(BODY)


def test_a_private_key_that_the_password_does_not_open_is_a_wrong_setting(tmp_path: Path, folder: Path) -> None:
    text = asyncssh.generate_private_key("ssh-ed25519").export_private_key(passphrase="opens", rounds=1).decode()
    with sftp_server(folder) as server, pytest.raises(WrongSettingsError, match="can't be read") as error:
        get(feed(server, password="wrong-one", private_key=text), tmp_path)
    assert "wrong-one" not in str(error.value)


def test_a_missing_file_is_a_wrong_setting(tmp_path: Path, folder: Path) -> None:
    with sftp_server(folder) as server, pytest.raises(WrongSettingsError, match="no such file"):
        get(feed(server, "/out/none.csv"), tmp_path)


def test_a_folder_is_no_file(tmp_path: Path, folder: Path) -> None:
    with sftp_server(folder) as server, pytest.raises(WrongSettingsError, match="got a folder"):
        get(feed(server, "/out"), tmp_path)


def test_the_newest_fitting_file_is_taken(tmp_path: Path, folder: Path) -> None:
    put(folder / "out" / "stock_1.csv", b"new", age=100)
    put(folder / "out" / "stock_2.csv", b"old", age=500)
    put(folder / "out" / ".stock_3.csv.part", b"growing", age=1)
    with sftp_server(folder) as server:
        fetched = get(feed(server, "/out", file_pattern="*stock_*"), tmp_path)
    assert (fetched.path.read_bytes(), fetched.source_shown) == (b"new", server.url + "/out/stock_1.csv")


class Short(asyncssh.SFTPServer):
    """Ends each file early."""

    def read(self, _file: object, offset: int, _size: int) -> bytes:
        return b"x" * 10 if offset == 0 else b""


class Breaking(asyncssh.SFTPServer):
    """Drops the connection in the middle of a file."""

    async def read(self, *_: object) -> bytes:
        self.channel.get_connection().abort()
        return b""


class Sleepy(asyncssh.SFTPServer):
    """Takes its time."""

    async def read(self, *_: object) -> bytes:
        await asyncio.sleep(2)
        return b""


def test_fewer_bytes_than_the_server_says_is_refused_with_numbers(tmp_path: Path, folder: Path) -> None:
    with sftp_server(folder, Short) as server, pytest.raises(Refused, match=r"expected 1,500,010 .* got 10"):
        get(feed(server), tmp_path)
    assert not (tmp_path / "raw").exists()


def test_a_broken_connection_may_heal(tmp_path: Path, folder: Path) -> None:
    with sftp_server(folder, Breaking) as server, pytest.raises(UnreachableError, match="no usable answer"):
        get(feed(server), tmp_path)


def test_a_silent_server_is_given_up(tmp_path: Path, folder: Path) -> None:
    with sftp_server(folder, Sleepy) as server, pytest.raises(UnreachableError, match="no answer in time"):
        get(feed(server), tmp_path, read_seconds=0.3)


def test_nobody_listening_may_heal(tmp_path: Path, folder: Path) -> None:
    with sftp_server(folder) as server:
        pass
    with pytest.raises(UnreachableError, match="no usable answer"):
        get(feed(server), tmp_path)


def test_a_file_above_the_limit_is_refused_before_it_is_taken(tmp_path: Path, folder: Path) -> None:
    with sftp_server(folder) as server, pytest.raises(Refused, match="at most 1,000 bytes"):
        get(feed(server), tmp_path, max_bytes=1000)
