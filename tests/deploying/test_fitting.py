"""What has to fit together in the files is looked at before anything is registered."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from blocks import SupplierFeed
from demo.orchestra import ROOT
from tasks.deploying.files import Plan
from tasks.deploying.fitting import check_numbers, check_pools

POOLS = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["definitions"]["work_pools"]
MAPPING = {"sku": "A", "stock_quantity": "B"}


def feed(number: int, part: str = "") -> SupplierFeed:
    return SupplierFeed(integration_id=number, source="x.csv", mapping=MAPPING, part={"name": part})


@pytest.mark.parametrize(
    ("feeds", "wrong"),
    [
        ({"a": (6, ""), "b": (8, "")}, 0),
        ({"a": (6, ""), "b": (6, "")}, 1),
        ({"a": (6, "stock"), "b": (6, "prices")}, 0),
        ({"a": (6, "stock"), "b": (6, "stock")}, 1),
        ({"a": (6, "stock"), "b": (6, "")}, 1),
    ],
)
def test_a_number_belongs_to_one(feeds: dict[str, tuple[int, str]], wrong: int) -> None:
    plan = Plan(blocks={name: feed(*given) for name, given in feeds.items()})
    problems = list(check_numbers(plan))
    assert len(problems) == wrong
    assert all("blocks a, b: the integration number 6 is used twice" in problem for problem in problems)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"concurrency_limit": "many"}, "queue rexbit/import: concurrency_limit"),
        ({"limit": 3}, "queue rexbit/import: limit"),
        ({"priority": 1}, "got 1 twice"),
    ],
)
def test_a_queue_that_prefect_would_not_take(settings: dict[str, Any], said: str) -> None:
    queues = {**POOLS["rexbit"]["queues"], "import": settings}
    (problem,) = check_pools(Plan(pools={"rexbit": {**POOLS["rexbit"], "queues": queues}}))
    assert said in problem


def test_the_projects_own_pool_is_right() -> None:
    assert list(check_pools(Plan(pools=POOLS))) == []
