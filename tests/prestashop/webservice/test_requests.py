"""How many requests a sync costs the shop: docs/webservice.md says so, and this counts them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from demo.servers import MariaDb
from demo.shop import make_shop
from tasks.prestashop.model import USUAL_FIELDS, Change
from tasks.prestashop.webservice.shop import WINDOW_PRODUCTS, WebserviceShop
from tasks.prestashop.webservice.writing_rows import Key
from tasks.prestashop.windows import apply_changes
from tests.parquet import read
from tests.prestashop.bench import Bench, change_set
from tests.prestashop.conftest import VERSIONS
from tests.prestashop.parity import planned
from tests.prestashop.webservice.conftest import Remote, Serve

pytestmark = pytest.mark.slow
PAGES = {"products": 250, "combinations": 500, "stock_availables": 500}
OPENING = 7  # rights, languages, shops, groups, settings, currency, the fields of combinations
LOOKS = 2  # of each window, at each kind of row in it: before and after
PAGE = (Path(__file__).parents[3] / "docs" / "webservice.md").read_text(encoding="utf-8")
IDS = 2_000  # a request for ids alone
STOCK_ROWS = "SELECT count(*) FROM ps_stock_available WHERE id_shop = 1"
TABLE = "{:>9}: {:,} products: catalogue {:d} requests, {:,} rows changed: {:,} writes, {:,} reads"
Counts = Counter[tuple[str, str]]


def remote_of(mariadb: MariaDb, serve: Serve, folder: Path, version: str, products: int) -> Remote:
    name = f"counted_{version.replace('.', '_')}"
    mariadb.drop_database(name)
    mariadb.create_database(name)
    with mariadb.connect(name) as connection:
        make_shop(connection, products, version=version)
    return serve(Bench(mariadb, name, folder))


def everything(shop: WebserviceShop, bench: Bench) -> list[Change]:
    """Change all that the Webservice takes."""
    kept = {row[0] for row in bench.sql("SELECT id_product FROM ps_stock_available WHERE depends_on_stock")}
    return planned(read(shop.read_rows(bench.folder / "rows.parquet", None, USUAL_FIELDS)), leaving=kept)


def counted(remote: Remote) -> Counts:
    """What came since the last look."""
    counts = remote.service.requests.counts()
    remote.service.requests.clear()
    return counts


def pages(items: int, resource: str) -> int:
    """The first page, and if there is more the ids (2,000 at a time) and the other pages."""
    size = PAGES[resource]
    rest = items - size
    return 1 if rest < 0 else 1 + max(1, -(-rest // IDS)) + -(-rest // size)


SIZES = [(version, 1_520 if version == "8.2.1" else 130) for version in VERSIONS]


@pytest.mark.parametrize(("version", "products"), SIZES)
def test_requests_of_a_sync(
    mariadb: MariaDb, serve: Serve, tmp_path: Path, version: str, products: int, capsys: pytest.CaptureFixture[str]
) -> None:
    remote = remote_of(mariadb, serve, tmp_path, version, products)
    with remote.open() as shop:
        opening = counted(remote)
        catalogue = read(shop.read_catalogue(tmp_path / "catalogue.parquet"))
        unchanged = counted(remote)
        changes = everything(shop, remote.bench)
        counted(remote)
        apply_changes(shop, change_set(tmp_path, changes), lambda *_: None, lambda: None)
        changed = counted(remote)
    rows = {Key.of(change) for change in changes}
    kinds = Counter(key.resource for key in rows)
    places = {number: at // WINDOW_PRODUCTS for at, number in enumerate(sorted({key.id_product for key in rows}))}
    windows = Counter(kind for kind, _ in {(key.resource, places[key.id_product]) for key in rows})

    assert opening.total() == OPENING
    combinations = sum(row["id_product_attribute"] > 0 for row in catalogue)
    assert unchanged == {
        ("GET", "products"): pages(products, "products") + max(1, -(-products // IDS)),
        ("GET", "combinations"): pages(combinations, "combinations"),
        ("GET", "stock_availables"): pages(int(remote.bench.one(STOCK_ROWS)), "stock_availables"),
    }
    modern = version >= "8"
    looks = {("GET", kind): LOOKS * windows[kind] + (0 if modern else count) for kind, count in kinds.items()}
    writes = {("PATCH" if modern else "PUT", kind): count for kind, count in kinds.items()}
    assert changed == looks | writes
    if (version, products) == SIZES[2]:
        told = f"{sum(writes.values()):,} writes and {sum(looks.values())} reads on\n8.2; "
        assert told in PAGE
        assert f"Nothing changes: {unchanged.total()} for the catalogue" in PAGE
    with capsys.disabled():
        print(TABLE.format(version, products, unchanged.total(), len(rows), sum(writes.values()), sum(looks.values())))


def test_products_that_stay_as_they_are_cost_no_request(remote: Remote, tmp_path: Path) -> None:
    with remote.open() as shop:
        (one, *_) = everything(shop, remote.bench)
        counted(remote)
        apply_changes(shop, change_set(tmp_path, [one._replace(after=one.before)]), lambda *_: None, lambda: None)
    assert counted(remote) == {("GET", Key.of(one).resource): 1}
