"""XML: records into rows of text, streaming; only the mapped paths are kept."""

from __future__ import annotations

from pathlib import Path
from xml.parsers import expat

from blocks import SupplierFeed
from tasks.duck import Desk
from tasks.errors import Refused, WrongSettingsError
from tasks.feeds.address import shown
from tasks.feeds.sheet import FIELDS, Sheet, lay_broken, lay_file
from tasks.feeds.xml_paths import record_steps, tree_of
from tasks.feeds.xml_records import Records
from tasks.feeds.xml_stream import parse

ENOUGH_RECORDS = 20  # in so many records a mapped path must occur at least once
MAY_BE_MISSING = {"name", "available_later"}
SHOWN_PATHS = 8


def read_xml(desk: Desk, feed: SupplierFeed, raw: Path, folder: Path) -> Sheet:
    """Lay `rows` and `broken` on the desk; row_number is the record's number from 1.

    Raises Refused: cut, malformed, hostile, no record at the record path though others repeat, a mapped path
    gone.
    """
    where = shown(feed.source)
    mapping = feed.mapping.columns()
    fields = [field for field in FIELDS if field in mapping]
    steps = record_steps(feed.record_path) if feed.record_path else []
    parser = expat.ParserCreate(feed.encoding)
    path = folder / "rows.csv"
    with path.open("w", encoding="utf-8", newline="") as target:
        records = Records(parser, steps, tree_of(mapping, fields), fields, target)
        parse(raw, parser, records, feed.encoding, where)
        records.flush()
    _check(records, feed, where)
    lay_file(desk, path, fields)
    lay_broken(desk, records.broken)
    path.unlink()
    return Sheet("xml", feed.encoding or records.encoding, list(records.inside_paths), records.count)


def _check(records: Records, feed: SupplierFeed, where: str) -> None:
    repeating = records.repeating(SHOWN_PATHS)
    paths = ", ".join(f"`{path}` ({count:,}x)" for path, count in repeating) or "none"
    if not feed.record_path:
        raise WrongSettingsError(
            f"record_path: an XML feed needs the path of its records. In {where} these paths repeat: {paths}."
            " Put the one that stands for an item into the feed's record path"
        )
    root = records.steps[0]
    if records.root != root:
        raise Refused(
            f"{where}: expected the root element `{root}` (record path `{feed.record_path}`), got"
            f" `{records.root}`. Open the file and look, then correct the source or the record path"
        )
    if records.count == 0 and repeating:
        raise Refused(
            f"{where}: expected records at `{feed.record_path}`, got none. These paths repeat: {paths}."
            " Correct the feed's record path, or ask the supplier what changed"
        )
    gone = [
        f"`{feed.mapping.columns()[field]}` ({field})"
        for field, seen in zip(records.fields, records.seen, strict=True)
        if not seen and field not in MAY_BE_MISSING
    ]
    if gone and records.count >= ENOUGH_RECORDS:
        raise Refused(
            f"{where}: expected the mapped paths {', '.join(gone)}, which none of {records.count:,} records"
            f" has. A record has {', '.join(f'`{path}`' for path in records.inside_paths)}."
            " Correct the feed's mapping, or ask the supplier what changed"
        )
