"""Pages of instructions as a test reads them: what is typed, and the answer that the page shows below it.

A block ```console has lines after `$` and the answers to them; `lasting` after it: a program that goes on in a terminal
of its own; `again`: typed again until the answer is there. A block ```ini is a file that the reader writes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

FENCE = re.compile(r"^```(\w*)([^\n]*)\n(.*?)^```", flags=re.DOTALL | re.MULTILINE)


@dataclass
class Line:
    """A command and the answer's lines; `…` in one stands for anything."""

    command: str
    kind: str = ""
    answer: list[str] = field(default_factory=list)

    def missing(self, output: str) -> list[str]:
        """The answer's lines that don't stand in the output, each after the one before."""
        place, text = 0, squeezed(output)
        for number, one in enumerate(self.answer):
            found = pattern_of(one).search(text, place)
            if not found:
                return self.answer[number:]
            place = found.end()
        return []


def pattern_of(answer: str) -> re.Pattern[str]:
    """A line of an answer, whole words of it."""
    text = squeezed(answer).strip()
    begin, end = ("" if text.startswith("…") else r"(?<!\S)"), ("" if text.endswith("…") else r"(?!\S)")
    return re.compile(begin + ".{0,400}?".join(map(re.escape, text.split("…"))) + end)


class File(NamedTuple):
    """A file that the page shows, by its variables."""

    values: dict[str, str]


def squeezed(text: str) -> str:
    """Without the frames of tables, and with single spaces: the programs break lines where the terminal is narrow."""
    return re.sub(r"[\s│┃┏┓┗┛┡┩┳╇┻┴━─└┘]+", " ", text)


def read_page(path: Path) -> list[Line | File]:
    """The page's blocks in their order, commands one by one."""
    found: list[Line | File] = []
    for language, kind, text in FENCE.findall(path.read_text(encoding="utf-8")):
        if language == "ini":
            found.append(File(dict(line.split("=", 1) for line in text.splitlines())))
        elif language == "console":
            found += read_lines(text, kind.strip())
    return found


def read_lines(text: str, kind: str) -> list[Line]:
    """The commands of a block."""
    lines: list[Line] = []
    for one in text.splitlines():
        if one.startswith("$ "):
            lines.append(Line(one.removeprefix("$ "), kind))
        else:
            lines[-1].answer.append(one)
    return lines


def blocks_of(path: Path) -> list[str]:
    """All fenced blocks, with their first lines, as they stand."""
    return [match[0] for match in FENCE.finditer(path.read_text(encoding="utf-8"))]
