"""Writing: what is changed, what is left, and what never happens."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest

from tasks.errors import Refused, WrongSettingsError
from tasks.prestashop.model import ALL_FIELDS, USUAL_FIELDS, Change, Field
from tests.prestashop.bench import Apply, Bench, all_changes, flag_change, text_change
from tests.prestashop.conftest import load_installed

NO_QUANTITIES = [None, "", "-1", "+1", "07", "7.0", "1e3", " 7", "٧", "2147483648", "9" * 5000]
WRITTEN = {"ps_product_lang", "ps_product_attribute_lang", "ps_stock_available"}


def everything_but(bench: Bench, columns: Collection[str]) -> dict[str, Any]:
    """All tables, without some columns of those that are written."""
    content = {}
    for (table,) in bench.sql("SHOW TABLES"):
        names = [row[0] for row in bench.sql(f"SHOW COLUMNS FROM {table}")]
        kept = [name for name in names if table not in WRITTEN or name not in columns]
        order = ", ".join(f"`{name}`" for name in kept)
        content[table] = bench.sql(f"SELECT {order} FROM {table} ORDER BY {order}")
    return content


@pytest.mark.parametrize("fields", [USUAL_FIELDS, ALL_FIELDS], ids=["usual", "all fields"])
@pytest.mark.parametrize("server", ["mariadb", "latin1_mariadb"])
def test_installed_shops_hold_what_was_written_and_nothing_else_changed(
    apply: Apply, request: pytest.FixtureRequest, version: str, server: str, fields: Collection[Field], tmp_path: Path
) -> None:
    bench = load_installed(request.getfixturevalue(server), version, tmp_path)
    columns = {*fields, "physical_quantity"} if "quantity" in fields else fields
    before = everything_but(bench, columns)
    with bench.open() as shop:
        changes = all_changes(bench.rows(shop, fields=fields))
        assert {change.field for change in changes} == set(fields)
        assert set(apply.words(shop, *changes)) == {"written"}
        held = {tuple(row.values())[:4]: row["value"] for row in bench.rows(shop, fields=fields)}
        assert [held[change[:4]] for change in changes] == [change.after for change in changes]
    assert everything_but(bench, columns) == before


def test_a_second_time_everything_is_there_already(apply: Apply, bench: Bench) -> None:
    with bench.open() as shop:
        changes = all_changes(bench.rows(shop))
        apply(shop, *changes)
        assert set(apply.words(shop, *changes)) == {"already"}


def test_outcomes_come_in_the_order_of_the_changes(apply: Apply, bench: Bench) -> None:
    changes = [flag_change(2, "2", "1"), text_change(4, None, "a"), flag_change(1, "0", "1"), text_change(999, "", "b")]
    with bench.open() as shop:
        found = apply(shop, *changes)
    assert [(one.id_product, one.outcome) for one in found] == [
        (2, "written"), (4, "written"), (1, "left"), (999, "failed"),
    ]  # fmt: skip


def test_a_value_of_someone_else_is_left_and_told(apply: Apply, bench: Bench) -> None:
    bench.set_text(1, "ręcznie")
    with bench.open() as shop:
        (outcome,) = apply(shop, text_change(1, "", "Wysyłka za 3 dni"))
    assert (outcome.outcome, outcome.found, bench.text(1)) == ("left", "ręcznie", "ręcznie")


@pytest.mark.parametrize(
    ("held", "before"),
    [("wysyłka", "Wysyłka"), ("x ", "x"), ("x", "x "), (None, ""), ("", None), ("ł", "l"), ("e\u0301", "é"), (" ", "")],
)
def test_almost_the_same_text_is_another_text(apply: Apply, bench: Bench, held: str | None, before: str | None) -> None:
    bench.set_text(1, held)
    with bench.open() as shop:
        assert apply.words(shop, text_change(1, before, "po")) == ["left"]
    assert bench.text(1) == held


@pytest.mark.parametrize(
    ("held", "after"), [("x", "X"), ("x", "x "), ("x ", "x"), (None, ""), ("", None), ("Wysylka", "Wysyłka")]
)
def test_a_change_that_the_collation_would_not_see_is_written(
    apply: Apply, bench: Bench, held: str | None, after: str | None
) -> None:
    bench.set_text(1, held)
    with bench.open() as shop:
        assert apply.words(shop, text_change(1, held, after)) == ["written"]
    assert bench.text(1) == after


def test_texts_that_differ_in_case_only_are_read_apart(apply: Apply, bench: Bench) -> None:
    bench.set_text(1, "x")
    bench.set_text(2, "X")
    with bench.open() as shop:
        assert apply.words(shop, text_change(1, "x", "po"), text_change(2, "x", "po")) == ["written", "left"]


@pytest.mark.parametrize("text", ["100 %", "%s %(ids)s", "a'b\"c\\", "🦊" * 255, "ł" * 255, "; DROP TABLE x --"])
def test_any_text_that_fits_arrives_exactly(apply: Apply, bench: Bench, text: str) -> None:
    with bench.open() as shop:
        assert apply.words(shop, text_change(4, None, text)) == ["written"]
    assert bench.text(4) == text


def test_languages_are_written_apart(apply: Apply, bench: Bench) -> None:
    with bench.open() as shop:
        apply.words(shop, text_change(4, None, "po polsku", 1), text_change(4, None, "in English", 2))
    assert (bench.text(4, 1), bench.text(4, 2)) == ("po polsku", "in English")


def test_the_texts_of_another_shop_stay(apply: Apply, bench: Bench) -> None:
    bench.sql(
        "INSERT INTO ps_product_lang (id_product, id_shop, id_lang, link_rewrite, name, available_later)"
        " SELECT id_product, 2, id_lang, link_rewrite, name, available_later FROM ps_product_lang"
    )
    with bench.open() as shop:
        apply.words(shop, text_change(4, None, "po"))
    assert bench.one("SELECT count(*) FROM ps_product_lang WHERE id_shop = 2 AND available_later = 'po'") == 0


def test_flags_of_a_product_and_its_combinations(apply: Apply, bench: Bench) -> None:
    attributes = list(bench.flags(3))
    with bench.open() as shop:
        apply.words(shop, *(flag_change(3, "2", "1", attribute) for attribute in attributes))
    assert bench.flags(3) == dict.fromkeys(attributes, 1)


def test_labels_of_combinations(apply: Apply, bench: Bench) -> None:
    bench.sql("UPDATE ps_product_attribute_lang SET available_later = 'przed' WHERE id_product_attribute = 1")
    with bench.open() as shop:
        assert apply.words(shop, text_change(3, "przed", "po", 1, 1)) == ["written"]
    held = bench.sql("SELECT id_lang, available_later FROM ps_product_attribute_lang WHERE id_product_attribute = 1")
    assert held == [(1, "po"), (2, "przed")]


def test_a_sharing_group_is_written_in_its_own_scope_only(apply: Apply, sharing: Bench) -> None:
    sharing.sql(
        "INSERT IGNORE INTO ps_stock_available (id_product, id_product_attribute, id_shop, id_shop_group, out_of_stock)"
        " VALUES (1, 0, 1, 0, 2)"
    )
    with sharing.open() as shop:
        assert apply.words(shop, flag_change(1, "2", "1")) == ["written"]
    assert (sharing.flags(1, 0, 1), sharing.flags(1, 1, 0)) == ({0: 1}, {0: 2})


def test_a_shop_of_its_own_leaves_the_groups_rows(apply: Apply, bench: Bench) -> None:
    bench.sql(
        "INSERT INTO ps_stock_available (id_product, id_product_attribute, id_shop, id_shop_group, out_of_stock)"
        " VALUES (1, 0, 0, 1, 2)"
    )
    with bench.open() as shop:
        assert apply.words(shop, flag_change(1, "2", "0")) == ["written"]
    assert (bench.flags(1, 1, 0), bench.flags(1, 0, 1)) == ({0: 0}, {0: 2})


@pytest.mark.parametrize(
    "change", [text_change(9999, None, "po"), flag_change(9999, "0", "1"), flag_change(1, "0", "1", 77)]
)
def test_a_row_that_is_not_there_fails_and_is_not_made(apply: Apply, bench: Bench, change: Change) -> None:
    before = everything_but(bench, set())
    with bench.open() as shop:
        (outcome,) = apply(shop, change)
    assert (outcome.outcome, outcome.message) == ("failed", "row missing")
    assert everything_but(bench, set()) == before


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (text_change(2, "", "ł" * 256), "at most 255 characters, got 256"),
        (text_change(2, "", "po", 9), "does not have this language"),
        (flag_change(2, "2", "9"), "0 .deny., 1 .allow. or 2"),
        (Change(2, 0, None, "out_of_stock", "2", None), "got `None`"),
        (Change(2, 0, 1, "out_of_stock", "2", "1"), "a stock row has no language"),
        (Change(2, 0, 1, "name", "", "po"), "only `available_now`, `available_later`, `quantity`, `out_of_stock`"),
        (Change(2, 0, 1, "available_now", "", "ł" * 256), "at most 255 characters, got 256"),
        (Change(2, 0, None, "available_now", "", "po"), "does not have this language"),
        (Change(2, 0, 1, "quantity", "0", "1"), "a stock row has no language"),
        *((Change(1, 1, None, "quantity", "0", wrong), "a whole number of pieces") for wrong in NO_QUANTITIES),
        *(
            (Change(2, 0, None, "quantity", "0", wrong), "a whole number of pieces")
            for wrong in ("-0", "--1", "-07", "x")
        ),
        (text_change(1, "", "inaczej"), "changed twice"),
    ],
)
def test_what_must_not_arrive_is_refused_before_anything_is_written(
    apply: Apply, bench: Bench, change: Change, problem: str
) -> None:
    bench.set_text(1, "")
    with bench.open() as shop, pytest.raises(Refused, match=problem):
        apply(shop, text_change(1, "", "po"), change)
    assert bench.text(1) == ""


def test_four_byte_characters_are_refused_where_they_do_not_fit(apply: Apply, old: Bench) -> None:
    with old.open() as shop, pytest.raises(Refused, match="can't hold a character"):
        apply(shop, text_change(1, "", "Wysyłka 🦊"))


def test_polish_letters_fit_into_three_bytes(apply: Apply, old: Bench) -> None:
    old.set_text(1, "")
    with old.open() as shop:
        assert apply.words(shop, text_change(1, "", "Zażółć gęślą jaźń")) == ["written"]
    assert old.text(1) == "Zażółć gęślą jaźń"


def test_labels_are_refused_where_combinations_have_none(apply: Apply, old: Bench) -> None:
    with old.open() as shop, pytest.raises(Refused, match=r"no texts of their own in PrestaShop 1\.6"):
        apply(shop, text_change(3, "", "po", 1, 1))


def test_a_shop_that_is_switched_off_is_not_written(apply: Apply, bench: Bench) -> None:
    with bench.open(product_listing_enabled=False) as shop, pytest.raises(WrongSettingsError, match="switched off"):
        apply(shop, text_change(4, None, "po"))


def test_tables_that_can_not_undo_are_not_written(apply: Apply, bench: Bench) -> None:
    bench.sql("ALTER TABLE ps_product_lang ENGINE = MyISAM")
    with bench.open() as shop, pytest.raises(WrongSettingsError, match="expected InnoDB"):
        apply(shop, text_change(4, None, "po"))


def test_a_warning_of_the_server_fails_the_whole_window(apply: Apply, bench: Bench) -> None:
    bench.sql("ALTER TABLE ps_product_lang MODIFY available_later varchar(255) CHARACTER SET latin1")
    changes = [text_change(4, None, "tomorrow"), text_change(5, "x", "y"), text_change(6, "", "jutro będzie")]
    with bench.open() as shop:
        found = apply(shop, *changes, flag_change(4, "2", "1"))
    assert [one.outcome for one in found] == ["failed", "left", "failed", "failed"]
    assert "Incorrect string value" in str(found[2].message)
    assert (bench.text(4), bench.text(6), bench.flags(4)) == (None, "", {0: 2})


def test_a_trigger_that_changes_what_is_written_fails_the_window(apply: Apply, bench: Bench) -> None:
    bench.sql(
        "CREATE TRIGGER t BEFORE UPDATE ON ps_product_lang FOR EACH ROW"
        " SET NEW.available_later = upper(NEW.available_later)"
    )
    with bench.open() as shop:
        (outcome,) = apply(shop, text_change(4, None, "po"))
    assert (outcome.outcome, outcome.found, bench.text(4)) == ("failed", None, None)
    assert "read back 0 of 1" in str(outcome.message)


def test_a_trigger_that_refuses_fails_the_window(apply: Apply, bench: Bench) -> None:
    bench.sql(
        "CREATE TRIGGER t BEFORE UPDATE ON ps_stock_available FOR EACH ROW"
        " SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'closed for inventory'"
    )
    with bench.open() as shop:
        found = apply(shop, text_change(4, None, "po"), flag_change(4, "2", "1"))
    assert [(one.outcome, str(one.message)[-20:]) for one in found] == [("failed", "closed for inventory")] * 2
    assert bench.text(4) is None


def test_nothing_to_change_is_no_window(apply: Apply, bench: Bench) -> None:
    with bench.open() as shop:
        assert apply(shop) == []
