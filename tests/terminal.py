"""A person's terminal: a shell that remembers what was exported, and programs that go on in shells of their own."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from demo.process import ServerProcess, take_lock, tied_to_parent

END = "--end-of-answer--"


class Terminal:
    """One shell in a folder; `environment` is all that it knows before the first line is typed."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.environment = dict(environment)
        self.shell = subprocess.Popen(
            tied_to_parent(["bash", "--norc"], signal.SIGKILL),
            cwd=folder,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )

    def type(self, command: str) -> str:
        """Type a line and read the answer, both outputs of it; what the program would read is empty."""
        assert self.shell.stdin
        assert self.shell.stdout
        self.shell.stdin.write(f"{{ {command}\n}} </dev/null\necho; echo {END}\n")
        self.shell.stdin.flush()
        answer: list[str] = []
        for line in self.shell.stdout:
            if line.rstrip("\n") == END:
                return "".join(answer)
            answer.append(line)
        raise RuntimeError(f"the shell ended at `{command}`: {''.join(answer)}")

    def close(self) -> None:
        """End the shell."""
        self.shell.kill()
        self.shell.wait()
        for pipe in (self.shell.stdin, self.shell.stdout):
            if pipe:
                pipe.close()


def start_lasting(folder: Path, name: str, before: str, command: str, environment: Mapping[str, str]) -> ServerProcess:
    """A program in a terminal of its own, after the lines `before`; its output is in `NAME.log` beside the folder."""
    place = folder.parent / name
    place.mkdir()
    # a shell's background jobs ignore SIGINT, and so would a worker, which at SIGTERM sends itself just that
    variables = [f"{key}={value}" for key, value in environment.items()]
    shell = ["env", "-i", "--default-signal=INT", "--chdir", str(folder), *variables]
    script = f"set -e; {before}; exec {command}"
    wrapped = tied_to_parent([*shell, "bash", "--norc", "-c", script], signal.SIGTERM)
    return ServerProcess.start(wrapped, folder.parent / f"{name}.log", signal.SIGTERM, take_lock(place))


def plain_environment(home: Path) -> dict[str, str]:
    """What a fresh machine's shell has: no variables of ours or of Prefect's, no environment of Python's."""
    kept = {"PATH", "LANG", "LC_ALL", "TZ"}
    kept |= {name for name in os.environ if name.startswith(("PIP_", "SSL_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"))}
    given = {name: value for name, value in os.environ.items() if name in kept}
    outside = [one for one in given["PATH"].split(os.pathsep) if not (Path(one).parent / "pyvenv.cfg").exists()]
    return {**given, "PATH": os.pathsep.join(outside), "HOME": str(home), "COLUMNS": "200"}
