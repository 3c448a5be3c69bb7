"""The deploy command against a real Prefect server: nothing twice, nothing lost that somebody did in the UI."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from prefect_sqlalchemy import ConnectionComponents

from blocks import PrestashopDatabase, load_shop
from demo.orchestra import ROOT, Orchestra
from tasks.deploying.command import main

pytestmark = pytest.mark.slow
SECRETS = ("tajne-haslo", "tajny-token")


@pytest.fixture
def api(orchestra: Orchestra) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{orchestra.url}/api", timeout=30) as client:
        yield client


@pytest.fixture
def project(
    tmp_path: Path, prefect_api: None, api: httpx.Client, monkeypatch: pytest.MonkeyPatch, request: Any
) -> Iterator[Path]:
    """A folder with the project's flows, one feed and one shop whose names no other test has."""
    for name in ("flows", "tasks", "blocks"):
        (tmp_path / name).symlink_to(ROOT / name)
    content = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
    content["deployments"] = []
    content["definitions"]["each_shop"].pop("catalogue")
    content["definitions"]["work_pools"] = {request.node.name.replace("_", "-"): pool_of(content)}
    for patterns in ("each_feed", "each_shop"):
        for pattern in content["definitions"][patterns].values():
            pattern["work_pool"]["name"] = request.node.name.replace("_", "-")
    name = request.node.name.removeprefix("test_").replace("_", "-")
    text = (ROOT / "blocks.example.yaml").read_text(encoding="utf-8")
    text = text.replace("shop-7-mysql", f"db-{name}").replace("  acme:", f"  feed-{name}:")
    write(tmp_path / "blocks.yaml", yaml.safe_load(text.replace("  sklep:", f"  shop-{name}:")))
    write(tmp_path / "prefect.yaml", content)
    settings = {"REXBIT_CODE": str(ROOT), "REXBIT_HOME": "/var/lib/rexbit", "ACME_SOURCE": f"https://x/?t={SECRETS[1]}"}
    shop = {"HOST": "db", "PORT": "3306", "DATABASE": "shop", "USER": "u", "PASSWORD": SECRETS[0]}
    for variable, value in {**settings, **{f"SHOP_7_{key}": value for key, value in shop.items()}}.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    # the server is other tests' too: automations would watch their runs, and what was agreed is of this test
    for one in api.post("/automations/filter").json():
        api.delete(f"/automations/{one['id']}").raise_for_status()
    record = api.get("/block_types/slug/deploy-record/block_documents/name/last")
    if record.is_success:
        api.delete(f"/block_documents/{record.json()['id']}").raise_for_status()


def pool_of(content: dict[str, Any]) -> dict[str, Any]:
    (pool,) = content["definitions"]["work_pools"].values()
    return dict(pool)


def write(path: Path, content: Any) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def deploy(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """The command's code and what it says; no secret is ever in that."""
    capsys.readouterr()
    code = main(arguments)
    said = "".join(capsys.readouterr())
    assert not [secret for secret in SECRETS if secret in said]
    return code, said


def feed_of(project: Path) -> str:
    (name,) = yaml.safe_load((project / "blocks.yaml").read_text(encoding="utf-8"))["feeds"]
    return str(name)


def edit_feed(api: httpx.Client, name: str, **data: Any) -> None:
    """What the form of a block in the UI does."""
    place = f"/block_types/slug/supplier-feed/block_documents/name/{name}"
    block = api.get(place, params={"include_secrets": True}).raise_for_status().json()
    api.patch(f"/block_documents/{block['id']}", json={"data": {**block["data"], **data}}).raise_for_status()


def saved_feed(api: httpx.Client, name: str) -> dict[str, Any]:
    found = api.get(f"/block_types/slug/supplier-feed/block_documents/name/{name}").raise_for_status().json()
    return dict(found["data"])


def test_twice(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert deploy(capsys, "--check")[1].count("created   ") == 12
    assert deploy(capsys)[0] == 0
    code, said = deploy(capsys)
    assert (code, "12 unchanged" in said, "created" in said) == (0, True, False)


def test_a_new_kind_comes_though_nothing_else_changed(
    project: Path, api: httpx.Client, capsys: pytest.CaptureFixture[str]
) -> None:
    """So that the form of a release's new kind is there, too."""
    deploy(capsys)
    place = "/block_types/slug/prestashop-webservice"
    api.delete(f"/block_types/{api.get(place).json()['id']}").raise_for_status()
    assert ("12 unchanged" in deploy(capsys)[1], api.get(place).status_code) == (True, 200)


def test_what_the_environment_says_of_a_deployment_is_not_shown(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = yaml.safe_load((project / "prefect.yaml").read_text(encoding="utf-8"))
    content["definitions"]["each_feed"]["import"]["work_pool"]["job_variables"]["env"]["TOKEN"] = "{{ $TOKEN }}"
    write(project / "prefect.yaml", content)
    monkeypatch.setenv("TOKEN", SECRETS[0])
    deploy(capsys)
    monkeypatch.setenv("TOKEN", SECRETS[1])
    code, said = deploy(capsys)  # which looks for both in what is said
    assert (code, "job_variables.env.TOKEN: another value" in said) == (0, True)


def test_what_is_missing(project: Path, api: httpx.Client, capsys: pytest.CaptureFixture[str]) -> None:
    name = feed_of(project)
    pattern = yaml.safe_load((project / "prefect.yaml").read_text(encoding="utf-8"))
    gone = {
        **pattern["definitions"]["each_feed"]["import"],
        "name": "gone",
        "parameters": {"feed": "gone"},
        "schedules": [],
    }
    write(project / "prefect.yaml", {**pattern, "deployments": [gone]})
    code, said = deploy(capsys)
    assert (code, "got `gone`" in said) == (1, True), said
    assert api.get(f"/block_types/slug/supplier-feed/block_documents/name/{name}").status_code == 404


def test_a_variable(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHOP_7_PASSWORD")
    code, said = deploy(capsys)
    assert (code, "SHOP_7_PASSWORD" in said, "nothing was changed" in said) == (1, True, True)


def test_paused_stays(project: Path, api: httpx.Client, capsys: pytest.CaptureFixture[str]) -> None:
    deploy(capsys)
    place = f"/deployments/name/import-feed/{feed_of(project)}"
    found = api.get(place).json()
    switch = f"/deployments/{found['id']}/schedules/{found['schedules'][0]['id']}"
    api.patch(switch, json={"active": False}).raise_for_status()
    api.patch(f"/deployments/{found['id']}", json={"paused": True}).raise_for_status()
    change(project / "prefect.yaml", "'{minute} * * * *'", "1 2 * * *")
    code, said = deploy(capsys)
    now = api.get(place).json()
    (schedule,) = now["schedules"]
    assert (code, "1 2 * * * (Europe/Warsaw)" in said) == (0, True)
    assert (now["paused"], schedule["active"], schedule["schedule"]["cron"]) == (True, False, "1 2 * * *")


def test_an_edit(project: Path, api: httpx.Client, capsys: pytest.CaptureFixture[str]) -> None:
    name = feed_of(project)
    deploy(capsys)
    edit_feed(api, name, delimiter=",")
    code, said = deploy(capsys)
    assert (code, "delimiter: , -> ;" in said, saved_feed(api, name)["delimiter"]) == (3, True, ",")
    assert (deploy(capsys, "--keep-ui")[0], deploy(capsys)[0], saved_feed(api, name)["delimiter"]) == (0, 0, ",")
    assert (deploy(capsys, "--take-file")[0], saved_feed(api, name)["delimiter"]) == (0, ";")


def test_a_secret_moves(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    deploy(capsys)
    monkeypatch.setenv("SHOP_7_PASSWORD", "nowe-haslo")
    code, said = deploy(capsys)
    assert (code, "connection_info.password: another value" in said, "nowe-haslo" in said) == (0, True, False)
    assert deploy(capsys)[1].count("changed  ") == 0
    change(project / "blocks.yaml", "min_stock_threshold: 20", "min_stock_threshold: 21")
    assert deploy(capsys)[1].count("changed  ") == 1
    (shop,) = yaml.safe_load((project / "blocks.yaml").read_text(encoding="utf-8"))["shops"]
    block = load_shop(shop)
    assert isinstance(block, PrestashopDatabase)
    info = block.connection.connection_info
    assert isinstance(info, ConnectionComponents)
    assert info.password is not None
    assert (block.policy.min_stock_threshold, info.password.get_secret_value()) == (21, "nowe-haslo")


def test_a_deleted_feed(project: Path, api: httpx.Client, capsys: pytest.CaptureFixture[str]) -> None:
    deploy(capsys)
    place = f"/block_types/slug/supplier-feed/block_documents/name/{feed_of(project)}"
    api.delete(f"/block_documents/{api.get(place).json()['id']}").raise_for_status()
    assert (deploy(capsys)[0], api.get(place).status_code) == (3, 404)


def automations(api: httpx.Client) -> list[dict[str, Any]]:
    found = api.post("/automations/filter").raise_for_status().json()
    return [one for one in found if not one["name"].startswith("rexbit: ")]


def test_an_automation(
    project: Path, api: httpx.Client, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = {"type": "event", "posture": "Reactive", "threshold": 1}
    ended["expect"] = ["prefect.flow-run.Crashed", "prefect.flow-run.Failed", "prefect.flow-run.TimedOut"]
    silent = {"type": "event", "posture": "Proactive", "within": 90, "for_each": ["prefect.resource.id"]}
    silent |= {"after": ["prefect.flow-run.heartbeat"], "expect": ["prefect.flow-run.heartbeat", "prefect.flow-run.*"]}
    trigger = {"type": "compound", "require": "any", "within": 60, "triggers": [ended, silent]}
    tell = {"type": "send-notification", "block": f"supplier-feed/{feed_of(project)}", "subject": "s", "body": "b"}
    one = {"name": "automation-of-test", "trigger": trigger, "actions": [{"type": "do-nothing"}, tell]}
    prepared = partial(monkeypatch.setattr, "tasks.deploying.command.automations_of")
    prepared(lambda *_: [one])
    deploy(capsys)
    (found,) = automations(api)
    api.patch(f"/automations/{found['id']}", json={"enabled": False}).raise_for_status()
    prepared(lambda *_: [{**one, "description": "changed"}])
    assert deploy(capsys)[0] == 0
    (now,) = automations(api)
    assert (now["id"], now["description"], now["enabled"]) == (found["id"], "changed", False)
    place = f"/block_types/slug/supplier-feed/block_documents/name/{feed_of(project)}"
    assert now["actions"][1]["block_document_id"] == api.get(place).json()["id"]
    assert "unchanged" in deploy(capsys)[1]


def test_a_pool_of_another_type(project: Path, api: httpx.Client, capsys: pytest.CaptureFixture[str]) -> None:
    api.post("/work_pools/", json={"name": "test-a-pool-of-another-type", "type": "docker"}).raise_for_status()
    code, said = deploy(capsys)
    assert (code, "expected the type process, got docker" in said) == (1, True)


def test_as_prefect_deploys(project: Path, orchestra: Orchestra, capsys: pytest.CaptureFixture[str]) -> None:
    """`prefect deploy --all` registers the very same."""
    content = yaml.safe_load((project / "prefect.yaml").read_text(encoding="utf-8"))
    pool = {**content["definitions"]["each_feed"]["import"]["work_pool"]}
    listed = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"][:2]
    named = yaml.safe_load((project / "blocks.yaml").read_text(encoding="utf-8"))
    listed[0] |= {"name": "as-prefect", "parameters": {"feed": feed_of(project)}, "work_pool": pool}
    listed[1] |= {"name": "as-prefect", "parameters": {"shop": next(iter(named["shops"]))}, "work_pool": pool}
    write(project / "prefect.yaml", {**content, "deployments": listed})
    assert deploy(capsys)[0] == 0
    environment = {**orchestra.environment, "REXBIT_CODE": str(ROOT), "REXBIT_HOME": "/var/lib/rexbit"}
    Orchestra(orchestra.server, orchestra.home, orchestra.port, environment).prefect(
        "--no-prompt", "deploy", "--all", "--prefect-file", str(project / "prefect.yaml")
    )
    code, said = deploy(capsys)
    assert (code, "changed  " in said, "edited" in said) == (0, False, False)
