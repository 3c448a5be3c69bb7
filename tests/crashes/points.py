"""Where a sync can be struck: before and after each of its steps, and inside the writing, whichever driver writes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from importlib import import_module
from itertools import count
from typing import Any, Literal, NamedTuple

from tasks.errors import UnreachableError
from tasks.prestashop.applying import _Behind
from tasks.prestashop.record import Done, Recorder

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
    "tell what was written",
)
STEPS_LATER = ("read all rows of the shop", "judge change set")

LONGEST_SECONDS = 20
Stop = Callable[[str], None]


class Point(NamedTuple):
    """A call that is stopped `before` or `after`: the `nth` of `called` (module:function or module:Class.function).

    `settled`: first the recorder writes down all that it was told. `lost`: the error that the caller gets after the
    call: it was done, and its answer never came. `only`: which calls are counted, by what they are given.
    """

    name: str
    called: str
    when: Literal["before", "after"]
    nth: int = 1
    settled: bool = False
    lost: Callable[[], Exception] | None = None
    only: Callable[..., bool] = lambda *_: True


def step_points(*steps: str) -> tuple[str, ...]:
    """The points at the boundaries of some steps."""
    return tuple(f"{when} {step}" for step in steps for when in ("before", "after"))


def _unreachable() -> Exception:
    return UnreachableError("the answer was lost")


RECORD, APPLYING = "tasks.prestashop.record:Recorder", "tasks.prestashop.applying"
WRITING = (
    Point("archive: copied, not yet an entry", "tasks.archive.folder:_onto_disk", "before"),
    Point("change set not yet begun", f"{RECORD}.begin", "before"),
    Point("change set begun", f"{RECORD}.begin", "after"),
    Point("between windows", "tasks.run:Run.check_lease", "before", nth=2, settled=True),
    Point("window committed, not recorded", f"{APPLYING}:_Behind.take", "before", nth=2),
    Point("recorder: before its first window", f"{RECORD}.windows", "before"),
    Point("recorder: rows written, not committed", "tasks.state.session:Session.update", "before"),
    Point("recorder: committed", f"{RECORD}.windows", "after"),
    Point("recorder: committed, the answer lost", f"{RECORD}.windows", "after", lost=_unreachable),
    Point("last window committed", f"{APPLYING}:_applied", "before"),
    Point("all recorded, change set not ended", f"{RECORD}.end", "before"),
    Point("change set ended", f"{RECORD}.end", "after"),
)


class Recording:
    """Counts windows that the recorder is told of, and those that it has written down."""

    def __init__(self, replace: Callable[[Any, str, object], None]) -> None:
        self._told = self._done = 0
        take, windows = _Behind.take, Recorder.windows

        def taking(behind: _Behind, done: Done | None) -> None:
            self._told += done is not None
            take(behind, done)

        def recording(recorder: Recorder, done: Sequence[Done]) -> None:
            windows(recorder, done)
            self._done += len(done)

        replace(_Behind, "take", taking)
        replace(Recorder, "windows", recording)

    def settle(self) -> None:
        """Wait until both are the same."""
        deadline = time.monotonic() + LONGEST_SECONDS
        while self._done < self._told and time.monotonic() < deadline:
            time.sleep(0.001)


def hook(point: Point, stop: Stop, replace: Callable[[Any, str, object], None]) -> None:
    """Let `stop` be called where the point is; `replace` is a `setattr`."""
    recording = Recording(replace) if point.settled else None
    owner, name = _owner(point.called)
    real, calls = getattr(owner, name), count(1)

    def stopping(*given: Any, **named: Any) -> Any:
        is_it = point.only(*given) and next(calls) == point.nth
        if is_it and recording:
            recording.settle()
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
