"""compose.yaml run without containers: each service's own command as a process, with the environment of the file."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from demo.orchestra import ROOT, _start
from demo.process import ServerProcess, take_lock

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

    def __init__(self, folder: Path, moved: Mapping[str, str], settings: Mapping[str, str]) -> None:
        self.folder = folder
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
        place.mkdir()
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


def shell_words(text: str) -> list[str]:
    """A line of a shell as its words."""
    return shlex.split(text)
