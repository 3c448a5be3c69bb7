"""The person's half of linking, as it is done from the UI and from a notebook: asked, answered, kept for ever."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import openpyxl
import pytest

from blocks import PrestashopDatabase, SupplierFeed
from demo.orchestra import Orchestra
from flows import import_catalog, import_feed, link_products, sync_availability
from tasks import archive
from tasks.errors import Refused
from tasks.state import open_state
from tests.flows.world import AT_ONCE, World
from tests.parquet import read

MAPPING = {
    "supplier_sku": "Kod",
    "sku": "Symbol",
    "ean": "EAN",
    "name": "Nazwa",
    "stock_quantity": "Stan",
    "purchase_price": "Cena",
}


def feed_of(world: World, **settings: Any) -> SupplierFeed:
    return SupplierFeed(integration_id=6, source=world.feed.source, mapping=MAPPING, fetching=AT_ONCE, **settings)


def write(world: World, *lines: str) -> None:
    Path(world.feed.source).write_text("\n".join(["Kod;Symbol;EAN;Nazwa;Stan;Cena", *lines, ""]), encoding="utf-8")


def table(folder: Path, name: str, **where: Any) -> list[dict[str, Any]]:
    with open_state() as state:
        return read(state.read(name, folder / f"{name}.parquet", where=where))


def links(folder: Path) -> dict[str, tuple[int, bool]]:
    """Supplier's code -> product and whether a person linked it."""
    rows = table(folder, "integration_product_links", integration_id=6)
    return {row["external_product_id"]: (row["product_id"], row["is_manual"]) for row in rows}


def products(folder: Path) -> dict[str, int]:
    return {row["sku"]: row["id"] for row in table(folder, "products")}


def test_from_the_artifact_and_back(world: World, orchestra: Orchestra, tmp_path: Path) -> None:
    one, two, three, *_ = world.references()
    alike = three.replace("-", "")
    write(world, f"k1;{one};;Kubek;30;", "k2;nobody;;Inny;30;", f"k3;{alike};;Talerz;30;", f"k4;{two};;Talerz;30;")
    import_catalog(world.shop)
    import_feed(feed_of(world))
    known = products(tmp_path)
    assert link_products(feed_of(world)).to_review == 1

    artifact = httpx.get(f"{orchestra.url}/api/artifacts/review-integration-6/latest").json()["data"]
    lines = artifact.partition("```\n")[2].partition("```")[0]
    assert lines.startswith("offer_key;decision;product;pack_size;note;name\nk")
    assert "k2" not in lines  # nothing is alike to it
    answers = lines.replace(f"k3;;id:{known[three]};", f"k3;tak;id:{known[one]};") + "k2;brak\n"
    summary = link_products(feed_of(world), review=answers, dry_run=True)
    assert (summary.decisions, links(tmp_path)["k1"]) == (2, (known[one], False))

    summary = link_products(feed_of(world), review=answers)
    assert (summary.decisions, summary.links_ended, summary.refused, summary.to_review) == (2, 1, 1, 0)
    assert links(tmp_path) == {"k3": (known[one], True), "k4": (known[two], False)}
    assert [row["external_product_id"] for row in table(tmp_path, "ended_links")] == ["k1"]
    again = link_products(feed_of(world), review=answers)
    assert (again.status, again.decisions) == ("unchanged", 0)


@pytest.mark.slow
def test_a_judgement_survives_feeds_and_catalogues(world: World, state_url: str, tmp_path: Path) -> None:
    one, two, three, *_ = world.references()
    write(world, f"k1;{one};;;30;", f"k2;{two};;;30;")
    import_catalog(world.shop)
    import_feed(feed_of(world))
    known = products(tmp_path)
    link_products(feed_of(world), review=f"k1;tak;{two}\nk2;nie;{two}")
    for lines in (
        [f"k1;{one};;;5;", f"k2;{two};;;30;"],
        [f"k2;{two};;;30;"],
        [f"k1;{three};;;7;", f"k2;{two};;;31;", f"k9;{one};;;9;"],
    ):
        write(world, *lines)
        import_feed(feed_of(world, absence="sold_out"), approve=None)
        assert links(tmp_path)["k1"] == (known[two], True)
        assert "k2" not in links(tmp_path)
    world.execute("UPDATE ps_product SET reference = 'renamed' WHERE reference = %s", two)
    import_catalog(world.shop)
    with open_state() as state, state.session() as session:  # as Rexbit does when a product goes and comes back
        gone = state.read("integration_product_links", tmp_path / "gone.parquet", where={"product_id": known[two]})
        session.delete("integration_product_links", gone, key=("integration_id", "product_id"))
    write(world, f"k1;{three};;;8;", f"k2;{two};;;31;")
    import_feed(feed_of(world))
    assert links(tmp_path)["k1"] == (known[two], True)


@pytest.mark.slow
def test_a_file_from_the_archive_and_back(world: World, tmp_path: Path) -> None:
    one, *_ = world.references()
    write(world, f"0012;{one}-X;;;3;12,50")
    import_catalog(world.shop)
    import_feed(feed_of(world))
    review_id = link_products(feed_of(world)).review_id
    book = openpyxl.load_workbook(archive.find("reviews", 6, str(review_id)) / "review.xlsx")
    sheet = book["review"]
    columns = {cell.value: place for place, cell in enumerate(sheet[1], 1)}
    for column, text in {"decision": "tak", "product": one, "pack_size": "10", "note": "box of ten"}.items():
        sheet.cell(2, columns[column], text)
    book.save(tmp_path / "filled in.xlsx")
    summary = link_products(feed_of(world), review=str(tmp_path / "filled in.xlsx"))
    assert (summary.decisions, summary.linked) == (1, 1)
    (decision,) = table(tmp_path, "decisions")
    assert (decision["offer_key"], decision["pack_size"], decision["reason"]) == ("0012", Decimal(10), "box of ten")
    assert (decision["decided_by"], decision["name"], decision["ended_at"]) == ("review", None, None)


@pytest.mark.slow
def test_a_pack_makes_units_of_the_shop(world: World, tmp_path: Path) -> None:
    one, two, *_ = world.references()
    write(world, f"k1;{one};;;3;12,50", f"k2;{two};;;3;9,99")
    import_catalog(world.shop)
    import_feed(feed_of(world))
    link_products(feed_of(world), review=f"k1;tak;{one};10")
    sync_availability(world.shop)
    assert (world.flag(one), world.flag(two)) == (1, 0)
    feed = feed_of(world, sync_purchase_price=True)
    assert import_feed(feed).prices_updated == 2
    prices = {row["sku"]: row["purchase_price_net"] for row in table(tmp_path, "products")}
    assert (prices[one], prices[two]) == (Decimal("1.25"), Decimal("9.99"))
    write(world, f"k1;{one};;;1;12,50", f"k2;{two};;;3;9,99")
    assert (import_feed(feed).updated, import_feed(feed).status) == (1, "unchanged")
    sync_availability(world.shop)
    assert world.flag(one) == 0
    assert link_products(feed, review=f"k1;tak;{one};20").decisions == 1
    sync_availability(world.shop)
    assert world.flag(one) == 1


def test_a_review_with_one_wrong_row_changes_nothing(world: World, tmp_path: Path) -> None:
    one, *_ = world.references()
    write(world, f"k1;{one};;;3;")
    import_catalog(world.shop)
    import_feed(feed_of(world))
    before = links(tmp_path)
    with pytest.raises(Refused, match="row 2, offer_key: expected the key of one of the items") as refused:
        link_products(feed_of(world), review=f"k1;nie;{one}\nk9;tak;{one}")
    assert refused.value.summary.status == "refused"
    assert (links(tmp_path), table(tmp_path, "decisions")) == (before, [])


class Second(NamedTuple):
    """The same shop as another integration: its items are known, but two of them have the reference `one` now."""

    shop: PrestashopDatabase
    one: str
    items: list[int]  # their numbers in the shop
    another: str


@pytest.fixture
def second(world: World) -> Second:
    one, two, another, *_ = world.references()
    import_catalog(world.shop)
    rows = world.query("SELECT id_product FROM ps_product WHERE reference IN (%s, %s) ORDER BY 1", one, two)
    world.execute("UPDATE ps_product SET reference = %s, ean13 = '' WHERE reference = %s", one, two)
    shop = world.shop.model_copy(update={"integration_id": 8})
    return Second(shop, one, [row["id_product"] for row in rows], another)


@pytest.mark.slow
def test_what_a_shop_sells_is_asked_about_too(second: Second, orchestra: Orchestra, tmp_path: Path) -> None:
    assert import_catalog(second.shop).ambiguous == 4  # two are in every synthetic shop
    known = products(tmp_path)
    summary = link_products(second.shop)
    assert (summary.to_review, summary.ambiguous) == (4, 4)
    artifact = httpx.get(f"{orchestra.url}/api/artifacts/review-integration-8/latest").json()["data"]
    assert "Several items of the shop have the codes of one product" in artifact
    first, other = second.items
    with pytest.raises(Refused, match="row 1, pack_size: expected nothing: a shop sells pieces"):
        link_products(second.shop, review=f"{first};tak;id:{known[second.one]};10")

    answers = f"{first};tak;id:{known[second.one]}\n{other};brak"
    assert link_products(second.shop, review=answers, dry_run=True).decisions == 2
    done = link_products(second.shop, review=answers)
    assert (done.decisions, done.linked, done.ambiguous, done.to_review) == (2, 2, 2, 2)
    held = shop_links(tmp_path)
    assert (held[str(first)]["product_id"], held[str(first)]["is_manual"]) == (known[second.one], True)
    assert held[str(other)]["product_id"] not in known.values()
    assert link_products(second.shop, review=answers).status == "unchanged"
    assert import_catalog(second.shop).status == "unchanged"


def test_a_shop_s_link_is_moved_by_a_person(world: World, second: Second, tmp_path: Path) -> None:
    import_catalog(second.shop)
    free = products(tmp_path)[second.one]
    (row,) = world.query("SELECT id_product FROM ps_product WHERE reference = %s", second.another)
    item = str(row["id_product"])
    assert link_products(second.shop, review=f"{item};tak;id:{free}").links_ended == 1
    moved = shop_links(tmp_path)[item]
    assert (moved["product_id"], moved["is_manual"], moved["supplier_availability"]) == (free, True, None)
    assert import_catalog(second.shop).created == 0


def shop_links(folder: Path) -> dict[str, dict[str, Any]]:
    """Item of the second shop -> its link."""
    rows = table(folder, "integration_product_links", integration_id=8)
    return {row["external_product_id"]: row for row in rows}
