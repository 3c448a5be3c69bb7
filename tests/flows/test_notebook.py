"""The notebooks of this project, each run in a kernel of its own."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from prefect.settings import PREFECT_API_URL

from blocks import SupplierFeed, load_feed
from demo.orchestra import ROOT
from flows import import_catalog, import_feed, sync_availability
from tests.flows.test_review import feed_of, links, products, write
from tests.flows.world import World


def test_a_saved_feed_is_loaded_while_an_event_loop_runs(world: World) -> None:
    async def in_a_loop() -> SupplierFeed:
        return load_feed("of-a-notebook")

    world.feed.save("of-a-notebook", overwrite=True)
    assert asyncio.run(in_a_loop()).mapping == world.feed.mapping


def read_notebook(name: str) -> NotebookNode:
    """A notebook of ours; it is kept without what its cells showed somebody."""
    notebook: NotebookNode = nbformat.read(ROOT / "notebooks" / name, as_version=4)  # type: ignore[no-untyped-call]
    assert [cell for cell in notebook.cells if cell.get("outputs") or cell.get("execution_count")] == []
    return notebook


def run_notebook(notebook: NotebookNode, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Run it in a kernel of its own; returns what its cells showed."""
    monkeypatch.setenv("PREFECT_API_URL", PREFECT_API_URL.value())  # the server that the blocks were saved on
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": ROOT}}).execute()
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


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
    shown = run_notebook(read_notebook("review.ipynb"), monkeypatch)
    known = products(tmp_path)
    assert links(tmp_path) == {"k1": (known[one], True), "k2": (known[two], False)}
    assert any("k1;tak;id:" in output.get("text", "") for output in shown)


@pytest.mark.slow
def test_the_past_is_read_and_drawn(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, other, *_ = world.references()
    import_catalog(world.shop)
    for stock in (30, 3):
        world.write_feed([(ours, stock, 2), (other, 50, 3)])
        import_feed(world.feed)
        sync_availability(world.shop)
    world.shop.connection.save("shop-database", overwrite=True)
    world.shop.save("sklep", overwrite=True)
    world.feed.save("acme", overwrite=True)
    notebook = read_notebook("history.ipynb")
    notebook.cells[1].source = notebook.cells[1].source.replace("PRODUCT = 1 ", f'PRODUCT = "{ours}" ')
    shown = run_notebook(notebook, monkeypatch)
    assert [output for output in shown if output.output_type == "error" or output.get("name") == "stderr"] == []
    assert sum("image/png" in output.get("data", {}) for output in shown) == 3
    texts = [output.data["text/plain"] for output in shown if "text/plain" in output.get("data", {})]
    assert any("below_threshold" in text for text in texts)
