"""A private Prefect: server and worker with their own home and port, for demo, tests and benchmarks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from demo.process import ServerProcess, free_port, last_lines, take_lock, tied_to_parent

ROOT = Path(__file__).parents[1]


class Orchestra:
    """A running Prefect server; `environment` is what its clients, workers and runs need."""

    def __init__(self, server: ServerProcess, home: Path, port: int, environment: dict[str, str]) -> None:
        self.server = server
        self.home = home
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.environment = environment

    def prefect(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run the `prefect` command against this server; its output goes into the error where it fails."""
        return self.python("-m", "prefect", *arguments, check=check)

    def python(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run this Python with the environment of this server."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            raise RuntimeError(f"{' '.join(arguments)} ended with code {done.returncode}:\n{done.stdout}{done.stderr}")
        return done

    def start_worker(self, name: str = "worker") -> ServerProcess:
        """Start a process worker of the pool `rexbit` that looks for runs every second; stop it yourself."""
        log = self.home / f"{name}.log"
        command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "rexbit", "--name", name]
        (self.home / name).mkdir(exist_ok=True)
        lock = take_lock(self.home / name)
        with_env = {**self.environment, "PREFECT_WORKER_QUERY_SECONDS": "1"}
        started = _start(command, log, lock, with_env)
        started.wait_until(lambda: "started!" in log.read_text(encoding="utf-8", errors="replace"))
        return started


def _start(command: list[str], log: Path, lock: int, environment: Mapping[str, str]) -> ServerProcess:
    # a shell's background jobs ignore SIGINT, and so would a worker, which at SIGTERM sends itself just that
    options = ["--default-signal=INT", "--chdir", str(ROOT)]
    wrapped = ["env", *options, *[f"{k}={v}" for k, v in environment.items()], *command]
    return ServerProcess.start(tied_to_parent(wrapped, signal.SIGTERM), log, signal.SIGTERM, lock)


@contextmanager
def start_orchestra(home: Path, more: Mapping[str, str] | None = None, port: int | None = None) -> Iterator[Orchestra]:
    """Start a Prefect server whose files lie in `home`; stopped when the block ends.

    `more`: environment of the runs, such as REXBIT_HOME. The home is reused: its runs are still there next time.
    """
    home.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    url = f"http://127.0.0.1:{port}/api"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "REXBIT_"))},
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": url,
        "PREFECT_SERVER_UI_API_URL": url,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_CLI_COLORS": "false",
        "PREFECT_LOGGING_COLORS": "false",
        "PYTHONUNBUFFERED": "1",
        **(more or {}),
    }
    log = home / "server.log"
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    server = _start(command, log, take_lock(home), environment)
    try:
        with httpx.Client(timeout=2) as api:  # one: each reads all of the system's certificates, 30 ms of computing
            server.wait_until(lambda: _healthy(api, url))
        yield Orchestra(server, home, port, environment)
    finally:
        server.stop()


def _healthy(api: httpx.Client, url: str) -> bool:
    try:
        return api.get(f"{url}/health").status_code == httpx.codes.OK
    except httpx.HTTPError:
        time.sleep(0.1)
        return False


__all__ = ["Orchestra", "last_lines", "start_orchestra"]
