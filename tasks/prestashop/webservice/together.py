"""Work on many items by several threads, which ends in order when one of them fails."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def each(work: Callable[[T], R], items: Iterable[T], most: int) -> list[R]:
    """Do the work for each item, `most` at once; results in the order of the items.

    The first error stops taking new items, and is raised when those begun have ended; later ones are dropped.
    """
    waiting = enumerate(items)
    results: dict[int, R] = {}
    errors: list[BaseException] = []
    lock = threading.Lock()

    def take() -> tuple[int, T] | None:
        with lock:
            return None if errors else next(waiting, None)

    def run() -> None:
        while taken := take():
            place, item = taken
            try:
                results[place] = work(item)
            except BaseException as error:  # noqa: BLE001 - raised below, by the thread that asked for the work
                errors.append(error)

    with ThreadPoolExecutor(max_workers=most, thread_name_prefix="webservice") as pool:
        try:
            for done in [pool.submit(run) for _ in range(most)]:
                done.result()
        except BaseException as error:
            errors.append(error)  # such as the end of this process: no thread goes on
            raise
    if errors:
        raise errors[0]
    return [results[place] for place in sorted(results)]
