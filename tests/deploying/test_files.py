"""The deploy command's reading of the files: what it makes of them, and what it finds wrong before asking a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect import Flow

from blocks.apply import BlocksFileError, read_blocks
from demo.orchestra import ROOT
from flows.import_feed import import_feed
from flows.sync_availability import sync_availability
from tasks.deploying.automations import automations_of, blocks_named
from tasks.deploying.checking import check_automations, check_deployments
from tasks.deploying.expanding import deployments_of, minute_of
from tasks.deploying.files import Plan, read_plan

DEPLOYING = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
FLOWS: dict[str, Flow[..., Any] | None] = {"import": import_feed, "sync": sync_availability}
GIVEN: dict[str, Any] = {
    "name": "acme",
    "entrypoint": "import",
    "parameters": {"feed": "acme"},
    "schedules": [{"cron": "5 * * * *", "timezone": "Europe/Warsaw"}],
    "work_pool": {"name": "rexbit", "work_queue_name": "import"},
}


def wrong(*deployments: dict[str, Any]) -> list[str]:
    plan = Plan(pools=DEPLOYING["definitions"]["work_pools"], deployments=list(deployments))
    return list(check_deployments(plan, FLOWS))


def made(blocks: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    found = list(deployments_of({**DEPLOYING, "deployments": DEPLOYING["deployments"][:1]}, blocks))
    return {f"{d['entrypoint']}/{d['name']}": d for d, _ in found if d}, [problem for _, problem in found if problem]


def test_a_right_one() -> None:
    assert wrong(GIVEN) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"parameters": {"feed": "acme", "limt": 5}}, "no parameter `limt`"),
        ({"parameters": {"feed": "acme", "limit": "many"}}, "parameter `limit`: got `many`"),
        ({"parameters": {}}, "lacks the parameters feed"),
        ({"schedules": [{"cron": "5 * * *", "timezone": "Europe/Warsaw"}]}, "five fields"),
        ({"schedules": [{"cron": "* 5 * * * *", "timezone": "Europe/Warsaw"}]}, "five fields"),  # each second from 5 on
        ({"schedules": [{"cron": "0 0 31 2 *", "timezone": "Europe/Warsaw"}]}, "never does"),
        ({"schedules": [{"cron": "5 * * * *", "timezone": "Europe/Warszawa"}]}, "known time zone"),
        ({"work_pool": {"name": "rexbit", "work_queue_name": "imports"}}, "got `imports`"),
        ({"triggers": []}, "got triggers"),
        ({"entrypoint": "sync", "parameters": {"shop": "sklep", "compare": "db"}}, "parameter `compare`: got `db`"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, Any], said: str) -> None:
    (problem,) = wrong({**GIVEN, **change})
    assert said in problem


def test_a_name_twice() -> None:
    assert "used twice" in wrong(GIVEN, GIVEN)[0]


def test_every_feed_and_shop_gets_its_deployments() -> None:
    found, problems = made({"feeds": {"acme": {}, "beta": {"integration_id": 8}}, "shops": {"sklep": {}}})
    assert (len(found), problems) == (5, [])  # acme has its own
    beta = found["flows/import_feed.py:import_feed/beta"]
    assert beta["parameters"] == {"feed": "beta"}
    assert beta["schedules"][0]["cron"] == f"{minute_of('beta')} * * * *"
    assert beta["description"].startswith("Supplier 8:")


def test_an_entrys_schedule() -> None:
    blocks = {
        "feeds": {"beta": {"schedule": "7 6 * * *"}},
        "shops": {"sklep": {"schedule": {"audit": "by hand", "sync": "1 * * * *"}, "timezone": "Europe/Prague"}},
    }
    found, _ = made(blocks)
    crons = {name.rpartition("/")[2]: d["schedules"] for name, d in found.items() if "import_catalog" not in name}
    assert crons["beta"][0]["cron"] == "7 6 * * *"
    assert crons["sklep-audit"] == []
    assert crons["sklep"] == [{"cron": "1 * * * *", "timezone": "Europe/Prague"}]


def test_a_time_said_twice_or_of_nothing() -> None:
    _, problems = made({"feeds": {"acme": {"schedule": "1 * * * *"}, "beta": {"schedule": {"sync": "1 * * * *"}}}})
    assert ["Delete one of the two" in problems[0], "expected import, got sync" in problems[1]] == [True, True]


def test_new_feeds_don_t_start_all_at_once() -> None:
    assert len({minute_of(f"supplier-{number}") for number in range(20)}) > 10


@pytest.mark.parametrize("file", ["prefect.yaml", "blocks.yaml"])
def test_a_name_that_stands_twice_in_a_file_is_named(tmp_path: Path, file: str) -> None:
    (tmp_path / "prefect.yaml").write_text("pull: []\n", encoding="utf-8")
    (tmp_path / "blocks.yaml").write_text("feeds: {}\n", encoding="utf-8")
    (tmp_path / file).write_text("feeds:\n  acme: {a: 1}\n  acme: {a: 2}\n", encoding="utf-8")
    assert "`acme` a second time" in read_plan(tmp_path, tmp_path / "blocks.yaml", {}).problems[0]


def test_a_name_that_prefect_would_refuse_is_named() -> None:
    with pytest.raises(BlocksFileError, match="got `Acme_PL`"):
        read_blocks("feeds: {Acme_PL: {integration_id: 6, source: x.csv, mapping: {sku: A, stock_quantity: B}}}", {})


def test_what_a_deployment_takes_from_the_environment_is_known(tmp_path: Path) -> None:
    text = """
deployments: [{name: a, parameters: {feed: x}, work_pool: {job_variables: {env: {TOKEN: "{{ $TOKEN }}"}}}}]
"""
    (tmp_path / "prefect.yaml").write_text(text, encoding="utf-8")
    plan = read_plan(tmp_path, ROOT / "blocks.example.yaml", {"TOKEN": "tajne"})
    assert plan.taken == [{"work_pool.job_variables.env.TOKEN"}]
    assert plan.deployments[0]["work_pool"]["job_variables"]["env"]["TOKEN"] == "tajne"


def test_a_variable_that_isn_t_set_is_named(tmp_path: Path) -> None:
    (tmp_path / "prefect.yaml").write_text((ROOT / "prefect.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    names = ("SHOP_7_HOST", "SHOP_7_DATABASE", "SHOP_7_USER", "SHOP_7_PASSWORD", "ACME_SOURCE", "REXBIT_HOME")
    given = {**dict.fromkeys(names, "x"), "REXBIT_CODE": "/code"}
    plan = read_plan(tmp_path, ROOT / "blocks.example.yaml", given)
    assert plan.problems == ["blocks.example.yaml: the environment variable SHOP_7_PORT is named there and not set"]


def test_the_projects_own_files_are_right() -> None:
    settings = dict.fromkeys(("SHOP_7_HOST", "SHOP_7_DATABASE", "SHOP_7_USER", "SHOP_7_PASSWORD", "ACME_SOURCE"), "x")
    given = {**settings, "SHOP_7_PORT": "3306", "REXBIT_CODE": "/code", "REXBIT_HOME": "/home"}
    plan = read_plan(ROOT, ROOT / "blocks.example.yaml", given)
    assert (plan.problems, len(plan.blocks), len(plan.deployments)) == ([], 3, len(DEPLOYING["deployments"]))


def test_a_schedule_is_no_field_of_the_block() -> None:
    text = (ROOT / "blocks.example.yaml").read_text(encoding="utf-8").replace('# schedule: "', 'schedule: "')
    settings = dict.fromkeys(("SHOP_7_HOST", "SHOP_7_DATABASE", "SHOP_7_USER", "SHOP_7_PASSWORD", "ACME_SOURCE"), "x")
    assert set(read_blocks(text, {**settings, "SHOP_7_PORT": "3306"})) == {"shop-7-mysql", "acme", "sklep"}


def test_who_is_to_be_told_makes_the_messages() -> None:
    alone = {one["name"] for one in automations_of([], set())}
    told = list(automations_of(["slack-webhook/ops"], {"sync-availability/sklep"}))
    assert alone == {"rexbit: mark dead runs"}
    assert {(slug, name) for _, slug, name in blocks_named(told)} == {("slack-webhook", "ops")}
    assert list(check_automations(Plan(automations=told))) == []
