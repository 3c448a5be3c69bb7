"""JSON and NDJSON: records into rows of text, streaming; only the mapped paths are kept."""

from __future__ import annotations

from pathlib import Path

from blocks import SupplierFeed
from tasks.duck import Desk
from tasks.errors import Refused
from tasks.feeds.formats.columns import alternatives, may_lack
from tasks.feeds.formats.decode import to_utf8
from tasks.feeds.formats.json_paths import Way, objects_at, variant_steps, ways_of
from tasks.feeds.formats.json_stream import Record, TooLargeError, Walk, paths_shown, walk_json
from tasks.feeds.formats.look import beginning_of
from tasks.feeds.formats.records import Rows
from tasks.feeds.formats.sheet import Sheet, in_order, lay_broken, lay_file, refuse_gone
from tasks.feeds.sources.address import shown

SAMPLED_RECORDS = 20  # of so many records all names are remembered, for messages
LOOKED_AT = 4 << 20  # so many bytes tell what repeats
SHOWN_PATHS = 8


def read_json(desk: Desk, feed: SupplierFeed, raw: Path, folder: Path) -> Sheet:
    """Lay `rows` and `broken` on the desk; row_number is the record's (with variants: the variant's) number from 1.

    Records are the objects at the record path; without one those at the top: of an array, or one a line (NDJSON).
    Raises Refused: undecodable, cut, malformed, hostile, no record where others repeat, a mapped path gone.
    """
    where = shown(feed.source)
    text = to_utf8(raw, feed.encoding, folder, where, is_old=False)  # by its standard it can't be
    mapping = feed.columns()
    fields = in_order(mapping)
    ways = ways_of(mapping, fields, feed.variant_path)
    path = folder / "rows.csv"
    with path.open("w", encoding="utf-8", newline="") as target:
        taking = _Taking(ways, variant_steps(feed.variant_path), Rows([way.slot for way in ways], target))
        walk = Walk(record_paths(feed.record_path), taking.take)
        try:
            walk_json(text.path, walk, where)
        except TooLargeError:
            raise _no_record(feed, raw, text.path, where) from None
        taking.rows.flush()
    _check_records(taking, walk, feed, raw, text.path, where)
    refuse_gone(mapping, taking.seen_fields(), taking.count, taking.names, where)
    lay_file(desk, path, fields)
    others = range(taking.rows.count + 1, taking.rows.count + 1 + walk.others)
    lay_broken(desk, [*taking.rows.broken, *((number, "record", "", "not_an_object") for number in others)])
    path.unlink()
    return Sheet("json", text.encoding, list(taking.names), taking.rows.count + walk.others)


def record_paths(record_path: str | None) -> list[tuple[str, ...]]:
    """The paths of records as tuples of names; the top where none is given."""
    if not record_path:
        return [()]
    return [tuple(filter(None, path.strip("/").split("/"))) for path in alternatives(record_path)]


class _Taking:
    """Turns each record into rows. `seen`: per way whether its path occurred; `names`: those of the first records."""

    def __init__(self, ways: list[Way], variant: list[str], rows: Rows) -> None:
        self.rows, self.count = rows, 0
        self.seen = [False] * len(ways)
        self.names: dict[str, None] = {}
        self._outer = [(index, way) for index, way in enumerate(ways) if not way.slot.in_variant]
        self._inner = [(index, way) for index, way in enumerate(ways) if way.slot.in_variant]
        self._variant = variant

    def seen_fields(self) -> set[str]:
        """Fields of which a path occurred."""
        return {way.slot.field for index, way in [*self._outer, *self._inner] if self.seen[index]}

    def take(self, record: Record) -> None:
        """Write one record's rows."""
        self.count += 1
        if self.count <= SAMPLED_RECORDS:
            self.names.update(dict.fromkeys(record))
        self.rows.begin()
        self._put(record, self._outer)
        if self._variant:
            for variant in objects_at(record, self._variant):
                self._put(variant, self._inner)
                self.rows.end_variant()
        self.rows.end()

    def _put(self, holder: object, ways: list[tuple[int, Way]]) -> None:
        for index, way in ways:
            for value in way.values(holder):
                self.seen[index] = True
                if value is not None:
                    self.rows.put(index, value)


def _check_records(taking: _Taking, walk: Walk, feed: SupplierFeed, raw: Path, text: Path, where: str) -> None:
    """Refuse what has no records: neither an empty list of them, nor one object with what the mapping needs."""
    if taking.count == 0 and not walk.is_reached:
        raise _no_record(feed, raw, text, where)
    if walk.values_at_top == taking.count == 1 and not walk.is_array and not feed.record_path:
        seen = taking.seen_fields()
        if any(field not in seen and not may_lack(path) for field, path in feed.columns().items()):
            raise _no_record(feed, raw, text, where)


def _no_record(feed: SupplierFeed, raw: Path, text: Path, where: str) -> Refused:
    counting = Walk(None, lambda _: None)
    walk_json(text, counting, where, LOOKED_AT)
    repeating = ", ".join(paths_shown(counting.objects, SHOWN_PATHS)) or "none"
    at = f"at `{feed.record_path}`" if feed.record_path else "at the top (an array of objects, or one object a line)"
    return Refused(
        f"{where}: expected records {at}, got JSON, beginning with `{beginning_of(raw, feed)}`. These paths repeat in"
        f" it: {repeating}. Open the address and look; then correct the source, or the feed's record path"
    )
