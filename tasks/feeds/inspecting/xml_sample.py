"""The beginning of an XML file of unknown structure: where its records stand, and what they hold."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.parsers import expat

from tasks.feeds.formats.xml_paths import Node, local, record_steps
from tasks.feeds.formats.xml_records import Records
from tasks.feeds.formats.xml_stream import parse

TELLING = ("name", "key", "label")  # `<a name="EAN">`: the attribute tells what the text is
LONGEST_SAMPLE = 200


def record_path_of(raw: Path, encoding: str | None, where: str) -> tuple[str | None, str, Collection[str]]:
    """Find the path of the records (None: nothing repeats), the encoding, and all paths that there are.

    Of the paths that repeat below one that does not, the one with the most elements in it. Raises Refused for XML
    that is no feed.
    """
    parser = expat.ParserCreate(encoding)
    counting = Records(parser, [], Node(), [], io.StringIO())
    with raw.open("rb") as file:
        parse(file, parser, counting, encoding, where)
    paths = counting.outside_paths
    weights: Counter[str] = Counter()
    for path, count in paths.items():
        steps = path.split("/")
        first = next((n for n in range(2, len(steps) + 1) if paths["/".join(steps[:n])] > 1), None)
        if first:
            weights["/".join(steps[:first])] += count
    best = max(weights, key=lambda path: weights[path], default=None)
    return best, encoding or counting.encoding, paths.keys()


def sample_records(
    raw: Path, record_path: str, encoding: str | None, where: str, most: int, *, is_all: bool = True
) -> tuple[int, list[dict[str, str]]]:
    """Count the records, and read the first ones: path inside the record -> its first text.

    With `is_all` False it ends after these.
    """
    parser = expat.ParserCreate(encoding)
    sampling = _Sampling(parser, record_steps(record_path), most, is_all=is_all)
    with raw.open("rb") as file, suppress(_EnoughError):
        parse(file, parser, sampling, encoding, where)
    return sampling.count, sampling.records[:most]


class _EnoughError(Exception):
    """As many records were read as were asked for."""


class _Sampling:
    """Handlers that keep all texts and attributes of the first records."""

    def __init__(self, parser: Any, steps: list[list[str]], most: int, *, is_all: bool) -> None:
        self.steps, self.most, self.is_all, self.count = steps, most, is_all, 0
        self.records: list[dict[str, str]] = []
        self.path: list[str] = []
        self.shown: list[str] = []
        self.texts: list[list[str]] = []
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.CharacterDataHandler = self.text

    def held(self) -> int:
        """Characters of the texts that are still open."""
        return sum(len(piece) for text in self.texts for piece in text)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.path.append(local(name))
        depth = next((len(steps) for steps in self.steps if self.path[: len(steps)] == steps), 0)
        if not depth:
            return
        if len(self.path) == depth:
            self.count += 1
            if self.count > self.most and not self.is_all:
                raise _EnoughError
            if self.count <= self.most:
                self.records.append({})
        if self.count > self.most:
            return
        if len(self.path) > depth:
            telling = next((key for key in attributes if local(key) in TELLING), None)
            predicate = f"[@{local(telling)}='{attributes[telling]}']" if telling else ""
            self.shown.append(local(name) + predicate)
        self.texts.append([])
        for key, value in attributes.items():
            if local(key) not in TELLING:
                self.keep("/".join([*self.shown, "@" + local(key)]), value)

    def end(self, name: str) -> None:  # noqa: ARG002
        self.path.pop()
        if self.texts:
            self.keep("/".join(self.shown) or ".", "".join(self.texts.pop()))
            if self.shown:
                self.shown.pop()

    def text(self, text: str) -> None:
        if self.texts:
            self.texts[-1].append(text)

    def keep(self, path: str, text: str) -> None:
        if text.strip():
            self.records[-1].setdefault(path, text.strip()[:LONGEST_SAMPLE])
