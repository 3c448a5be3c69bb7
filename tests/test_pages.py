"""docs/checklist and docs/troubleshooting: both languages say the same, and what they name is there."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from prefect.cli._app import _app  # the command's own parser: a misspelt option is an error of it

from demo.orchestra import ROOT
from tasks.deploying.command import arguments_of
from tests.deploying.compose import compose, dockerfile
from tests.pages import File, Line, blocks_of, read_page

DOCS = ROOT / "docs"
PAGES = ("checklist", "troubleshooting")
TEXTS = {path: path.read_text(encoding="utf-8") for page in PAGES for path in DOCS.glob(f"{page}*.md")}
TYPED = sorted({one.command for page in PAGES for one in read_page(DOCS / f"{page}.md") if isinstance(one, Line)})
FILES = [one.values for one in read_page(DOCS / "checklist.md") if isinstance(one, File)]
OF_PREFECT = [command.partition(" | ")[0] for command in TYPED if command.startswith("prefect ")]
STARTED = [command for command in OF_PREFECT if command.startswith("prefect deployment run ")]
SECRET = re.compile("PASSWORD|AUTH|USER|DATABASE_|HOST|PORT|URL|HOME|STATIC")
NO_MESSAGES = re.compile(r"--|[{}=]|^[a-z_]+: ?\w+|^queue:|^(docker|systemctl|set|cd|sudo|python|prefect|openssl) ")


def test_there_are_two_languages() -> None:
    assert sorted(path.name for path in TEXTS) == [f"{page}{lang}.md" for page in PAGES for lang in ("", ".pl")]


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_type_the_same(page: str) -> None:
    assert blocks_of(DOCS / f"{page}.pl.md") == blocks_of(DOCS / f"{page}.md")


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_have_the_same_steps(page: str) -> None:
    shapes = [
        [line.partition(" ")[0] for line in TEXTS[DOCS / f"{page}{lang}.md"].splitlines() if line[:2] in {"##", "| "}]
        for lang in ("", ".pl")
    ]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("command", OF_PREFECT)
def test_prefect_takes_the_line(command: str) -> None:
    words = [word for word in shlex.split(command)[1:] if word != "--no-prompt"]
    _app.parse_args(words, exit_on_error=False, print_error=False)


@pytest.mark.parametrize("command", STARTED)
def test_a_deployment_is_there_and_takes_its_parameters(command: str) -> None:
    words = shlex.split(command)[3:]
    given = [value.partition("=")[0] for name, value in pairwise(words) if name == "--param"]
    given += [key for name, value in pairwise(words) if name == "--params" for key in yaml.safe_load(value)]
    assert set(given) <= parameters_of()[words[0]]


@cache
def parameters_of() -> dict[str, set[str]]:
    """The parameters of each deployment's flow."""
    content = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
    found = {}
    for one in content["deployments"]:
        path, _, function = one["entrypoint"].partition(":")
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        (node,) = [part for part in tree.body if isinstance(part, ast.FunctionDef) and part.name == function]
        names = {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)}
        found[f"{function.replace('_', '-')}/{one['name']}"] = names
    return found


@pytest.mark.parametrize("command", [one for one in TYPED if one.startswith("python -m tasks.deploying")])
def test_the_deploy_command_takes_the_line(command: str) -> None:
    arguments_of(shlex.split(command)[3:])


def messages(text: str) -> Iterator[str]:
    """What a page quotes of our programs: in backticks, of several words, no command."""
    for one in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)):
        if " " in one and not NO_MESSAGES.search(one):
            yield one


@cache
def said_by_us() -> str:
    """All texts of the code, f-strings by their constant pieces, and of the automations."""
    texts = [(ROOT / "tasks/operations/automations.yaml").read_text(encoding="utf-8")]
    for package in ("tasks", "flows", "blocks"):
        for path in (ROOT / package).rglob("*.py"):
            nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            texts += [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return "\n".join(texts)


# Prefect's, SQLAlchemy's (2.1), SQLite's
OTHERS = {"Deployment concurrency limit reached.", "Can't evaluate bulk DML statement", "database is locked"}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_a_quoted_message_is_one_of_ours(path: Path) -> None:
    quoted = [one for one in messages(TEXTS[path]) if one not in OTHERS]
    assert len(quoted) > 3 or "troubleshooting" not in path.name
    wrong = [one for one in quoted for piece in one.split("…") if piece.strip(" .:") not in said_by_us()]
    assert wrong == []


def test_the_services_are_those_of_compose() -> None:
    named = re.findall(
        r"docker compose (?:exec|restart|run --rm)(?: --no-TTY)?\s+([a-z][a-z-]*)", " ".join(TEXTS.values())
    )
    assert set(named) == {"database", "deployer", "worker-import"} <= set(compose({})["services"])


def test_it_installs_what_the_image_has() -> None:
    (line,) = [text for name, text in dockerfile() if name == "RUN" and "pip install" in text]
    (typed,) = [command for command in TYPED if "pip install" in command]
    assert typed.replace("--quiet", "--no-cache-dir") == line


def test_the_server_is_set_as_in_compose() -> None:
    of_compose = compose({})["services"]["prefect"]["environment"]
    settings = {name: value for name, value in of_compose.items() if not SECRET.search(name)}
    assert settings.items() <= FILES[0].items()


def test_the_services_of_systemd_start_what_the_page_starts() -> None:
    lasting = [
        one.command for one in read_page(DOCS / "checklist.md") if isinstance(one, Line) and one.kind == "lasting"
    ]
    server, worker = (exec_start(name) for name in ("rexbit-prefect", "rexbit-worker@"))
    assert lasting == [server, *(worker.replace("%i", queue) for queue in ("import", "integrations", "default"))]


def exec_start(name: str) -> str:
    text = (DOCS / "systemd" / f"{name}.service").read_text(encoding="utf-8")
    (command,) = re.findall(r"^ExecStart=/opt/rexbit/\.venv/bin/(.*)$", text, re.MULTILINE)
    return str(command)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed here")
def test_systemd_takes_its_services(tmp_path: Path) -> None:
    for path in (DOCS / "systemd").glob("*.service"):
        text = path.read_text(encoding="utf-8").replace("/opt/rexbit/.venv/bin/prefect", "/usr/bin/env")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", *map(str, tmp_path.glob("*.service"))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
