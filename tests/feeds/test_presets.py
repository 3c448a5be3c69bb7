"""Every preset reads its samples to the very offers that stand beside them, and is recognised by their content.

`make golden` writes the offers anew; what it changed is read in the diff.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from blocks import FeedGate, SupplierFeed
from tasks.errors import WrongSettingsError
from tasks.feeds.inspecting.inspection import inspect
from tasks.feeds.offers.read import read_feed
from tasks.feeds.presets import FOLDER, completed, presets
from tasks.feeds.snapshots import settings_hash
from tests.feeds.conftest import rows_of

ROOT = Path(__file__).parents[2]
SAMPLES = sorted(path for path in FOLDER.glob("*/sample*"))
every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")


def golden(sample: Path) -> Path:
    return sample.with_name(sample.stem.replace("sample", "offers") + ".json")


def what_it_holds(sample: Path, folder: Path) -> dict[str, Any]:
    feed = SupplierFeed(
        integration_id=6, source=str(sample), preset=sample.parent.name, gate=FeedGate(max_rejected_share=1)
    )
    read = read_feed(feed, sample, folder)
    offers = [{key: str(value) for key, value in row.items() if value is not None} for row in rows_of(read.offers)]
    rejects = [
        {key: str(row[key]) for key in ("row_number", "field", "value", "reason_code")} for row in rows_of(read.rejects)
    ]
    return {"offers": offers, "rejects": rejects}


@every_sample
def test_a_sample_is_read_to_its_offers(sample: Path, tmp_path: Path) -> None:
    found = what_it_holds(sample, tmp_path)
    if os.environ.get("REXBIT_GOLDEN"):
        golden(sample).write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert found == json.loads(golden(sample).read_text(encoding="utf-8"))


@every_sample
def test_a_sample_is_recognised(sample: Path, tmp_path: Path) -> None:
    assert inspect(str(sample), sample, tmp_path).preset == sample.parent.name


@every_sample
def test_the_proposed_block_reads_the_sample_alike(sample: Path, tmp_path: Path) -> None:
    proposed = inspect(str(sample), sample, tmp_path).feed(str(sample))
    assert proposed is not None
    proposed = proposed.model_copy(update={"gate": FeedGate(max_rejected_share=1)})
    offers = [row["sku"] for row in rows_of(read_feed(proposed, sample, tmp_path).offers)]
    assert offers == [offer.get("sku") for offer in what_it_holds(sample, tmp_path)["offers"]]


def test_every_preset_has_a_sample() -> None:
    assert {sample.parent.name for sample in SAMPLES} == set(presets())


@pytest.mark.parametrize("name", list(presets()))
def test_a_preset_is_enough_for_a_feed(name: str) -> None:
    preset = presets()[name]
    assert preset.settings.mapping.lacking() is None
    assert SupplierFeed(integration_id=6, source="x", preset=name, **preset.proposes).preset == name


def test_the_block_s_own_settings_stay() -> None:
    feed = SupplierFeed(
        integration_id=6,
        source="x",
        preset="ceneo",
        record_path="offers/x",
        mapping={"sku": "@id"},
        meanings=[{"field": "is_available", "text": "90", "means": "tak"}],
    )
    filled = completed(feed)
    assert (filled.record_path, filled.mapping.sku, filled.mapping.is_available) == ("offers/x", "@id", "@avail")
    assert [one.means for one in filled.meanings if (one.field, one.text) == ("is_available", "90")] == ["tak"]


def test_a_preset_that_changed_has_the_file_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    feed = SupplierFeed(integration_id=6, source="x", preset="ceneo")
    before = settings_hash(feed)
    settings = presets()["ceneo"].settings
    monkeypatch.setattr(settings, "mapping", settings.mapping.model_copy(update={"sku": "@id"}))
    assert settings_hash(feed) != before


def test_an_unknown_preset_names_those_there_are() -> None:
    with pytest.raises(WrongSettingsError, match=r"expected one of .*ceneo.*got `seneo`"):
        completed(SupplierFeed(integration_id=6, source="x", preset="seneo"))


def test_the_docs_name_every_preset() -> None:
    text = (ROOT / "docs" / "feeds.md").read_text(encoding="utf-8")
    listed = text.partition("## Known formats\n")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `([a-z-]+)` \|", listed, flags=re.MULTILINE) == list(presets())
