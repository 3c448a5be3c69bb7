"""DuckDB as all steps share it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks import duck
from tasks.duck import Desk, desk
from tests import parquet


def threads(place: Desk) -> int:
    return int(place.rows("SELECT current_setting('threads') AS n")[0]["n"])


@pytest.mark.parametrize("lay", [Desk.load, Desk.show])
def test_large_files_take_all_processors(
    lay: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = parquet.write(tmp_path / "t.parquet", "a BIGINT", [{"a": 1}])
    with desk() as place:
        place.connection.execute("SET threads = 1")
        lay(place, small=file)
        assert threads(place) == 1
        monkeypatch.setattr(duck, "MANY_BYTES", file.stat().st_size)
        lay(place, large=file)
        assert threads(place) == (os.cpu_count() or 1)
        place.connection.execute("SET threads = 1")
