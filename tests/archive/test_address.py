"""Where an archive in object storage may be, and how its errors are told: no secret, and nothing taken for gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from tasks import archive
from tasks.archive import reaching
from tasks.archive.address import Address
from tasks.errors import NotArchivedError, RexbitError, UnreachableError, WrongSettingsError
from tests.archive.bucket import SECRET


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("s3://AKIA:hidden@bucket/x", "without user name, password and parameters"),
        ("s3://bucket/x?secret=hidden", "without user name, password and parameters"),
        ("https://hidden.example.com/x", r"got `https://…`\. A folder is written as a path"),
        ("simplecache::s3://hidden", "A folder is written as a path"),
        ("memory://hidden", "got `memory://…`"),
        ("s3://", "with a bucket, such as s3://bucket/rexbit"),
        ("s3://hidden/../other", "with a bucket"),
    ],
)
def test_an_address_is_refused(rexbit_home: Path, monkeypatch: pytest.MonkeyPatch, address: str, words: str) -> None:
    monkeypatch.setenv("REXBIT_ARCHIVE", address)
    with pytest.raises(WrongSettingsError, match=words) as refused:
        archive.find("changes", 7, "c1")
    assert "hidden" not in str(refused.value)


def test_a_missing_package_is_named(rexbit_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object, **__: object) -> None:
        raise ImportError

    monkeypatch.setattr(fsspec, "filesystem", none)
    monkeypatch.setenv("REXBIT_ARCHIVE", "gs://bucket/rexbit")
    with pytest.raises(WrongSettingsError, match=r"gs://bucket/rexbit: expected the package .* pip install gcsfs"):
        archive.find("changes", 7, "c1")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (PermissionError("denied"), WrongSettingsError),
        (type("NoCredentialsError", (Exception,), {})("none"), WrongSettingsError),
        (OSError("reset"), UnreachableError),
    ],
)
def test_an_error_is_told_without_secrets(
    monkeypatch: pytest.MonkeyPatch, error: Exception, kind: type[RexbitError]
) -> None:
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", "Account=a;Key=b")
    monkeypatch.setitem(fsspec.config.conf, "s3", {"client_kwargs": {"aws_secret_access_key": SECRET}})
    monkeypatch.setattr(reaching, "PAUSES", ())
    error.args = (f"{error} {SECRET} Account=a;Key=b https://me:mine@x.test/a?sig=hidden of it",)

    def fail() -> None:
        raise error

    with pytest.raises(kind, match=r"s3://b/r: .* \*\*\* \*\*\* https://…x\.test/a… of it") as told:
        reaching.reach(Address("s3", "b/r"), fail)
    assert not isinstance(told.value, NotArchivedError)
    assert told.value.__suppress_context__


def test_a_full_disk_here_is_not_the_storages_fault() -> None:
    def fail() -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        reaching.reach(Address("s3", "b/r"), fail)


def test_what_fails_once_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reaching, "PAUSES", (0,))
    answers: Iterator[Exception | None] = iter([OSError("reset"), None])

    def answer() -> str:
        if error := next(answers):
            raise error
        return "it"

    assert reaching.reach(Address("s3", "b/r"), answer) == "it"
