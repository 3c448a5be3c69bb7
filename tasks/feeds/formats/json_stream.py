"""A safe walk through a JSON file: one record in memory at a time, depth, texts and records bounded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import ijson

from tasks.errors import Refused
from tasks.feeds.formats.records import TooManyError
from tasks.feeds.formats.sheet import number_text

BLOCK = 1 << 16
DEEPEST = 100
LONGEST = 1 << 20  # bytes of one text
LARGEST_RECORD = 50_000  # parts (keys, values, brackets) of one record
MOST_PATHS = 500
Record = dict[str, Any]


class TooDeepError(Exception):
    """Values nested deeper than any feed nests them."""


class TooLargeError(Exception):
    """One record with more in it than any feed's has: it is probably not a record at all."""


class Walk:
    """Follows the parser's events; `take` gets each object at one of `paths` whole, as dicts, lists and texts.

    A path is made of the names of members, `()` is the top: objects that stand alone (NDJSON) or in an array. Arrays
    add nothing to a path. `paths` None: nothing is taken, only counted. `objects`: how many objects each path has (at
    most MOST_PATHS of them); `others`: what stands at the paths and is no object; `is_reached`: an array does.
    """

    def __init__(self, paths: list[tuple[str, ...]] | None, take: Callable[[Record], None]) -> None:
        self.paths, self.take = paths, take
        self.objects: Counter[tuple[str, ...]] = Counter()
        self.others = 0
        self.values_at_top = 0
        self.is_array = self.is_reached = False
        self._path: list[str] = []
        self._around: list[str] = []  # '{' and '[' that are open
        self._built: list[Any] = []  # the open parts of the record that is being built
        self._keys: list[str] = []
        self._parts = 0

    def follow(self, events: list[tuple[str, Any]]) -> None:
        """Take the next events."""
        for event, value in events:
            if self._built:
                self._inside(event, value)
            else:
                self._outside(event, value)

    def _outside(self, event: str, value: Any) -> None:
        if event == "map_key":
            self._path[-1] = value
        elif event == "start_map":
            self._open("{")
            here = tuple(self._path)
            if here in self.objects or len(self.objects) < MOST_PATHS:
                self.objects[here] += 1
            if self.paths is not None and here in self.paths:
                self._built, self._parts = [{}], 0
            else:
                self._path.append("")
        elif event == "start_array":
            self._open("[")
            self.is_reached = self.is_reached or (self.paths is not None and tuple(self._path) in self.paths)
        elif event == "end_map":
            self._around.pop()
            self._path.pop()
        elif event == "end_array":
            self._around.pop()
        elif self.paths is not None and tuple(self._path) in self.paths:
            self._open("")
            self._around.pop()
            self.others += 1

    def _open(self, sign: str) -> None:
        if not self._around:
            self.values_at_top += 1
            self.is_array = sign == "["
        self._around.append(sign)
        if len(self._around) > DEEPEST:
            raise TooDeepError

    def _inside(self, event: str, value: Any) -> None:
        self._parts += 1
        if self._parts > LARGEST_RECORD:
            raise TooLargeError
        if event == "map_key":
            self._keys.append(value)
        elif event in {"start_map", "start_array"}:
            self._open("{" if event == "start_map" else "[")
            self._built.append({} if event == "start_map" else [])
        elif event in {"end_map", "end_array"}:
            self._around.pop()
            done = self._built.pop()
            if self._built:
                self._add(done)
            else:
                self.take(done)
        else:
            self._add(_text(value))

    def _add(self, value: Any) -> None:
        into = self._built[-1]
        if isinstance(into, list):
            into.append(value)
            return
        key = self._keys.pop()
        if key in into:  # the same name twice: both are kept, so that neither is chosen silently
            before = into[key]
            value = [*before, value] if isinstance(before, list) else [before, value]
        into[key] = value


def _text(value: Any) -> str | None:
    """A scalar as a feed would write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return number_text(str(value))
    return None if value is None else str(value)


def walk_json(path: Path, walk: Walk, where: str, most: int | None = None) -> None:
    """Feed a UTF-8 file to the parser, and its events to `walk`; of a file longer than `most` bytes only these.

    Raises Refused where the file is cut, malformed, too deep, or a text in it has no end; TooLargeError for a record.
    """
    events = ijson.sendable_list()
    parser = ijson.basic_parse_coro(events, multiple_values=True)
    fed = silent = 0
    ended = False
    try:
        with path.open("rb") as file:
            for block in iter(lambda: file.read(BLOCK), b""):
                parser.send(block)
                fed += len(block)
                silent = 0 if events else silent + len(block)
                walk.follow(events)
                del events[:]
                if most is not None and fed >= most:
                    return
                if silent > LONGEST:
                    raise Refused(
                        f"{where}: byte {fed:,}: expected texts of at most {LONGEST:,} bytes, got a longer one: this is"
                        " no feed. Open the source and look, or ask the supplier"
                    )
        ended = True
        parser.close()
        walk.follow(events)
    except (ijson.JSONError, ValueError) as error:
        raise (_cut(fed, where) if ended else _malformed(str(error), fed, where)) from None
    except SystemError:  # what the parser's C code makes of Python's limit on the digits of a number
        raise _malformed("a number with more digits than any has", fed, where) from None
    except TooDeepError:
        raise Refused(
            f"{where}: byte {fed:,}: expected at most {DEEPEST} values inside each other, got more: this is no feed."
            " Open the source and look, or ask the supplier"
        ) from None
    except TooManyError as error:
        raise Refused(f"{where}: expected {error}, got more. Look at the feed's mapping and variants") from None
    if walk.is_array and walk.values_at_top > 1:
        raise _malformed("more follows after the end of the array", fed, where)


def _cut(fed: int, where: str) -> Refused:
    return Refused(
        f"{where}: the JSON ends before its values do (byte {fed:,}): it is cut. Fetch it again, or ask the supplier"
        " for a whole file"
    )


def _malformed(words: str, fed: int, where: str) -> Refused:
    first = next(iter(words.splitlines()), "malformed").strip().rstrip(".")
    return Refused(
        f"{where}: the JSON is malformed: {first} (before byte {fed:,}). Fetch it again, or ask the supplier"
    )


def paths_shown(objects: Counter[tuple[str, ...]], most: int) -> Iterator[str]:
    """Yield paths with more than one object, the most frequent first, for messages."""
    for path, count in objects.most_common():
        if count > 1 and path and most > 0:
            most -= 1
            yield f"`{'/'.join(path)}` ({count:,}x)"
