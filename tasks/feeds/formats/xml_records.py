"""Expat handlers that walk to the record path, then along the tree of mapped paths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, TextIO

from tasks.feeds.formats.records import Rows
from tasks.feeds.formats.xml_paths import Node, Slot, attribute_of, local
from tasks.feeds.formats.xml_stream import DEEPEST, TooDeepError

SAMPLED_RECORDS = 20  # of so many records all paths are remembered, for messages
MOST_PATHS = 500
Start = Callable[[str, dict[str, str]], None]


class Records:
    """One walk through one file; `rows` writes what it finds, so memory does not grow with the file.

    `count`: records; `seen`: per slot whether its path occurred at all.
    """

    def __init__(self, parser: Any, steps: Sequence[list[str]], tree: Node, slots: Sequence[Slot], out: TextIO) -> None:
        self.parser, self.steps, self.tree = parser, list(steps), tree
        self.rows = Rows(slots, out)
        self.root, self.encoding = "", "utf-8"
        self.count = 0
        self.seen = [False] * len(slots)
        self.outside_paths: Counter[str] = Counter()
        self.inside_paths: dict[str, None] = {}
        self._path: list[str] = []
        self._inner: list[str] = []
        self._texts: list[list[str]] = []
        self._start, self._end = self._inside()
        parser.buffer_text = True
        parser.XmlDeclHandler = self._declared
        self._go_outside()

    def held(self) -> int:
        """Characters of the texts that are still open."""
        return sum(len(piece) for text in self._texts for piece in text)

    # Outside of records: where are we, and does a record begin?

    def _go_outside(self) -> None:
        self.parser.StartElementHandler, self.parser.EndElementHandler = (
            self._start_outside,
            self._end_outside,
        )

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:  # noqa: ARG002
        self.encoding = (encoding or "utf-8").lower()

    def _start_outside(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(local(name))
        self.root = self.root or self._path[0]
        if len(self._path) > DEEPEST:
            raise TooDeepError
        if self._path in self.steps:
            self.count += 1
            self.rows.begin()
            sampled = self.count <= SAMPLED_RECORDS
            self.parser.StartElementHandler = self._start_sampled if sampled else self._start
            self.parser.EndElementHandler = self._end_sampled if sampled else self._end
            self._start("", attributes)
        elif self.count == 0:
            path = "/".join(self._path)
            if path in self.outside_paths or len(self.outside_paths) < MOST_PATHS:
                self.outside_paths[path] += 1

    def _end_outside(self, name: str) -> None:  # noqa: ARG002
        self._path.pop()

    # Inside a record: these two run for every element, so they look nothing up twice

    def _inside(self) -> tuple[Start, Callable[[str], None]]:  # noqa: C901  (two tight handlers)
        parser, texts, seen, put, rows = self.parser, self._texts, self.seen, self.rows.put, self.rows
        above = Node()
        above.steps[""] = self.tree
        node: Node | None = above
        around: list[Node | None] = []
        push, pop, room = around.append, around.pop, DEEPEST - max(map(len, self.steps), default=0) + 1

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal node
            outer = node
            push(outer)
            if len(around) > room:
                raise TooDeepError
            if outer is None:
                return
            node = outer.steps[name]
            if node is not None:
                if node.predicates:
                    node = node.chosen(attributes)
                for wanted, index in node.attributes:
                    value = attribute_of(attributes, wanted)
                    if value is not None:
                        seen[index] = True
                        put(index, value)
                if node.texts:
                    text: list[str] = []
                    texts.append(text)
                    parser.CharacterDataHandler = text.append
                    return
            if outer.texts:
                parser.CharacterDataHandler = None

        def end(name: str) -> None:  # noqa: ARG001
            nonlocal node
            if node is not None and node.texts:
                value = "".join(texts.pop())
                for index in node.texts:
                    seen[index] = True
                    put(index, value)
                parser.CharacterDataHandler = None
            if node is not None and node.is_variant:
                rows.end_variant()
            node = pop()
            if node is None:
                return
            if node.texts:
                parser.CharacterDataHandler = texts[-1].append
            elif node is above:
                self._close_record()

        return start, end

    def _close_record(self) -> None:
        self._path.pop()
        self._go_outside()
        self.rows.end()

    # What to tell people: the paths of the first records

    def _start_sampled(self, name: str, attributes: dict[str, str]) -> None:
        self._inner.append(local(name))
        if len(self.inside_paths) < MOST_PATHS:
            path = "/".join(self._inner)
            self.inside_paths[path] = None
            self.inside_paths.update(dict.fromkeys(f"{path}/@{local(key)}" for key in attributes))
        self._start(name, attributes)

    def _end_sampled(self, name: str) -> None:
        if self._inner:
            self._inner.pop()
        self._end(name)

    def repeating(self, most: int) -> list[tuple[str, int]]:
        """Paths outside of records that occur more than once, the most frequent first."""
        return [(path, count) for path, count in self.outside_paths.most_common(most) if count > 1]
