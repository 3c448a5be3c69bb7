"""Nonsense is refused with a message that names the field and never shows a secret."""

from __future__ import annotations

from typing import Any

import pytest
from prefect_sqlalchemy import ConnectionComponents, SqlAlchemyConnector, SyncDriver
from pydantic import ValidationError

from blocks import AvailabilityPolicy, FeedMapping, LanguageTexts, Meaning, PrestashopDatabase, SupplierFeed
from blocks.delivery import Closed, ShopDelivery, SupplierDelivery
from blocks.feed_columns import Contractor, SkuCodes, Warehouse
from blocks.feed_part import FeedPart

MAPPING = {"sku": "Symbol", "stock_quantity": "Stan"}
MASK = "********"


def connector(**parts: Any) -> SqlAlchemyConnector:
    named = {
        "driver": SyncDriver.MYSQL_PYMYSQL,
        "host": "127.0.0.1",
        "database": "shop",
        "username": "u",
        **parts,
    }
    return SqlAlchemyConnector(connection_info=ConnectionComponents(**named))


def refusal_of(kind: Any, **settings: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        kind(**settings)
    return str(refused.value)


@pytest.mark.parametrize("prefix", ["ps-", "ps_; DROP TABLE x", "p" * 33, "żps_"])
def test_table_prefix(prefix: str) -> None:
    refusal = refusal_of(PrestashopDatabase, integration_id=7, connection=connector(), table_prefix=prefix)
    assert "table_prefix" in refusal


def test_an_empty_table_prefix_is_one() -> None:
    assert PrestashopDatabase(integration_id=7, connection=connector(), table_prefix="").table_prefix == ""


def test_a_threshold_below_0() -> None:
    assert "min_stock_threshold" in refusal_of(AvailabilityPolicy, min_stock_threshold=-1)


def test_an_empty_mapping() -> None:
    assert "expected a column for `sku` or for `ean`" in refusal_of(SupplierFeed, integration_id=6, source="a.csv")


def test_a_mapping_without_stock() -> None:
    refusal = refusal_of(SupplierFeed, integration_id=6, source="a.csv", mapping={"sku": "Symbol"})
    assert "`stock_quantity` or `is_available`" in refusal


@pytest.mark.parametrize(
    "more", [{}, {"mapping": {**MAPPING, "purchase_price": "Cena"}, "part": {"name": "a", "provides": ["stock"]}}]
)
def test_prices_to_keep_that_no_column_says(more: dict[str, Any]) -> None:
    settings = {"integration_id": 6, "source": "a.csv", "mapping": MAPPING, **more}
    refusal = refusal_of(SupplierFeed, sync_purchase_price=True, **settings)
    assert "sync_purchase_price: expected a column for `purchase_price` in a file of prices" in refusal


def test_a_contractor_s_text_that_is_there_twice() -> None:
    contractors = [{"text": text, "contractor_id": 5} for text in ("Acme  Sp.", "ACME sp.", "Bolt")]
    mapping = {**MAPPING, "contractor": "Firma"}
    refusal = refusal_of(SupplierFeed, integration_id=6, source="a.csv", mapping=mapping, contractors=contractors)
    assert "expected each text once, got several for acme sp." in refusal


def test_the_supplier_s_code_is_enough_where_the_shop_knows_it() -> None:
    settings: dict[str, Any] = {"integration_id": 6, "source": "a.csv"}
    mapping = {"supplier_sku": "k", "stock_quantity": "q"}
    assert SupplierFeed(**settings, mapping=mapping, shop_supplier="Acme").shop_supplier == "Acme"
    assert "expected a column for `sku` or for `ean`" in refusal_of(SupplierFeed, **settings, mapping=mapping)


@pytest.mark.parametrize(
    ("part", "mapping", "words"),
    [
        ({"provides": ["price"]}, {"sku": "s", "purchase_price": "p"}, "expected a name"),
        ({"delta": True}, {"sku": "s", "stock_quantity": "q"}, "expected a name"),
        ({"name": "Prices"}, {"sku": "s", "stock_quantity": "q"}, "part.name"),
        ({"name": "p", "provides": ["price"]}, {"supplier_sku": "s"}, "expected a column for `purchase_price`"),
        ({"name": "p", "provides": ["price"]}, {"purchase_price": "p"}, "by which items meet"),
        ({"name": "c", "provides": ["codes"]}, {"supplier_sku": "s"}, "expected a column for `sku` or for `ean`"),
        ({"name": "d", "provides": ["delivery"]}, {"sku": "s"}, "`delivery_days` or `available_later`"),
        ({"name": "s", "provides": ["stock"]}, {"supplier_sku": "s"}, "`stock_quantity` or `is_available`"),
        ({"name": "s", "delta": True, "decides_absence": True}, {"sku": "s", "stock_quantity": "q"}, "changes only"),
        (
            {"name": "p", "provides": ["price"], "decides_absence": True},
            {"sku": "s", "purchase_price": "p"},
            "got price",
        ),
        ({"name": "s", "replaces": ["s"]}, {"sku": "s", "stock_quantity": "q"}, "names of other files"),
    ],
)
def test_a_part_that_does_not_fit_together(part: dict[str, Any], mapping: dict[str, str], words: str) -> None:
    assert words in refusal_of(SupplierFeed, integration_id=6, source="a.csv", part=part, mapping=mapping)


@pytest.mark.parametrize(
    ("says", "mapping"),
    [
        ("price", {"supplier_sku": "s", "purchase_price": "p"}),
        ("codes", {"ean": "e"}),
        ("delivery", {"sku": "s", "available_later": "t"}),
        ("stock", {"supplier_sku": "s", "is_available": "q"}),
    ],
)
def test_a_part_needs_only_what_it_says(says: str, mapping: dict[str, str]) -> None:
    part = {"name": "one", "provides": [says]}
    assert SupplierFeed(integration_id=6, source="a.csv", part=part, mapping=mapping).part.says(says)  # type: ignore[arg-type]


def test_a_preset_may_stand_for_the_mapping() -> None:
    assert SupplierFeed(integration_id=6, source="a.xml", preset="ceneo").mapping.columns() == {}


@pytest.mark.parametrize("field", ["password", "token", "header_value"])
def test_a_masked_secret_of_a_feed(field: str) -> None:
    refusal = refusal_of(SupplierFeed, integration_id=6, source="a.csv", mapping=MAPPING, **{field: MASK})
    assert field in refusal
    assert "its mask" in refusal


def test_a_masked_password_of_a_connection() -> None:
    assert "its mask" in refusal_of(PrestashopDatabase, integration_id=7, connection=connector(password=MASK))


def test_an_address_with_a_password_in_it() -> None:
    address = SqlAlchemyConnector(connection_info="mysql+pymysql://u:hunter2@127.0.0.1/shop")
    refusal = refusal_of(PrestashopDatabase, integration_id=7, connection=address)
    assert "Fill in the parts" in refusal
    assert "hunter2" not in refusal


def test_another_driver() -> None:
    other = connector(driver=SyncDriver.POSTGRESQL_PSYCOPG2)
    assert "mysql+pymysql" in refusal_of(PrestashopDatabase, integration_id=7, connection=other)


def test_a_refusal_never_shows_the_secrets_beside_the_wrong_field() -> None:
    secrets = {"password": "hunter2", "token": "hunter3", "header_value": "hunter4"}
    refusal = refusal_of(SupplierFeed, integration_id=6, source="a.csv", mapping={}, **secrets)
    assert "hunter" not in refusal


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("timezone", "Warsaw"),
        ("encoding", "cp-9999"),
        ("default_delivery_days", 366),
        ("integration_id", 0),
        ("currency", "zł"),
    ],
)
def test_other_fields_of_a_feed(field: str, value: Any) -> None:
    settings = {"integration_id": 6, "source": "a.csv", "mapping": MAPPING, field: value}
    assert field in refusal_of(SupplierFeed, **settings)


def test_a_source_that_names_a_token_needs_one() -> None:
    assert "token" in refusal_of(SupplierFeed, integration_id=6, source="https://x/?k={token}", mapping=MAPPING)


@pytest.mark.parametrize("text", ["<b>Jest</b>", "Za {dni}", "a=b", "x" * 256])
def test_a_text_that_the_shop_would_refuse(text: str) -> None:
    assert "available" in refusal_of(LanguageTexts, language="pl", available=text)


@pytest.mark.parametrize("field", ["available", "unavailable", "same_day"])
@pytest.mark.parametrize("text", ["Od {date}", "Za {days}", "Za :days dni"])
def test_days_in_a_text_that_has_none(field: str, text: str) -> None:
    refusal = refusal_of(LanguageTexts, language="pl", **{field: text})
    assert f"{field}\n" in refusal
    assert "placeholders belong into `delivery`" in refusal


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("cut_off", "14", "expected an hour such as `14:00`, got `14`"),
        ("cut_off", "24:00", "expected an hour"),
        ("holidays", "Polska", "expected a country such as `PL`"),
        ("holidays", "DE-XX", "expected a part of DE (BB, BE"),
        ("holidays", "CZ-10", "expected a part of CZ (it has none), got `10`"),
        ("working_days", [], "expected at least one day"),
        ("closed", [{"closed_from": "2026-12-27", "closed_to": "2026-12-24"}], "not before 2026-12-27"),
        (
            "closed",
            [
                {"closed_from": "2027-05-02", "closed_to": "9999-12-31"},
                {"closed_from": "2026-11-01", "closed_to": "2027-05-01"},
            ],
            "within 365 days, got closed from 2026-11-01 to 9999-12-31",
        ),
    ],
)
def test_a_supplier_s_calendar_that_can_t_be(field: str, value: Any, words: str) -> None:
    refusal = refusal_of(SupplierDelivery, **{field: value})
    assert field in refusal
    assert words in refusal


@pytest.mark.parametrize(("given", "kept"), [("pl", "PL"), ("de-by", "DE-BY"), ("de-augsburg", "DE-Augsburg")])
def test_a_country_is_kept_in_its_own_letters(given: str, kept: str) -> None:
    assert SupplierDelivery(holidays=given).holidays == kept
    assert ShopDelivery(holidays="").holidays is None


def test_two_entries_of_one_language() -> None:
    twice = [LanguageTexts(language="pl"), LanguageTexts(language="pl")]
    assert "several for pl" in refusal_of(AvailabilityPolicy, texts=twice)


def test_every_field_is_explained_in_the_form() -> None:
    parts = (FeedMapping, FeedPart, Meaning, Warehouse, Contractor, SkuCodes, AvailabilityPolicy, LanguageTexts)
    delivery = (SupplierDelivery, ShopDelivery, Closed)
    for kind in (SupplierFeed, PrestashopDatabase, *parts, *delivery):
        fields = kind.model_fields.items()
        assert [name for name, field in fields if not (field.title and field.description)] == []
