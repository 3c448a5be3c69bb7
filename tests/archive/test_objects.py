"""What only object storage knows: addresses, cut lines, half-written entries, several machines."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tasks import archive
from tasks.archive.remote import Remote
from tasks.errors import NotArchivedError, UnreachableError, WrongSettingsError
from tests.archive.bucket import SECRET, Bucket, Way

NAME = "c7-20261120T101500-1a2b3c4d"
FILE = "changes.parquet"

pytestmark = pytest.mark.slow


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(os.urandom(400_000))
    return path


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Go on as on another machine: with a home of its own."""

    def be(name: str) -> Path:
        monkeypatch.setenv("REXBIT_HOME", str(tmp_path / name))
        return tmp_path / name

    return be


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys that are downloaded from now on."""
    keys: list[str] = []
    get = Remote.get

    def noting(remote: Remote, key: str, *more: Any) -> None:
        keys.append(key.rpartition("/")[2])
        get(remote, key, *more)

    monkeypatch.setattr(Remote, "get", noting)
    return keys


def keep(source: Path, name: str = NAME) -> Path:
    return archive.keep("changes", 7, name, {FILE: source, "raw.zst": source}, {"id": name})


def find(name: str = NAME) -> Path:
    return archive.find("changes", 7, name)


def test_a_bucket_that_is_not_there_is_no_empty_archive(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REXBIT_ARCHIVE", "s3://no-such-bucket/rexbit")
    for call in (find, lambda: list(archive.entries("feeds")), lambda: archive.put_note("untold", 7, "c1", b"")):
        with pytest.raises(WrongSettingsError, match="expected the bucket `no-such-bucket` to exist") as told:
            call()
        assert not isinstance(told.value, NotArchivedError)


@pytest.mark.parametrize("sent", [0, 3_000, 200_000, 401_000])
def test_a_line_cut_while_uploading_leaves_no_entry(way: Way, source: Path, sent: int) -> None:
    list(archive.entries("changes"))
    way.cut_after(sent)
    with pytest.raises(UnreachableError, match=r"^s3://b\w+/rexbit: no usable answer .*, in 3 tries") as told:
        keep(source)
    assert SECRET not in str(told.value)
    way.mend()
    with pytest.raises(NotArchivedError):
        find()
    assert [entry for entry in archive.entries("changes") if entry.is_whole] == []
    assert (keep(source) / FILE).read_bytes() == source.read_bytes()


def test_a_line_that_is_cut_once_is_not_noticed(way: Way, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    way.cut_after(200_000)
    monkeypatch.setattr("time.sleep", lambda _: way.mend())
    assert (keep(source) / FILE).read_bytes() == source.read_bytes()


@pytest.mark.parametrize("call", [find, lambda: archive.noted("untold"), lambda: list(archive.entries("feeds"))])
def test_a_server_that_is_away_is_told(way: Way, call: Callable[[], object]) -> None:
    way.cut_after(0)
    with pytest.raises(UnreachableError, match="s3://b"):
        call()


def test_a_download_cut_short_is_no_copy(way: Way, source: Path, machine: Callable[[str], Path]) -> None:
    keep(source)
    machine("other")
    way.cut_after(200_000, "received")
    with pytest.raises(UnreachableError):
        find()
    way.mend()
    assert (find() / FILE).read_bytes() == source.read_bytes()


def died_before_the_manifest(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put = Remote.put

    def dying(remote: Remote, path: Path, key: str) -> None:
        if key.endswith(archive.MANIFEST):
            raise KeyboardInterrupt
        put(remote, path, key)

    with monkeypatch.context() as patched:
        patched.setattr(Remote, "put", dying)
        with pytest.raises(KeyboardInterrupt):
            keep(source)


def test_half_an_entry_is_none_and_has_an_age(bucket: Bucket, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    died_before_the_manifest(source, monkeypatch)
    with pytest.raises(NotArchivedError):
        find()
    (left,) = archive.entries("changes")
    assert (left.name, left.is_whole) == (NAME, False)
    assert abs((datetime.now(UTC) - left.made_at).total_seconds()) < 600  # by its files, not by its name
    archive.remove(left)
    assert bucket.names() == []


def test_half_an_entry_is_made_whole_by_the_next_try(
    bucket: Bucket, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    died_before_the_manifest(source, monkeypatch)
    assert keep(source) == find()


def test_a_removal_that_died_leaves_no_entry(bucket: Bucket, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(source)
    (entry,) = archive.entries("changes")
    with monkeypatch.context() as patched:
        patched.setattr(Remote, "delete_all", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            archive.remove(entry)
    assert [one.is_whole for one in archive.entries("changes")] == [False]
    with pytest.raises(NotArchivedError):
        find()


def test_another_machine_fetches_once_and_what_is_new(
    bucket: Bucket, source: Path, machine: Callable[[str], Path], fetched: list[str]
) -> None:
    place = keep(source)
    archive.add(place, "outcomes.parquet", source)
    assert fetched == []  # what we uploaded we have
    machine("other")
    copy = find()
    find()
    assert copy != place
    assert sorted(fetched) == [FILE, archive.MANIFEST, "outcomes.parquet"]
    source.write_bytes(b"other outcomes")
    archive.add(copy, "outcomes.parquet", source)
    archive.add(copy, "touched.csv", source)
    fetched.clear()
    machine("home")
    assert (find() / "outcomes.parquet").read_bytes() == b"other outcomes"
    assert sorted(fetched) == ["outcomes.parquet", "touched.csv"]


def test_only_what_is_named_is_fetched(
    bucket: Bucket, source: Path, machine: Callable[[str], Path], fetched: list[str]
) -> None:
    keep(source)
    machine("other")
    archive.find("changes", 7, NAME, FILE, "outcomes.parquet")
    assert sorted(fetched) == [FILE, archive.MANIFEST]


def test_what_another_machine_removed_is_gone_here_too(
    bucket: Bucket, source: Path, machine: Callable[[str], Path]
) -> None:
    keep(source)
    machine("other")
    for entry in archive.entries("changes"):
        archive.remove(entry)
    machine("home")
    with pytest.raises(NotArchivedError):
        find()


def test_many_at_once_keep_and_find_the_same(bucket: Bucket, source: Path, machine: Callable[[str], Path]) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(keep, [source] * 4))) == 1
        machine("other")
        (place,) = set(pool.map(find, [NAME] * 4))
    assert (place / FILE).read_bytes() == source.read_bytes()
    assert sorted(path.name for path in place.iterdir()) == [FILE, archive.MANIFEST]
