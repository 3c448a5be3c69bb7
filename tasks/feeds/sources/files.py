"""A feed in a folder of this machine (or one that is mounted here)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from tasks.errors import WrongSettingsError
from tasks.feeds.sources.sink import Sink
from tasks.feeds.sources.taking import Entry, take

BLOCK = 1 << 20


def into(sink: Sink, source: str, pattern: str | None) -> None:
    """Write the file at a path, or the newest fitting one of that folder, into the sink. Errors as in `take`."""
    path = Path(source.removeprefix("file://")).expanduser().absolute()
    try:
        take(Folder(), sink, str(path), pattern)
    except PermissionError as error:
        raise WrongSettingsError(
            f"source: {error.filename or path} exists, but this program may not read it. Give it the right"
        ) from None
    except FileNotFoundError as error:
        raise WrongSettingsError(f"source: {error.filename or path} went away while it was read") from None


class Folder:
    """The files of this machine."""

    def look(self, path: str) -> Entry:
        here = Path(path)
        if here.is_dir():
            raise WrongSettingsError(
                f"source: expected a file, got the folder {path}. Name the file in it, or set the feed's file name"
                " pattern (the newest file that fits is taken)"
            )
        if not here.is_file():
            raise WrongSettingsError(f"source: expected a file, but {path} does not exist. Correct the feed's source")
        state = here.stat()
        return Entry(path, state.st_size, state.st_mtime_ns / 1e9)

    def entries(self, folder: str) -> Iterator[Entry]:
        if not Path(folder).is_dir():
            raise WrongSettingsError(
                f"source: expected a folder (the feed has a file name pattern), but {folder} is none."
                " Correct the feed's source, or empty the pattern"
            )
        with os.scandir(folder) as found:
            for entry in found:
                if entry.is_file():
                    state = entry.stat()
                    yield Entry(entry.path, state.st_size, state.st_mtime_ns / 1e9)

    def read(self, path: str) -> Iterator[bytes]:
        with Path(path).open("rb") as file:
            while block := file.read(BLOCK):
                yield block
