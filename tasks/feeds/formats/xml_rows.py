"""XML: records into rows of text, streaming; only the mapped paths are kept."""

from __future__ import annotations

from pathlib import Path
from xml.parsers import expat

from blocks import SupplierFeed
from tasks.duck import Desk
from tasks.errors import Refused, WrongSettingsError
from tasks.feeds.formats.gateway import refuse_gateway
from tasks.feeds.formats.sheet import Sheet, in_order, lay_broken, lay_file, refuse_gone
from tasks.feeds.formats.xml_paths import record_steps, slots_of, tree_of
from tasks.feeds.formats.xml_records import Records
from tasks.feeds.formats.xml_stream import parse
from tasks.feeds.sources.address import shown

SHOWN_PATHS = 8


def read_xml(desk: Desk, feed: SupplierFeed, raw: Path, folder: Path) -> Sheet:
    """Lay `rows` and `broken` on the desk; row_number is the record's (with variants: the variant's) number from 1.

    Raises Refused: cut, malformed, hostile, no record at the record path though others repeat, a mapped path
    gone.
    """
    where = shown(feed.source)
    mapping = feed.columns()
    fields = in_order(mapping)
    slots = slots_of(mapping, fields, feed.variant_path)
    steps = record_steps(feed.record_path) if feed.record_path else []
    parser = expat.ParserCreate(feed.encoding)
    path = folder / "rows.csv"
    with path.open("w", encoding="utf-8", newline="") as target:
        records = Records(parser, steps, tree_of(slots, feed.variant_path), slots, target)
        with raw.open("rb") as file:
            parse(file, parser, records, feed.encoding, where)
        records.rows.flush()
    if records.count == 0:
        refuse_gateway(raw, feed.encoding, where)
    _check(records, feed, where)
    seen = {slot.field for slot, was_seen in zip(slots, records.seen, strict=True) if was_seen}
    refuse_gone(mapping, seen, records.count, records.inside_paths, where)
    lay_file(desk, path, fields)
    lay_broken(desk, records.rows.broken)
    path.unlink()
    return Sheet("xml", feed.encoding or records.encoding, list(records.inside_paths), records.rows.count)


def _check(records: Records, feed: SupplierFeed, where: str) -> None:
    repeating = records.repeating(SHOWN_PATHS)
    paths = ", ".join(f"`{path}` ({count:,}x)" for path, count in repeating) or "none"
    if not feed.record_path:
        raise WrongSettingsError(
            f"record_path: an XML feed needs the path of its records. In {where} these paths repeat: {paths}."
            " Put the one that stands for an item into the feed's record path"
        )
    roots = {steps[0]: None for steps in records.steps}
    if records.root not in roots:
        raise Refused(
            f"{where}: expected the root element {' or '.join(f'`{root}`' for root in roots)} (record path"
            f" `{feed.record_path}`), got `{records.root}`. Open the file and look, then correct the source or the"
            " record path"
        )
    if records.count == 0 and repeating:
        raise Refused(
            f"{where}: expected records at `{feed.record_path}`, got none. These paths repeat: {paths}."
            " Correct the feed's record path, or ask the supplier what changed"
        )
