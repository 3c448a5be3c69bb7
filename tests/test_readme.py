"""The README's commands, other than `make`, run as they stand, on a copy of the project and a Prefect of its own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml

from demo.orchestra import ROOT, Orchestra, start_orchestra
from demo.process import ServerProcess, take_lock, tied_to_parent

LASTING = "prefect worker start"
SETTINGS = {"HOST": "127.0.0.1", "PORT": "3306", "DATABASE": "shop", "USER": "shop_sync", "PASSWORD": "x"}


def commands() -> list[str]:
    """The lines of the README's command blocks, without those that only start with make."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks: list[str] = re.findall(r"^```\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines() if line and not line.startswith("make ")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of what is in the project, with the environment that is installed beside it."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    copy = tmp_path / "project"
    for name in filter(None, listed.split("\0")):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, copy / name)
    (copy / ".venv").symlink_to(ROOT / ".venv")
    return copy


@pytest.fixture
def orchestra(tmp_path: Path) -> Iterator[Orchestra]:
    """A Prefect server; what the README tells a person to set beside it is set."""
    given = {f"SHOP_7_{name}": value for name, value in SETTINGS.items()}
    named = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "ACME_SOURCE": "https://supplier.example/acme.csv"}
    with start_orchestra(tmp_path / "prefect", {**given, **named}) as running:
        yield running


@pytest.mark.slow
def test_the_commands_of_the_readme(folder: Path, orchestra: Orchestra, tmp_path: Path) -> None:
    *lines, last = commands()
    assert last.startswith(LASTING)
    script = "\n".join(["set -eu", *lines])
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=orchestra.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with httpx.Client(base_url=f"{orchestra.url}/api") as api:
        deployed = api.post("/deployments/filter", json={}).raise_for_status().json()
        listed = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
        assert len(deployed) == len(listed)  # those of acme and sklep stand in the place of the ones made from patterns
        found = api.get("/deployments/name/import-feed/acme").json()
        assert found["pull_steps"][0]["prefect.deployments.steps.set_working_directory"]["directory"] == str(folder)
        assert found["job_variables"]["env"]["REXBIT_HOME"] == str(tmp_path / ".rexbit")
    log = tmp_path / "worker.log"
    exec_last = ["bash", "-c", f"cd {folder} && . .venv/bin/activate && exec {last}"]
    wrapped = ["env", *[f"{name}={value}" for name, value in orchestra.environment.items()], *exec_last]
    worker = ServerProcess.start(tied_to_parent(wrapped, signal.SIGTERM), log, signal.SIGTERM, take_lock(tmp_path))
    worker.wait_until(lambda: "started!" in log.read_text(encoding="utf-8", errors="replace"))
    worker.stop()
