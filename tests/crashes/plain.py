"""The flows' steps as plain functions: the code that runs in production, without Prefect and its server.

A step is tried again as often as its task would be, only at once.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

from prefect import Task

from tasks.errors import UnreachableError

Listener = Callable[[str], None]
"""Gets `before NAME` and `after NAME` of each step."""


def nobody(_: str) -> None:
    """Listen to nothing."""


def without_prefect(replace: Callable[[Any, str, object], None], listen: Listener = nobody) -> None:
    """Put plain functions in the place of all tasks that the project's modules hold; `replace` is a `setattr`."""
    for module_name, module in list(sys.modules.items()):
        if module_name.partition(".")[0] in ("flows", "tasks"):
            for name, value in list(vars(module).items()):
                if isinstance(value, Task):
                    replace(module, name, _plain(value, listen))


def _plain(task: Task[..., Any], listen: Listener) -> Callable[..., Any]:
    retries = task.retries

    @functools.wraps(task.fn)
    def step(*given: Any, **named: Any) -> Any:
        listen(f"before {task.name}")
        result = _tried(lambda: task.fn(*given, **named), retries)
        listen(f"after {task.name}")
        return result

    return step


def _tried(work: Callable[[], Any], retries: int) -> Any:
    for _ in range(retries):
        try:
            return work()
        except UnreachableError:
            continue
    return work()
