"""Old runs at Prefect: with their artifacts first, in small batches, so that the server goes on answering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterEndTime,
    FlowRunFilterId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)

from tasks.operations.server import AT_ONCE, FAILED, OVER, Server

WATCHDOG = "monitor-queues"
WATCHDOG_RUNS = timedelta(hours=24)  # one each few minutes: after a day they say nothing any more


class Old(NamedTuple):
    """Runs that go: of a flow of that name, or of all."""

    wanted: FlowRunFilter
    failed: bool
    flow: str | None = None


@dataclass
class Pruned:
    """What was removed at Prefect, or would be."""

    failed_runs: int = 0
    other_runs: int = 0
    artifacts: int = 0
    more: bool = False


def newest(server: Server) -> list[UUID]:
    """The newest ended run of each deployment: how it went last is what the watchdog asks, however long ago."""
    last = (server.newest_ended(one.id) for one in server.deployments())
    return [one.id for one in last if one]


def old(now: datetime, failed: timedelta, others: timedelta, kept: Sequence[UUID]) -> list[Old]:
    """What is old: failed and crashed runs, others that are over, and the watchdog's; `kept` are not."""
    return [
        Old(_over(FAILED, now - failed, kept), failed=True),
        Old(_over(OVER, now - others, kept), failed=False),
        Old(_over(OVER, now - WATCHDOG_RUNS, kept), failed=False, flow=WATCHDOG),
    ]


def prune(server: Server, what: list[Old], most: int, *, dry_run: bool) -> Pruned:
    """Remove runs until none is left or `most` are gone; what is broken off, the next run goes on with."""
    done = Pruned()
    for one in what:
        left = most - done.failed_runs - done.other_runs
        count = min(left, server.count_runs(one.wanted, one.flow)) if dry_run else _remove(server, one, left, done)
        done.failed_runs += count if one.failed else 0
        done.other_runs += 0 if one.failed else count
    done.more = done.failed_runs + done.other_runs >= most
    return done


def _remove(server: Server, one: Old, most: int, done: Pruned) -> int:
    removed = 0
    while removed < most:
        batch = [run.id for run in server.runs(one.wanted, flow=one.flow, most=min(AT_ONCE, most - removed))]
        if not batch:
            break
        artifacts = server.artifacts_of(batch)
        server.delete_artifacts(artifacts)  # before the runs: without them nothing leads to an artifact
        server.delete_runs(batch)
        done.artifacts += len(artifacts)
        removed += len(batch)
    return removed


def _over(types: tuple[object, ...], before: datetime, kept: Sequence[UUID]) -> FlowRunFilter:
    return FlowRunFilter(
        id=FlowRunFilterId(not_any_=list(kept)) if kept else None,
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(types))),
        end_time=FlowRunFilterEndTime(before_=before),
    )
