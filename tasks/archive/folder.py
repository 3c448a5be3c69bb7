"""The archive in a folder: an entry is written under a temporary name, the manifest last, and then renamed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tasks.archive.entry import MANIFEST, Entry, lay, made_of


class Folder:
    """Entries as folders `kind/integration/name` below `root`, notes as files `kind/integration/name.json`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.shown = str(root)

    def keep(
        self, kind: str, integration_id: int, name: str, files: Mapping[str, Path], manifest: Mapping[str, Any]
    ) -> Path:
        place = self._place(kind, integration_id, name)
        if (place / MANIFEST).exists():
            return place
        part = place.with_name(f".{name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        lay(part, files, manifest)
        for written in part.iterdir():
            _onto_disk(written)
        shutil.rmtree(place, ignore_errors=True)
        part.rename(place)
        return place

    def find(self, kind: str, integration_id: int, name: str, only: tuple[str, ...]) -> Path | None:  # noqa: ARG002
        place = self._place(kind, integration_id, name)
        return place if (place / MANIFEST).exists() else None

    def add(self, place: Path, file: str, source: Path) -> Path:
        part = place / f".{file}.part"
        shutil.copyfile(source, part)
        return part.rename(place / file)

    def entries(self, kind: str) -> Iterator[Entry]:
        for folder in _folders(self.root / kind):
            if folder.name.isdecimal():
                for place in _folders(folder):
                    whole = _is_whole(place)
                    at = made_of(place.name, _times(place), is_whole=whole)
                    yield Entry(int(folder.name), place.name, place, at, whole)

    def remove(self, entry: Entry) -> None:
        place = entry.place
        if _is_whole(place):  # it ends to exist at once, whatever dies then
            place = place.rename(place.with_name(f".{place.name}.part"))
        shutil.rmtree(place)

    def drop(self, entry: Entry, file: str) -> None:
        (entry.place / file).unlink()

    def sizes(self, entry: Entry, only: tuple[str, ...]) -> Iterator[int]:
        paths = (entry.place / file for file in only) if only else entry.place.rglob("*")
        yield from (path.stat().st_size for path in paths if path.is_file())

    def put_note(self, kind: str, integration_id: int, name: str, content: bytes) -> None:
        path = self.root / kind / str(integration_id) / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)

    def notes(self, kind: str, integration_id: int) -> dict[str, bytes]:
        return {path.stem: path.read_bytes() for path in (self.root / kind / str(integration_id)).glob("*.json")}

    def noted(self, kind: str) -> set[tuple[int, str]]:
        return {(int(path.parent.name), path.stem) for path in (self.root / kind).glob("*/*.json")}

    def end_note(self, kind: str, integration_id: int, name: str) -> None:
        (self.root / kind / str(integration_id) / f"{name}.json").unlink(missing_ok=True)

    def _place(self, kind: str, integration_id: int, name: str) -> Path:
        return self.root / kind / str(integration_id) / name


def _folders(parent: Path) -> list[Path]:
    return sorted(path for path in parent.iterdir() if path.is_dir()) if parent.is_dir() else []


def _is_whole(place: Path) -> bool:
    return not place.name.startswith(".") and (place / MANIFEST).exists()


def _times(place: Path) -> Iterator[float]:
    yield from (path.stat().st_mtime for path in (place, *place.iterdir()))


def _onto_disk(file: Path) -> None:
    """Wait until a file would survive a power cut: a change set must, before the first of it is written to a shop."""
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
