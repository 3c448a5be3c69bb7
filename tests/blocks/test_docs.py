"""The blocks that the documentation shows can be applied as they stand."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

from blocks import SupplierFeed
from blocks.apply import read_blocks

FEEDS = Path(__file__).parents[2] / "docs" / "feeds.md"


def test_a_supplier_with_several_files() -> None:
    example = re.search(r"^    feeds:\n(?:    .*\n)+", FEEDS.read_text(encoding="utf-8"), re.MULTILINE)
    assert example
    blocks = read_blocks(dedent(example[0]), {})
    said = {name: block.part.provides for name, block in blocks.items() if isinstance(block, SupplierFeed)}
    assert said == {
        "acme-stock": ["codes", "stock", "delivery"],
        "acme-prices": ["price"],
        "acme-codes": ["codes"],
        "acme-changes": ["stock"],
    }
