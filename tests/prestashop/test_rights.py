"""The rights that a shop's user needs, by what its block asks for."""

from __future__ import annotations

from typing import Any

import pytest

from blocks import AvailabilityPolicy
from blocks.policy_exception import PolicyException
from tasks.prestashop.model import ALL_FIELDS
from tasks.prestashop.windows import apply_changes
from tests.prestashop.bench import TEXTS, Bench, all_changes, change_set, looked
from tests.prestashop.conftest import synthetic
from tests.prestashop.test_windows import Seen, nothing

QUANTITIES = TEXTS.model_copy(update={"combinations": "quantities"})
MARGIN = TEXTS.model_copy(update={"min_margin_percent": 10.0})
MARGIN_OF_ONE = TEXTS.model_copy(update={"exceptions": [PolicyException(product="A", min_margin_percent=0.0)]})
BRAND = TEXTS.model_copy(update={"exceptions": [PolicyException(brand="Lumex", own_stock_only=True)]})


def granted(bench: Bench, **settings: Any) -> list[str]:
    """What the statements that the checks name would grant, without where and to whom."""
    statements = looked(bench, **settings)["grants needed"].fix.splitlines()[1:]
    return [line.removeprefix("GRANT ").split(" TO ")[0].replace(f"`{bench.database}`.", "") for line in statements]


def run_the_fixes(bench: Bench, **settings: Any) -> None:
    for name in ("grants not needed", "grants needed"):
        for statement in looked(bench, **settings)[name].fix.splitlines()[1:]:
            bench.sql(statement)


@pytest.mark.parametrize(
    ("policy", "needed"),
    [
        (TEXTS, []),
        (QUANTITIES, ["UPDATE (`physical_quantity`, `quantity`) ON `ps_stock_available`"]),
        (MARGIN, ["SELECT ON `ps_currency`"]),
        (MARGIN_OF_ONE, ["SELECT ON `ps_currency`"]),
        (BRAND, []),
    ],
)
def test_what_a_usual_user_lacks_for_a_policy(bench: Bench, policy: AvailabilityPolicy, needed: list[str]) -> None:
    assert granted(bench.as_sync_user(), policy=policy) == needed


def test_brands_need_the_makers(bench: Bench) -> None:
    bench.as_sync_user()
    bench.sql(f"REVOKE SELECT ON ps_manufacturer FROM '{bench.user}'@'%'")
    assert (granted(bench), granted(bench, policy=BRAND)) == ([], ["SELECT ON `ps_manufacturer`"])


def test_texts_beside_pieces_need_their_column(bench: Bench) -> None:
    bench.as_sync_user()
    for table in ("ps_product_lang", "ps_product_attribute_lang"):
        bench.sql(f"REVOKE UPDATE (available_now) ON {table} FROM '{bench.user}'@'%'")
    assert granted(bench) == []
    assert granted(bench, policy=QUANTITIES)[1:] == [
        "UPDATE (`available_now`) ON `ps_product_lang`",
        "UPDATE (`available_now`) ON `ps_product_attribute_lang`",
    ]


def test_a_shop_without_a_shelf_needs_no_right_to_it(old: Bench) -> None:
    assert granted(old.as_sync_user(), policy=QUANTITIES) == ["UPDATE (`quantity`) ON `ps_stock_available`"]


def test_a_block_of_texts_only_needs_no_stock_rows(bench: Bench) -> None:
    bench.as_sync_user()
    bench.sql(f"REVOKE UPDATE (out_of_stock) ON ps_stock_available FROM '{bench.user}'@'%'")
    bench.sql(f"REVOKE UPDATE (available_later) ON ps_product_attribute_lang FROM '{bench.user}'@'%'")
    assert (granted(bench, texts_only=True), len(granted(bench))) == ([], 2)


@pytest.mark.parametrize("column", ["quantity", "physical_quantity"])
def test_a_right_to_pieces_that_nobody_asked_for_is_too_many(bench: Bench, column: str) -> None:
    bench.as_sync_user()
    bench.sql(f"GRANT UPDATE (quantity, physical_quantity) ON ps_stock_available TO '{bench.user}'@'%'")
    assert looked(bench, policy=QUANTITIES)["grants not needed"].ok
    check = looked(bench)["grants not needed"]
    assert check.ok is False
    assert column in check.fix


@pytest.mark.parametrize("version", ["1.7.8.11", "8.2.1", "9.1.4"])
def test_the_rights_named_for_quantities_write_everything(
    bench: Bench, version: str, mariadb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = synthetic(mariadb, version, bench.folder).as_sync_user()
    run_the_fixes(bench, policy=QUANTITIES)
    seen = Seen(monkeypatch)
    with bench.open() as shop:
        changes = all_changes(bench.rows(shop, fields=ALL_FIELDS))
        apply_changes(shop, change_set(bench.folder, changes), seen, nothing)
        assert (set(seen.together), seen.told) == ({True}, [])


def test_running_the_fixes_of_every_wish_leaves_exactly_what_is_needed(bench: Bench) -> None:
    policy = QUANTITIES.model_copy(update={"min_margin_percent": 10.0, "exceptions": BRAND.exceptions})
    bench.as_sync_user()
    bench.sql(f"GRANT UPDATE, DELETE ON ps_stock_available TO '{bench.user}'@'%'")
    run_the_fixes(bench, policy=policy)
    found = looked(bench, policy=policy)
    assert (found["grants needed"].ok, found["grants not needed"].ok) == (True, True)
    with bench.open(policy=policy) as shop:
        assert shop.info.default_currency == "PLN"


def test_a_shop_that_only_shows_is_told(bench: Bench) -> None:
    bench.sql("UPDATE ps_configuration SET value = '1' WHERE name = 'PS_CATALOG_MODE'")
    check = looked(bench)["catalogue mode"]
    assert (check.ok, "nothing can be ordered" in check.found, bool(check.fix)) == (None, True, True)


def test_a_currency_that_is_not_known_is_told_where_a_margin_is_asked_for(bench: Bench) -> None:
    assert looked(bench, policy=MARGIN)["currency"].found == "PLN"
    bench.sql("DELETE FROM ps_currency")
    check = looked(bench, policy=MARGIN)["currency"]
    assert (check.ok, check.found, bool(check.fix)) == (None, "not known: no margin is looked at", True)
    assert "currency" not in looked(bench)
