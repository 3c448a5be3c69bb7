"""A person's word about a product: written once, kept with its history, refused where it is not clear."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo.orchestra import Orchestra
from flows import import_catalog, import_feed, pin_product, sync_availability
from tasks.errors import Refused
from tasks.state import open_state
from tests.flows.world import World
from tests.parquet import read

Pins = list[dict[str, Any]]


@pytest.fixture
def all_pins(tmp_path: Path) -> Callable[[], Pins]:
    """All pins there are, ended ones too, in their order."""

    def read_all() -> Pins:
        with open_state() as state:
            rows = read(state.read("pins", tmp_path / "pins.parquet"))
        return sorted(rows, key=lambda row: row["decided_at"])

    return read_all


@pytest.fixture
def reference(world: World, state_url: str) -> str:
    """A product of a shop whose catalogue is known."""
    import_catalog(world.shop)
    return world.references()[0]


def said(pins: Pins) -> list[tuple[str, str, bool]]:
    return [(pin["kind"], pin["reason"], pin["ended_at"] is None) for pin in pins]


def test_a_pin_is_kept_with_who_and_why(
    world: World, reference: str, all_pins: Callable[[], Pins], orchestra: Orchestra
) -> None:
    summary = pin_product(world.shop, reference, "on", " na targi ", until=date(2099, 12, 24))
    assert (summary.status, summary.pins, summary.until) == (
        "completed",
        1,
        datetime(2099, 12, 24, 23, tzinfo=UTC),
    )
    (pin,) = all_pins()
    assert (pin["integration_id"], pin["product_id"], pin["kind"], pin["reason"]) == (
        7,
        summary.product_id,
        "on",
        "na targi",
    )
    assert pin["decided_by"]
    shown = httpx.get(f"{orchestra.url}/api/artifacts/pin-product-integration-7/latest").json()["data"]
    assert "always on" in shown
    assert "na targi" in shown
    assert "2099-12-25 00:00" in shown


@pytest.mark.slow
def test_the_same_again_changes_nothing(world: World, reference: str, all_pins: Callable[[], Pins]) -> None:
    pin_product(world.shop, reference, "off", "zwrot", until=date(2099, 1, 1))
    before = all_pins()
    assert pin_product(world.shop, reference, "off", "zwrot", until=date(2099, 1, 1)).status == "unchanged"
    assert all_pins() == before


@pytest.mark.slow
def test_a_newer_pin_ends_the_older_one(world: World, reference: str, all_pins: Callable[[], Pins]) -> None:
    pin_product(world.shop, reference, "off", "zwrot")
    assert pin_product(world.shop, reference, "hold", "sam poprawię").pins == 1
    assert said(all_pins()) == [("off", "zwrot", False), ("hold", "sam poprawię", True)]


@pytest.mark.slow
def test_rules_end_a_pin_and_need_one(world: World, reference: str, all_pins: Callable[[], Pins]) -> None:
    pin_product(world.shop, reference, "off", "zwrot")
    summary = pin_product(world.shop, reference, "rules", "po zwrocie")
    assert (summary.status, summary.pins) == ("completed", 0)
    assert said(all_pins()) == [("off", "zwrot", False)]
    assert pin_product(world.shop, reference, "rules", "po zwrocie").status == "unchanged"


@pytest.mark.slow
def test_two_products_have_pins_of_their_own(world: World, reference: str, all_pins: Callable[[], Pins]) -> None:
    pin_product(world.shop, reference, "off", "a")
    assert pin_product(world.shop, world.references()[1], "on", "b").pins == 2
    assert [still for _, _, still in said(all_pins())] == [True, True]


@pytest.mark.slow
def test_a_dry_run_pins_nothing(world: World, reference: str, all_pins: Callable[[], Pins]) -> None:
    assert pin_product(world.shop, reference, "off", "zwrot", dry_run=True).product_id is not None
    assert all_pins() == []


@pytest.mark.slow
def test_an_item_of_the_shop_is_named_by_its_id(world: World, reference: str) -> None:
    (row,) = world.query("SELECT id_product FROM ps_product WHERE reference = %s", reference)
    by_id = pin_product(world.shop, f"shop:{row['id_product']}", "off", "zwrot", dry_run=True)
    assert by_id.product_id == pin_product(world.shop, reference, "off", "zwrot", dry_run=True).product_id


@pytest.mark.slow
def test_a_product_of_another_shop_is_refused(world: World, reference: str, all_pins: Callable[[], Pins]) -> None:
    other = world.shop.model_copy(update={"integration_id": 8})
    with pytest.raises(Refused, match=r"this shop \(integration 8\) sells.*import-catalog"):
        pin_product(other, reference, "off", "zwrot")
    assert all_pins() == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"reason": " "}, "reason: expected"),
        ({"until": date(2020, 1, 1)}, "until: expected a day"),
        ({"state": "rules", "until": date(2099, 1, 1)}, "nothing beside `rules`"),
        ({"product": "no such thing"}, "none's SKU, EAN"),
    ],
)
def test_what_is_not_clear_is_refused(
    world: World, reference: str, all_pins: Callable[[], Pins], given: dict[str, Any], message: str
) -> None:
    with pytest.raises(Refused, match=message) as refused:
        pin_product(**{"shop": world.shop, "product": reference, "state": "off", "reason": "x", **given})
    assert refused.value.summary.status == "refused"
    assert all_pins() == []


@pytest.mark.slow
def test_the_form_takes_a_day_or_a_time(world: World, reference: str) -> None:
    def until(text: Any) -> datetime | None:
        return pin_product(world.shop, reference, "off", "x", until=text, dry_run=True).until

    assert until("2099-12-24") == datetime(2099, 12, 24, 23, tzinfo=UTC)
    assert until("2099-12-24T12:00:00") == datetime(2099, 12, 24, 11, tzinfo=UTC)
    assert until("2099-12-24T12:00:00Z") == datetime(2099, 12, 24, 12, tzinfo=UTC)


@pytest.mark.slow
def test_who_pins_one_size_is_told_of_the_products_pin(
    world: World, reference: str, caplog: pytest.LogCaptureFixture
) -> None:
    (row,) = world.query(
        "SELECT id_product, min(id_product_attribute) AS a FROM ps_product_attribute GROUP BY 1 LIMIT 1"
    )
    pin_product(world.shop, f"shop:{row['id_product']}", "off", "cały")
    pin_product(world.shop, f"shop:{row['id_product']}-{row['a']}", "on", "jeden rozmiar")
    assert "is pinned `off`, which decides its combinations" in caplog.text


def offered(world: World, stock: int) -> str:
    """A product of which the supplier has so many pieces, written to the shop; its reference."""
    one = world.references()[0]
    world.write_feed([(one, stock, 3)])
    import_catalog(world.shop)
    import_feed(world.feed)
    sync_availability(world.shop)
    return one


@pytest.mark.slow
@pytest.mark.parametrize(("state", "stock", "flag"), [("on", 1, 1), ("off", 500, 0)])
def test_a_sync_obeys_a_pin_against_all_offers(world: World, state: Any, stock: int, flag: int) -> None:
    one = offered(world, stock)
    assert world.flag(one) == 1 - flag
    pin_product(world.shop, one, state, "x")
    assert (sync_availability(world.shop).written, world.flag(one)) == (1, flag)
    assert sync_availability(world.shop).status == "unchanged"
    pin_product(world.shop, one, "rules", "x")
    sync_availability(world.shop)
    assert world.flag(one) == 1 - flag


def test_a_sync_leaves_alone_what_is_held(world: World) -> None:
    one = offered(world, 500)
    pin_product(world.shop, one, "hold", "x")
    world.write_feed([(one, 1, 3)])
    import_feed(world.feed)
    summary = sync_availability(world.shop, compare="shop")
    assert (summary.skipped, world.flag(one), world.text(one, "pl")) == ({"held": 1}, 1, "Wysyłka za 3 dni")


@pytest.mark.slow
def test_a_products_pin_decides_its_combinations(world: World) -> None:
    (parent,) = world.query(
        "SELECT p.id_product, p.reference FROM ps_product p JOIN ps_product_attribute a USING (id_product)"
        " WHERE p.reference <> '' AND p.is_virtual = 0 ORDER BY 1 LIMIT 1"
    )
    world.write_feed([(parent["reference"], 500, 3)])
    import_catalog(world.shop)
    import_feed(world.feed)
    pin_product(world.shop, f"shop:{parent['id_product']}", "off", "x")
    sync_availability(world.shop)
    flags = world.query("SELECT out_of_stock FROM ps_stock_available WHERE id_product = %s", parent["id_product"])
    assert (len(flags) > 1, {row["out_of_stock"] for row in flags}) == (True, {0})


@pytest.mark.slow
def test_a_pin_that_ran_out_counts_no_more(world: World) -> None:
    one = offered(world, 500)
    pin_product(world.shop, one, "off", "x", until=datetime.now(UTC) + timedelta(days=1))
    with open_state() as state, state.session() as session:
        session._execute("UPDATE pins SET until = decided_at", {})
    sync_availability(world.shop)
    assert world.flag(one) == 1


@pytest.mark.slow
def test_a_pin_that_waits_for_a_supplier_says_so(
    world: World, reference: str, caplog: pytest.LogCaptureFixture
) -> None:
    pin_product(world.shop, reference, "on", "na targi")
    assert "No supplier has" in caplog.text
