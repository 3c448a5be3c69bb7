"""docs/monitoring.md, its dashboard and its rules name only what is exported."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from demo.orchestra import ROOT
from tasks.metrics import METRICS, Exporter
from tasks.metrics.exporting import BEGINS_ANEW
from tasks.metrics.serving import arguments_of
from tasks.metrics.values import ALERTS
from tasks.operations.faults import TOLD
from tests.deploying.compose import compose, shell_words
from tests.metrics.promql import FOLDER, TARGET, dashboard, expressions, labels_of, metrics_of

TEXT = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(rexbit_\w+)` \| ([^|]*) \| ([^|]*) \|$", TEXT, flags=re.MULTILINE)
BLOCKS: list[str] = re.findall(r"^```\n(.*?)^```", TEXT, flags=re.DOTALL | re.MULTILINE)
LINES = [line.partition("  #")[0].rstrip() for block in BLOCKS for line in block.splitlines()]
LABELS = {metric.name: set(metric.labels) for metric in METRICS}
EXPRESSIONS = list(expressions())


def test_the_table_is_what_the_exporter_says_of_itself() -> None:
    helped = [(family.name, family.documentation.removesuffix(BEGINS_ANEW)) for family in Exporter().describe()]
    said = [(name.removesuffix("_total"), words) for name, _, words in ROWS]
    assert said == helped
    assert {name: set(re.findall(r"\w+", labels)) for name, labels, _ in ROWS} == LABELS


@pytest.mark.parametrize(("where", "expression", "words"), EXPRESSIONS, ids=[one[0] for one in EXPRESSIONS])
def test_an_expression_names_what_there_is(where: str, expression: str, words: tuple[str, ...]) -> None:
    found = metrics_of(expression)
    assert found
    ours = [name for name in found if name.startswith("rexbit_")]
    assert set(ours) <= set(LABELS)
    known = set[str]().union(*(LABELS[name] for name in ours))
    assert labels_of(expression, *words) - TARGET - {"value"} <= known
    for name in ours:
        assert set(found[name]) <= LABELS[name] | TARGET


def test_jobs_are_those_of_the_configuration() -> None:
    config = yaml.safe_load((FOLDER / "prometheus.yml").read_text(encoding="utf-8"))
    jobs = {job["job_name"] for job in config["scrape_configs"]}
    named = {labels["job"] for _, text, _ in EXPRESSIONS for labels in metrics_of(text).values() if "job" in labels}
    assert {job for text in named for job in text.split("|")} == jobs
    targets = {target for job in config["scrape_configs"] for target in job["static_configs"][0]["targets"]}
    assert targets == {"metrics:9464", "prefect:4200"}
    assert config["rule_files"] == ["rules.yml"]


def test_a_dashboard_that_grafana_takes() -> None:
    panels = dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = [panel["gridPos"] for panel in panels]
    assert all(place["x"] + place["w"] <= 24 for place in places)
    cells = [
        (x, y) for at in places for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(set(cells)) == len(cells)  # no panel lies over another
    assert {one["uid"] for panel in panels for one in [panel.get("datasource")] if one} == {"${datasource}"}


def test_the_faults_that_are_shown_as_0_are_those_that_are_told() -> None:
    assert set(ALERTS) == TOLD


def test_files_that_compose_mounts_are_there() -> None:
    services: dict[str, Any] = compose({})["services"]
    mounted = [volume.split(":") for name in ("prometheus", "grafana") for volume in services[name]["volumes"]]
    ours = [source for source, *_ in mounted if source.startswith(".")]
    assert ours
    assert all((ROOT / source).exists() for source in ours)


@pytest.mark.parametrize("line", [line for line in LINES if line.startswith("python -m tasks.metrics")])
def test_a_command_line(line: str) -> None:
    arguments_of(shell_words(line)[3:])


def test_its_variables_are_those_of_compose() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    named = set(re.findall(r"`(\w+_LISTEN)[=`]", TEXT))
    assert named == {"METRICS_LISTEN", "PROMETHEUS_LISTEN", "GRAFANA_LISTEN"}
    assert all(f"${{{name}:-127.0.0.1}}" in text for name in named)


def test_the_rules_are_all_told() -> None:
    rules = yaml.safe_load((FOLDER / "rules.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    named = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`[A-Z][a-z]\w+`.*?) \|", TEXT, flags=re.MULTILINE)))
    assert named == [name for name in named if name in {rule["alert"] for rule in rules}]
    assert len(named) == len(rules)


def test_no_run_is_told_to_serve_metrics() -> None:
    """Prefect gives each run the worker's port for them: it is taken, and every run ends as Crashed."""
    for name in ("compose.yaml", "prefect.yaml", "demo/orchestra.py"):
        assert "PREFECT_CLIENT_METRICS" not in (ROOT / name).read_text(encoding="utf-8")
