"""How a feed is fetched: what its block accepts, and that Prefect knows which of it is secret."""

from __future__ import annotations

from typing import Any

import pytest
import trustme
from pydantic import SecretStr, ValidationError

from blocks import SupplierFeed
from blocks.fetching import Fetching

KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"
MAPPING = {"sku": "Symbol", "stock_quantity": "Stan"}


def feed(**settings: Any) -> SupplierFeed:
    return SupplierFeed(**{"integration_id": 6, "source": "a.csv", "mapping": MAPPING, **settings})


def test_prefect_hides_every_secret_of_a_feed() -> None:
    hidden = set(SupplierFeed.model_json_schema()["secret_fields"])
    secret = {name for name, value in feed(**given_secrets()) if isinstance(value, SecretStr)}
    assert hidden == secret == {"password", "token", "header_value", "private_key"}


def given_secrets() -> dict[str, str]:
    return {"password": "p-1", "token": "t-1", "header_name": "X", "header_value": "h-1", "private_key": KEY}


def test_no_secret_is_in_what_a_feed_shows_of_itself() -> None:
    shown = repr(feed(**given_secrets())) + feed(**given_secrets()).model_dump_json()
    assert not any(secret in shown for secret in ("p-1", "t-1", "h-1", "AAAA"))


def test_a_masked_private_key() -> None:
    with pytest.raises(ValidationError, match="its mask"):
        feed(private_key="********")


@pytest.mark.parametrize("text", ["secret words", "-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----"])
def test_a_private_key_that_is_none_is_not_shown(text: str) -> None:
    with pytest.raises(ValidationError, match="expected a private key") as refused:
        feed(private_key=text)
    assert text not in str(refused.value)


@pytest.mark.parametrize("source", ["gopher://x/feed", "javascript://x"])
def test_an_unknown_kind_of_source(source: str) -> None:
    with pytest.raises(ValidationError, match="expected a path or an address"):
        feed(source=source)


@pytest.mark.parametrize("key", ["MD5:aa:bb", "SHA256:short", "AAAAB3NzaC1yc2E", "ssh-ed25519"])
def test_a_host_key_that_is_none(key: str) -> None:
    with pytest.raises(ValidationError, match="expected a fingerprint"):
        Fetching(host_key=key)


@pytest.mark.parametrize("text", ["words", "-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----"])
def test_a_certificate_that_is_none(text: str) -> None:
    with pytest.raises(ValidationError, match="BEGIN CERTIFICATE"):
        Fetching(ca_certificate=text)


def test_a_certificate_pasted_into_one_line() -> None:
    pem = trustme.CA().cert_pem.bytes().decode()
    assert Fetching(ca_certificate=pem.replace("\n", " ")).ca_certificate == pem


def test_a_pattern_is_a_name_and_no_path() -> None:
    with pytest.raises(ValidationError, match="file_pattern"):
        Fetching(file_pattern="../*.csv")


def test_a_feed_saved_before_there_was_fetching_has_the_usual_one() -> None:
    assert feed().fetching == Fetching()
