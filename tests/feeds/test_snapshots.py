"""Names of snapshots."""

from __future__ import annotations

from datetime import UTC, datetime

from tasks.feeds.snapshots import snapshot_id

AT = datetime(2026, 11, 24, 5, 5, tzinfo=UTC)


def test_a_name_says_the_feed_and_the_time() -> None:
    assert snapshot_id(6, AT, "content", "settings").startswith("f6-20261124T050500-")
    assert snapshot_id(6, AT, "content", "settings", "prices").startswith("f6-prices-20261124T050500-")


def test_one_file_read_by_two_settings_in_a_second_is_two_snapshots() -> None:
    names = {snapshot_id(6, AT, content, settings) for content in ("a", "b") for settings in ("c", "d")}
    assert len(names) == 4
