"""A feed's block as YAML: `blocks.apply` makes the very same block of it, and no secret is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from blocks import SupplierFeed
from blocks.apply import read_blocks
from tasks.feeds.inspecting.block_yaml import NO_MAPPING, block_yaml, unfinished_yaml
from tasks.feeds.inspecting.inspection import inspect
from tasks.feeds.presets import FOLDER

MAPPING = {"sku": "Symbol", "stock_quantity": "Stan"}
BLOCKS: dict[str, dict[str, Any]] = {
    "plain": {"mapping": MAPPING},
    "preset": {"preset": "ceneo", "price_kind": "gross"},
    "off": {"mapping": MAPPING, "enabled": False, "contractor_id": 5, "absence": "sold_out"},
    "signs": {"mapping": MAPPING, "delimiter": "|", "quote": "none", "encoding": "cp1250", "decimal": "comma"},
    "secrets": {"mapping": MAPPING, "username": "anna", "password": "p: #1", "source": "https://x.test/a.csv?k={token}"}
    | {"token": "t0ken", "header_name": "X-Key", "header_value": "h"},
    "nested": {"mapping": {"sku": "Symbol"}, "warehouses": [{"column": "A", "delivery_days": 2}]}
    | {"gate": {"max_rejected_share": 0.5}, "meanings": [{"field": "sku", "text": "*", "means": ""}]}
    | {"fetching": {"settle_seconds": 0}, "part": {"name": "stock", "provides": ["stock", "codes"]}},
}


@pytest.mark.parametrize("settings", BLOCKS.values(), ids=BLOCKS)
def test_apply_makes_the_same_block_of_it(settings: dict[str, Any]) -> None:
    feed = SupplierFeed(**{"integration_id": 6, "source": "/data/acme.csv", **settings})
    text = block_yaml(feed, number_known=True)
    secrets = {
        f"{'A' if 'https' in feed.source else 'ACME'}_{name.upper()}": secret.get_secret_value()
        for name in ("password", "token", "header_value")
        if (secret := getattr(feed, name))
    }
    assert not [secret for secret in secrets.values() if len(secret) > 1 and secret in text]
    (made,) = read_blocks(text, secrets).values()
    assert {name: getattr(made, name) for name in SupplierFeed.model_fields} == {
        name: getattr(feed, name) for name in SupplierFeed.model_fields
    }


@pytest.mark.parametrize("sample", sorted(FOLDER.glob("*/sample*")), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_is_proposed_for_a_known_format_is_accepted(sample: Path, tmp_path: Path) -> None:
    proposed = inspect(str(sample), sample, tmp_path).feed(str(sample))
    assert proposed is not None
    (made,) = read_blocks(block_yaml(proposed, number_known=False), {}).values()
    assert isinstance(made, SupplierFeed)
    assert (made.preset, made.mapping, made.absence) == (proposed.preset, proposed.mapping, proposed.absence)


def test_comments_say_what_a_person_has_to_fill_in() -> None:
    feed = SupplierFeed(integration_id=1, source="https://acme.example/feed.csv?token=s3cretvalue", mapping=MAPPING)
    text = block_yaml(feed, number_known=False)
    assert [line.partition("# ")[2][:15] for line in text.splitlines() if "#" in line] == [
        "your own number",
        "put the secret ",
    ]
    assert "s3cretvalue" not in text
    assert yaml.safe_load(text)["feeds"]["feed"]["mapping"]["sku"] == "Symbol"
    known = block_yaml(feed.model_copy(update={"integration_id": 6}), number_known=True)
    assert "integration_id: 6\n" in known


def test_a_source_that_begins_with_a_digit_gets_a_variable_that_can_be_filled_in() -> None:
    feed = SupplierFeed(integration_id=6, source="ftp://x.test/2026.csv", mapping=MAPPING, username="a", password="p")
    (made,) = read_blocks(block_yaml(feed, number_known=True), {"FEED_2026_PASSWORD": "p"}).values()
    assert isinstance(made, SupplierFeed)
    assert made.password == feed.password


def test_a_file_that_was_not_understood_says_what_lacks(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.write_text("a;b\n1;2\n", encoding="utf-8")
    text = unfinished_yaml(inspect("x.csv", raw, tmp_path), None)
    assert f"mapping: {{}}  # {NO_MAPPING}" in text
