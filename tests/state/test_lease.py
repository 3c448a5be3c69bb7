"""One run at a time on an integration, by the database's clock."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from tasks.errors import Busy, LeaseLostError
from tasks.state import Lease, StateDatabase, lease
from tests import parquet


def expire(state: StateDatabase, tmp_path: Path, integration_id: int = 7) -> None:
    """Let a lease run out without waiting."""
    past = (state.now() - timedelta(hours=1)).replace(tzinfo=None)
    columns = "integration_id BIGINT, expires_at TIMESTAMP"
    row = {"integration_id": integration_id, "expires_at": past}
    with state.session() as session:
        rows = parquet.write(tmp_path / "expired.parquet", columns, [row])
        assert session.update("leases", rows, ["integration_id"]) == 1


def test_a_held_lease_checks(state: StateDatabase) -> None:
    with lease(state, 7, "run-1", "sync-availability") as held:
        held.check()
        assert held.claim.run_id == "run-1"


def test_a_second_one_waits_then_is_told_who(state: StateDatabase) -> None:
    with (
        lease(state, 7, "run-1", "sync-availability") as held,
        pytest.raises(Busy, match=r"`sync-availability` \(run run-1\) is since \d{4}-.* UTC; waited 0\.01 s"),
        lease(state, 7, "run-2", "link-products", wait_seconds=0.01),
    ):
        held.check()


def test_the_first_still_holds_after_a_second_gave_up(state: StateDatabase) -> None:
    with lease(state, 7, "run-1", "first") as held:
        with pytest.raises(Busy), lease(state, 7, "run-2", "second", wait_seconds=0):
            pass
        held.check()


def test_integrations_do_not_wait_for_each_other(state: StateDatabase) -> None:
    with lease(state, 6, "run-1", "a", wait_seconds=0) as one, lease(state, 7, "run-2", "b", wait_seconds=0) as two:
        one.check()
        two.check()


def test_it_is_free_afterwards(state: StateDatabase) -> None:
    with lease(state, 7, "run-1", "a"):
        pass
    with lease(state, 7, "run-2", "b", wait_seconds=0) as held:
        held.check()


def test_who_takes_over_ends_the_record_of_the_one_that_died(state: StateDatabase, tmp_path: Path) -> None:
    with state.session() as session:
        for one in ("dead", "beside"):
            started = {"id": one, "flow": "sync", "integration_id": 7, "started_at": session.now()}
            session.execute("run_started", started)
    with lease(state, 7, "dead", "sklep"):
        expire(state, tmp_path)
        with lease(state, 7, "next", "sklep", wait_seconds=0), state.session(read_only=True) as session:
            (dead,), (beside,) = (session.execute("run_by_id", {"id": one}) for one in ("dead", "beside"))
    assert (dead["status"], dead["message"]) == ("failed", "its process died; `sklep` (run next) went on")
    assert beside["status"] == "running"  # a dry run, or one that waits, holds no lease


def test_it_is_free_after_an_error(state: StateDatabase) -> None:
    with pytest.raises(ZeroDivisionError), lease(state, 7, "run-1", "a"):
        raise ZeroDivisionError
    with lease(state, 7, "run-2", "b", wait_seconds=0) as held:
        held.check()


def test_a_waiting_one_gets_it_when_it_is_given_back(state: StateDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.state.leases.LOOK_EVERY_SECONDS", 0.01)
    taken = threading.Event()

    def wait_for_it() -> None:
        with lease(state, 7, "run-2", "b", wait_seconds=10):
            taken.set()

    waiting = threading.Thread(target=wait_for_it)
    with lease(state, 7, "run-1", "a"):
        waiting.start()
    assert taken.wait(10)
    waiting.join()


def test_an_expired_one_is_noticed(state: StateDatabase, tmp_path: Path) -> None:
    with lease(state, 7, "run-1", "a") as held:
        expire(state, tmp_path)
        with pytest.raises(LeaseLostError, match="it expired at"):
            held.check()


def test_an_expired_one_is_taken_over(state: StateDatabase, tmp_path: Path) -> None:
    with lease(state, 7, "run-1", "crashed") as lost:
        expire(state, tmp_path)
        with lease(state, 7, "run-2", "next", wait_seconds=0) as held:
            held.check()
            with pytest.raises(LeaseLostError, match=r"`next` \(run run-2\) holds it"):
                lost.check()


def test_who_lost_it_does_not_give_back_the_others(state: StateDatabase, tmp_path: Path) -> None:
    with lease(state, 7, "run-1", "crashed") as lost:
        expire(state, tmp_path)
        with lease(state, 7, "run-1", "the same run, retried", wait_seconds=0) as held:
            lost.stop()
            held.check()


def test_who_lost_it_can_not_renew_it(state: StateDatabase, tmp_path: Path) -> None:
    with lease(state, 7, "run-1", "crashed") as lost:
        expire(state, tmp_path)
        with lease(state, 7, "run-2", "next", wait_seconds=0):
            assert lost.renew() is False


def test_renewing_prolongs(state: StateDatabase, tmp_path: Path) -> None:
    with lease(state, 7, "run-1", "a") as held:
        expire(state, tmp_path)
        assert held.renew() is True
        held.check()


def test_the_thread_renews_by_itself(state: StateDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    renewed = threading.Event()

    def renew(_: Lease) -> bool:
        renewed.set()
        return True

    monkeypatch.setattr(Lease, "renew", renew)
    with lease(state, 7, "run-1", "a", ttl_seconds=0.03):
        assert renewed.wait(10)


def test_a_removed_one_is_noticed(state: StateDatabase, tmp_path: Path) -> None:
    with lease(state, 7, "run-1", "a") as held:
        rows = parquet.write(tmp_path / "gone.parquet", "integration_id BIGINT", [{"integration_id": 7}])
        with state.session() as session:
            session.delete("leases", rows, ["integration_id"])
        with pytest.raises(LeaseLostError, match="was removed"):
            held.check()


def test_checking_does_not_wait_for_our_own_writing(state: StateDatabase) -> None:
    with lease(state, 7, "run-1", "a") as held, state.session():
        held.check()
