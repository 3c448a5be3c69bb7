"""The beginning of a JSON file of unknown structure: where its records stand, and what they hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tasks.errors import Refused
from tasks.feeds.formats.json_stream import Record, TooLargeError, Walk, walk_json

TELLING = ("name", "key", "label")  # `{"name": "EAN", "value": ...}`: one member tells what the others are
LONGEST_SAMPLE = 200


def json_record_path_of(path: Path, where: str) -> str | None:
    """Find the path of the records; "" for the top, None where nothing repeats. Raises Refused as `walk_json`."""
    counting = Walk(None, lambda _: None)
    walk_json(path, counting, where)
    top: tuple[str, ...] = ()
    if counting.objects[top] and (counting.is_array or counting.values_at_top > 1):
        return ""
    weights: Counter[tuple[str, ...]] = Counter()
    for at, count in counting.objects.items():
        first = next((n for n in range(1, len(at) + 1) if counting.objects[at[:n]] > 1), None)
        if first:
            weights[at[:first]] += count
    best = max(weights, key=lambda at: weights[at], default=None)
    return None if best is None else "/".join(best)


def sample_json(path: Path, record_path: str, where: str, most: int) -> tuple[int, list[dict[str, str]]]:
    """Count the records, and read the first ones: path inside the record -> its first text."""
    records: list[dict[str, str]] = []

    def take(record: Record) -> None:
        if len(records) < most:
            found: dict[str, str] = {}
            for name, text in _texts(record, ""):
                if text.strip():
                    found.setdefault(name, text.strip()[:LONGEST_SAMPLE])
            records.append(found)

    at = tuple(filter(None, record_path.split("/")))
    walk = Walk([at], take)
    try:
        walk_json(path, walk, where)
    except TooLargeError:
        raise Refused(
            f"{where}: expected records at `{record_path}`, got one with more parts than any record has"
        ) from None
    return walk.objects[at], records


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, f"{path}/{name}" if path else name)
    elif isinstance(value, list):
        for element in value:
            telling = next(
                (key for key in TELLING if isinstance(element, dict) and isinstance(element.get(key), str)), ""
            )
            predicate = f"[@{telling}='{element[telling]}']" if telling and "'" not in element[telling] else ""
            rest = {key: inner for key, inner in element.items() if key != telling} if telling else element
            yield from _texts(rest, path + predicate)
    elif value is not None:
        yield path or ".", value
