"""A past to fill, on SQLite and on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.state import StateDatabase
from tests.history.past import Past


@pytest.fixture
def past(state: StateDatabase, tmp_path: Path) -> Past:
    """An empty past."""
    return Past(state, tmp_path)
