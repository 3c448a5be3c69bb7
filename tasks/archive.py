"""Snapshots and change sets on disk: written under a temporary name, the manifest last.

Without its `manifest.json` an entry does not exist. Entries are never altered; housekeeping takes
the old ones away, and before that a snapshot's raw file.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import zstandard

from tasks.errors import WrongSettingsError
from tasks.home import home

MANIFEST = "manifest.json"
MADE_AT = re.compile(r"-(\d{8}T\d{6})-")


class Entry(NamedTuple):
    """An entry, or what is left of one: `made_at` by its name, else by its files; `is_whole`: it has its manifest."""

    integration_id: int
    name: str
    place: Path
    made_at: datetime
    is_whole: bool


def archive_root() -> Path:
    """`REXBIT_ARCHIVE`, a folder; else `archive` below our home."""
    named = os.environ.get("REXBIT_ARCHIVE")
    if named and "://" in named:
        raise WrongSettingsError(
            f"REXBIT_ARCHIVE: expected a folder, got the address `{named.partition('://')[0]}://…`"
        )
    return Path(named).expanduser().absolute() if named else home() / "archive"


def keep(kind: str, integration_id: int, name: str, files: Mapping[str, Path], manifest: Mapping[str, Any]) -> Path:
    """Copy files into a new entry and return its folder; an entry that exists already is left as it is.

    A file named `*.zst` is compressed on the way. `manifest` is stored as JSON beside them.
    """
    place = archive_root() / kind / str(integration_id) / name
    if (place / MANIFEST).exists():
        return place
    part = place.with_name(f".{name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for file, source in files.items():
        if file.endswith(".zst"):
            with source.open("rb") as plain, (part / file).open("wb") as packed:
                zstandard.ZstdCompressor(level=3).copy_stream(plain, packed)
        else:
            shutil.copyfile(source, part / file)
    (part / MANIFEST).write_text(json.dumps(manifest, indent=2, default=str), encoding="utf-8")
    for written in part.iterdir():
        _onto_disk(written)
    shutil.rmtree(place, ignore_errors=True)
    part.rename(place)
    return place


def find(kind: str, integration_id: int, name: str) -> Path:
    """The folder of an entry; raises WrongSettingsError where there is none."""
    place = archive_root() / kind / str(integration_id) / name
    if "/" in name or not (place / MANIFEST).exists():
        raise WrongSettingsError(
            f"Expected `{name}` among the {kind} of integration {integration_id} in the archive {archive_root()}, but"
            " there is none. Is REXBIT_ARCHIVE (or REXBIT_HOME) the same as for the run that made it?"
        )
    return place


def add(place: Path, file: str, source: Path) -> Path:
    """Put a later file (the outcomes of a change set) beside an entry's first ones."""
    part = place / f".{file}.part"
    shutil.copyfile(source, part)
    return part.rename(place / file)


def entries(kind: str) -> Iterator[Entry]:
    """All entries of a kind, also what a crash left of one that was being written or removed."""
    for folder in _folders(archive_root() / kind):
        if folder.name.isdecimal():
            for place in _folders(folder):
                yield Entry(int(folder.name), place.name, place, _made_at(place), _is_whole(place))


def remove(place: Path) -> int:
    """Remove an entry, or what is left of one; returns the bytes. It ends to exist at once, whatever dies then."""
    size = size_of(place)
    if _is_whole(place):
        place = place.rename(place.with_name(f".{place.name}.part"))
    shutil.rmtree(place)
    return size


def size_of(place: Path) -> int:
    """The bytes of an entry's files."""
    return sum(file.stat().st_size for file in place.rglob("*") if file.is_file())


def made_at(name: str) -> datetime | None:
    """When an entry was made, as its name says."""
    said = MADE_AT.search(name)
    return datetime.strptime(said[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if said else None


def _folders(parent: Path) -> list[Path]:
    return sorted(path for path in parent.iterdir() if path.is_dir()) if parent.is_dir() else []


def _is_whole(place: Path) -> bool:
    return not place.name.startswith(".") and (place / MANIFEST).exists()


def _made_at(place: Path) -> datetime:
    """When an entry was made; what has no manifest is as old as its newest file, because it may be in the making."""
    said = made_at(place.name)
    if said and _is_whole(place):
        return said
    times = [path.stat().st_mtime for path in (place, *place.iterdir())]
    return datetime.fromtimestamp(max(times), UTC)


def _onto_disk(file: Path) -> None:
    """Wait until a file would survive a power cut: a change set must, before the first of it is written to a shop."""
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
