"""A place to strike at, made once by each process that strikes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crashes.arena import Arena
from tests.crashes.place import make_place


@pytest.fixture(scope="session")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    """Servers, a shop, our database, an archive, and runs of every driver."""
    with make_place(tmp_path_factory.mktemp("struck")) as place:
        yield Arena(place)
