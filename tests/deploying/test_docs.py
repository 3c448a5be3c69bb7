"""docs/deploying.md: its command lines are ones that the programs take."""

from __future__ import annotations

import re

import pytest

from demo.orchestra import ROOT
from tasks.deploying.command import arguments_of
from tests.deploying.compose import compose, shell_words

TEXT = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")
BLOCKS: list[str] = re.findall(r"^```\n(.*?)^```", TEXT, flags=re.DOTALL | re.MULTILINE)
LINES = [line.partition("  #")[0].rstrip() for block in BLOCKS for line in block.splitlines()]
DEPLOYING = [line for line in LINES if line.startswith("python -m tasks.deploying")]


@pytest.mark.parametrize("line", DEPLOYING)
def test_a_deploy_command(line: str) -> None:
    arguments_of(shell_words(line)[3:])


def test_the_options_are_all_told() -> None:
    assert {word for line in DEPLOYING for word in shell_words(line) if word.startswith("--")} == {
        "--check",
        "--offline",
        "--take-file",
        "--keep-ui",
    }


def test_its_files_and_variables_are_those_of_compose() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    for name in ("PREFECT_UI_API_URL", "PREFECT_LISTEN", "WORKER_HOST", "SECRETS"):
        assert (f"${{{name}:-" in text, f"`{name}=" in TEXT) == (True, True)
    monitoring = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
    assert set(re.findall(r"> secrets/(\w+)", TEXT + monitoring)) == set(compose({})["secrets"])


def test_the_demo_finds_what_it_names() -> None:
    given = dict(line.split("=", 1) for line in (ROOT / "demo/compose.env").read_text().splitlines() if "=" in line)
    found = compose(given)
    for secret in found["secrets"].values():
        assert (ROOT / secret["file"]).is_file()
    assert (ROOT / given["BLOCKS"]).is_file()
    assert found["services"]["deployer"]["env_file"][0]["path"] == "demo/compose.env"
