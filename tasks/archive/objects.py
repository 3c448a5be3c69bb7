"""The archive in object storage, shared by workers on several machines: `s3://bucket/prefix/kind/integration/name/`.

Files are uploaded one by one, the manifest last: only then the entry exists. What is read is copied to this machine
first. What an entry has is asked anew each time, because files are added to it and housekeeping removes it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tasks.archive.address import Address
from tasks.archive.cache import Cache
from tasks.archive.entry import MANIFEST, PACKED, Entry, lay, made_of
from tasks.archive.remote import Remote, Stored
from tasks.errors import UnreachableError


class Objects:
    """Entries and notes as objects; paths are those of copies in this machine's cache."""

    def __init__(self, address: Address) -> None:
        self._remote = Remote(address)
        self._cache = Cache(address)
        self.shown = address.shown

    def keep(
        self, kind: str, integration_id: int, name: str, files: Mapping[str, Path], manifest: Mapping[str, Any]
    ) -> Path:
        key = f"{kind}/{integration_id}/{name}"
        stored = self._remote.files(key)
        with self._cache.parts() as folder:
            if MANIFEST not in stored:
                lay(folder, files, manifest)
                for file in (*files, MANIFEST):
                    self._remote.put(folder / file, f"{key}/{file}")
                stored = self._remote.files(key)
            kept = (*(file for file in files if not file.endswith(PACKED)), MANIFEST)
            self._require(key, stored, kept)
            return self._copied(key, stored, kept, folder)

    def find(self, kind: str, integration_id: int, name: str, only: tuple[str, ...]) -> Path | None:
        key = f"{kind}/{integration_id}/{name}"
        stored = self._remote.files(key)
        if MANIFEST not in stored:
            return None
        wanted = only or tuple(file for file in stored if not file.endswith(PACKED))
        try:
            with self._cache.parts() as folder:
                return self._copied(key, stored, (*wanted, MANIFEST), folder)
        except FileNotFoundError:  # removed since
            return None

    def add(self, place: Path, file: str, source: Path) -> Path:
        key = self._cache.key(place)
        self._remote.put(source, f"{key}/{file}")
        with self._cache.parts() as folder:
            shutil.copyfile(source, folder / file)
            stored = self._remote.files(key)
            self._require(key, stored, (file,))
            return self._copied(key, stored, (file,), folder) / file

    def entries(self, kind: str) -> Iterator[Entry]:
        for integration in self._remote.folders(kind):
            if integration.isdecimal():
                yield from self._entries(kind, integration)

    def _entries(self, kind: str, integration: str) -> Iterator[Entry]:
        found: dict[str, dict[str, Stored]] = {}
        for path, stored in self._remote.files(f"{kind}/{integration}").items():
            name, _, file = path.partition("/")
            if file:
                found.setdefault(name, {})[file] = stored
        for name, files in found.items():
            at = made_of(name, (one.changed_at for one in files.values()), is_whole=MANIFEST in files)
            place = self._cache.place(f"{kind}/{integration}/{name}")
            sizes = {file: stored.size for file, stored in files.items()}
            yield Entry(int(integration), name, place, at, MANIFEST in files, sizes)

    def remove(self, entry: Entry) -> None:
        key, files = self._cache.key(entry.place), entry.sizes or {}
        if MANIFEST in files:
            self._remote.delete(f"{key}/{MANIFEST}")  # it ends to exist at once, whatever dies then
        self._remote.delete_all(f"{key}/{file}" for file in files if file != MANIFEST)
        self._cache.forget(entry.place)

    def drop(self, entry: Entry, file: str) -> None:
        self._remote.delete(f"{self._cache.key(entry.place)}/{file}")
        (entry.place / file).unlink(missing_ok=True)

    def sizes(self, entry: Entry, only: tuple[str, ...]) -> Iterator[int]:
        yield from (size for file, size in (entry.sizes or {}).items() if not only or file in only)

    def put_note(self, kind: str, integration_id: int, name: str, content: bytes) -> None:
        self._remote.write(content, f"{kind}/{integration_id}/{name}.json")

    def notes(self, kind: str, integration_id: int) -> dict[str, bytes]:
        folder = f"{kind}/{integration_id}"
        found: dict[str, bytes] = {}
        for file in self._remote.files(folder):
            try:
                found[Path(file).stem] = self._remote.read(f"{folder}/{file}")
            except FileNotFoundError:  # ended since
                continue
        return found

    def noted(self, kind: str) -> set[tuple[int, str]]:
        paths = (Path(file) for file in self._remote.files(kind))
        return {(int(path.parent.name), path.stem) for path in paths}

    def end_note(self, kind: str, integration_id: int, name: str) -> None:
        self._remote.delete(f"{kind}/{integration_id}/{name}.json")

    def _require(self, key: str, stored: Mapping[str, Stored], files: tuple[str, ...]) -> None:
        if lacking := [file for file in files if file not in stored]:
            raise UnreachableError(
                f"{self.shown}: expected to find {key}/{lacking[0]}, which was just stored, found none. The archive"
                " needs a storage that shows at once what it holds, and nobody else may remove anything there"
            )

    def _copied(self, key: str, stored: Mapping[str, Stored], files: tuple[str, ...], folder: Path) -> Path:
        """Copy what is stored of these files and not here yet, out of `folder` where it was uploaded from there."""
        place = self._cache.place(key)
        self._cache.use(place)
        wanted = [file for file in dict.fromkeys(files) if file in stored]
        missing = [file for file in wanted if not self._cache.holds(place, file, stored[file])]
        for file in missing:
            part = folder / file
            # another run may have uploaded the same entry at the same time
            if not part.exists() or part.stat().st_size != stored[file].size:
                self._remote.get(f"{key}/{file}", part, stored[file])
            self._cache.take(part, place, file, stored[file])
        if missing:
            self._cache.prune()
        return place
