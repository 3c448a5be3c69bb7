"""Snapshots and change sets, in a folder or in object storage: the manifest is written last.

Without its `manifest.json` an entry does not exist. Entries are never altered; later files are added to them, and
housekeeping takes the old ones away, and before that a snapshot's raw file. Notes are small texts beside them that
come and go.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from tasks.archive.address import address_of
from tasks.archive.entry import MANIFEST, Entry, made_at
from tasks.archive.folder import Folder
from tasks.archive.objects import Objects
from tasks.errors import NotArchivedError, WrongSettingsError
from tasks.home import home

__all__ = [
    "MANIFEST",
    "Entry",
    "add",
    "archive_root",
    "drop",
    "end_note",
    "entries",
    "find",
    "keep",
    "made_at",
    "noted",
    "notes",
    "put_note",
    "remove",
    "shown",
    "size_of",
]


class Store(Protocol):
    """Where entries and notes stand; what each of these does is said at the functions below."""

    @property
    def shown(self) -> str: ...
    def keep(
        self, kind: str, integration_id: int, name: str, files: Mapping[str, Path], manifest: Mapping[str, Any]
    ) -> Path: ...
    def find(self, kind: str, integration_id: int, name: str, only: tuple[str, ...]) -> Path | None: ...
    def add(self, place: Path, file: str, source: Path) -> Path: ...
    def entries(self, kind: str) -> Iterator[Entry]: ...
    def remove(self, entry: Entry) -> None: ...
    def drop(self, entry: Entry, file: str) -> None: ...
    def sizes(self, entry: Entry, only: tuple[str, ...]) -> Iterator[int]: ...
    def put_note(self, kind: str, integration_id: int, name: str, content: bytes) -> None: ...
    def notes(self, kind: str, integration_id: int) -> dict[str, bytes]: ...
    def noted(self, kind: str) -> set[tuple[int, str]]: ...
    def end_note(self, kind: str, integration_id: int, name: str) -> None: ...


def _store() -> Store:
    """`REXBIT_ARCHIVE`, a folder or the address of a bucket; else the folder `archive` below our home."""
    named = os.environ.get("REXBIT_ARCHIVE")
    if named and "://" in named:
        return Objects(address_of(named))
    return Folder(Path(named).expanduser().absolute() if named else home() / "archive")


def shown() -> str:
    """Where the archive is, for a person; raises WrongSettingsError for an address that can't be one."""
    named = os.environ.get("REXBIT_ARCHIVE") or "in our home"
    return address_of(named).shown if "://" in named else named


def archive_root() -> Path:
    """The folder of an archive that is one; raises WrongSettingsError for one in object storage."""
    store = _store()
    if not isinstance(store, Folder):
        raise WrongSettingsError(f"REXBIT_ARCHIVE: expected a folder, got the address {store.shown}")
    return store.root


def keep(kind: str, integration_id: int, name: str, files: Mapping[str, Path], manifest: Mapping[str, Any]) -> Path:
    """Copy files into a new entry and return its folder; an entry that exists already is left as it is.

    A file named `*.zst` is compressed on the way. `manifest` is stored as JSON beside them. When this returns, the
    entry would survive the end of this machine's power, and in object storage the end of this machine.
    """
    return _store().keep(kind, integration_id, name, files, manifest)


def find(kind: str, integration_id: int, name: str, *only: str) -> Path:
    """The folder of an entry; raises NotArchivedError where there is none.

    From object storage its files are copied here: `only` those that are named, else all but compressed ones.
    """
    store = _store()
    place = None if "/" in name else store.find(kind, integration_id, name, only)
    if place is None:
        raise NotArchivedError(
            f"Expected `{name}` among the {kind} of integration {integration_id} in the archive {store.shown}, but"
            " there is none. Is REXBIT_ARCHIVE (or REXBIT_HOME) the same as for the run that made it?"
        )
    return place


def add(place: Path, file: str, source: Path) -> Path:
    """Put a later file (the outcomes of a change set) beside an entry's first ones, or in place of an older one."""
    return _store().add(place, file, source)


def entries(kind: str) -> Iterator[Entry]:
    """All entries of a kind, also what a crash left of one that was being written or removed."""
    return _store().entries(kind)


def remove(entry: Entry) -> int:
    """Remove an entry, or what is left of one; returns the bytes. It ends to exist at once, whatever dies then."""
    size = size_of(entry)
    _store().remove(entry)
    return size


def drop(entry: Entry, file: str) -> None:
    """Remove one file of an entry."""
    _store().drop(entry, file)


def size_of(entry: Entry, *files: str) -> int:
    """The bytes of an entry's files, or of those that are named; 0 where it has none of them."""
    return sum(_store().sizes(entry, files))


def put_note(kind: str, integration_id: int, name: str, content: bytes) -> None:
    """Store a small text, in place of an older one of that name; it is as durable as an entry."""
    _store().put_note(kind, integration_id, name, content)


def notes(kind: str, integration_id: int) -> dict[str, bytes]:
    """The notes of an integration by their names."""
    return _store().notes(kind, integration_id)


def noted(kind: str) -> set[tuple[int, str]]:
    """Which notes there are, of all integrations: integration and name."""
    return _store().noted(kind)


def end_note(kind: str, integration_id: int, name: str) -> None:
    """Remove a note, if it is there."""
    _store().end_note(kind, integration_id, name)
