"""Imports go one way: flows -> tasks -> blocks; each room knows its neighbours only by their doors."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
ALLOWED = {"blocks": {"blocks"}, "tasks": {"blocks", "tasks"}, "flows": {"blocks", "tasks", "flows"}}
ROOMS = (
    *("feeds", "linking", "availability", "explaining", "prestashop", "state", "history", "operations", "deploying"),
    "metrics",
)


def imports(path: Path) -> Iterator[str]:
    """The modules that a file imports, with all their dots; `from a import b` is `a.b` where that is a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            folder = ROOT / node.module.replace(".", "/")
            inside = [alias.name for alias in node.names if (folder / f"{alias.name}.py").exists()]
            yield from (f"{node.module}.{name}" for name in inside)
            yield node.module


def test_imports_go_one_way() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for package, allowed in ALLOWED.items()
        for path in (ROOT / package).rglob("*.py")
        for name in imports(path)
        if name.partition(".")[0] in {"flows", "tasks", "blocks", "demo", "tests", "benchmarks"} - allowed
    ]
    assert wrong == []


def test_a_room_knows_its_neighbours_by_their_doors() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for room in ROOMS
        for path in (ROOT / "tasks" / room).rglob("*.py")
        for name in imports(path)
        if name.count(".") > 1 and name.startswith("tasks.") and name.split(".")[1] in set(ROOMS) - {room}
    ]
    assert wrong == []


def test_only_the_history_draws() -> None:
    """Importing these costs time and memory, which no import and no sync should pay."""
    found = {
        path.parent.relative_to(ROOT).as_posix()
        for package in ALLOWED
        for path in (ROOT / package).rglob("*.py")
        for name in imports(path)
        if name.partition(".")[0] in {"matplotlib", "pandas", "numpy"}
    }
    assert found == {"tasks/history"}


def test_no_flow_is_named_like_a_module_that_a_library_imports() -> None:
    names = {path.stem for path in (ROOT / "flows").glob("*.py")} - {"__init__"}
    assert names & {"tasks", "blocks", "flows", "csv", "json", "types", "logging", "prefect"} == set()
