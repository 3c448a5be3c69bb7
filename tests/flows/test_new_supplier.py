"""A supplier whose format nobody described: from an address to a believed import, as docs/integrators.md walks it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from blocks import load_feed
from blocks.apply import main as apply
from flows import check_integration, import_feed, inspect_feed
from tests.feeds.conftest import Supplier
from tests.flows.world import World

pytestmark = pytest.mark.slow


@pytest.fixture
def supplier() -> Iterator[Supplier]:
    server = Supplier()
    yield server
    server.stop()


def german_file(references: list[str]) -> bytes:
    """Lines under a title, split by `|`, in ISO-8859-2, with a decimal comma and words for the stock."""
    lines = ["Lagerliste|||", "Artikelnummer|Bezeichnung|Lagerbestand|Lieferzeit"]
    stocks = ("25", ">50", "brak", "1 200,00")
    lines += [
        f"{reference}|Schraube für Łódź {n}|{stocks[n % len(stocks)]}|{n % 3 + 2} Tage"
        for n, reference in enumerate(references)
    ]
    return "\n".join(lines).replace("für", "fuer").encode("iso-8859-2")


def test_from_an_address_to_a_believed_import(world: World, supplier: Supplier) -> None:
    references = world.references()[:24]
    url = supplier.answer("/lager.txt", german_file(references))

    seen = inspect_feed(url, shop=world.shop)
    assert seen.catalogue_items > 0
    assert (seen.preset, seen.rows, seen.rows_rejected, seen.match_rate) == (None, 24, 0, 1.0)
    assert seen.sold_at_threshold == {1: 0.75, 3: 0.75, 5: 0.75, 10: 0.75, 20: 0.75}

    assert (seen.absence, seen.absence_reason[:15]) == ("uncertain", "6 of 24 offers ")

    assert inspect_feed(url, integration_id=9, save_as="lager").saved_as == "supplier-feed/lager"
    assert import_feed("lager").status == "switched_off"
    assert {check.name: check.ok for check in check_integration("lager").checks}["content"]
    assert import_feed("lager", dry_run=True).created == 24

    saved = load_feed("lager")
    saved.enabled = True  # as a person does in the Prefect UI
    saved.save("lager", overwrite=True)
    imported = import_feed("lager")
    assert (imported.status, imported.created, imported.rows_rejected) == ("completed", 24, 0)

    mapping = saved.mapping.model_copy(update={"delivery_days": None})
    changed = saved.model_copy(update={"mapping": mapping, "enabled": False})
    (replayed,) = inspect_feed(changed, replay=10).replayed
    assert (replayed["other_days"], replayed["other_stock"], replayed["gate_now"]) == (24, 0, "passed")
    assert import_feed("lager").status == "unchanged"


def test_the_printed_block_is_applied_as_it_stands(
    world: World, supplier: Supplier, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    references = world.references()[:24]
    url = supplier.answer("/lieferant.txt", german_file(references))
    seen = inspect_feed(url, shop=world.shop, integration_id=9)
    file = tmp_path / "blocks.yaml"
    file.write_text(seen.block_yaml, encoding="utf-8")
    assert apply([str(file)]) == 0
    assert capsys.readouterr().out.split() == ["created", "supplier-feed/lieferant"]
    assert import_feed("lieferant").created == 24
