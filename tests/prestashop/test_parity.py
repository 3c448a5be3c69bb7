"""Two ways to one shop: what is read, what came of a change set and what the shop holds afterwards is the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from blocks import ShopBlock
from demo.servers import MariaDb
from tasks.prestashop.model import ALL_FIELDS, Change, Outcome, ShopInfo
from tasks.prestashop.opening import open_shop
from tasks.prestashop.windows import Window, apply_changes
from tests.parquet import read
from tests.prestashop.bench import Bench, change_set, flag_change, quantity_change, text_change
from tests.prestashop.conftest import VERSIONS, load_installed, synthetic
from tests.prestashop.parity import CURRENCIES, NEVER_ALIKE, Twins, planned, twins_of

Rows = list[dict[str, Any]]
LEFTOVERS = """INSERT IGNORE INTO ps_stock_available (id_product, id_product_attribute, id_shop, id_shop_group,
  quantity, depends_on_stock, out_of_stock) SELECT id_product, id_product_attribute, id_shop = 0, id_shop > 0, 77, 0, 2
  FROM ps_stock_available"""  # of the scope that doesn't count
QUICK = ("synthetic", "8.2.1")


def of(*shops: tuple[str, str]) -> pytest.MarkDecorator:
    """The test is for twins of these kinds and versions; `make test` takes one of them."""
    params = [pytest.param(one, id="-".join(one), marks=() if one == QUICK else pytest.mark.slow) for one in shops]
    return pytest.mark.parametrize("twins", params, indirect=True)


every = of(*((kind, version) for kind in ("synthetic", "sharing", "installed") for version in VERSIONS))
each_version = of(*(("synthetic", version) for version in VERSIONS))


@pytest.fixture(scope="session")
def patterns() -> dict[tuple[str, str], Bench]:
    """Shops to be copied."""
    return {}


@pytest.fixture
def twins(
    request: pytest.FixtureRequest, mariadb: MariaDb, patterns: dict[tuple[str, str], Bench], tmp_path: Path
) -> Iterator[Twins]:
    """Twins of a kind and version."""
    kind, version = request.param
    if (kind, version) not in patterns:
        if kind == "installed":
            made = load_installed(mariadb, version, tmp_path)
            made.sql(CURRENCIES)
        else:
            made = synthetic(mariadb, version, tmp_path, share_stock=kind == "sharing")
        if made.sql("SHOW COLUMNS FROM ps_stock_available LIKE 'location'"):
            made.sql("UPDATE ps_stock_available SET location = concat('A-', id_stock_available)")
        made.sql(LEFTOVERS)
        patterns[kind, version] = made
    with twins_of(patterns[kind, version], tmp_path) as pair:
        yield pair


def apply(block: ShopBlock, folder: Path, changes: list[Change]) -> dict[tuple[Any, ...], Outcome]:
    """What came of a change set where it is not simply written."""
    told: dict[tuple[Any, ...], Outcome] = {}

    def on_window(_: Window, outcomes: list[Outcome]) -> None:
        told.update((outcome[:4], outcome) for outcome in outcomes)

    with open_shop(block) as shop:
        apply_changes(shop, change_set(folder, changes), on_window, lambda: None)
    return told


def rows_of(block: ShopBlock, folder: Path) -> Rows:
    with open_shop(block) as shop:
        return read(shop.read_rows(folder / "rows.parquet", None, ALL_FIELDS))


def empty_for_null(rows: Rows) -> Rows:
    return [{**row, "value": row["value"] or ""} for row in rows]


@every
def test_both_ways_read_the_same_shop(twins: Twins, tmp_path: Path) -> None:
    told: list[dict[str, Any]] = []
    for block in twins.blocks():
        with open_shop(block) as shop:
            catalogue = read(shop.read_catalogue(tmp_path / "c.parquet", asked=("codes", "prices", "brands")))
            info = shop.info.model_dump(exclude=set(NEVER_ALIKE))
        told.append({"info": info, "catalogue": catalogue, "rows": empty_for_null(rows_of(block, tmp_path))})
    database, webservice = told
    assert webservice["info"] == database["info"]
    assert webservice["catalogue"] == database["catalogue"]
    assert webservice["rows"] == database["rows"]
    assert set(NEVER_ALIKE) < set(ShopInfo.model_fields)


@every
def test_one_change_set_ends_in_the_same_shop(twins: Twins, tmp_path: Path) -> None:
    database, webservice = twins.blocks()
    changes = planned(rows_of(database, tmp_path), leaving=twins.warehouse())
    assert {change.field for change in changes} == set(ALL_FIELDS)
    twins.disturb(changes)
    ours, theirs = (apply(block, tmp_path, changes) for block in (database, webservice))
    assert theirs == ours
    assert {outcome.outcome for outcome in ours.values()} == {"left", "failed", "already"}
    assert twins.differences() == []
    assert len(ours) < len(changes) / 4


@each_version
@pytest.mark.slow
def test_a_second_time_everything_is_there_already(twins: Twins, tmp_path: Path) -> None:
    _, webservice = twins.blocks()
    changes = planned(rows_of(webservice, tmp_path), leaving=twins.warehouse())
    apply(webservice, tmp_path, changes)
    twins.service.requests.clear()
    again = apply(webservice, tmp_path, changes)
    assert ({one.outcome for one in again.values()}, len(again)) == ({"already"}, len(changes))
    assert {one.method for one in twins.service.requests} == {"GET"}


# what differs, and why


@each_version
@pytest.mark.slow
def test_a_missing_language_row_is_told_by_the_database_and_made_by_the_shop(twins: Twins, tmp_path: Path) -> None:
    twins.sql("DELETE FROM ps_product_lang WHERE id_product = 1 AND id_lang = 2")
    ours, theirs = (apply(block, tmp_path, [text_change(1, "", "po", 2)]) for block in twins.blocks())
    assert ([one.message for one in ours.values()], theirs) == (["row missing"], {})
    assert twins.webservice.text(1, 2) == "po"


@each_version
@pytest.mark.slow
def test_a_row_that_the_warehouses_keep_is_refused_by_the_webservice_before_9(twins: Twins, tmp_path: Path) -> None:
    twins.sql("UPDATE ps_stock_available SET depends_on_stock = 1, out_of_stock = 2 WHERE id_product = 1")
    ours, theirs = (apply(block, tmp_path, [flag_change(1, "2", "1")]) for block in twins.blocks())
    version = twins.webservice.one("SELECT value FROM ps_configuration WHERE name = 'PS_VERSION_DB'")
    assert (ours, [one.outcome for one in theirs.values()]) == ({}, [] if version.startswith("9") else ["failed"])


@each_version
@pytest.mark.slow
def test_pieces_that_somebody_bought_are_left_and_the_shop_sums_them_with_ours(twins: Twins, tmp_path: Path) -> None:
    twins.sql("UPDATE ps_stock_available SET quantity = IF(id_product_attribute, 1, 4) WHERE id_product = 3")
    changes = [quantity_change(3, 4, 10), quantity_change(3, 1, 4, 1), quantity_change(3, 1, 4, 2)]
    twins.sql("UPDATE ps_stock_available SET quantity = 0 WHERE id_product = 3 AND id_product_attribute = 1")
    twins.sql("UPDATE ps_stock_available SET quantity = 3 WHERE id_product = 3 AND id_product_attribute = 0")
    ours, theirs = (apply(block, tmp_path, changes) for block in twins.blocks())
    assert theirs == ours
    assert {key[1]: one.found for key, one in ours.items()} == {0: "3", 1: "0"}
    held = [bench.stock("quantity", 3) for bench in (twins.database, twins.webservice)]
    assert held == [{0: 3, 1: 0, 2: 4, 3: 1, 4: 1}, {0: 6, 1: 0, 2: 4, 3: 1, 4: 1}]
