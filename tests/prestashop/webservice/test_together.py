"""Work on many items ends in order, also when one of them fails."""

from __future__ import annotations

import threading

import pytest

from tasks.prestashop.webservice.together import each


def test_results_are_in_the_order_of_the_items() -> None:
    assert each(lambda n: n * n, range(50), 4) == [n * n for n in range(50)]


def test_nothing_to_do() -> None:
    assert each(str, [], 4) == []


def test_some_are_worked_on_at_once() -> None:
    meeting = threading.Barrier(3, timeout=10)  # nobody gets on before three are there
    assert len(each(lambda _: meeting.wait(), range(3), 3)) == 3


def test_an_error_stops_new_items_and_those_begun_end() -> None:
    begun, ended = list[int](), list[int]()
    both_there = threading.Barrier(2, timeout=10)
    failed = threading.Event()

    def work(n: int) -> None:
        begun.append(n)
        if n > 1:
            return
        both_there.wait()
        if n == 0:
            failed.set()
            raise ValueError("the first")
        assert failed.wait(10)
        ended.append(n)

    with pytest.raises(ValueError, match="the first"):
        each(work, range(1_000_000), 2)
    assert ended == [1]
    assert len(begun) < 1_000_000


def test_an_error_of_the_items_themselves_is_raised() -> None:
    def items() -> object:
        yield 1
        raise LookupError("no more")

    with pytest.raises(LookupError, match="no more"):
        each(str, items(), 2)  # type: ignore[arg-type]
