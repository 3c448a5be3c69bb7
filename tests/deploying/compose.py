"""compose.yaml run without containers: each service's own command as a process, with the environment of the file."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from demo.orchestra import ROOT, _start
from demo.process import ServerProcess, free_port, take_lock
from demo.servers import Postgres, start_postgresql

AUTH = "admin:tajne: haslo/@"
PASSWORD = "p@ss/wo:rd"  # an address needs it escaped
VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)(?::-([^}]*))?\}")


def compose(environment: Mapping[str, str]) -> dict[str, Any]:
    """The file as compose reads it: variables filled in, anchors merged."""
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    found = yaml.safe_load(VARIABLE.sub(lambda one: environment.get(one[1]) or one[2] or "", text))
    return dict(found)


def dockerfile() -> list[tuple[str, str]]:
    """Instruction and its text, continued lines joined, comments left out."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines if line and not line.startswith("#")]


ENTRYPOINT: list[str] = json.loads(dict(dockerfile())["ENTRYPOINT"])


class Machine:
    """What stands in for the containers of one machine: a folder, and the ports that addresses are moved to."""

    def __init__(self, folder: Path, database: Postgres, moved: Mapping[str, str], settings: Mapping[str, str]) -> None:
        self.folder = folder
        self.database = database
        self.moved = moved
        self.settings = settings
        self.services: dict[str, Any] = compose({"SECRETS": str(folder / "secrets")})["services"]

    def place(self, text: str) -> str:
        """A value or argument of the file with its addresses and folders moved to this machine."""
        for old, new in self.moved.items():
            text = text.replace(old, new)
        return text

    def environment(self, service: str, **more: str) -> dict[str, str]:
        """The service's environment, and nothing of ours but what finds the programs."""
        given = {name: self.place(str(value)) for name, value in self.services[service].get("environment", {}).items()}
        kept = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "HOME": str(self.folder)}
        return {**kept, "REXBIT_SECRETS": str(self.folder / "secrets"), **given, **self.settings, **more}

    def command(self, service: str) -> list[str]:
        """Entry point and command, as the container would run them."""
        return [*ENTRYPOINT, *(self.place(str(part)) for part in self.services[service]["command"])]

    def start(self, service: str, **more: str) -> ServerProcess:
        """Start a lasting service; its output is in `SERVICE.log`."""
        place = self.folder / service
        place.mkdir(exist_ok=True)  # started again after it died
        return _start(self.command(service), self.log(service), take_lock(place), self.environment(service, **more))

    def log(self, service: str) -> Path:
        return self.folder / f"{service}.log"

    def run(self, service: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a service that ends by itself."""
        return self._run(self.command(service), self.environment(service, **more))

    def is_healthy(self, service: str, **more: str) -> bool:
        """What the service's own health check says, once."""
        _, *test = self.services[service]["healthcheck"]["test"]
        done = self._run([self.place(str(part)) for part in test], self.environment(service, **more))
        return done.returncode == 0

    @staticmethod
    def _run(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@contextmanager
def start_machine(folder: Path, *, durable: bool) -> Iterator[Machine]:
    """PostgreSQL as the file has it, with the databases that its image makes; the rest is for the test to start."""
    (folder / "secrets").mkdir()
    (folder / "secrets" / "DATABASE_PASSWORD").write_text(f"{PASSWORD}\n", encoding="utf-8")
    (folder / "secrets" / "PREFECT_AUTH").write_text(f"{AUTH}\n", encoding="utf-8")
    file = compose({})
    program, *settings = file["services"]["database"]["command"]
    assert (program, settings[::2]) == ("postgres", ["-c"] * (len(settings) // 2))
    made = file["services"]["database"]["environment"]
    with start_postgresql(folder / "postgresql", durable=durable, settings=settings[1::2]) as server:
        with server.connect() as admin:
            user, database = made["POSTGRES_USER"], made["POSTGRES_DB"]
            assert user == server.user
            admin.execute(f"ALTER ROLE {user} PASSWORD '{PASSWORD}'")  # this and the next: the image's entry point
            (folder / "postgresql" / "password").write_text(PASSWORD, encoding="ascii")  # for a start after its death
            server.password = PASSWORD
            admin.execute(f"CREATE DATABASE {database} OWNER {user}")
            admin.execute(file["configs"]["our_database"]["content"])
        for volume in ("prefect", "rexbit"):
            (folder / "lib" / volume).mkdir(parents=True)
        port = str(free_port())
        moved = {
            "@database:5432": f"@{server.host}:{server.port}",
            "http://prefect:4200": f"http://127.0.0.1:{port}",
            "http://127.0.0.1:4200": f"http://127.0.0.1:{port}",
            "http://localhost:4200": f"http://127.0.0.1:{port}",
            "4200": port,
            "9464": str(free_port()),
            "0.0.0.0": "127.0.0.1",
            "/var/lib/": f"{folder}/lib/",
            "/tmp/prefect": f"{folder}/client",
            "/app": str(ROOT),
        }
        settings_of_all = {
            "PGHOST": server.host,
            "PGPORT": str(server.port),
            "PREFECT_SERVER_DATABASE_HOST": server.host,
            "PREFECT_SERVER_DATABASE_PORT": str(server.port),
        }
        yield Machine(folder, server, moved, settings_of_all)


def shell_words(text: str) -> list[str]:
    """A line of a shell as its words."""
    return shlex.split(text)
