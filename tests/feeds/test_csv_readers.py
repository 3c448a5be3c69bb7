"""The quick CSV reader and the exact one agree wherever the quick one answers."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tasks.duck import Desk, desk
from tasks.errors import Refused
from tasks.feeds.formats import csv_rows
from tasks.feeds.formats.csv_layout import find_layout
from tasks.feeds.formats.decode import to_utf8

PLACES = {"sku": 0, "name": 1}
contents = st.text(st.sampled_from('ab;"\n'), max_size=40).map(lambda tail: f"a;b\n1;2\n{tail}")
ends = st.sampled_from(["\n", "\r\n"])
texts = st.builds(lambda content, end: content.replace("\n", end), contents, ends)


def rows(table: Desk) -> list[tuple[object, ...]]:
    query = "SELECT row_number, coalesce(sku, ''), coalesce(name, '') FROM rows ORDER BY row_number"
    return table.connection.execute(query).fetchall()


@given(texts)
@example('a;b\n1;2\n"x\ny";3\n')
@example('a;b\n1;2\n\n3;"4"\n')
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_readers_agree(tmp_path: Path, text: str) -> None:
    raw = tmp_path / "raw"
    raw.write_bytes(text.encode())
    utf8 = to_utf8(raw, "utf-8", tmp_path, "test")
    layout = find_layout(raw, None, "test")
    if layout.delimiter != ";" or layout.columns != ["a", "b"]:
        return
    with desk() as table:
        try:
            count = csv_rows._read_fast(table, utf8, layout, PLACES)
        except duckdb.InvalidInputException:
            return
        if count is None:
            return
        quick = rows(table)
        try:
            exact_count = csv_rows._read_exactly(table, utf8, layout, PLACES, tmp_path, "test")
        except Refused as refused:
            pytest.fail(f"only the quick reader takes {text!r}: {refused}")
        assert (count, quick) == (exact_count, rows(table)), repr(text)
