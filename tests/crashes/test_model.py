"""Any sequence of feeds, policies, edits by others, crashes and undos ends as a model in plain Python says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    run_state_machine_as_test,
)

from demo.servers import MariaDb
from tests.crashes.life import Life
from tests.crashes.model import FLAG, Model, Offer
from tests.crashes.plain import without_prefect
from tests.crashes.small_shop import SmallShop

pytestmark = pytest.mark.slow

EVERYTHING = {"completed", "unchanged", "crashed while it wrote", "undone"}
LIVES, FEW, MOST_ROUNDS = 26, 6, 5


@pytest.fixture
def small_shop(mariadb: MariaDb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallShop]:
    without_prefect(monkeypatch.setattr)
    place = SmallShop(mariadb, tmp_path)
    for name, value in place.environment.items():
        monkeypatch.setenv(name, value)
    place.prepare()
    yield place
    place.close()


@pytest.fixture
def life(small_shop: SmallShop) -> Life:
    """A shop on the evening of its first day: everything can be had, and was written."""

    class ThisLife(Life):
        place = small_shop
        seen: ClassVar[Counter[str]] = Counter()

    small_shop.begin()
    life = ThisLife()
    life.model = Model(small_shop.products, small_shop.held())
    life.take(dict.fromkeys(small_shop.references, Offer(45, 1)))
    life.sync(with_shop=False)
    return life


def test_what_was_undone_stays_so_while_it_is_held(life: Life) -> None:
    (written,) = life.model.sets
    life.take_back(written, {key[0] for key in written.rows if key[3] == FLAG})
    assert life.model.held
    life.sync(with_shop=True)
    life.the_shop_is_as_the_model_says()
    life.teardown()


def test_a_flag_that_somebody_set_keeps_those_beside_it(life: Life) -> None:
    (written,) = life.model.sets
    flags = [key for key in written.rows if key[3] == FLAG and life.model.products[key[0]].combinations]
    before, after = written.rows[flags[-1]]
    life.put(flags[-1:], next(value for value in "012" if value not in (before, after)))
    life.take_back(written, None)
    life.the_shop_is_as_the_model_says()
    life.teardown()


def test_any_life_of_a_shop_ends_as_the_model_says(small_shop: SmallShop) -> None:
    class ThisLife(Life):
        place = small_shop
        seen: ClassVar[Counter[str]] = Counter()

    live(ThisLife, LIVES)
    for _ in range(MOST_ROUNDS):
        if set(ThisLife.seen) >= EVERYTHING:
            return
        live(ThisLife, FEW)  # chance left something out
    raise AssertionError(f"of {EVERYTHING} only {dict(ThisLife.seen)} ever happened")


def live(life: type[Life], lives: int) -> None:
    run_state_machine_as_test(
        life,
        settings=settings(
            max_examples=lives,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
