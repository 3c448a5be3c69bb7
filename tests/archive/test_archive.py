"""Entries and notes: the same in a folder and in object storage."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard

from tasks import archive
from tasks.errors import NotArchivedError

NAME = "c7-20261120T101500-1a2b3c4d"


@pytest.fixture(params=["folder", "objects"], autouse=True)
def place(request: pytest.FixtureRequest) -> None:
    """Our archive, of either kind."""
    request.getfixturevalue("rexbit_home" if request.param == "folder" else "bucket")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(b"content")
    return path


def keep(source: Path, name: str = NAME) -> Path:
    return archive.keep("changes", 7, name, {"changes.parquet": source, "raw.zst": source}, {"id": name})


def test_what_was_kept_is_found(source: Path) -> None:
    assert keep(source) == (found := archive.find("changes", 7, NAME))
    assert (found / "changes.parquet").read_bytes() == b"content"
    assert json.loads((found / archive.MANIFEST).read_text()) == {"id": NAME}


def test_a_compressed_file_is_there_when_it_is_asked_for(source: Path) -> None:
    keep(source)
    packed = archive.find("changes", 7, NAME, "raw.zst") / "raw.zst"
    assert zstandard.ZstdDecompressor().decompress(packed.read_bytes(), 100) == b"content"


@pytest.mark.parametrize("name", ["c7-none", "", "../7/" + NAME])
def test_what_is_not_there_is_told(source: Path, name: str) -> None:
    keep(source)
    with pytest.raises(NotArchivedError, match=r"Expected `.*` among the changes of integration 7 in the archive"):
        archive.find("changes", 7, name)


def test_an_entry_that_exists_is_left_as_it_is(source: Path) -> None:
    keep(source)
    source.write_bytes(b"something else")
    assert (keep(source) / "changes.parquet").read_bytes() == b"content"
    assert (archive.find("changes", 7, NAME) / "changes.parquet").read_bytes() == b"content"


def test_a_later_file_is_added_and_replaced(source: Path) -> None:
    place = keep(source)
    archive.add(place, "outcomes.parquet", source)
    source.write_bytes(b"CONTENT")  # as long as before, and in the same second
    assert archive.add(place, "outcomes.parquet", source).read_bytes() == b"CONTENT"
    assert (archive.find("changes", 7, NAME) / "outcomes.parquet").read_bytes() == b"CONTENT"


def test_entries_are_listed_with_their_age_and_size(source: Path) -> None:
    keep(source)
    archive.keep("changes", 8, "c8-x", {"changes.parquet": source}, {})
    dated, other = sorted(archive.entries("changes"))
    assert (dated.integration_id, dated.name, dated.is_whole) == (7, NAME, True)
    assert dated.made_at == datetime(2026, 11, 20, 10, 15, tzinfo=UTC)
    assert (other.integration_id, other.name) == (8, "c8-x")
    assert abs((datetime.now(UTC) - other.made_at).total_seconds()) < 3600
    assert (archive.size_of(other), archive.size_of(dated, "changes.parquet")) == (9, 7)
    assert list(archive.entries("feeds")) == []


def test_what_is_removed_is_gone(source: Path) -> None:
    place = keep(source)
    (entry,) = archive.entries("changes")
    size = archive.size_of(entry)
    assert archive.remove(entry) == size > 7
    assert (list(archive.entries("changes")), place.exists()) == ([], False)
    with pytest.raises(NotArchivedError):
        archive.find("changes", 7, NAME)


def test_one_file_goes_and_the_others_stay(source: Path) -> None:
    keep(source)
    (entry,) = archive.entries("changes")
    archive.drop(entry, "raw.zst")
    (left,) = archive.entries("changes")
    assert (archive.size_of(left, "raw.zst"), left.is_whole) == (0, True)
    assert not (archive.find("changes", 7, NAME, "raw.zst") / "raw.zst").exists()


def test_notes_come_and_go() -> None:
    archive.put_note("untold", 7, "c1", b"1")
    archive.put_note("untold", 7, "c1", b"2")
    archive.put_note("untold", 8, "c2", b"3")
    assert (archive.notes("untold", 7), archive.noted("untold")) == ({"c1": b"2"}, {(7, "c1"), (8, "c2")})
    for _ in range(2):
        archive.end_note("untold", 7, "c1")
    assert (archive.notes("untold", 7), archive.noted("untold")) == ({}, {(8, "c2")})
