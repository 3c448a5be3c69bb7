"""The example workflows: what they set, what they run, and that this works."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from blocks.apply import variables
from demo.orchestra import ROOT
from tasks.deploying.files import ENVIRONMENT
from tests.deploying.compose import dockerfile, shell_words

GITHUB: dict[str, Any] = yaml.safe_load((ROOT / "docs/ci/github-actions.yml").read_text(encoding="utf-8"))
GITLAB: dict[str, Any] = yaml.safe_load((ROOT / "docs/ci/gitlab-ci.yml").read_text(encoding="utf-8"))
JOBS = ("check", "deploy")
GITHUB_LINES = {job: [step["run"] for step in GITHUB["jobs"][job]["steps"] if "run" in step] for job in JOBS}
GITLAB_LINES = {job: [*GITLAB["default"]["before_script"], *GITLAB[job]["script"]] for job in JOBS}


def needed() -> set[str]:
    """The variables that the project's files name."""
    blocks = yaml.safe_load((ROOT / "blocks.example.yaml").read_text(encoding="utf-8"))
    return variables(blocks) | set(ENVIRONMENT.findall((ROOT / "prefect.yaml").read_text(encoding="utf-8")))


def test_both_run_the_same() -> None:
    assert GITHUB_LINES == GITLAB_LINES


def test_they_install_as_the_image_does() -> None:
    (line,) = [text for name, text in dockerfile() if name == "RUN" and "pip" in text]
    assert {lines[0] for lines in GITHUB_LINES.values()} == {line}


def test_they_set_what_is_named() -> None:
    server = {"PREFECT_API_URL", "PREFECT_API_AUTH_STRING"}
    assert set(GITHUB["jobs"]["deploy"]["env"]) == needed() | server
    text = (ROOT / "docs/ci/gitlab-ci.yml").read_text(encoding="utf-8")
    assert [name for name in needed() | server if name not in text] == []


def test_a_check_gets_no_secret() -> None:
    assert set(GITHUB["jobs"]["check"]["env"]) == needed()
    assert "environment" not in GITHUB["jobs"]["check"]
    assert {"secrets" in value for value in GITHUB["jobs"]["check"]["env"].values()} == {False}


def test_the_workers_places_are_those_of_compose() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["x-client"]
    for given in (GITHUB["jobs"]["deploy"]["env"], GITLAB["variables"]):
        assert {name: given[name] for name in ("REXBIT_CODE", "REXBIT_HOME")}.items() <= compose.items()


def test_only_the_main_branch_is_deployed_and_one_at_a_time() -> None:
    job = GITHUB["jobs"]["deploy"]
    assert (job["if"], job["concurrency"]["cancel-in-progress"]) == ("github.event_name == 'push'", False)
    assert GITLAB["deploy"]["resource_group"] == "production"
    assert GITLAB["deploy"]["rules"] == [{"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}]


@pytest.mark.slow
@pytest.mark.parametrize(
    "given", [GITHUB["jobs"]["check"]["env"], {**GITLAB["variables"], **GITLAB["check"]["variables"]}]
)
def test_the_check_line_runs(tmp_path: Path, given: dict[str, str]) -> None:
    for name in ("flows", "tasks", "blocks", "prefect.yaml"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "blocks.yaml").symlink_to(ROOT / "blocks.example.yaml")
    python, *arguments = shell_words(GITHUB_LINES["check"][1])
    assert python == "python"
    environment = {**given, "PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "all in order" in done.stdout) == (0, True), done.stderr
