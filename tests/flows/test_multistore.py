"""Several blocks on one shop database: two never write the same rows, and who may not is told the way out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from blocks import PrestashopDatabase
from flows import check_integration, import_catalog, import_feed, release_products, sync_availability
from tasks.errors import Refused
from tasks.prestashop import scopes as scopes_module
from tasks.prestashop.scopes import ShopRows, claim
from tasks.state import StateDatabase, open_state
from tests.flows.test_versions import share_stock
from tests.flows.world import World
from tests.parquet import read

pytestmark = pytest.mark.slow

SECOND_SHOP = (
    "INSERT INTO ps_shop SELECT 2, id_shop_group, 'Hurt', id_category, theme_name, active, deleted FROM ps_shop",
    "INSERT INTO ps_lang_shop SELECT id_lang, 2 FROM ps_lang_shop",
)
COPIED = ("product_shop", "product_attribute_shop", "product_lang")  # rows that each shop has of its own


def second_shop(world: World, **settings: Any) -> PrestashopDatabase:
    """Another shop of the same group that sells the same products, with a block of its own."""
    world.execute("SET sql_mode = ''")
    for statement in SECOND_SHOP:
        world.execute(statement)
    for table in COPIED:
        columns = [row["Field"] for row in world.query(f"SHOW COLUMNS FROM ps_{table}")]
        values = ", ".join("2" if name == "id_shop" else f"`{name}`" for name in columns)
        names = ", ".join(f"`{name}`" for name in columns)
        world.execute(f"INSERT INTO ps_{table} ({names}) SELECT {values} FROM ps_{table}")
    return world.shop.model_copy(update={"integration_id": 8, "id_shop": 2, **settings})


def own_stock(world: World) -> None:
    """The second shop's own stock rows."""
    world.execute(
        "INSERT INTO ps_stock_available (id_product, id_product_attribute, id_shop, id_shop_group, quantity,"
        " depends_on_stock, out_of_stock) SELECT id_product, id_product_attribute, 2, 0, quantity, depends_on_stock, 2"
        " FROM ps_stock_available WHERE id_shop = 1"
    )


def prepare(world: World, *blocks: PrestashopDatabase) -> str:
    """One product offered to all shops; returns its reference."""
    reference = world.references()[0]
    world.write_feed([(reference, 30, 3)])
    for block in blocks:
        import_catalog(block)
    import_feed(world.feed)
    return reference


def flags(world: World, reference: str) -> dict[tuple[int, int], int]:
    """The flags of a product by shop and shop group."""
    rows = world.query(
        "SELECT s.* FROM ps_stock_available s JOIN ps_product p USING (id_product) WHERE p.reference = %s", reference
    )
    return {(row["id_shop"], row["id_shop_group"]): row["out_of_stock"] for row in rows}


def texts(world: World, reference: str) -> dict[int, str]:
    """The Polish text of a product by shop."""
    rows = world.query(
        "SELECT l.* FROM ps_product_lang l JOIN ps_product p USING (id_product) WHERE p.reference = %s"
        " AND l.id_lang = 1",
        reference,
    )
    return {row["id_shop"]: row["available_later"] for row in rows}


@pytest.fixture
def scopes(tmp_path: Path) -> Callable[[], dict[int, tuple[Any, ...]]]:
    """Which rows each integration writes."""

    def read_all() -> dict[int, tuple[Any, ...]]:
        with open_state() as state:
            rows = read(state.read("shop_scopes", tmp_path / "scopes.parquet"))
        return {row["integration_id"]: (row["text_rows"], row["flag_rows"], row["label_rows"]) for row in rows}

    return read_all


Scopes = Callable[[], dict[int, tuple[Any, ...]]]


def test_shops_that_share_their_stock_have_one_block_for_flags(world: World, state_url: str, scopes: Scopes) -> None:
    share_stock(world)
    texts_only = second_shop(world, texts_only=True)
    reference = prepare(world, world.shop, texts_only)
    sync_availability(world.shop)
    assert texts(world, reference)[2] != "Wysyłka za 3 dni"
    assert sync_availability(texts_only).rows_written == 2  # a text in each of two languages
    assert texts(world, reference) == {1: "Wysyłka za 3 dni", 2: "Wysyłka za 3 dni"}
    assert flags(world, reference)[0, 1] == 1
    assert scopes() == {
        7: ("id_shop=1", "id_shop=0, id_shop_group=1", "all"),
        8: ("id_shop=2", None, None),
    }
    again = [sync_availability(block, compare="shop").status for block in (world.shop, texts_only)]
    assert again == ["unchanged", "unchanged"]


def test_two_blocks_for_the_flags_of_one_group_are_refused(world: World, state_url: str, scopes: Scopes) -> None:
    share_stock(world)
    other = second_shop(world)
    reference = prepare(world, world.shop, other)
    sync_availability(world.shop)
    before = world.everything()
    message = (
        r"flags \(id_shop=0, id_shop_group=1\) are written by `integration 7` \(integration 7\) as well.*"
        r"`Texts only` in all blocks but one"
    )
    with pytest.raises(Refused, match=message) as refused:
        sync_availability(other)
    assert (refused.value.summary.status, world.everything() == before, list(scopes())) == ("refused", True, [7])
    assert texts(world, reference)[1] == "Wysyłka za 3 dni"


def test_shops_with_stock_of_their_own_share_only_combinations_texts(
    world: World, state_url: str, scopes: Scopes
) -> None:
    other = second_shop(world)
    own_stock(world)
    reference = prepare(world, world.shop, other)
    sync_availability(world.shop)
    with pytest.raises(Refused, match=r"combinations' texts \(all\) are written.*turn `Combinations' texts` off"):
        sync_availability(other)
    without = other.model_copy(update={"combination_texts": False})
    assert sync_availability(without).written == 1
    assert flags(world, reference) == {(1, 0): 1, (2, 0): 1}
    assert scopes()[8] == ("id_shop=2", "id_shop=2, id_shop_group=0", None)


def test_who_leaves_combinations_texts_to_another_writes_none(world: World) -> None:
    (size,) = world.query(
        "SELECT a.id_product, a.reference FROM ps_product_attribute a JOIN ps_product p USING (id_product)"
        " WHERE a.reference <> '' AND a.reference <> p.reference AND p.is_virtual = 0 ORDER BY 1 LIMIT 1"
    )
    world.write_feed([(size["reference"], 500, 3)])
    import_catalog(world.shop)
    import_feed(world.feed)
    before = world.everything()["product_attribute_lang"]
    without = world.shop.model_copy(update={"combination_texts": False})
    assert sync_availability(without).written == 1
    assert world.everything()["product_attribute_lang"] == before
    assert sync_availability(world.shop).written == 1
    assert world.everything()["product_attribute_lang"] != before


def test_one_shop_under_two_numbers_is_refused(world: World, state_url: str) -> None:
    twin = world.shop.model_copy(update={"integration_id": 8})
    prepare(world, world.shop, twin)
    sync_availability(world.shop)
    with pytest.raises(Refused, match=r"texts \(id_shop=1\) are written.*give each block a `Shop number`"):
        sync_availability(twin)


def test_a_dry_run_warns_and_claims_nothing(world: World, scopes: Scopes, caplog: pytest.LogCaptureFixture) -> None:
    twin = world.shop.model_copy(update={"integration_id": 8})
    prepare(world, world.shop, twin)
    sync_availability(world.shop, dry_run=True)
    assert scopes() == {}
    sync_availability(world.shop)
    sync_availability(twin, dry_run=True)
    assert "two would overwrite each other" in caplog.text
    assert list(scopes()) == [7]


def test_who_is_given_up_makes_room(world: World, state_url: str, scopes: Scopes) -> None:
    twin = world.shop.model_copy(update={"integration_id": 8})
    reference = prepare(world, world.shop, twin)
    before = texts(world, reference)
    sync_availability(world.shop)
    release_products(world.shop, "jest nowy blok", whole_shop=True)
    assert texts(world, reference) == before
    assert sync_availability(twin).written == 1
    assert list(scopes()) == [8]


def test_who_leaves_the_flags_to_another_is_not_in_its_way(world: World, state_url: str, scopes: Scopes) -> None:
    share_stock(world)
    other = second_shop(world)
    prepare(world, world.shop, other)
    sync_availability(world.shop)
    sync_availability(world.shop.model_copy(update={"texts_only": True}))
    assert sync_availability(other).written == 1
    assert scopes()[7] == ("id_shop=1", None, None)


def test_rows_that_another_block_took_over_are_not_given_back(world: World, state_url: str) -> None:
    share_stock(world)
    other = second_shop(world)
    reference = prepare(world, world.shop, other)
    sync_availability(world.shop)
    texts_only = world.shop.model_copy(update={"texts_only": True})
    sync_availability(texts_only)
    sync_availability(other)
    summary = release_products(texts_only, "x", whole_shop=True)
    assert summary.kept == {"written_by_another_block": 1}
    assert (flags(world, reference)[0, 1], texts(world, reference)[2]) == (1, "Wysyłka za 3 dni")
    assert texts(world, reference)[1] != "Wysyłka za 3 dni"


def test_an_unchanged_claim_is_not_written_again(world: World, tmp_path: Path) -> None:
    prepare(world, world.shop)

    def run_ids() -> set[str]:
        with open_state() as state:
            return {row["run_id"] for row in read(state.read("shop_scopes", tmp_path / "scopes.parquet"))}

    sync_availability(world.shop)
    first = run_ids()
    sync_availability(world.shop, compare="shop")
    assert run_ids() == first


def test_check_integration_tells_who_else_writes(world: World) -> None:
    twin = world.shop.model_copy(update={"integration_id": 8})
    prepare(world, world.shop, twin)
    sync_availability(world.shop)

    def one_writer(block: PrestashopDatabase) -> tuple[bool | None, str]:
        (check,) = [check for check in check_integration(block).checks if check.name == "one writer"]
        return check.ok, check.found

    assert one_writer(world.shop) == (True, "this block alone, as far as syncs have run")
    ok, found = one_writer(twin)
    assert (ok, "texts: `integration 7` (integration 7) too" in found) == (False, True)


def test_of_two_that_come_at_once_one_is_refused(state: StateDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has read that nobody writes these rows waits for the other to read the same: he must not come to it."""
    rows = ShopRows("server:3306/shop/ps_", "id_shop=1", "id_shop=1, id_shop_group=0", "all")
    both, reading = threading.Barrier(2), scopes_module.read_scopes
    outcomes: list[str] = []

    def read_and_wait(*given: Any) -> list[dict[str, Any]]:
        known = reading(*given)
        with suppress(threading.BrokenBarrierError):
            both.wait(timeout=1)
        return known

    def come(number: int) -> None:
        try:
            claim(state, [], {"integration_id": number, "name": f"block {number}", "run_id": f"run {number}"}, rows)
        except Refused:
            outcomes.append("refused")
        else:
            outcomes.append("claimed")

    monkeypatch.setattr(scopes_module, "read_scopes", read_and_wait)
    threads = [threading.Thread(target=come, args=(number,)) for number in (7, 8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["claimed", "refused"]
