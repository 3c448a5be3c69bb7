"""Production on this machine, by the commands and settings of compose.yaml, deployed by the project's own command."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast
from unittest.mock import patch
from urllib.parse import quote

import httpx
import yaml
from prefect.events.worker import EventsWorker
from prefect.settings import (
    PREFECT_API_AUTH_STRING,
    PREFECT_API_URL,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    PREFECT_LOGGING_TO_API_ENABLED,
    temporary_settings,
)

from demo.feed_server import serve
from demo.orchestra import ROOT
from demo.process import ServerProcess, free_port, last_lines
from demo.servers import MariaDb, start_mariadb, start_postgresql
from demo.shop import make_shop
from flows import import_catalog
from tests.crashes.held_shop import HeldShop
from tests.crashes.killing import kill, with_children
from tests.deploying.compose import AUTH, PASSWORD, Machine, start_machine
from tests.flows.world import MAPPING, TEXTS, World

PRODUCTS = 2_600  # two windows
LONGEST_SECONDS = 300
MODEL = "model"
ALONE = "alone"  # the shop whose sync has a worker of its own
PATH = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
EACH_MINUTE = "* * * * *"
FINAL = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
Json = dict[str, Any]
T = TypeVar("T")


class Production:
    """PostgreSQL, Prefect's server, workers, shops and a supplier; each may be killed and started again."""

    def __init__(self, machine: Machine, mariadb: MariaDb, shops: dict[str, HeldShop], feed: str) -> None:
        self.machine = machine
        self.mariadb = mariadb
        self.shops = shops
        self.postgres = machine.database
        self.address = machine.place("http://prefect:4200")
        user, _, password = AUTH.partition(":")
        self.api = httpx.Client(base_url=f"{self.address}/api", auth=(user, password), timeout=30)
        self.references = set(World(mariadb, MODEL, cast("Any", None), cast("Any", None)).references())
        self._folder = machine.folder
        self._feed = feed
        self.server: ServerProcess
        self.workers: dict[str, ServerProcess] = {}
        self._started: list[ServerProcess] = []
        self._ports: dict[str, str] = {}

    @property
    def database_url(self) -> str:
        return (
            f"postgresql+psycopg://rexbit:{quote(PASSWORD, safe='')}@{self.postgres.host}:{self.postgres.port}/rexbit"
        )

    def start(self, service: str) -> ServerProcess:
        """Start a service of compose.yaml, and wait until its own health check says that it is well."""
        more = {"PYTHONPATH": PATH}
        if service.startswith("worker"):
            port = self._ports.setdefault(service, str(free_port()))
            self.machine.moved = {**self.machine.moved, "http://127.0.0.1:8080": f"http://127.0.0.1:{port}"}
            more["PREFECT_WORKER_WEBSERVER_PORT"] = port
        process = self.machine.start(service, **more)
        self._started.append(process)
        process.wait_until(lambda: self.machine.is_healthy(service, **more))
        return process

    def kill(self, process: ServerProcess) -> None:
        """`kill -9` of a service with all that it started."""
        kill(with_children(process.process.pid))
        process.process.wait()

    def kill_postgres(self, how: signal.Signals) -> None:
        """SIGQUIT: at once, without order; SIGKILL: as by the kernel."""
        self.postgres._process.process.send_signal(how)
        self.postgres._process.process.wait()

    def start_postgres(self) -> None:
        self.postgres = start_postgresql(self._folder / "postgresql", self.postgres.port)

    def deploy(self) -> str:
        """Run the project's deploy command on its own prefect.yaml, with our suppliers and shops."""
        project = self._folder / "project"
        project.mkdir()
        for name in ("flows", "tasks", "blocks"):
            (project / name).symlink_to(ROOT / name)
        _write(project / "prefect.yaml", self._deployments())
        _write(project / "blocks.yaml", self._blocks())
        environment = self.machine.environment("deployer", PYTHONPATH=PATH)
        done = subprocess.run(
            self.machine.command("deployer"), cwd=project, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        for one in self.api.post("/deployments/filter", json={}).raise_for_status().json():
            self.switch(f"{self._flow_name(one)}/{one['name']}", on=False)
        return done.stdout

    def _deployments(self) -> Json:
        content: Json = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
        content["deployments"] = [one for one in content["deployments"] if one["name"] == "watchdog"]
        content["definitions"]["each_shop"] = {"sync": content["definitions"]["each_shop"]["sync"]}
        # a sync in another queue than the others', so that it has a worker of its own
        alone = {**content["definitions"]["each_shop"]["sync"], "name": ALONE, "parameters": {"shop": ALONE}}
        alone["schedules"] = [{"cron": EACH_MINUTE, "timezone": "Europe/Warsaw"}]
        content["deployments"].append({**alone, "work_pool": {**alone["work_pool"], "work_queue_name": "import"}})
        return content

    def _blocks(self) -> Json:
        parts = {"driver": "mysql+pymysql", "host": self.mariadb.host, "port": self.mariadb.port}
        who = {"username": self.mariadb.user, "password": self.mariadb.password}
        shops = {
            name: {
                "integration_id": shop.integration_id,
                "connection": f"db-{name}",
                "product_listing_enabled": True,
                **({} if name == ALONE else {"schedule": EACH_MINUTE}),
                "policy": {"texts": TEXTS},
            }
            for name, shop in self.shops.items()
        }
        acme = {"integration_id": 6, "contractor_id": 5, "source": f"{self._feed}/acme.csv", "mapping": MAPPING}
        connections = {f"db-{name}": {**parts, **who, "database": shop.database} for name, shop in self.shops.items()}
        return {"connections": connections, "feeds": {"acme": acme}, "shops": shops}

    def _flow_name(self, deployment: Json) -> str:
        return str(self.api.get(f"/flows/{deployment['flow_id']}").raise_for_status().json()["name"])

    def deployment(self, name: str) -> Json:
        found: Json = self.api.get(f"/deployments/name/{name}").raise_for_status().json()
        return found

    def switch(self, name: str, *, on: bool) -> None:
        """Pause a deployment or let it run by its schedule, as in the UI."""
        what = "resume" if on else "pause"
        self.api.post(f"/deployments/{self.deployment(name)['id']}/{what}_deployment").raise_for_status()

    def schedule(self, name: str, seconds: float) -> None:
        """Let a deployment run, and more often than a cron line can say."""
        more = [{"schedule": {"interval": seconds}, "active": True}]
        self.api.post(f"/deployments/{self.deployment(name)['id']}/schedules", json=more).raise_for_status()
        self.switch(name, on=True)

    def switch_automation(self, name: str, *, on: bool) -> None:
        """Switch an automation, as in the UI."""
        found = self.api.post("/automations/filter", json={}).raise_for_status().json()
        (one,) = [one for one in found if one["name"] == name]
        self.api.patch(f"/automations/{one['id']}", json={"enabled": on}).raise_for_status()

    def places_taken(self) -> int:
        """Places of deployments' limits that somebody holds."""
        found = self.api.post("/deployments/filter", json={}).raise_for_status().json()
        return sum(one["global_concurrency_limit"]["active_slots"] for one in found if one["global_concurrency_limit"])

    def run(self, name: str, **parameters: Any) -> Json:
        """Start a deployment by hand and wait for its end."""
        place = f"/deployments/{self.deployment(name)['id']}/create_flow_run"
        made = self.api.post(place, json={"parameters": parameters, "state": {"type": "SCHEDULED"}})
        return self.ended(str(made.raise_for_status().json()["id"]))

    def ended(self, run_id: str) -> Json:
        """A run as it ended."""

        def read() -> Json | None:
            run: Json = self.api.get(f"/flow_runs/{run_id}").raise_for_status().json()
            return run if run["state_type"] in FINAL else None

        return self.wait_for(f"the end of run {run_id}", read)

    def runs(self, name: str, *states: str) -> list[Json]:
        """Runs of a deployment in some states, the newest first."""
        wanted = {"deployment_id": {"any_": [self.deployment(name)["id"]]}, "state": {"type": {"any_": list(states)}}}
        body = {"flow_runs": wanted, "sort": "EXPECTED_START_TIME_DESC"}
        found: list[Json] = self.api.post("/flow_runs/filter", json=body).raise_for_status().json()
        return found

    def wait_for(self, what: str, look: Callable[[], T | None]) -> T:
        """What `look` finds at last; asked again also while the server is away."""
        deadline = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < deadline:
            try:
                if found := look():
                    return found
            except (httpx.TransportError, httpx.HTTPStatusError):
                pass  # it was struck, too
            time.sleep(0.5)
        raise AssertionError(f"{what} did not come within {LONGEST_SECONDS} s; the server's log ends:\n{self._log()}")

    def _log(self) -> str:
        return last_lines(self.machine.log("prefect"))

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of our database."""
        with self.postgres.connect("rexbit") as connection:
            return connection.execute(query.encode(), values).fetchall()

    def stop(self) -> None:
        for process in reversed(self._started):
            kill(with_children(process.process.pid))
            process.stop()
        self.postgres.stop()


def _write(path: Path, content: Json) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


@contextmanager
def start_production(folder: Path, shops: Sequence[str]) -> Iterator[Production]:
    """All of it but the workers, deployed, with every shop's catalogue read and nothing imported yet."""
    with ExitStack() as stack:
        mariadb = stack.enter_context(start_mariadb(folder / "mariadb", durable=False))
        mariadb.create_database(MODEL)
        with mariadb.connect(MODEL) as connection:
            make_shop(connection, products=PRODUCTS)
        made = {name: HeldShop(mariadb, MODEL, 10 * number + 7) for number, name in enumerate(shops)}
        (folder / "feeds").mkdir()
        feed = stack.enter_context(serve(folder / "feeds"))
        machine = stack.enter_context(start_machine(folder, durable=True))
        production = Production(machine, mariadb, made, feed)
        stack.callback(production.stop)
        production.server = production.start("prefect")
        production.deploy()
        yield production


def prepare(production: Production) -> None:
    """Every shop's catalogue is known, and the supplier offers all that only one product of a shop is."""
    rows = [f"{reference};;30;3" for reference in production.references]
    text = "\n".join(["Symbol;EAN;Stan;Termin", *rows, ""])
    (production.machine.folder / "feeds" / "acme.csv").write_text(text, encoding="utf-8")
    ours = {"REXBIT_DATABASE_URL": production.database_url, "REXBIT_HOME": production.machine.place("/var/lib/rexbit")}
    settings: dict[Any, Any] = {
        PREFECT_API_URL: f"{production.address}/api",
        PREFECT_API_AUTH_STRING: AUTH,
        PREFECT_LOGGING_TO_API_ENABLED: False,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
    }
    with patch.dict(os.environ, ours), temporary_settings(settings):
        for name in production.shops:
            import_catalog(name)
        EventsWorker.drain_all(timeout=30)
