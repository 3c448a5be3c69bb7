"""A call to object storage: tried again where that may heal, and its errors put into words without secrets."""

from __future__ import annotations

import errno
import logging
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import fsspec.config

from tasks.archive.address import PACKAGES, Address
from tasks.errors import RexbitError, UnreachableError, WrongSettingsError

T = TypeVar("T")

PAUSES = (0.5, 2.0, 5.0, 15.0)  # seconds before it is tried once more
LOCAL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}  # this machine's disk, not the storage
OURS = ("AWS_", "AZURE_", "GOOGLE_")
SECRET = re.compile(r"key|secret|token|pass|sas|connection|cred", re.IGNORECASE)
LOGIN = re.compile(r"\?[^\s\"'>]*|(?<=//)[^/\s@]*@")  # signatures stand behind the ?
LEAST = 4  # characters of a secret worth hiding

logger = logging.getLogger(__name__)


def reach(address: Address, call: Callable[[], T]) -> T:
    """Make a call; FileNotFoundError goes through, as only the caller knows what it means.

    Errors: WrongSettingsError where the storage refuses, or its package is missing; UnreachableError after the last
    try.
    """
    for pause in (*PAUSES, None):
        try:
            return call()
        except (RexbitError, FileNotFoundError):
            raise
        except Exception as error:  # noqa: BLE001  (each storage's package has errors of its own)
            _raise_what_stays(address, error)
            words = f"{address.shown}: no usable answer ({_words(address, error)})"
            if pause is None:
                raise UnreachableError(
                    f"{words}, in {len(PAUSES) + 1} tries. The archive has to be reachable from this machine:"
                    " REXBIT_ARCHIVE, its endpoint and network; then run this again"
                ) from None
            logger.warning("%s; trying again in %g s", words, pause)
            time.sleep(pause)
    raise AssertionError("the last try returns or raises")


def _raise_what_stays(address: Address, error: Exception) -> None:
    if isinstance(error, ImportError):
        package = PACKAGES[address.scheme]
        raise WrongSettingsError(
            f"{address.shown}: expected the package for {address.scheme}:// on this machine, found none. Install it:"
            f" pip install {package}"
        ) from None
    if isinstance(error, PermissionError):
        raise WrongSettingsError(
            f"{address.shown}: the storage refused ({_words(address, error)}). Its keys need the rights to list, read,"
            " write and delete objects there"
        ) from None
    if "Credential" in type(error).__name__:
        raise WrongSettingsError(
            f"{address.shown}: the storage wants a login ({_words(address, error)}). Set its keys in the environment"
            " of the worker, such as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        ) from None
    if isinstance(error, OSError) and error.errno in LOCAL:
        raise error


def _words(address: Address, error: Exception) -> str:
    text = LOGIN.sub("…", f"{type(error).__name__}: {error}")
    for secret in sorted(_secrets(address), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _secrets(address: Address) -> Iterator[str]:
    given = {name: value for name, value in os.environ.items() if name.startswith(OURS)}
    yield from _secret_values(given)
    yield from _secret_values(fsspec.config.conf.get(address.scheme, {}))


def _secret_values(settings: Mapping[str, Any]) -> Iterator[str]:
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from _secret_values(value)
        elif isinstance(value, str) and SECRET.search(name) and len(value) >= LEAST:
            yield value
