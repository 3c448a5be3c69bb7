"""Where a sync can be struck: before and after each of its steps, and inside the writing, whichever driver writes."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from itertools import count
from typing import Any, Literal, NamedTuple

from tasks.errors import UnreachableError

# the steps of a first sync in their order, and that of one that compares with the shop
STEPS = (
    "look at shop",
    "claim rows",
    "join new items",
    "read last written",
    "decide availability",
    "find changes",
    "read rows of changed products",
    "plan changes",
    "write changes",
    "keep outcomes",
)
STEPS_LATER = ("read all rows of the shop", "judge change set")

Stop = Callable[[str], None]


class Point(NamedTuple):
    """A call that is stopped `before` or `after`: the `nth` of `called` (module:function or module:Class.function).

    `lost`: the error that the caller gets after the call: it was done, and its answer never came.
    """

    name: str
    called: str
    when: Literal["before", "after"]
    nth: int = 1
    lost: Callable[[], Exception] | None = None


def step_points(*steps: str) -> tuple[str, ...]:
    """The points at the boundaries of some steps."""
    return tuple(f"{when} {step}" for step in steps for when in ("before", "after"))


def _unreachable() -> Exception:
    return UnreachableError("the answer was lost")


RECORD, APPLYING = "tasks.prestashop.record:Recorder", "tasks.prestashop.applying"
WRITING = (
    Point("archive: copied, not yet an entry", "tasks.archive:_onto_disk", "before"),
    Point("change set not yet begun", f"{RECORD}.begin", "before"),
    Point("change set begun", f"{RECORD}.begin", "after"),
    Point("between windows", "tasks.run:Run.check_lease", "before", nth=2),
    Point("window committed, not recorded", f"{APPLYING}:_Behind.take", "before", nth=2),
    Point("recorder: before its first window", f"{RECORD}.windows", "before"),
    Point("recorder: rows written, not committed", "tasks.state.session:Session.update", "before"),
    Point("recorder: committed", f"{RECORD}.windows", "after"),
    Point("recorder: committed, the answer lost", f"{RECORD}.windows", "after", lost=_unreachable),
    Point("last window committed", f"{APPLYING}:_applied", "before"),
    Point("all recorded, change set not ended", f"{RECORD}.end", "before"),
    Point("change set ended", f"{RECORD}.end", "after"),
)


def hook(point: Point, stop: Stop, replace: Callable[[Any, str, object], None]) -> None:
    """Let `stop` be called where the point is; `replace` is a `setattr`."""
    owner, name = _owner(point.called)
    real, calls = getattr(owner, name), count(1)

    def stopping(*given: Any, **named: Any) -> Any:
        is_it = next(calls) == point.nth
        if is_it and point.when == "before":
            stop(point.name)
        result = real(*given, **named)
        if is_it and point.when == "after":
            stop(point.name)
            if point.lost:
                raise point.lost()
        return result

    replace(owner, name, stopping)


def _owner(called: str) -> tuple[Any, str]:
    module, _, names = called.partition(":")
    *path, name = names.split(".")
    owner: Any = import_module(module)
    for part in path:
        owner = getattr(owner, part)
    return owner, name
