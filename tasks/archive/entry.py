"""What stands in the archive: an entry is a folder of files that exists as soon as its manifest does."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import zstandard

MANIFEST = "manifest.json"
PACKED = ".zst"
MADE_AT = re.compile(r"-(\d{8}T\d{6})-")


class Entry(NamedTuple):
    """An entry, or what is left of one: `made_at` by its name, else by its files; `is_whole`: it has its manifest.

    `sizes` of its files in bytes, where the listing told them.
    """

    integration_id: int
    name: str
    place: Path
    made_at: datetime
    is_whole: bool
    sizes: Mapping[str, int] | None = None


def made_at(name: str) -> datetime | None:
    """When an entry was made, as its name says."""
    said = MADE_AT.search(name)
    return datetime.strptime(said[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if said else None


def made_of(name: str, times: Iterable[float], *, is_whole: bool) -> datetime:
    """When an entry was made; what has no manifest is as old as its newest file, because it may be in the making."""
    said = made_at(name)
    return said if said and is_whole else datetime.fromtimestamp(max(times), UTC)


def lay(folder: Path, files: Mapping[str, Path], manifest: Mapping[str, Any]) -> None:
    """Copy the files of a new entry into a folder; one named `*.zst` is compressed on the way. The manifest is last."""
    for file, source in files.items():
        if file.endswith(PACKED):
            with source.open("rb") as plain, (folder / file).open("wb") as packed:
                zstandard.ZstdCompressor(level=3).copy_stream(plain, packed)
        else:
            shutil.copyfile(source, folder / file)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2, default=str), encoding="utf-8")
