"""Sources: folders of this machine and object storage (fsspec's own memory), and files that are still growing."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest

from blocks import SupplierFeed
from blocks.fetching import Fetching
from tasks.errors import Refused, UnreachableError, WrongSettingsError
from tasks.feeds.sources import storage
from tasks.feeds.sources.fetch import Limits, fetch
from tests.feeds.conftest import csv_feed


def put(path: Path, body: bytes, age: float = 60) -> None:
    path.write_bytes(body)
    os.utime(path, (time.time() - age, time.time() - age))


def feed(source: object, **asked: Any) -> SupplierFeed:
    return csv_feed(str(source), fetching=Fetching(**asked))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "in"
    place.mkdir()
    return place


def test_the_newest_fitting_file_is_taken(tmp_path: Path, folder: Path) -> None:
    put(folder / "stock_1.csv", b"new", age=100)
    put(folder / "stock_2.csv", b"old", age=200)
    put(folder / "prices.csv", b"other", age=10)
    fetched = fetch(feed(folder, file_pattern="STOCK_*"), tmp_path)
    assert (fetched.path.read_bytes(), fetched.source_shown) == (b"new", f"{folder}/stock_1.csv")


def test_of_equally_new_files_the_last_by_name_is_taken(tmp_path: Path, folder: Path) -> None:
    for name in ("stock_1.csv", "stock_3.csv", "stock_2.csv"):
        put(folder / name, name.encode())
        os.utime(folder / name, (1e9, 1e9))
    assert fetch(feed(folder, file_pattern="stock_*"), tmp_path).path.read_bytes() == b"stock_3.csv"


def test_hidden_files_are_not_looked_at(tmp_path: Path, folder: Path) -> None:
    put(folder / ".stock_2.csv", b"growing", age=50)
    put(folder / "stock_1.csv", b"whole")
    assert fetch(feed(folder, file_pattern="*stock_*"), tmp_path).path.read_bytes() == b"whole"


def test_no_fitting_file_is_said_with_what_is_there(tmp_path: Path, folder: Path) -> None:
    put(folder / "prices.csv", b"other")
    with pytest.raises(WrongSettingsError, match=r"named like `stock_\*`.*found only others, for example `prices.csv`"):
        fetch(feed(folder, file_pattern="stock_*"), tmp_path)


def test_an_empty_folder_is_said(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(WrongSettingsError, match="found no file at all"):
        fetch(feed(folder, file_pattern="*"), tmp_path)


def test_a_pattern_wants_a_folder(tmp_path: Path, folder: Path) -> None:
    put(folder / "stock_1.csv", b"x")
    with pytest.raises(WrongSettingsError, match="expected a folder"):
        fetch(feed(folder / "stock_1.csv", file_pattern="*"), tmp_path)


def test_a_file_that_grows_is_left_for_later(tmp_path: Path, folder: Path) -> None:
    path = folder / "feed.csv"
    path.write_bytes(b"sku;stock\nA;1\n")

    def grow() -> None:
        time.sleep(0.15)
        with path.open("ab") as file:
            file.write(b"B;2\n")

    growing = threading.Thread(target=grow)
    growing.start()
    with pytest.raises(UnreachableError, match=r"\(14 bytes, then 18\): it is still being written"):
        fetch(feed(path, settle_seconds=0.5), tmp_path)
    growing.join()


def test_a_fresh_file_at_rest_is_taken_after_a_moment(tmp_path: Path, folder: Path) -> None:
    (folder / "feed.csv").write_bytes(b"x")
    started = time.monotonic()
    assert fetch(feed(folder / "feed.csv", settle_seconds=0.3), tmp_path).bytes == 1
    assert 0.2 < time.monotonic() - started < 1


def test_an_old_file_is_taken_at_once(tmp_path: Path, folder: Path) -> None:
    put(folder / "feed.csv", b"x")
    started = time.monotonic()
    fetch(feed(folder / "feed.csv", settle_seconds=30), tmp_path)
    assert time.monotonic() - started < 1


@pytest.fixture
def bucket() -> Iterator[Any]:
    """A storage in memory with one old object."""
    system = fsspec.filesystem("memory")
    system.pipe("/shop/in/feed.csv", b"sku;stock\n")
    yield system
    system.rm("/shop", recursive=True)


def quick(source: str, tmp_path: Path, **asked: Any) -> Any:
    return fetch(feed(source, **asked), tmp_path, Limits(settle_seconds=0.05))


def test_an_object_arrives_whole(tmp_path: Path, bucket: Any) -> None:
    fetched = quick("memory://shop/in/feed.csv", tmp_path)
    assert (fetched.path.read_bytes(), fetched.source_shown) == (b"sku;stock\n", "memory://shop/in/feed.csv")


def test_a_missing_object_is_a_wrong_setting(tmp_path: Path, bucket: Any) -> None:
    with pytest.raises(WrongSettingsError, match="no such file"):
        quick("memory://shop/in/none.csv", tmp_path)


def test_a_folder_of_objects_is_no_file(tmp_path: Path, bucket: Any) -> None:
    with pytest.raises(WrongSettingsError, match="got a folder"):
        quick("memory://shop/in", tmp_path)


def test_the_newest_fitting_object_is_taken(tmp_path: Path, bucket: Any) -> None:
    bucket.pipe("/shop/in/stock_2.csv", b"old")
    time.sleep(0.01)
    bucket.pipe("/shop/in/stock_1.csv", b"new")
    assert quick("memory://shop/in", tmp_path, file_pattern="stock_*").path.read_bytes() == b"new"


def test_an_object_above_the_limit_is_refused(tmp_path: Path, bucket: Any) -> None:
    with pytest.raises(Refused, match="at most 5 bytes, the source announces 10"):
        fetch(feed("memory://shop/in/feed.csv"), tmp_path, Limits(max_bytes=5))


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object, **__: object) -> None:
        raise ImportError

    monkeypatch.setattr(fsspec, "filesystem", none)
    with pytest.raises(WrongSettingsError, match=r"pip install s3fs"):
        quick("s3://bucket/feed.csv", tmp_path)


def test_a_storage_error_shows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing:
        def info(self, *_: str) -> None:
            raise ConnectionError("failed with secret-key-1")

    monkeypatch.setattr(fsspec, "filesystem", lambda *_, **__: Failing())
    block = csv_feed("s3://bucket/feed.csv", username="id", password="secret-key-1")
    with pytest.raises(UnreachableError, match=r"ConnectionError: failed with \*\*\*"):
        fetch(block, tmp_path)


def test_what_an_s3_service_is_given() -> None:
    block = csv_feed("s3://b/f", username="id", password="key", fetching=Fetching(endpoint="https://s3.test"))
    options = storage._options("s3", block, Limits())
    assert (options["key"], options["secret"], options["endpoint_url"]) == ("id", "key", "https://s3.test")


@pytest.mark.parametrize("source", ["gopher://x.test/feed", "simplecache::s3://b/f", "github://a:b@c/x"])
def test_other_kinds_of_sources_are_refused(tmp_path: Path, source: str) -> None:
    with pytest.raises(WrongSettingsError, match="source: expected"):
        fetch(source, tmp_path)
