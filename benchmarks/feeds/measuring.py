"""The feeds' half of the benchmark: files are made, our reader and the others' read them, one process each."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.child import run_child
from benchmarks.feeds.files import write_csv, write_flat_xml, write_nested_xml
from benchmarks.sizes import say

OTHERS = Path(__file__).with_name("others.py")
CSV_ROWS, XML_BYTES = 1_000_000, 600_000_000
SMALLER = 10  # the XML files once more, this much smaller: memory must not grow with the file
Measured = dict[str, Any]


class Case(NamedTuple):
    """One file: what it is called, of which kind, how it is made, and which libraries read it beside us."""

    name: str
    kind: str
    make: Callable[[Path], object]
    beside: Sequence[str]


def cases(rows: int, size: int) -> list[Case]:
    """The files of one run: CSV of so many rows, XML of so many bytes."""
    tables, trees = ("polars", "pandas"), ("lxml", "etree")
    small = size // SMALLER
    return [
        Case("CSV, UTF-8", "csv", lambda path: write_csv(path, rows, "utf-8"), tables),
        Case("CSV, cp1250", "csv-cp1250", lambda path: write_csv(path, rows, "cp1250"), tables),
        Case("XML, flat", "xml-flat", lambda path: write_flat_xml(path, small), ()),
        Case("XML, flat", "xml-flat", lambda path: write_flat_xml(path, size), trees),
        Case("XML, nested", "xml-nested", lambda path: write_nested_xml(path, small), ()),
        Case("XML, nested", "xml-nested", lambda path: write_nested_xml(path, size), trees),
    ]


def measure_feeds(folder: Path, python: Path, rows: int = CSV_ROWS, size: int = XML_BYTES) -> list[Measured]:
    """Measure every case; `python` is the interpreter that has the other libraries."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_measure(case, folder / "feed", python) for case in cases(rows, size)]


def _measure(case: Case, file: Path, python: Path) -> Measured:
    case.make(file)
    megabytes = file.stat().st_size / 1e6
    say(f"{case.name}, {megabytes:,.0f} MB")
    told = run_child("benchmarks.feeds.ours", case.kind, str(file), environment={"REXBIT_HOME": str(file.parent)})
    _say("ours", told)
    others = {library: _other(python, library, case.kind, file) for library in case.beside}
    for library, other in others.items():
        _say(library, other)
        if other["rows"] != told["rows"]:
            raise RuntimeError(f"{case.name}: expected {told['rows']:,} rows from {library}, got {other['rows']:,}")
    file.unlink()
    return {"case": case.name, "megabytes": megabytes, "ours": told, "others": others}


def _say(who: str, told: Measured) -> None:
    say(f"    {who:10} {told['seconds']:7.2f} s  {told['megabytes']:6.0f} MB")


def _other(python: Path, library: str, kind: str, file: Path) -> Measured:
    command = [str(python), str(OTHERS), library, kind, str(file)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    told: Measured = json.loads(done.stdout.splitlines()[-1])
    return told


def feeds_table(measured: Sequence[Measured]) -> str:
    """All of it as Markdown, ready for docs/benchmarks.md."""
    head = ["file", "size", "rows", "ours, text only", "ours, whole", "MB/s", "peak memory", "beside it"]
    lines = [head, ["---", *["---:"] * 6, "---"]]
    for one in measured:
        ours = one["ours"]
        beside = ", ".join(
            f"{library} {other['seconds']:.1f} s, {other['megabytes']:,.0f} MB"
            for library, other in one["others"].items()
        )
        lines.append(
            [
                one["case"],
                f"{one['megabytes']:,.0f} MB",
                f"{ours['rows']:,}",
                f"{ours['parsed']:.1f} s",
                f"{ours['seconds']:.1f} s",
                f"{one['megabytes'] / ours['seconds']:.0f}",
                f"{ours['megabytes']:,.0f} MB",
                beside or "-",
            ]
        )
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
