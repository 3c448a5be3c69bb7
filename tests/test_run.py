"""What every working run shares."""

from __future__ import annotations

import gc

import pytest

from tasks.run import older_objects_aside


def test_nothing_stays_hidden_from_the_garbage_collector() -> None:
    with pytest.raises(RuntimeError), older_objects_aside():
        assert gc.get_freeze_count() > 0
        raise RuntimeError
    assert gc.get_freeze_count() == 0
