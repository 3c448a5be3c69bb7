"""Prefect's server as compose.yaml has it, and workers that share nothing but what hosts would share."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import yaml

from benchmarks.soak.place import Place
from demo.orchestra import ROOT, Orchestra, _start, start_orchestra
from demo.process import ServerProcess, take_lock

AUTH = "admin:soak-only"
PREFECT_DATABASE = "prefect"
WORKERS = {"import-1": "import", "import-2": "import", "default-1": "default", "integrations-1": "integrations"}


def compose() -> dict[str, Any]:
    """The services of compose.yaml."""
    return dict(yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"])


def server_settings(place: Place, folder: Path) -> dict[str, str]:
    """What compose.yaml sets for Prefect's server, moved to this machine."""
    place.postgres.create_database(PREFECT_DATABASE)
    given = {name: str(value) for name, value in compose()["prefect"]["environment"].items()}
    moved = {
        "PREFECT_SERVER_API_AUTH_STRING": AUTH,
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(folder / "ui"),
        "PREFECT_SERVER_DATABASE_HOST": place.postgres.host,
        "PREFECT_SERVER_DATABASE_PORT": str(place.postgres.port),
        "PREFECT_SERVER_DATABASE_NAME": PREFECT_DATABASE,
        "PREFECT_SERVER_DATABASE_USER": place.postgres.user,
        "PREFECT_SERVER_DATABASE_PASSWORD": place.postgres.password,
    }
    here = {"PREFECT_HOME", "PREFECT_SERVER_UI_API_URL"}  # of the private server's own
    return {name: value for name, value in {**given, **moved}.items() if name not in here}


class Machines:
    """A running Prefect server and its workers; each worker is a host of its own: homes, temporary files, processes."""

    def __init__(self, orchestra: Orchestra, folder: Path, archive: str) -> None:
        self.orchestra = orchestra
        self.archive = archive
        self._folder = folder
        self._workers: dict[str, ServerProcess] = {}

    def deploy(self, project: Path) -> str:
        """The project's deploy command, as CI runs it; returns what it said."""
        done = subprocess.run(
            [sys.executable, "-m", "tasks.deploying"],
            cwd=project,
            env={**self.orchestra.environment, "PREFECT_HOME": str(self._folder / "deployer")},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"the deploy command ended with code {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def start(self, name: str) -> None:
        """Start a worker with the command of its queue in compose.yaml, on a host that has nothing yet."""
        home = self._folder / name
        for part in ("rexbit", "prefect", "tmp"):
            (home / part).mkdir(parents=True, exist_ok=True)
        environment = {
            **{
                key: value for key, value in self.orchestra.environment.items() if not key.startswith("PREFECT_SERVER_")
            },
            "PREFECT_WORKER_QUERY_SECONDS": compose()["worker-import"]["environment"]["PREFECT_WORKER_QUERY_SECONDS"],
            "PREFECT_HOME": str(home / "prefect"),
            "REXBIT_HOME": str(home / "rexbit"),
            "REXBIT_ARCHIVE": self.archive,
            "TMPDIR": str(home / "tmp"),
        }
        log = self._folder / f"{name}.log"
        worker = _start(_command(name), log, take_lock(home), environment)
        self._workers[name] = worker
        worker.wait_until(lambda: "started!" in log.read_text(encoding="utf-8", errors="replace"))

    def kill(self, pid: int) -> str:
        """`kill -9` of the worker that runs a process, and of all that it started; returns the worker's name."""
        for name, worker in self._workers.items():
            family = with_children(worker.process.pid)
            if pid in family:
                for one in family:
                    os.kill(one, signal.SIGKILL)
                return name
        raise RuntimeError(f"expected a worker that runs the process {pid}, found none")

    def stop(self) -> None:
        """Stop all workers, in order."""
        for worker in self._workers.values():
            worker.stop()


def _command(name: str) -> list[str]:
    given = [str(part) for part in compose()[f"worker-{WORKERS[name]}"]["command"]]
    given[given.index("--name") + 1] = name
    return [sys.executable, "-m", *(part for part in given if part != "--with-healthcheck")]  # they'd share its port


@contextmanager
def machines(place: Place, folder: Path) -> Iterator[Machines]:
    """A server and no worker yet; all of it is stopped at the end of the block."""
    archive = place.sizes.archive or str(folder / "archive")
    client = {"PREFECT_API_AUTH_STRING": AUTH, **place.environment}
    with ExitStack() as stack:
        more = {**server_settings(place, folder), **client}
        orchestra = stack.enter_context(start_orchestra(folder / "server", more))
        running = Machines(orchestra, folder, archive)
        stack.callback(running.stop)
        yield running


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder of our own that other users may pass through (PostgreSQL is one), gone at the end."""
    with tempfile.TemporaryDirectory(prefix="rexbit-soak-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


def with_children(pid: int) -> list[int]:
    """A process and all that it started, by /proc."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found
