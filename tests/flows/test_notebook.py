"""The notebooks of this project, each run in a kernel of its own."""

from __future__ import annotations

import asyncio
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from prefect.settings import PREFECT_API_URL

from blocks import SupplierFeed, load_feed
from demo.orchestra import ROOT
from flows import import_catalog, import_feed
from tests.flows.test_review import feed_of, links, products, write
from tests.flows.world import World


def test_a_saved_feed_is_loaded_while_an_event_loop_runs(world: World) -> None:
    async def in_a_loop() -> SupplierFeed:
        return load_feed("of-a-notebook")

    world.feed.save("of-a-notebook", overwrite=True)
    assert asyncio.run(in_a_loop()).mapping == world.feed.mapping


@pytest.mark.slow
def test_a_review_is_asked_and_answered(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two, three, *_ = world.references()
    names = {
        row["reference"]: row["name"]
        for row in world.query(
            "SELECT p.reference, l.name FROM ps_product p JOIN ps_product_lang l USING (id_product) WHERE l.id_lang = 1"
        )
    }
    alike = one.replace("-", "")
    write(world, f"k1;{alike};;{names[one]};30;", f"k2;{two};;Talerz;30;", f"k3;x-1;;{names[three]} i inne rzeczy;30;")
    import_catalog(world.shop)
    feed = feed_of(world)
    feed.save("acme", overwrite=True)
    import_feed(feed)
    monkeypatch.setenv("PREFECT_API_URL", PREFECT_API_URL.value())  # the server that the block was saved on
    notebook = nbformat.read(ROOT / "notebooks" / "review.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": ROOT}}).execute()
    known = products(tmp_path)
    assert links(tmp_path) == {"k1": (known[one], True), "k2": (known[two], False)}
    shown = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert any("k1;tak;id:" in output.get("text", "") for output in shown)
