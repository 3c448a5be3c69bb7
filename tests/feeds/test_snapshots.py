"""Names of snapshots, and what their manifests say."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from blocks.feed_part import FeedPart
from tasks.feeds.snapshots import part_of, snapshot_id

AT = datetime(2026, 11, 24, 5, 5, tzinfo=UTC)


def test_a_name_says_the_feed_and_the_time() -> None:
    assert snapshot_id(6, AT, "content", "settings").startswith("f6-20261124T050500-")
    assert snapshot_id(6, AT, "content", "settings", "prices").startswith("f6-prices-20261124T050500-")


def test_one_file_read_by_two_settings_in_a_second_is_two_snapshots() -> None:
    names = {snapshot_id(6, AT, content, settings) for content in ("a", "b") for settings in ("c", "d")}
    assert len(names) == 4


@pytest.mark.parametrize(
    ("manifest", "part"),
    [
        ({}, FeedPart()),
        ({"part": "", "provides": [], "delta": False}, FeedPart()),
        ({"part": "", "provides": ["stock"], "delta": True}, FeedPart()),  # such a block was let through once
        (
            {"part": "changes", "provides": ["stock"], "delta": True},
            FeedPart(name="changes", provides=["stock"], delta=True),
        ),
        ({"part": {"name": "prices", "provides": ["price"]}}, FeedPart(name="prices", provides=["price"])),
    ],
)
def test_manifests_of_all_times_say_their_part(manifest: dict[str, Any], part: FeedPart) -> None:
    assert part_of(manifest) == part
