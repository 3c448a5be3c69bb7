"""Who is who in four installed shops whose references are awkward on purpose: every product's outcome, by its name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from blocks import PrestashopDatabase, SupplierFeed
from demo.servers import MariaDb
from flows import import_catalog, import_feed
from tasks.state import open_state
from tests.flows.installed import VERSIONS, load_dump
from tests.flows.world import AT_ONCE, World
from tests.parquet import read

pytestmark = pytest.mark.slow

MAPPING = {"supplier_sku": "Kod", "sku": "Symbol", "ean": "EAN", "stock_quantity": "Stan"}
SHOP = 7
NOBODY = "no offer"
EAN = {number: f"59000000{number:05d}" for number in (15, 46, 77, 121, 145, 152)}
# supplier's code, SKU, EAN
OFFERS = (
    ("a1", " alf-0001 ", ""),
    ("a2", "ALF-0002", EAN[15]),
    ("a3", "0000123", ""),
    ("a4", "123", ""),
    ("a5", "ALF-0003", EAN[46]),
    ("a6", "alf-0003", ""),
    ("a7", "alf  0004", ""),
    ("a8", "ALF-0005/b", "0" + EAN[77]),
    ("a9", "ZAŻÓŁĆ-6", ""),
    ("a10", "zazolc-6", ""),
    ("a11", "BET-0007", ""),
    ("a12", "BET_0008", EAN[145]),
    ("a13", "ALF-0009", ""),
    ("a14", "alf-0009", ""),
    ("a15", "DUP-1", EAN[121]),
    ("a16", "DUP-1", ""),
    ("a17", "", EAN[152]),
    ("a18", "demo_1", ""),
    ("a19", "demo_7", ""),
    ("a20", "DEMO_11", ""),
    ("a21", "demo_18", ""),
    ("a22", "demo_21", ""),
)
# The same 16 products in each shop.
AWKWARD = {
    "Produkt testowy 0 ALF-0001": "a1 by sku",
    "Produkt testowy 1 ALF-0002": "a2 by sku+ean",
    "Produkt testowy 2 0000123": "a3 by sku",
    "Produkt testowy 3 123": "a4 by sku",
    "Produkt testowy 4 alf-0003": "a5 by sku+ean",
    "Produkt testowy 5 ALF-0003": "a6: several_products",
    "Produkt testowy 6 ALF 0004": "a7 by sku",
    "Produkt testowy 7 ALF-0005/B": "a8 by sku+ean",
    "Produkt testowy 8 Zażółć-6": "a9 by sku",
    "Produkt testowy 9 BET.0007": NOBODY,
    "Produkt testowy 10 BET_0008": "a12: keys_disagree",
    "Produkt testowy 11 ALF-0009": "a13: several_offers, a14: several_offers",
    "Produkt testowy 12 DUP-1": "a15 by sku+ean",
    "Produkt testowy 13 DUP-1": "a16: several_products",
    "Produkt testowy 14 BET-0012": "a12: keys_disagree",
    "Produkt testowy 15": "a17 by ean",
}
# Products with combinations that share, or lack, its reference: the product's name, its combinations' numbers.
DRESSES = {
    "demo_1 Faded Short Sleeves T-shirt": range(1, 7),
    "demo_2 Blouse": range(7, 13),
    "demo_3 Printed Dress": range(13, 16),
    "demo_4 Printed Dress": (16, 17, 18, 43, 44, 45),
    "demo_5 Printed Summer Dress": range(19, 31),
    "demo_6 Printed Summer Dress": (31, 32, 33, 40, 41, 42),
    "demo_7 Printed Chiffon Dress": range(34, 40),
}
POSTERS = {
    "demo_1 Hummingbird printed t-shirt": range(1, 9),
    "demo_3 Hummingbird printed sweater": range(9, 13),
    "demo_6 The best is yet to come' Framed poster": range(13, 16),
    "demo_5 The adventure begins Framed poster": range(16, 19),
    "demo_7 Today is a good day Framed poster": range(19, 22),
    "demo_15 Mountain fox cushion": (22, 23),
    "demo_16 Brown bear cushion": (24, 25),
    "demo_17 Hummingbird cushion": (26, 27),
    "demo_8 Mountain fox notebook": range(28, 32),
    "demo_9 Brown bear notebook": range(32, 36),
    "demo_10 Hummingbird notebook": range(36, 40),
}
SIMPLE = {
    "demo_11 Mug The best is yet to come": "a20 by sku",
    "demo_12 Mug The adventure begins": NOBODY,
    "demo_13 Mug Today is a good day": NOBODY,
    "demo_18 Mountain fox - Vector graphics": "a21 by sku",
    "demo_19 Brown bear - Vector graphics": NOBODY,
    "demo_20 Hummingbird - Vector graphics": NOBODY,
    "demo_21 Pack Mug + Framed poster": "a22 by sku",
    "demo_14 Customizable mug": NOBODY,
}
BY_SKU = {"demo_1": "a18 by sku", "demo_7": "a19 by sku"}


def families(of_version: dict[str, Any], found: dict[str, str]) -> dict[str, str]:
    """Item -> outcome: of the products those `found`, of all others and of all combinations that nobody offers them."""
    outcomes = {}
    for name, combinations in of_version.items():
        outcomes[name] = found.get(name.split()[0], NOBODY)
        outcomes.update({f"{name} #{number}": found.get(f"#{number}", NOBODY) for number in combinations})
    return outcomes


class Installed(NamedTuple):
    """An installed shop, what it sells, and a folder for a supplier's file."""

    world: World
    products: dict[str, Any]
    simple: dict[str, str]
    folder: Path

    def feed(self, offers: Any, integration_id: int = 6, shop_supplier: str | None = None) -> SupplierFeed:
        source = self.folder / f"{integration_id}.csv"
        lines = [";".join((*offer, "30")) for offer in offers]
        source.write_text("\n".join(["Kod;Symbol;EAN;Stan", *lines, ""]), encoding="utf-8")
        return SupplierFeed(
            integration_id=integration_id,
            source=str(source),
            mapping=MAPPING,
            fetching=AT_ONCE,
            shop_supplier=shop_supplier,
        )

    def outcomes(self, integration_id: int = 6) -> dict[str, str]:
        """Item of the shop, by name -> `offer by method`, or `offer: cause` of each that could be it."""
        items = self._rows("integration_product_links", integration_id=SHOP)
        links = self._rows("integration_product_links", integration_id=integration_id)
        unmatched = self._rows("unmatched_offers", integration_id=integration_id)
        products = {row["id"]: row for row in self._rows("products")}
        linked = {row["product_id"]: f"{row['external_product_id']} by {row['matched_by']}" for row in links}
        outcomes = {}
        for item in items:
            of_product = [
                f"{row['offer_key']}: {row['cause']}"
                for row in sorted(unmatched, key=lambda row: row["row_number"])
                if str(item["product_id"]) in (row["candidates"] or "").strip("[]").split(",")
            ]
            outcome = linked.get(item["product_id"]) or ", ".join(of_product) or NOBODY
            outcomes[self._name(item["external_product_id"], products[item["product_id"]])] = outcome
        return outcomes

    def _rows(self, table: str, **where: Any) -> list[dict[str, Any]]:
        with open_state() as state:
            return read(state.read(table, self.folder / "rows.parquet", where=where))

    def _name(self, external_id: str, product: dict[str, Any]) -> str:
        name = product["name"].strip()
        id_product, _, combination = external_id.partition("-")
        if name.startswith("Produkt testowy"):
            return str(name)
        (row,) = self.world.query("SELECT reference FROM ps_product WHERE id_product = %s", id_product)
        return f"{row['reference']} {name}" + (f" #{combination}" if combination else "")


@pytest.fixture(params=VERSIONS)
def installed(
    request: pytest.FixtureRequest,
    mariadb: MariaDb,
    shop_database: Callable[..., str],
    shop_block: Callable[..., PrestashopDatabase],
    home: Path,
    tmp_path: Path,
) -> Installed:
    database = shop_database("installed_links")
    load_dump(mariadb, database, request.param)
    feed = SupplierFeed(integration_id=6, source=str(tmp_path / "a.csv"), mapping=MAPPING)
    world = World(mariadb, database, shop_block(database), feed)
    import_catalog(world.shop)
    is_old = request.param.startswith("1.6")
    return Installed(world, DRESSES if is_old else POSTERS, {} if is_old else SIMPLE, tmp_path)


def test_every_product_by_its_sku_and_ean(installed: Installed) -> None:
    feed = installed.feed(OFFERS)
    import_feed(feed)
    expected = {**AWKWARD, **families(installed.products, BY_SKU), **installed.simple}
    assert installed.outcomes() == expected
    assert (import_feed(feed).status, installed.outcomes()) == ("unchanged", expected)


def test_every_product_by_its_suppliers_code(installed: Installed) -> None:
    beta = [(f"s-{number:04d}", "", EAN[152] if number == 15 else "") for number in range(16)]
    summary = import_feed(installed.feed(beta, 8, "hurtownia beta"))
    numbers = {name: int(name.split()[2]) for name in AWKWARD}
    expected = {
        name: f"s-{number:04d} by {'ean+code' if number == 15 else 'code'}" if number % 2 else NOBODY
        for name, number in numbers.items()
    }
    others = {**families(installed.products, {}), **dict.fromkeys(installed.simple, NOBODY)}
    assert installed.outcomes(8) == {**expected, **others}
    assert (summary.matched, summary.unmatched) == (8, 8)


def test_a_combination_by_its_suppliers_code(installed: Installed) -> None:
    codes = {46: "#1", 47: "#2", 48: "#3", 53: "#8"}
    feed = installed.feed([(f"demo_1_{code}", "demo_1", "") for code in codes], 9, "Fashion Supplier")
    import_feed(feed)
    # the installer of 1.6 gives its own products no supplier references, so only the product's SKU is left
    by_sku = {"demo_1": ", ".join(f"demo_1_{code}: several_offers" for code in codes)}
    by_code = {number: f"demo_1_{code} by code" for code, number in codes.items()}
    found = by_code if installed.simple else by_sku
    others = {**dict.fromkeys(AWKWARD, NOBODY), **dict.fromkeys(installed.simple, NOBODY)}
    assert installed.outcomes(9) == {**families(installed.products, found), **others}
