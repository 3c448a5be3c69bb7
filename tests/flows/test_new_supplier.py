"""A supplier whose format nobody described: from an address to a believed import, as docs/integrators.md walks it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml

from blocks import SupplierFeed
from flows import import_catalog, import_feed, inspect_feed
from tests.feeds.conftest import Supplier
from tests.flows.world import AT_ONCE, World


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
    import_catalog(world.shop)

    seen = inspect_feed(url)
    assert (seen.preset, seen.rows, seen.rows_rejected, seen.match_rate) == (None, 24, 0, 1.0)
    assert seen.sold_at_threshold == {1: 0.75, 3: 0.75, 5: 0.75, 10: 0.75, 20: 0.75}

    (settings,) = yaml.safe_load(seen.block_yaml)["feeds"].values()
    feed = SupplierFeed(**{**settings, "integration_id": 9}, fetching=AT_ONCE)
    imported = import_feed(feed)
    assert (imported.status, imported.created, imported.rows_rejected) == ("completed", 24, 0)
