"""This machine's copies are bounded, and none goes that a run may be reading."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tasks import archive
from tasks.archive import cache
from tasks.archive.address import address_of
from tasks.errors import WrongSettingsError
from tests.archive.bucket import Bucket

HOUR, DAY = 3600, 86_400

pytestmark = pytest.mark.slow


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(bytes(400_000))
    return path


def keep(source: Path, name: str, idle: float) -> Path:
    """An entry whose copy was used last so many seconds ago."""
    place = archive.keep("feeds", 6, name, {"offers.parquet": source}, {})
    at = time.time() - idle
    os.utime(place, (at, at))
    return place


def prune(home: Path) -> None:
    """As the next copy would, more than ten minutes from now."""
    (home / "cache" / "archive" / "looked").unlink()
    cache.Cache(address_of(os.environ["REXBIT_ARCHIVE"])).prune()


def test_the_longest_unused_go_until_all_fit(
    bucket: Bucket, rexbit_home: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [keep(source, f"f{hours}", hours * HOUR) for hours in (9, 5, 7)]
    monkeypatch.setenv("REXBIT_ARCHIVE_CACHE_MB", "1")
    prune(rexbit_home)
    assert [place.exists() for place in places] == [False, True, True]
    assert (archive.find("feeds", 6, "f9") / "offers.parquet").read_bytes() == source.read_bytes()  # not the only copy


def test_what_was_used_lately_stays_even_if_it_does_not_fit(
    bucket: Bucket, rexbit_home: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used, idle = keep(source, "f1", 5 * HOUR), keep(source, "f2", 5 * HOUR)
    archive.find("feeds", 6, "f1")
    monkeypatch.setenv("REXBIT_ARCHIVE_CACHE_MB", "0")
    prune(rexbit_home)
    assert (used.exists(), idle.exists()) == (True, False)


def test_what_nobody_used_for_a_month_goes(bucket: Bucket, rexbit_home: Path, source: Path) -> None:
    places = [keep(source, f"f{days}", days * DAY) for days in (29, 31)]
    prune(rexbit_home)
    assert [place.exists() for place in places] == [True, False]


def test_what_a_killed_process_was_writing_goes(bucket: Bucket, rexbit_home: Path, source: Path) -> None:
    keep(source, "f1", 0)
    part = rexbit_home / "cache" / "archive" / cache.PARTS / "left"
    part.mkdir()
    os.utime(part, (0, 0))
    prune(rexbit_home)
    assert not part.exists()


def test_copies_are_looked_at_by_the_way(
    bucket: Bucket, rexbit_home: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = keep(source, "f1", 31 * DAY)
    keep(source, "f2", 0)
    assert old.exists()  # not each time
    monkeypatch.setattr(cache, "LOOK_EVERY", -1)
    keep(source, "f3", 0)
    assert not old.exists()


def test_a_bound_that_is_no_number_is_told(bucket: Bucket, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REXBIT_ARCHIVE_CACHE_MB", "5 GB")
    with pytest.raises(WrongSettingsError, match="REXBIT_ARCHIVE_CACHE_MB: expected a whole number of megabytes"):
        keep(source, "f1", 0)
    assert bucket.names() == []
