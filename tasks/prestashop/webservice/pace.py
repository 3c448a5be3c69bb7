"""How many requests a shop gets at once, found by trying, and when it is left in peace. Pure: time comes from outside.

One more connection is tried, and kept if more gets done in the same time; a shop that stumbles gets half as many. How
long a request takes depends on what it asks for, so each kind of request is compared with itself only.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field

START = 2
ANSWERS = 3  # a connection, in one trial
KEPT_FOR = 8  # trials without a try of one more, after one that gained nothing
GAIN = 0.3  # of what one more connection could bring at best
USUAL_OF = 4  # the first answers of a kind make its usual time
LEAST, MOST_SLOWNESS = 0.25, 4.0  # of one answer: one that hung says little of the others
SLOWER = 1.6  # than at the same number of connections before: the shop has other work
LAST_ANSWERS = 60
LARGEST_SHARE = 0.6  # of the last answers that may be none
LEAST_IN_A_ROW = 8


@dataclass
class Pace:
    """`allowed`: requests at once, from 1 to `most`. Not safe for threads by itself."""

    most: int
    allowed: int = field(init=False)
    _first: dict[Hashable, list[float]] = field(default_factory=dict, init=False)
    _slowness: list[float] = field(default_factory=list, init=False)
    _speeds: dict[int, float] = field(default_factory=dict, init=False)
    _kept: int = field(default=0, init=False)
    _full: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.allowed = min(START, self.most)

    def began(self, under_way: int) -> None:
        """A request begins; `under_way` counts it."""
        self._full |= under_way >= self.allowed

    def answered(self, kind: Hashable, seconds: float) -> None:
        """A request of a kind was answered after so many seconds."""
        first = self._first.setdefault(kind, [])
        if len(first) < USUAL_OF:
            first.append(max(seconds, 1e-4))
        slowness = seconds * len(first) / sum(first)
        self._slowness.append(min(max(slowness, LEAST), MOST_SLOWNESS))
        if len(self._slowness) < ANSWERS * self.allowed:
            return
        speed = self.allowed * len(self._slowness) / sum(self._slowness)
        was_full, self._full = self._full, False
        self._slowness.clear()
        if was_full:  # else fewer were asked than might have been, which tells nothing of one more
            self._choose(speed)

    def _choose(self, speed: float) -> None:
        """Take the next number of connections after one trial; `speed` is what gets done in a time."""
        now = self.allowed
        before, fewer = self._speeds.get(now), self._speeds.get(now - 1)
        self._speeds[now] = speed
        if before and speed * SLOWER < before:
            self._speeds = {}
            self._step_back(1)
        elif fewer and speed < fewer * (1 + GAIN / (now - 1)):
            self._step_back(1)
        elif self._kept:
            self._kept -= 1
        elif now < self.most:
            self.allowed += 1

    def stumbled(self) -> None:
        """A request had no proper answer: half as many from here on."""
        self._speeds = {}
        self._slowness.clear()
        self._step_back(self.allowed // 2)

    def _step_back(self, by: int) -> None:
        self.allowed = max(1, self.allowed - by)
        self._kept = KEPT_FOR


@dataclass
class Breaker:
    """Counts requests that had no proper answer; `open` for good when there were too many."""

    most: int
    open: bool = field(default=False, init=False)
    _in_a_row: int = field(default=0, init=False)
    _last: deque[bool] = field(default_factory=lambda: deque(maxlen=LAST_ANSWERS), init=False)

    def answered(self) -> None:
        """A request was answered."""
        self._in_a_row = 0
        self._last.append(True)

    def stumbled(self) -> None:
        """A request was not."""
        self._in_a_row += 1
        self._last.append(False)
        share = self._last.count(False) / LAST_ANSWERS
        # all connections may be cut at once, and a second time, without the shop being gone
        if self._in_a_row >= max(LEAST_IN_A_ROW, 3 * self.most) or share > LARGEST_SHARE:
            self.open = True
