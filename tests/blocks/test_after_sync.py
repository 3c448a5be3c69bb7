"""What follows a sync: which webhooks a shop's block takes, and that its secrets stay secret."""

from __future__ import annotations

from typing import Any

import pytest
from prefect_sqlalchemy import ConnectionComponents, SqlAlchemyConnector
from pydantic import ValidationError

from blocks import PrestashopDatabase

URL, SECRET = "https://shop.example/hook?token=s3cret-1", "s3cret-2 and longer"
CONNECTION = ConnectionComponents(driver="mysql+pymysql", host="h", database="d", username="u")


def shop(**settings: Any) -> PrestashopDatabase:
    return PrestashopDatabase(integration_id=7, connection=SqlAlchemyConnector(connection_info=CONNECTION), **settings)


def refusal(**settings: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        shop(**settings)
    return str(refused.value)


def test_nothing_follows_unless_asked_for() -> None:
    block = shop()
    assert (block.webhook_url, block.webhook_secret, block.touch_date_upd) == (None, None, False)


@pytest.mark.parametrize("value", ["", "  "])
def test_an_emptied_field_is_none(value: str) -> None:
    assert shop(webhook_url=value).webhook_url is None


@pytest.mark.parametrize(
    "url",
    ["https://a.example/x", "http://localhost:8080/x", "http://127.0.0.1/x", "http://[::1]/x", "http://10.1.2.3/x",
     "http://192.168.1.5:81/x", "http://cache-cleaner/x", " https://a.example/x "],
)  # fmt: skip
def test_an_address_that_is_taken(url: str) -> None:
    taken = shop(webhook_url=url).webhook_url
    assert taken is not None
    assert taken.get_secret_value() == url.strip()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://shop.example/s3cret", "expected `https://`, got `http://` to shop.example"),
        ("http://93.184.216.34/s3cret", "expected `https://`"),
        ("http://1572395042/s3cret", "expected `https://`"),
        ("ftp://shop.example/s3cret", "begins with `https://`"),
        ("shop.example/s3cret", "begins with `https://`"),
        ("https:///s3cret", "names a host"),
        ("https://anna:s3cret@shop.example/", "without user and password"),
        ("https://shop.example:99999999/s3cret", "names a host"),
        ("********", "its mask"),
    ],
)
def test_an_address_that_is_refused_is_not_shown(url: str, words: str) -> None:
    told = refusal(webhook_url=url)
    assert words in told
    assert "s3cret" not in told


def test_a_secret_that_can_be_guessed() -> None:
    told = refusal(webhook_secret="s3cret")
    assert "at least 16 characters" in told
    assert "s3cret" not in told


def test_prefect_hides_address_and_secret() -> None:
    assert {"webhook_url", "webhook_secret"} <= set(PrestashopDatabase.model_json_schema()["secret_fields"])
    block = shop(webhook_url=URL, webhook_secret=SECRET)
    assert "s3cret" not in repr(block) + block.model_dump_json()


def test_the_form_ends_with_it() -> None:
    assert list(PrestashopDatabase.model_fields)[-3:] == ["webhook_url", "webhook_secret", "touch_date_upd"]
