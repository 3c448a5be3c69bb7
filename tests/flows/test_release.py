"""Products given back: as they were before our first write, whatever crashes, and then left alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from blocks import SupplierFeed
from flows import import_catalog, import_feed, pin_product, release_products, sync_availability
from tasks import archive
from tasks.availability import giving_back
from tasks.errors import Refused
from tasks.prestashop.record import Recorder
from tasks.state import Session, open_state
from tests.flows.world import MAPPING, World
from tests.flows.written import Crashed, crash, write_all
from tests.parquet import read

Rows = list[dict[str, Any]]


@pytest.fixture
def table(tmp_path: Path) -> Callable[[str], Rows]:
    """All rows of a table of ours."""

    def read_all(name: str) -> Rows:
        with open_state() as state:
            return read(state.read(name, tmp_path / f"{name}.parquet"))

    return read_all


@pytest.fixture
def before(world: World) -> dict[str, Rows]:
    """The shop before our first write: one product with a text and a flag of its own, one with no text at all."""
    own, none = world.references()[:2]
    world.execute(
        "UPDATE ps_product_lang JOIN ps_product USING (id_product) SET available_later = 'Na zamówienie'"
        " WHERE reference = %s",
        own,
    )
    world.execute(
        "UPDATE ps_stock_available JOIN ps_product USING (id_product) SET ps_stock_available.out_of_stock = 0"
        " WHERE reference = %s",
        own,
    )
    world.execute(
        "UPDATE ps_product_lang JOIN ps_product USING (id_product) SET available_later = NULL WHERE reference = %s",
        none,
    )
    return world.everything()


def rows_of(world: World, reference: str, everything: dict[str, Rows]) -> list[Rows]:
    (found,) = world.query("SELECT id_product FROM ps_product WHERE reference = %s", reference)
    return [
        [row for row in everything[name] if row["id_product"] == found["id_product"]]
        for name in ("stock_available", "product_lang")
    ]


def test_one_product_is_put_back_and_left_alone(
    world: World, state_url: str, before: dict[str, Rows], table: Callable[[str], Rows]
) -> None:
    write_all(world)
    own, none, other, *_ = world.references()
    summary = release_products(world.shop, "klient prosił", product=own)
    assert (summary.status, summary.products, summary.written, summary.rows_ended, summary.kept) == (
        "completed",
        1,
        1,
        3,
        {},
    )
    now = world.everything()
    assert rows_of(world, own, now) == rows_of(world, own, before)
    assert world.text(other, "pl") == "Wysyłka za 3 dni"
    sync_availability(world.shop, compare="shop")
    assert world.everything() == now
    (pin,) = table("pins")
    assert (pin["kind"], pin["reason"], pin["supplier_id"]) == ("released", "klient prosił", None)
    assert release_products(world.shop, "x", product=none).written == 1
    assert rows_of(world, none, world.everything()) == rows_of(world, none, before)  # a NULL that was a NULL


@pytest.mark.slow
def test_the_whole_shop_is_put_back_byte_for_byte(
    world: World, state_url: str, before: dict[str, Rows], table: Callable[[str], Rows]
) -> None:
    write_all(world)
    assert world.everything() != before
    summary = release_products(world.shop, "koniec umowy", whole_shop=True)
    assert (summary.left, summary.failed, world.everything()) == (0, 0, before)
    assert (table("shop_written"), table("shop_scopes")) == ([], [])


@pytest.mark.slow
def test_a_second_run_changes_nothing(world: World, state_url: str, before: dict[str, Rows]) -> None:
    write_all(world)
    release_products(world.shop, "koniec umowy", whole_shop=True)
    again = release_products(world.shop, "koniec umowy", whole_shop=True)
    assert (again.status, again.rows_written, again.pins, world.everything()) == ("unchanged", 0, 1, before)


@pytest.mark.slow
def test_a_dry_run_only_shows_it(world: World, before: dict[str, Rows], table: Callable[[str], Rows]) -> None:
    write_all(world)
    ours, written = world.everything(), table("shop_written")
    planned = release_products(world.shop, "x", whole_shop=True, dry_run=True)
    assert (world.everything(), table("shop_written"), table("pins")) == (ours, written, [])
    assert release_products(world.shop, "x", whole_shop=True).written == planned.products > 0


@pytest.mark.slow
def test_it_is_a_change_set_like_any_other(world: World, before: dict[str, Rows]) -> None:
    write_all(world)
    own = world.references()[0]
    summary = release_products(world.shop, "x", product=own)
    place = archive.find("changes", 7, str(summary.change_set_id))
    changes = read(place / "changes.parquet")
    assert {(row["field"], row["before"], row["after"], row["reason_code"]) for row in changes} == {
        ("out_of_stock", "1", "0", "released"),
        ("available_later", "Wysyłka za 3 dni", "Na zamówienie", "released"),
        ("available_later", "Ships in 3 days", "Na zamówienie", "released"),
    }
    assert {row["outcome"] for row in read(place / "outcomes.parquet")} == {"written"}


@pytest.mark.slow
def test_what_somebody_changed_since_stays(world: World, before: dict[str, Rows], table: Callable[[str], Rows]) -> None:
    write_all(world)
    own = world.references()[0]
    world.execute(
        "UPDATE ps_product_lang JOIN ps_product USING (id_product) SET available_later = 'Ręcznie'"
        " WHERE reference = %s AND id_lang = 1",
        own,
    )
    summary = release_products(world.shop, "x", product=own)
    assert (summary.kept, summary.rows_ended) == ({"changed_by_another": 1}, 2)
    assert (world.text(own, "pl"), world.text(own, "en"), world.flag(own)) == ("Ręcznie", "Na zamówienie", 0)
    again = release_products(world.shop, "x", product=own)
    assert (again.status, again.kept, again.rows_written) == ("unchanged", {"changed_by_another": 1}, 0)


@pytest.mark.slow
def test_a_flag_whose_original_is_unknown_is_told_and_stays(world: World, before: dict[str, Rows]) -> None:
    write_all(world)
    own = world.references()[0]
    with open_state() as state, state.session() as session:
        session._execute("UPDATE shop_written SET original = NULL WHERE field = 'out_of_stock'", {})
    summary = release_products(world.shop, "x", product=own)
    assert (summary.kept, world.flag(own), world.text(own, "pl")) == ({"original_unknown": 1}, 1, "Na zamówienie")


@pytest.mark.slow
def test_what_rexbits_readers_find_in_a_link_stays_as_it_is(world: World, table: Callable[[str], Rows]) -> None:
    write_all(world)
    links = table("integration_product_links")
    release_products(world.shop, "x", whole_shop=True)
    assert table("integration_product_links") == links


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "step"),
    [(Recorder, "windows"), (Recorder, "end"), (Session, "delete"), (giving_back, "make_pin")],
)
def test_a_crash_at_any_step_and_a_second_run_end_the_same(
    world: World,
    state_url: str,
    before: dict[str, Rows],
    table: Callable[[str], Rows],
    monkeypatch: pytest.MonkeyPatch,
    place: Any,
    step: str,
) -> None:
    write_all(world)
    with monkeypatch.context() as patched:
        patched.setattr(place, step, crash)
        with pytest.raises(Crashed):
            release_products(world.shop, "x", whole_shop=True)
    assert table("pins") == []
    summary = release_products(world.shop, "x", whole_shop=True)
    assert (summary.left, summary.kept, world.everything(), table("shop_written")) == (0, {}, before, [])
    assert [row["ended_at"] is None for row in table("change_sets")] == [False] * len(table("change_sets"))


@pytest.mark.slow
def test_a_sync_between_a_crash_and_the_second_run_loses_nothing(
    world: World, before: dict[str, Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_all(world)
    with monkeypatch.context() as patched:
        patched.setattr(Recorder, "windows", crash)
        with pytest.raises(Crashed):
            release_products(world.shop, "x", whole_shop=True)
    sync_availability(world.shop, compare="shop")
    assert world.text(world.references()[0], "pl") == "Wysyłka za 3 dni"
    release_products(world.shop, "x", whole_shop=True)
    assert world.everything() == before


@pytest.mark.slow
def test_what_a_crashed_sync_left_without_a_record_is_put_back_too(
    world: World, before: dict[str, Rows], table: Callable[[str], Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Recorder, "windows", crash)
        with pytest.raises(Crashed):
            write_all(world)
    assert (world.everything() != before, table("shop_written")) == (True, [])
    summary = release_products(world.shop, "x", whole_shop=True)
    assert (summary.kept, world.everything(), table("shop_written")) == ({}, before, [])


def second_supplier(world: World, *references: str) -> None:
    """Supplier 9 offers some of the products as well."""
    path = Path(world.feed.source).with_name("second.csv")
    lines = ["Symbol;EAN;Stan;Termin", *(f"{reference};;40;5" for reference in references), ""]
    path.write_text("\n".join(lines), encoding="utf-8")
    import_feed(SupplierFeed(integration_id=9, source=str(path), mapping=MAPPING, fetching={"settle_seconds": 0}))


@pytest.mark.slow
def test_of_a_supplier_what_only_he_offers_is_put_back(
    world: World, state_url: str, before: dict[str, Rows], table: Callable[[str], Rows]
) -> None:
    own, shared, other, *_ = world.references()
    write_all(world)
    second_supplier(world, shared)
    summary = release_products(world.shop, "koniec współpracy", supplier=6)
    assert rows_of(world, own, world.everything()) == rows_of(world, own, before)
    assert rows_of(world, other, world.everything()) == rows_of(world, other, before)
    assert world.text(shared, "pl") == "Wysyłka za 3 dni"
    assert summary.products == len(world.references()) - 1
    sync_availability(world.shop, compare="shop")
    assert rows_of(world, own, world.everything()) == rows_of(world, own, before)
    assert world.text(shared, "pl") == "Wysyłka za 5 dni"  # of the other supplier
    assert [(pin["product_id"], pin["supplier_id"], pin["kind"]) for pin in table("pins")] == [(None, 6, "released")]


@pytest.mark.slow
def test_a_supplier_after_another_takes_what_both_offered(world: World, before: dict[str, Rows]) -> None:
    shared = world.references()[1]
    write_all(world)
    second_supplier(world, shared)
    release_products(world.shop, "x", supplier=6)
    release_products(world.shop, "x", supplier=9)
    assert world.everything() == before


@pytest.mark.slow
def test_of_a_supplier_a_pinned_product_stays(world: World, before: dict[str, Rows]) -> None:
    own, other, *_ = world.references()
    write_all(world)
    pin_product(world.shop, own, "hold", "zostaw")
    release_products(world.shop, "x", supplier=6)
    assert (world.text(own, "pl"), world.text(other, "pl")) == ("Wysyłka za 3 dni", "None")


@pytest.mark.slow
def test_of_a_supplier_a_product_that_keeps_a_row_is_left_alone_from_then_on(
    world: World, before: dict[str, Rows], table: Callable[[str], Rows]
) -> None:
    own = world.references()[0]
    write_all(world)
    world.execute(
        "UPDATE ps_product_lang JOIN ps_product USING (id_product) SET available_later = 'Ręcznie'"
        " WHERE reference = %s",
        own,
    )
    release_products(world.shop, "x", supplier=6)
    assert [pin["kind"] for pin in table("pins") if pin["product_id"]] == ["released"]
    sync_availability(world.shop, compare="shop")
    assert world.text(own, "pl") == "Ręcznie"
    assert release_products(world.shop, "x", supplier=6).status == "unchanged"
    world.execute(
        "UPDATE ps_product_lang JOIN ps_product USING (id_product) SET available_later = 'Wysyłka za 3 dni'"
        " WHERE reference = %s AND id_lang = 1",
        own,
    )
    assert (release_products(world.shop, "x", supplier=6).rows_ended, world.text(own, "pl")) == (1, "Na zamówienie")
    release_products(world.shop, "wracamy", supplier=6, take_back=True)
    assert [pin for pin in table("pins") if pin["ended_at"] is None] == []


@pytest.mark.slow
def test_a_shop_that_was_given_back_is_not_synced_until_it_is_taken_back(
    world: World, state_url: str, before: dict[str, Rows]
) -> None:
    write_all(world)
    release_products(world.shop, "koniec umowy", whole_shop=True)
    with pytest.raises(Refused, match=r"given back by .*koniec umowy.*take_back"):
        sync_availability(world.shop)
    assert world.everything() == before
    assert sync_availability(world.shop, dry_run=True).changed > 0
    release_products(world.shop, "wracamy", whole_shop=True, take_back=True)
    assert sync_availability(world.shop).written > 0
    release_products(world.shop, "znowu", whole_shop=True)
    assert world.everything() == before  # what stood there before us is known anew


@pytest.mark.slow
def test_a_product_is_taken_back_by_either_flow(world: World) -> None:
    own, other, *_ = world.references()
    write_all(world)
    release_products(world.shop, "x", product=own)
    release_products(world.shop, "x", product=other)
    assert pin_product(world.shop, own, "rules", "y").pins == 1
    assert release_products(world.shop, "y", product=other, take_back=True).pins == 0
    assert release_products(world.shop, "y", product=other, take_back=True).status == "unchanged"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "one of product, supplier and whole_shop, got none"),
        ({"product": "x", "whole_shop": True}, "got product and whole_shop"),
        ({"whole_shop": True, "reason": " "}, "reason: expected"),
        ({"supplier": 99}, "a supplier with links, got 99"),
        ({"product": "no such thing"}, "none's SKU"),
    ],
)
def test_what_is_not_clear_is_refused(world: World, given: dict[str, Any], message: str) -> None:
    with pytest.raises(Refused, match=message):
        release_products(**{"shop": world.shop, "reason": "x", **given})


@pytest.mark.slow
def test_a_combination_is_not_given_back_alone(world: World) -> None:
    import_catalog(world.shop)
    (row,) = world.query(
        "SELECT id_product, min(id_product_attribute) AS a FROM ps_product_attribute GROUP BY 1 LIMIT 1"
    )
    with pytest.raises(Refused, match=f"shop:{row['id_product']}`"):
        release_products(world.shop, "x", product=f"shop:{row['id_product']}-{row['a']}")


@pytest.mark.slow
def test_a_shop_that_is_switched_off_is_not_written(world: World, before: dict[str, Rows]) -> None:
    write_all(world)
    ours = world.everything()
    off = world.shop.model_copy(update={"product_listing_enabled": False})
    with pytest.raises(Refused, match="switched off"):
        release_products(off, "x", whole_shop=True)
    assert release_products(off, "x", whole_shop=True, dry_run=True).products > 0
    assert world.everything() == ours
