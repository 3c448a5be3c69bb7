"""Two syncs of one shop at once, each a process of its own, started past Prefect's limits: one of them works."""

from __future__ import annotations

import pytest

from tests.crashes.arena import Arena
from tests.crashes.place import values
from tests.crashes.striking import Striker
from tests.crashes.ways import PRISTINE

pytestmark = pytest.mark.slow

AT_ONCE = {"wait_seconds": 0}
SHORT = {"ttl_seconds": 1.5}
IN_A_WINDOW = "in a window: texts written, stock not"


@pytest.fixture
def striker(arena: Arena) -> Striker:
    arena.place.begin(PRISTINE)
    return arena.strikers["database"]


def test_the_second_is_told_who_works_and_the_first_goes_on(arena: Arena, striker: Striker) -> None:
    with striker.start(IN_A_WINDOW) as first:
        assert first.reaches_point()
        ((holder,),) = arena.place.ask("SELECT run_id FROM leases WHERE integration_id = 7")
        with striker.start(None, AT_ONCE) as second:
            told = second.ended()
        assert told is not None
        assert told.status == "Busy"
        assert f"`integration 7` (run {holder}) is since" in told.message
        assert "if it crashed, the integration is free after" in told.message
        first.go_on()
        ended = first.ended()
    assert ended is not None
    assert ended.status == "completed"
    assert values(arena.place.shop_rows()) == values(arena.goals[PRISTINE].shop)
    assert sorted(arena.place.ask("SELECT status FROM runs WHERE flow = 'sync-availability'")) == [
        ("busy",),
        ("completed",),
    ]


def test_a_dead_holders_lease_is_taken_over_after_its_end(arena: Arena, striker: Striker) -> None:
    with striker.start(IN_A_WINDOW, SHORT) as first:
        assert first.reaches_point()
        with striker.start(None, AT_ONCE) as second:
            told = second.ended()
        assert told is not None
        assert told.status == "Busy"
        first.process.kill()
    with striker.start(None, {"wait_seconds": 30}) as third:
        ended = third.ended()
    assert ended is not None
    assert ended.status == "completed"
    assert values(arena.place.shop_rows()) == values(arena.goals[PRISTINE].shop)


def test_a_holder_that_stands_still_keeps_its_lease(arena: Arena, striker: Striker) -> None:
    with striker.start(IN_A_WINDOW, SHORT) as first:
        assert first.reaches_point()
        with striker.start(None, {"wait_seconds": 3}) as second:  # twice the life of the lease
            told = second.ended()
        assert told is not None
        assert told.status == "Busy"


def test_who_lost_the_lease_stops_and_the_shops_own_lock_keeps_the_other_out(arena: Arena, striker: Striker) -> None:
    with striker.start("between windows") as first:
        assert first.reaches_point()
        arena.place.end_lease()
        with striker.start(None, AT_ONCE) as second:
            told = second.ended()
        assert told is not None
        assert told.status == "Busy"
        assert "another run works on this shop (its lock `rexbit:" in told.message
        first.go_on()
        ended = first.ended()
    assert ended is not None
    assert ended.status == "LeaseLostError"
    assert striker.run().status == "completed"
    assert values(arena.place.shop_rows()) == values(arena.goals[PRISTINE].shop)
