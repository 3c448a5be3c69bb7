"""The Dockerfile's steps, one by one, as far as they can be tried without building: sources, pip's line, user."""

from __future__ import annotations

import fnmatch
import json
import subprocess
import sys

import pytest

from demo.orchestra import ROOT
from tests.deploying.compose import dockerfile, shell_words

STEPS = dockerfile()


def texts(instruction: str) -> list[str]:
    return [text for name, text in STEPS if name == instruction]


def test_what_is_copied_is_there_and_not_ignored() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = [line[1:] for line in lines if line.startswith("!")]
    for text in texts("COPY"):
        *sources, _ = shell_words(text)
        for source in sources:
            assert ((ROOT / source).exists(), source in allowed) == (True, True), source


def test_no_secret_gets_into_the_image() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert next(line for line in lines if line and not line.startswith("#")) == "*"
    assert not [name for name in ("deploy.env", "secrets", ".git", ".venv", "blocks.yaml") if f"!{name}" in lines]
    assert not fnmatch.filter([*shell_words(" ".join(texts("COPY")))], "*secret*")


def test_it_ends_as_nobody_in_particular() -> None:
    assert texts("USER") == ["rexbit"]
    assert [name for name, _ in STEPS[-3:]] == ["USER", "ENTRYPOINT", "CMD"]
    assert json.loads(texts("CMD")[0])[0] == "prefect"


def test_pythons_version_is_the_projects() -> None:
    assert texts("FROM") == ["python:3.11-slim"]


@pytest.mark.slow
def test_pips_line_needs_nothing_that_the_constraints_don_t_name() -> None:
    (line,) = [text for text in texts("RUN") if "pip" in text]
    python, *arguments = shell_words(line)
    assert python == "python"
    done = subprocess.run(
        [sys.executable, *arguments, "--dry-run"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (would,) = [text for text in done.stdout.splitlines() if text.startswith("Would install")]
    assert would.split()[2:] == ["rexbit-flows-0.1.0"]
