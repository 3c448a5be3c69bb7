"""The policy on a real shop: pieces of sizes, own texts, what ages and what comes back."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from blocks import PrestashopDatabase
from blocks.feed import Absence
from flows import import_catalog, import_feed, sync_availability
from tasks.errors import Quarantined
from tests.flows.world import TEXTS, World

ENOUGH, LITTLE = 30, 3


@pytest.fixture
def with_policy(world: World, shop_block: Callable[..., PrestashopDatabase]) -> Callable[..., PrestashopDatabase]:
    """The world's shop under another policy."""
    return lambda **policy: shop_block(world.database, policy={"texts": TEXTS, **policy})


def feed_of(world: World, stock: int, first: int = 30) -> list[str]:
    """Import the first references with a stock; returns them."""
    references = world.references()[:first]
    world.write_feed((reference, stock, 2) for reference in references)
    import_feed(world.feed)
    return references


def sizes(world: World) -> tuple[int, list[dict[str, Any]]]:
    """A product with sizes that have references of their own and no pieces, and those sizes."""
    rows = world.query(
        "SELECT a.id_product, a.id_product_attribute, a.reference FROM ps_product_attribute a"
        " JOIN ps_product p USING (id_product) WHERE a.reference <> '' AND a.reference <> p.reference"
        " ORDER BY a.id_product, a.id_product_attribute"
    )
    product = rows[0]["id_product"]
    own = [row for row in rows if row["id_product"] == product]
    world.execute("UPDATE ps_stock_available SET quantity = 0 WHERE id_product = %s", product)
    return int(product), own


def pieces(world: World, product: int) -> list[int]:
    """The pieces of row 0 and of each size."""
    rows = world.query(
        "SELECT quantity FROM ps_stock_available WHERE id_product = %s AND id_shop = 1 ORDER BY id_product_attribute",
        product,
    )
    return [int(row["quantity"]) for row in rows]


def test_sizes_are_sold_by_their_own_pieces(world: World, with_policy: Callable[..., PrestashopDatabase]) -> None:
    product, own = sizes(world)
    shop = with_policy(combinations="quantities")
    import_catalog(shop)
    stock = [ENOUGH + number if number else LITTLE for number in range(len(own))]
    world.write_feed((row["reference"], number, 2) for row, number in zip(own, stock, strict=True))
    import_feed(world.feed)
    first = sync_availability(shop)
    wanted = [number if number >= 20 else 0 for number in stock]
    assert pieces(world, product) == [sum(wanted), *wanted]
    assert sync_availability(shop).status == "unchanged"

    sold = own[1]["id_product_attribute"]
    world.execute(
        "UPDATE ps_stock_available SET quantity = quantity - 2"
        " WHERE id_product = %s AND id_product_attribute IN (0, %s)",
        product,
        sold,
    )
    assert (sync_availability(shop).status, first.failed) == ("unchanged", 0)
    assert pieces(world, product)[0] == sum(wanted) - 2

    taken_back = sync_availability(with_policy())
    assert (taken_back.failed, taken_back.left) == (0, 0)
    assert pieces(world, product) == [0] * (len(own) + 1)


@pytest.mark.slow
def test_what_had_a_text_of_its_own_is_left_alone_if_asked(
    world: World, with_policy: Callable[..., PrestashopDatabase]
) -> None:
    reference = world.references()[0]
    world.execute("UPDATE ps_stock_available SET out_of_stock = 2")
    world.execute("UPDATE ps_product_lang SET available_later = ''")
    world.execute(
        "UPDATE ps_product_lang l JOIN ps_product p USING (id_product) SET l.available_later = 'Zapytaj'"
        " WHERE p.reference = %s",
        reference,
    )
    shop = with_policy(respect_existing=True)
    import_catalog(shop)
    feed_of(world, ENOUGH)
    done = sync_availability(shop)
    assert done.skipped["own_text_or_flag"] == 1
    assert (world.text(reference, "pl"), world.flag(reference)) == ("Zapytaj", 2)


@pytest.mark.slow
def test_without_a_supplier_it_is_as_it_was_if_asked(
    world: World, with_policy: Callable[..., PrestashopDatabase], home: Path
) -> None:
    shop = with_policy(no_offer="restore")
    world.execute("UPDATE ps_stock_available SET out_of_stock = 2")
    import_catalog(shop)
    reference = feed_of(world, ENOUGH)[0]
    before = world.text(reference, "pl")
    sync_availability(shop)
    assert world.flag(reference) == 1
    with contextlib.closing(sqlite3.connect(home / "rexbit.db")) as connection:
        connection.execute("DELETE FROM integration_product_links WHERE integration_id = 6 AND sku = ?", [reference])
        connection.commit()
    sync_availability(shop)
    assert world.flag(reference) == 2
    assert before in (world.text(reference, "pl"), "None")


def aged(home: Path, hours: int) -> None:
    """Let what is missing be missing for longer."""
    with contextlib.closing(sqlite3.connect(home / "rexbit.db")) as connection:
        connection.execute(f"UPDATE absences SET first_missing_at = datetime(first_missing_at, '-{hours} hours')")
        connection.commit()


@pytest.mark.slow
def test_only_a_feed_that_is_well_lets_its_offers_age(
    world: World, with_policy: Callable[..., PrestashopDatabase], home: Path
) -> None:
    shop = with_policy(ageing={"longer_after_hours": 1, "longer_days": 3, "deny_after_hours": 72})
    feed = world.feed.model_copy(update={"absence": Absence.KEEP})
    import_catalog(shop)
    references = world.references()[:30]
    world.write_feed((reference, ENOUGH, 2) for reference in references)
    import_feed(feed)
    sync_availability(shop)
    gone = references[-1]
    world.write_feed((reference, ENOUGH, 2) for reference in references[:-1])
    assert import_feed(feed).absent == 1
    aged(home, 2)
    sync_availability(shop)
    assert (world.flag(gone), world.text(gone, "pl")) == (1, "Wysyłka za 5 dni")
    aged(home, 72)
    sync_availability(shop)
    assert world.flag(gone) == 0
    world.write_feed((reference, ENOUGH, 2) for reference in references)
    import_feed(feed)
    sync_availability(shop)
    assert world.text(gone, "pl") == "Wysyłka za 2 dni"


@pytest.mark.slow
def test_a_feed_that_is_held_back_ages_nothing(
    world: World, with_policy: Callable[..., PrestashopDatabase], home: Path
) -> None:
    shop = with_policy(ageing={"deny_after_hours": 1})
    import_catalog(shop)
    references = feed_of(world, ENOUGH)
    sync_availability(shop)
    world.write_feed((reference, 0, 2) for reference in references)
    with pytest.raises(Quarantined):
        import_feed(world.feed)
    aged(home, 100)
    assert sync_availability(shop).status == "unchanged"


@pytest.mark.slow
def test_a_margin_is_measured_in_the_shops_own_currency(
    world: World, with_policy: Callable[..., PrestashopDatabase]
) -> None:
    first, second = world.references()[:2]
    world.execute("UPDATE ps_product_shop SET price = 100")
    shop = with_policy(min_margin_percent=10)
    import_catalog(shop)
    lines = [f"{first};;30;2;80", f"{second};;30;2;95"]
    Path(world.feed.source).write_text("\n".join(["Symbol;EAN;Stan;Termin;Cena", *lines, ""]), encoding="utf-8")
    mapping = world.feed.mapping.model_copy(update={"purchase_price": "Cena"})
    import_feed(world.feed.model_copy(update={"mapping": mapping}))
    sync_availability(shop)
    assert (world.flag(first), world.flag(second)) == (1, 0)


@pytest.mark.slow
def test_a_brand_that_is_sold_from_own_stock_only(world: World, with_policy: Callable[..., PrestashopDatabase]) -> None:
    shop = with_policy(exceptions=[{"brand": "Acme", "own_stock_only": True}])
    import_catalog(shop)
    first, second = feed_of(world, ENOUGH, first=2)
    world.execute(
        "INSERT INTO ps_manufacturer (id_manufacturer, name, date_add, date_upd) VALUES (77, 'ACME', now(), now())"
    )
    world.execute("UPDATE ps_product SET id_manufacturer = 77 WHERE reference = %s", first)
    sync_availability(shop)
    assert (world.flag(first), world.flag(second)) == (0, 1)


@pytest.mark.slow
def test_products_that_the_shop_itself_does_not_sell_are_counted(
    world: World, with_policy: Callable[..., PrestashopDatabase]
) -> None:
    shop = with_policy()
    import_catalog(shop)
    first, second = feed_of(world, ENOUGH, first=3)[:2]
    world.execute(
        "UPDATE ps_product_shop s JOIN ps_product p USING (id_product) SET s.active = p.reference <> %s,"
        " s.available_for_order = p.reference <> %s WHERE p.reference IN (%s, %s)",
        *(first, second, first, second),
    )
    done = sync_availability(shop)
    assert (done.on, done.not_sold) == (3, 2)
