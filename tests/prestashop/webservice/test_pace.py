"""How many connections a shop gets: as many as get more done, fewer when it stumbles, none when it is gone."""

from __future__ import annotations

import heapq
import random
from collections import Counter

import pytest

from tasks.prestashop.webservice.pace import Breaker, Pace


def work(pace: Pace, capacity: int, requests: int = 600, seconds: float = 0.2, noise: float = 0.3) -> Counter[int]:
    """Let a shop that works on `capacity` requests at once answer; how many were under way, answer by answer."""
    luck = random.Random(capacity)
    now, under_way, seen = 0.0, list[tuple[float, float]](), list[int]()
    while len(seen) < requests:
        while len(under_way) < pace.allowed:
            pace.began(len(under_way) + 1)
            takes = max(1.0, (len(under_way) + 1) / capacity) * seconds * luck.uniform(1 - noise, 1 + noise)
            heapq.heappush(under_way, (now + takes, takes))
        now, takes = heapq.heappop(under_way)
        pace.answered("GET products", takes)
        seen.append(pace.allowed)
    return Counter(seen[requests // 2 :])


@pytest.mark.parametrize(("capacity", "fewest", "most"), [(1, 1, 3), (2, 2, 3), (4, 4, 5), (8, 7, 9)])
def test_a_shop_gets_about_as_many_as_it_works_on_at_once(capacity: int, fewest: int, most: int) -> None:
    ((usual, _),) = work(Pace(16), capacity).most_common(1)
    assert fewest <= usual <= most


@pytest.mark.parametrize("most", [1, 3])
def test_never_more_than_allowed_by_the_block(most: int) -> None:
    assert max(work(Pace(most), capacity=16)) == most


def test_it_begins_with_few() -> None:
    assert (Pace(16).allowed, Pace(1).allowed) == (2, 1)


def test_a_shop_that_stumbles_gets_half_as_many() -> None:
    pace = Pace(16)
    work(pace, capacity=8)
    before = pace.allowed
    pace.stumbled()
    assert pace.allowed == before - before // 2


def test_one_connection_stays() -> None:
    pace = Pace(16)
    for _ in range(10):
        pace.stumbled()
    assert pace.allowed == 1


def test_a_shop_that_became_slower_gets_fewer() -> None:
    pace = Pace(16)
    work(pace, capacity=8)
    before = pace.allowed
    work(pace, capacity=8, requests=4 * before, seconds=0.6)
    assert pace.allowed < before


def test_few_requests_tell_nothing_of_more_connections() -> None:
    pace = Pace(16)
    for _ in range(100):
        pace.began(1)
        pace.answered("PATCH products", 0.2)
    assert pace.allowed == 2


def test_slow_kinds_of_requests_are_not_a_slow_shop() -> None:
    pace = Pace(16)
    work(pace, capacity=16, requests=12)
    before = pace.allowed
    for _ in range(60):
        pace.began(pace.allowed)
        pace.answered("GET everything", 9.0)
    assert pace.allowed > before


def test_answers_keep_the_breaker_shut() -> None:
    breaker = Breaker(4)
    for _ in range(40):
        breaker.stumbled()
        breaker.answered()
    assert not breaker.open


def test_too_many_without_an_answer_in_a_row_open_it() -> None:
    breaker = Breaker(4)
    for _ in range(11):
        breaker.stumbled()
    assert not breaker.open
    breaker.stumbled()
    assert breaker.open


def test_too_large_a_share_without_an_answer_opens_it() -> None:
    breaker = Breaker(4)
    for _ in range(20):
        breaker.answered()
        for _ in range(3):
            breaker.stumbled()
    assert breaker.open
