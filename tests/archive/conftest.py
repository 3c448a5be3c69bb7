"""A storage for the session, a bucket of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.archive import reaching, remote
from tests.archive.bucket import Bucket, start_storage


@pytest.fixture(scope="session")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server that speaks S3; its port."""
    with start_storage(tmp_path_factory.mktemp("storage")) as port:
        yield port


@pytest.fixture
def bucket(storage: int, rexbit_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """An empty bucket, set as our archive; nobody waits before trying again."""
    made = Bucket(storage)
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(reaching, "PAUSES", (0, 0))
    remote.system.cache_clear()
    yield made
    remote.system.cache_clear()
