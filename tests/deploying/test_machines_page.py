"""docs/machines.md: its pools have variables that their kind of worker knows, its commands are compose.yaml's."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import prefect
import pytest
import yaml

from demo.orchestra import ROOT
from tests.deploying.compose import compose, shell_words

TEXT = (ROOT / "docs" / "machines.md").read_text(encoding="utf-8")
POOLS: list[dict[str, Any]] = [
    yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```", TEXT, flags=re.DOTALL | re.MULTILINE)
]
QUEUES = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["definitions"]["work_pools"]["rexbit"]
KINDS = Path(prefect.__file__).parent / "server/api/collections_data/views/aggregate-worker-metadata.json"


def variables_of(kind: str) -> set[str]:
    """What the template of a kind of pool takes, as this version of Prefect's server has it."""
    packages = json.loads(KINDS.read_text(encoding="utf-8")).values()
    (worker,) = (workers[kind] for workers in packages if kind in workers)
    return set(worker["default_base_job_configuration"]["variables"]["properties"])


@pytest.mark.parametrize("given", POOLS, ids=lambda given: given["pool"]["name"])
def test_a_pool(given: dict[str, Any]) -> None:
    ((name, pool),) = given["work_pools"].items()
    assert given["pool"]["name"] == name
    assert set(given["pool"]["job_variables"]) <= variables_of(pool["type"])
    assert set(pool["queues"]) == set(QUEUES["queues"])


def test_the_workers_commands_are_composes() -> None:
    given = [shell_words(line) for line in TEXT.splitlines() if line.startswith("prefect worker start")]
    services = compose({"WORKER_HOST": "2"})["services"]
    expected = [services[f"worker-{queue}"]["command"] for queue in ("import", "default", "integrations")]
    assert given == [[part for part in command if part != "--with-healthcheck"] for command in expected]
