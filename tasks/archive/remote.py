"""The objects of a bucket below a prefix, through fsspec and the storage's own package."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import fsspec
import fsspec.config

from tasks.archive.address import Address
from tasks.archive.reaching import reach
from tasks.errors import WrongSettingsError

MODIFIED = ("LastModified", "mtime", "updated", "last_modified", "created")
TAG = ("ETag", "etag", "md5Hash", "generation")
SECOND = 1_000_000


class Stored(NamedTuple):
    """An object's size, and its version: the second of its last change, and in microseconds what marks it off.

    The time alone is told in seconds, and two versions may share one.
    """

    size: int
    version: int

    @property
    def changed_at(self) -> float:
        """Seconds since 1970."""
        return self.version / SECOND


class Remote:
    """Objects by their keys below the address. Errors as in `reach`."""

    def __init__(self, address: Address) -> None:
        self._address = address

    def put(self, source: Path, key: str) -> None:
        """Upload a file: the object appears whole, or stays as it was."""
        self._of_bucket(lambda: self._system.put_file(str(source), self._path(key)))

    def write(self, content: bytes, key: str) -> None:
        """The same with bytes."""
        self._of_bucket(lambda: self._system.pipe_file(self._path(key), content))

    def get(self, key: str, to: Path, stored: Stored) -> None:
        """Download an object; FileNotFoundError where it is gone."""

        def whole() -> None:
            self._system.get_file(self._path(key), str(to))
            if to.stat().st_size != stored.size:
                raise EOFError(f"expected {stored.size} bytes of {key}, got {to.stat().st_size}")

        reach(self._address, whole)

    def read(self, key: str) -> bytes:
        """The bytes of a small object; FileNotFoundError where it is gone."""
        content: bytes = reach(self._address, lambda: self._system.cat_file(self._path(key)))
        return content

    def files(self, key: str) -> dict[str, Stored]:
        """All objects below a key, by what their names have more; none: empty."""
        try:
            found = reach(self._address, lambda: self._system.find(self._path(key), detail=True))
        except FileNotFoundError:
            self._require_bucket()
            return {}
        skipped = len(self._path(key)) + 1
        return {name[skipped:]: _stored(told) for name, told in found.items() if told["type"] == "file"}

    def folders(self, key: str) -> list[str]:
        """The names of the folders directly below a key."""
        try:
            found = reach(self._address, lambda: self._system.ls(self._path(key), detail=True))
        except FileNotFoundError:
            self._require_bucket()
            return []
        return sorted(told["name"].rstrip("/").rpartition("/")[2] for told in found if told["type"] == "directory")

    def delete(self, key: str) -> None:
        """Remove an object; one that is gone already is as good."""
        try:
            reach(self._address, lambda: self._system.rm_file(self._path(key)))
        except FileNotFoundError:
            self._require_bucket()

    def delete_all(self, keys: Iterable[str]) -> None:
        """Remove many objects in few calls; a storage need not say which of them it kept."""
        paths = [self._path(key) for key in keys]
        if paths:
            reach(self._address, lambda: self._system.rm(paths))

    def _of_bucket(self, call: Any) -> None:
        try:
            reach(self._address, call)
        except FileNotFoundError:
            self._require_bucket()
            raise

    def _require_bucket(self) -> None:
        if not reach(self._address, lambda: self._system.exists(self._address.bucket)):
            raise WrongSettingsError(
                f"{self._address.shown}: expected the bucket `{self._address.bucket}` to exist, found none. Correct"
                " REXBIT_ARCHIVE, or make the bucket"
            )

    def _path(self, key: str) -> str:
        return f"{self._address.root}/{key}"

    @property
    def _system(self) -> Any:
        return system(self._address.scheme, os.getpid())


@lru_cache(maxsize=2)
def system(scheme: str, _process: int) -> Any:
    """The storage's package, one for all threads of a process; its keys come from the environment."""
    options: dict[str, Any] = {"use_listings_cache": False, "skip_instance_cache": True}
    if scheme == "s3" and "config_kwargs" not in fsspec.config.conf.get("s3", {}):
        options["config_kwargs"] = {"connect_timeout": 10, "read_timeout": 60, "retries": {"max_attempts": 1}}
    made = fsspec.filesystem(scheme, **options)
    if scheme == "s3":
        made.retries = 2  # `reach` tries again as well
    return made


def _stored(told: dict[str, Any]) -> Stored:
    time = next((told[name] for name in MODIFIED if told.get(name) is not None), None)
    if isinstance(time, str):
        time = datetime.fromisoformat(time)
    at = time.timestamp() if isinstance(time, datetime) else float(time or 0)
    mark = "|".join(str(told[name]) for name in TAG if told.get(name)) + f"|{at % 1:.6f}"
    return Stored(int(told["size"]), int(at) * SECOND + zlib.crc32(mark.encode()) % SECOND)
