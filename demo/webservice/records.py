"""What was asked of the shop, for tests to count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock

Body = bytes


@dataclass(frozen=True)
class Record:
    """A request that came. `status` 0: it got no answer.

    `bytes`: how many the answer's body had; `body` is what was sent; the times are those of `time.monotonic`.
    """

    number: int
    method: str
    resource: str
    id: int | None
    query: str
    status: int
    bytes: int
    started: float
    ended: float
    body: Body = b""


class Requests:
    """All requests since the start or the last `clear`, in the order of their ends."""

    def __init__(self) -> None:
        self._records: list[Record] = []
        self._lock = Lock()

    def add(self, record: Record) -> None:
        """Note one."""
        with self._lock:
            self._records.append(record)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._records.clear()

    def __iter__(self) -> Iterator[Record]:
        with self._lock:
            return iter(list(self._records))

    def __len__(self) -> int:
        with self._lock:
            return len(self._records)

    def count(self, method: str | None = None, resource: str | None = None) -> int:
        """How many there were, of a method and a resource if given."""
        return sum(method in (None, one.method) and resource in (None, one.resource) for one in self)

    def counts(self) -> Counter[tuple[str, str]]:
        """How many of each method and resource."""
        return Counter((one.method, one.resource) for one in self)

    def most_parallel(self) -> int:
        """How many were under way at once, at most."""
        steps = sorted(step for one in self for step in ((one.started, 1), (one.ended, -1)))
        now = most = 0
        for _, change in steps:
            now += change
            most = max(most, now)
        return most
