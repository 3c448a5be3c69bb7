"""How our tasks are declared: never cached, and retried only where the other side may answer next time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task, exponential_backoff

from tasks.errors import UnreachableError

P = ParamSpec("P")
R = TypeVar("R")

RETRIES = 3


def station(name: str, *, io: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a task of a function; `io` for what talks to the outside: 3 retries with growing, uneven pauses."""
    retrying: dict[str, Any] = {
        "retries": RETRIES,
        "retry_delay_seconds": exponential_backoff(backoff_factor=2),
        "retry_jitter_factor": 0.5,
        "retry_condition_fn": _can_heal,
    }

    def declare(function: Callable[P, R]) -> Callable[P, R]:
        options = retrying if io else {}
        return cast("Callable[P, R]", task(name=name, cache_policy=NO_CACHE, **options)(function))

    return declare


def _can_heal(_task: Task[..., Any], _task_run: TaskRun, state: State[Any]) -> bool:
    return isinstance(state.result(raise_on_failure=False), UnreachableError)
