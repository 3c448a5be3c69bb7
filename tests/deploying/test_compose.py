"""compose.yaml and Dockerfile: what each service promises, and all of it started for real, as processes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import yaml

from demo.orchestra import ROOT
from demo.process import free_port
from demo.servers import MariaDb
from tests.deploying.compose import AUTH, ENTRYPOINT, PASSWORD, Machine, compose, start_machine
from tests.metrics.promql import expressions, metrics_of

FILE = compose({})
SERVICES: dict[str, Any] = FILE["services"]
LASTING = [name for name, service in SERVICES.items() if service.get("restart") != "no"]
OURS = [name for name, service in SERVICES.items() if service["image"].startswith("rexbit-flows")]
PRODUCTION = [name for name, service in SERVICES.items() if "demo" not in service.get("profiles", ())]
KEYS = {
    "build", "cap_drop", "command", "configs", "cpus", "depends_on", "env_file", "environment", "healthcheck", "image",
    "init", "logging", "mem_limit", "pids_limit", "ports", "profiles", "read_only", "restart", "secrets",
    "security_opt", "shm_size", "stop_grace_period", "stop_signal", "tmpfs", "user", "volumes",
}  # fmt: skip
QUEUES = ("import", "integrations", "default")


def test_no_key_is_misspelt() -> None:
    """Compose refuses the whole file for one; these are the specification's words, as checked against its schema."""
    assert set().union(*SERVICES.values()) <= KEYS


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_stays_in_its_bounds(name: str) -> None:
    service = SERVICES[name]
    assert service["init"] is True
    assert isinstance(service.get("command", []), list)  # a shell would keep the signals for itself
    assert {"mem_limit", "logging"} <= set(service)


@pytest.mark.parametrize("name", PRODUCTION)
def test_a_service_may_do_little(name: str) -> None:
    service = SERVICES[name]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert "no-new-privileges:true" in service["security_opt"]
    assert {"cpus", "pids_limit"} <= set(service)


@pytest.mark.parametrize("name", LASTING)
def test_what_lasts_is_watched_and_comes_back(name: str) -> None:
    assert (SERVICES[name]["restart"], "test" in SERVICES[name]["healthcheck"]) == ("unless-stopped", True)


def test_nothing_waits_for_the_deployer() -> None:
    """It stops at an edit in the UI; after a reboot the workers have to work all the same."""
    assert not [name for name, service in SERVICES.items() if "deployer" in service.get("depends_on", {})]


def test_a_worker_for_each_queue() -> None:
    content = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
    queues = content["definitions"]["work_pools"]["rexbit"]["queues"]
    for queue in QUEUES:
        command = SERVICES[f"worker-{queue}"]["command"]
        assert command[command.index("--work-queue") + 1] == queue
        assert command[command.index("--limit") + 1] == str(queues[queue]["concurrency_limit"] + 1)
        assert "watch" in command  # one place more: the watchdog runs also where its queue is full
    assert set(queues) == {*QUEUES, "watch"}


def test_no_secret_stands_in_the_file() -> None:
    for service in PRODUCTION:
        for name, value in SERVICES[service].get("environment", {}).items():
            assert not re.search("PASSWORD|AUTH", name) or str(value).startswith(("{", "/run/secrets/"))


def test_volumes_and_secrets_are_declared() -> None:
    for service in SERVICES.values():
        named = {volume.partition(":")[0] for volume in service.get("volumes", [])}
        assert {one for one in named if not one.startswith((".", "/"))} <= set(FILE["volumes"])
        assert set(service.get("secrets", [])) <= set(FILE["secrets"])
        assert {one["source"] for one in service.get("configs", [])} <= set(FILE["configs"])


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with start_machine(tmp_path, durable=False) as made:
        yield made


def wait_for_workers(address: str) -> dict[str, str]:
    user, _, password = AUTH.partition(":")
    with httpx.Client(base_url=f"{address}/api", auth=(user, password), timeout=30) as api:
        found = api.post("/work_pools/rexbit/queues/filter", json={}).raise_for_status().json()
        return {queue["name"]: queue["status"] for queue in found}


def is_ready(address: str, queue: str) -> bool:
    return wait_for_workers(address)[queue] == "READY"


@pytest.mark.slow
def test_the_whole_of_it(machine: Machine, tmp_path: Path) -> None:
    assert machine.is_healthy("database")
    with ExitStack() as stack:
        server = machine.start("prefect")
        stack.callback(server.stop)
        server.wait_until(lambda: machine.is_healthy("prefect"))
        address = machine.place("http://prefect:4200")
        assert httpx.get(f"{address}/api/flows/count").status_code in {401, 405}  # nobody without the password
        assert address in httpx.get(f"{address}/ui-settings").text  # where its pages ask
        assert (tmp_path / "client-ui").is_dir()  # and where they lie: not beside the program, which is read-only
        done = deployer(machine)
        assert (done[0], "created   deployment import-feed/acme" in done[1]) == (0, True)
        for queue in QUEUES:
            port = str(free_port())
            machine.moved = {**machine.moved, "http://127.0.0.1:8080": f"http://127.0.0.1:{port}"}
            more = {"PREFECT_WORKER_WEBSERVER_PORT": port}
            worker = machine.start(f"worker-{queue}", **more)
            stack.callback(worker.stop)
            worker.wait_until(partial(machine.is_healthy, f"worker-{queue}", **more))
            worker.wait_until(partial(is_ready, address, queue))
            machine.moved.pop("http://127.0.0.1:8080")
        assert wait_for_workers(address) == dict.fromkeys((*QUEUES, "watch"), "READY")
        refused = deployer(machine, PREFECT_API_AUTH_STRING="admin:wrong")
        assert (refused[0], "PREFECT_API_AUTH_STRING" in refused[1]) == (1, True)
        again = deployer(machine)
        assert (again[0], "created" in again[1]) == (0, False)
        metrics = httpx.get(f"{address}/api/metrics", auth=("admin", AUTH.partition(":")[2]))
        assert metrics.status_code == 200
        prefects = [name for _, text, _ in expressions() for name in metrics_of(text) if not name.startswith("rexbit_")]
        assert [name for name in prefects if name != "up" and f"\n{name}" not in metrics.text] == []
        exporter = machine.start("metrics")
        stack.callback(exporter.stop)
        exporter.wait_until(lambda: machine.is_healthy("metrics"))
        ours = httpx.get(machine.place("http://127.0.0.1:9464/metrics"), timeout=30).text
        # the database answers; our tables are there if the watchdog came by its schedule meanwhile
        assert 'rexbit_unreadable{reason="no_tables"} 1.0' in ours or "rexbit_up 1.0" in ours


def deployer(machine: Machine, **more: str) -> tuple[int, str]:
    names = ("SHOP_7_HOST", "SHOP_7_DATABASE", "SHOP_7_USER", "SHOP_7_PASSWORD", "ACME_SOURCE")
    given = {**dict.fromkeys(names, "x"), "SHOP_7_PORT": "3306", **more}
    service = machine.services["deployer"]
    service["command"] = [*SERVICES["deployer"]["command"], "--blocks", "blocks.example.yaml"]  # mounted in its place
    done = machine.run("deployer", **given)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
def test_the_demos_shop_and_suppliers(machine: Machine, mariadb: MariaDb, tmp_path: Path) -> None:
    mariadb.drop_database("compose_demo")
    mariadb.create_database("compose_demo")
    port = str(free_port())
    shop = f"mysql://{mariadb.user}:{mariadb.password}@{mariadb.host}:{mariadb.port}/compose_demo"
    machine.moved = {"mysql://root:demo-only@demo-shop:3306/prestashop": shop, "8000": port}
    machine.services["demo-suppliers"]["command"] += ["--products", "50"]
    suppliers = machine.start("demo-suppliers")
    try:
        suppliers.wait_until(lambda: machine.is_healthy("demo-suppliers"))
        with mariadb.connect("compose_demo") as connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM ps_product")
            assert cursor.fetchone() == (50,)
    finally:
        suppliers.stop()
        mariadb.drop_database("compose_demo")


@pytest.mark.slow
def test_the_entry_point_names_a_secret_that_is_not_there(machine: Machine) -> None:
    (machine.folder / "secrets" / "PREFECT_AUTH").unlink()
    done = machine.run("deployer")
    assert (done.returncode, "PREFECT_AUTH" in done.stderr, PASSWORD in done.stderr) == (1, True, False)
    assert ENTRYPOINT[-1] == "tasks.deploying.with_secrets"


@pytest.mark.slow
def test_our_database_is_reached_with_the_secret(machine: Machine) -> None:
    """The password holds what an address would break at."""
    environment = machine.environment("worker-default")
    show = [*ENTRYPOINT, "python", "-c", "import os; print(os.environ['REXBIT_DATABASE_URL'])"]
    url = machine._run(show, environment).stdout.strip().replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("rexbit",)
