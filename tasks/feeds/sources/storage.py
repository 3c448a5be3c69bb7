"""A feed in object storage (`s3://`, `gs://`, `az://`), through fsspec and the storage's own package."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import fsspec

from blocks import SupplierFeed
from tasks.errors import RexbitError, UnreachableError, WrongSettingsError
from tasks.feeds.sources.address import place_of, scheme_of, without_secrets
from tasks.feeds.sources.sink import Limits, Sink
from tasks.feeds.sources.taking import Entry, take

BLOCK = 1 << 20
# scheme -> (the package, its names for user name, password and token)
PACKAGES = {
    "s3": ("s3fs", "key", "secret", "token"),
    "gs": ("gcsfs", "", "", "token"),
    "gcs": ("gcsfs", "", "", "token"),
    "az": ("adlfs", "account_name", "account_key", "sas_token"),
    "abfs": ("adlfs", "account_name", "account_key", "sas_token"),
    "memory": ("", "", "", ""),
}


def into(sink: Sink, source: str, feed: SupplierFeed | None, limits: Limits) -> None:
    """Write the object at an address into the sink. Errors as in `fetch`."""
    where, scheme = sink.source_shown, scheme_of(source)
    if scheme not in PACKAGES:
        raise WrongSettingsError(
            f"source: expected a path or an address with http(s), ftp, ftps, sftp, {', '.join(PACKAGES)},"
            f" got `{scheme}`"
        )
    place = place_of(source, feed)
    try:
        system = fsspec.filesystem(scheme, **_options(scheme, feed, limits))
    except ImportError:
        raise WrongSettingsError(
            f"{where}: expected the package for {scheme}:// on this machine, found none. Install it:"
            f" pip install {PACKAGES[scheme][0]}"
        ) from None
    try:
        path = f"{place.host}{place.path}"
        take(_Bucket(system, where), sink, path, feed.fetching.file_pattern if feed else None)
    except RexbitError:
        raise
    except FileNotFoundError:
        raise WrongSettingsError(f"{where}: there is no such file or folder. Correct the feed's source") from None
    except PermissionError as error:
        words = without_secrets(str(error), feed, source)
        raise WrongSettingsError(
            f"{where}: the storage refused ({words}). Check the feed's user name and password"
        ) from None
    except Exception as error:  # noqa: BLE001  (each storage's package has errors of its own)
        kind = type(error).__name__
        words = without_secrets(str(error), feed, source)
        if "Credential" in kind:
            raise WrongSettingsError(
                f"{where}: the storage wants a login ({words}). Set user name and password"
            ) from None
        raise UnreachableError(f"{where}: no usable answer ({kind}: {words})") from None


def _options(scheme: str, feed: SupplierFeed | None, limits: Limits) -> dict[str, Any]:
    """What the storage's package is given; an instance of our own, so that no secret and no listing stays in memory."""
    _, user, password, token = PACKAGES[scheme]
    options: dict[str, Any] = {"skip_instance_cache": True, "use_listings_cache": False}
    if feed and feed.username and user:
        options[user] = feed.username
    if feed and feed.password and password:
        options[password] = feed.password.get_secret_value()
    if feed and feed.token and token and "{token}" not in feed.source:
        options[token] = _token(feed.token.get_secret_value())
    if scheme == "s3":
        times = {"connect_timeout": limits.connect_seconds, "read_timeout": limits.read_seconds}
        options["config_kwargs"] = {**times, "retries": {"max_attempts": 1}}
        if feed and feed.fetching.endpoint:
            options["endpoint_url"] = feed.fetching.endpoint
    return options


def _token(text: str) -> Any:
    """A service account's key comes as JSON; anything else is a token as it stands."""
    try:
        return json.loads(text) if text.lstrip().startswith("{") else text
    except ValueError:
        raise WrongSettingsError("token: expected a token, or the JSON of a service account's key, whole") from None


class _Bucket:
    """The files of one storage."""

    def __init__(self, system: Any, where: str) -> None:
        self.system, self.where = system, where

    def look(self, path: str) -> Entry:
        found = self.system.info(path)
        if found["type"] != "file":
            raise WrongSettingsError(
                f"{self.where}: expected a file, got a folder. Name the file in it, or set the feed's file name pattern"
                " (the newest file that fits is taken)"
            )
        return _entry(path, found)

    def entries(self, folder: str) -> Iterator[Entry]:
        for found in self.system.ls(folder, detail=True):
            if found["type"] == "file":
                yield _entry(found["name"], found)

    def read(self, path: str) -> Iterator[bytes]:
        with self.system.open(path, "rb", cache_type="none") as file:
            while block := file.read(BLOCK):
                yield block


def _entry(path: str, found: dict[str, Any]) -> Entry:
    times = (found.get(name) for name in ("LastModified", "mtime", "updated", "last_modified", "created"))
    time = next((one for one in times if one is not None), None)
    if isinstance(time, str):
        time = datetime.fromisoformat(time)
    return Entry(path, found.get("size"), time.timestamp() if isinstance(time, datetime) else time)
