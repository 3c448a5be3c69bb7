"""Work that a run begins ahead of the step that needs it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from tasks.run import Ahead


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as one:
        yield one


def test_it_is_done_once_however_often_it_is_asked_for(pool: ThreadPoolExecutor) -> None:
    turns = count(1)
    ahead = Ahead(pool, lambda: next(turns))
    assert (ahead.result(), ahead.result(), next(turns)) == (1, 1, 2)


def test_a_step_that_is_tried_again_does_it_itself(pool: ThreadPoolExecutor) -> None:
    answers: list[Exception | str] = [OSError("down"), OSError("still down"), "here", "never asked for"]

    def ask() -> str:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    ahead = Ahead(pool, ask)
    for words in ("down", "still down"):
        with pytest.raises(OSError, match=words):
            ahead.result()
    assert (ahead.result(), ahead.result(), answers) == ("here", "here", ["never asked for"])


def test_a_step_that_writes_takes_it_once(pool: ThreadPoolExecutor) -> None:
    turns = count(1)
    ahead = Ahead(pool, lambda: next(turns))
    assert (ahead.take(), ahead.take()) == (1, 2)
