"""What every working run shares."""

from __future__ import annotations

import gc

from tasks.run import older_objects_aside


def test_nothing_stays_hidden_from_the_garbage_collector() -> None:
    with older_objects_aside():
        assert gc.get_freeze_count() > 0
    assert gc.get_freeze_count() == 0
