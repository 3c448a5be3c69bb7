"""The date of change of written products: in the shop's own time, never backwards, with two more rights."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from demo.grants import grant_sync_user
from tasks.errors import UnreachableError, WrongSettingsError
from tasks.prestashop.database import shop as driver
from tasks.prestashop.database.session import Session
from tests.prestashop.bench import Bench, looked
from tests.prestashop.conftest import load_installed
from tests.prestashop.test_rights import granted, run_the_fixes

LONG_AGO = "2020-01-01 00:00:00"
EVERY = ("product", "product_shop")
UNKNOWN_ZONES = ("Mars/Olympus", "Europe", "../../etc")
OTHER_ZONES = ("Europe/Warsaw", "America/New_York", "UTC")


def dates(bench: Bench, table: str = "product") -> dict[int, datetime]:
    return dict(bench.sql(f"SELECT id_product, date_upd FROM ps_{table}"))


def touch(bench: Bench, *products: int, **settings: Any) -> None:
    with bench.open(**settings) as shop:
        shop.touch(products)


def make_old(bench: Bench) -> None:
    for table in EVERY:
        bench.sql(f"UPDATE ps_{table} SET date_upd = '{LONG_AGO}'")


@pytest.mark.parametrize("table", EVERY)
@pytest.mark.parametrize("zone", ["Asia/Kolkata", *(pytest.param(z, marks=pytest.mark.slow) for z in OTHER_ZONES)])
def test_touched_products_and_no_others_get_the_shops_time(bench: Bench, table: str, zone: str) -> None:
    make_old(bench)
    bench.sql("UPDATE ps_configuration SET value = %s WHERE name = 'PS_TIMEZONE'", zone)
    before = datetime.now(ZoneInfo(zone)).replace(tzinfo=None, microsecond=0)
    touch(bench, 3, 1)
    after = datetime.now(ZoneInfo(zone)).replace(tzinfo=None)
    found = dates(bench, table)
    assert {number for number, date in found.items() if before <= date <= after} == {1, 3}
    assert {date for number, date in found.items() if number not in {1, 3}} == {datetime.fromisoformat(LONG_AGO)}


@pytest.mark.slow
def test_nothing_else_of_the_rows_changes(bench: Bench) -> None:
    place = next(at for at, row in enumerate(bench.sql("SHOW COLUMNS FROM ps_product")) if row[0] == "date_upd")

    def rest() -> list[tuple[Any, ...]]:
        return [row[:place] + row[place + 1 :] for row in bench.sql("SELECT * FROM ps_product ORDER BY id_product")]

    before = rest()
    touch(bench, *range(1, 61))
    assert rest() == before


def test_a_date_that_is_later_stays(bench: Bench) -> None:
    later = datetime.now(UTC).replace(tzinfo=None, microsecond=0) + timedelta(days=1)
    bench.sql("UPDATE ps_product SET date_upd = %s WHERE id_product = 1", later)
    touch(bench, 1)
    assert dates(bench)[1] == later


@pytest.mark.slow
def test_another_shops_row_of_the_product_stays(bench: Bench) -> None:
    make_old(bench)
    bench.sql("UPDATE ps_product_shop SET id_shop = 2 WHERE id_product = 1")
    touch(bench, 1, 2)
    assert {number: dates(bench, "product_shop")[number].year == 2020 for number in (1, 2)} == {1: True, 2: False}


@pytest.mark.slow
def test_a_shops_own_zone_stands_before_the_global_one(bench: Bench) -> None:
    make_old(bench)
    bench.sql("INSERT INTO ps_configuration (id_shop, name, value, date_add, date_upd)"
              " VALUES (1, 'PS_TIMEZONE', 'Pacific/Kiritimati', now(), now())")  # fmt: skip
    touch(bench, 1)
    assert dates(bench)[1] > datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=13)


@pytest.mark.parametrize("value", ["", *(pytest.param(v, marks=pytest.mark.slow) for v in UNKNOWN_ZONES)])
def test_a_zone_that_nobody_knows_is_told(bench: Bench, value: str) -> None:
    bench.sql("UPDATE ps_configuration SET value = %s WHERE name = 'PS_TIMEZONE'", value)
    with pytest.raises(WrongSettingsError, match=r"expected the shop's time zone \(`PS_TIMEZONE`.*back office"):
        touch(bench, 1)
    check = looked(bench, touch_date_upd=True)["time zone"]
    assert (check.ok, bool(check.fix)) == (False, True)
    assert "time zone" not in looked(bench)


@pytest.mark.slow
def test_many_products_are_touched_in_small_statements(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    make_old(bench)
    given: list[tuple[int, int]] = []
    write = Session.write

    def watched(session: Session, name: str, values: dict[str, Any]) -> int:
        given.append((values["ids"][0], values["ids"][-1]))
        return write(session, name, values)

    monkeypatch.setattr(Session, "write", watched)
    touch(bench, *range(2_000, 0, -1))
    assert given[::2] == [(1, 900), (901, 1_800), (1_801, 2_000)]
    assert LONG_AGO not in {str(date) for date in dates(bench).values()}


@pytest.mark.slow
def test_a_row_that_stays_locked_is_told_by_number(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "ATTEMPTS", 1)
    with bench.server.connect(bench.database) as other, other.cursor() as cursor:
        other.begin()
        cursor.execute("SELECT * FROM ps_product WHERE id_product = 2 FOR UPDATE")
        with pytest.raises(UnreachableError, match="products 1 to 3 stayed locked"):
            touch(bench, 1, 2, 3)
        other.rollback()


@pytest.mark.slow
def test_a_shop_that_is_switched_off_is_not_touched(bench: Bench) -> None:
    before = dates(bench)
    with pytest.raises(WrongSettingsError, match="switched off"):
        touch(bench, 1, product_listing_enabled=False)
    assert dates(bench) == before


def test_the_rights_are_asked_for_only_where_the_block_asks(bench: Bench) -> None:
    bench.as_sync_user()
    assert granted(bench) == []
    assert granted(bench, touch_date_upd=True) == [
        "UPDATE (`date_upd`) ON `ps_product`",
        "UPDATE (`date_upd`) ON `ps_product_shop`",
    ]


@pytest.mark.slow
def test_without_the_rights_it_is_told_who_names_them(bench: Bench) -> None:
    with pytest.raises(WrongSettingsError, match=r"a grant is missing.*check_integration"):
        touch(bench.as_sync_user(), 1)


def test_a_right_to_dates_that_nobody_asked_for_is_too_many(bench: Bench) -> None:
    bench.as_sync_user()
    with bench.server.connect(autocommit=True) as connection:
        grant_sync_user(connection, bench.database, "ps_", bench.user, bench.password, touch_date_upd=True)
    found = looked(bench, touch_date_upd=True)
    assert (found["grants needed"].ok, found["grants not needed"].ok) == (True, True)
    assert "date_upd" in looked(bench)["grants not needed"].fix


@pytest.mark.slow
def test_the_named_rights_are_enough_in_an_installed_shop(mariadb: Any, version: str, tmp_path: Any) -> None:
    bench = load_installed(mariadb, version, tmp_path).as_sync_user()
    run_the_fixes(bench, touch_date_upd=True)
    make_old(bench)
    touch(bench, 1)
    for table in EVERY:
        assert abs(dates(bench, table)[1] - datetime.now(ZoneInfo("Europe/Warsaw")).replace(tzinfo=None)).seconds < 60
