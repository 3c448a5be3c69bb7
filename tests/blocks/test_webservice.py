"""A shop's Webservice: which addresses and keys are taken, what is hidden, and how a file names one."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr, ValidationError
from trustme import CA

from blocks import PrestashopWebservice
from blocks.apply import BlocksFileError, read_blocks

KEY = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
FILE = """
shops:
  sklep: {integration_id: 8, base_url: "https://www.sklep.pl", api_key: "${KEY}"}
"""


def block(**settings: Any) -> PrestashopWebservice:
    return PrestashopWebservice(
        **{"integration_id": 8, "base_url": "https://www.sklep.pl/", "api_key": SecretStr(KEY), **settings}
    )


def refusal_of(**settings: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        block(**settings)
    return str(refused.value)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://www.sklep.pl", "https://www.sklep.pl/"),
        ("https://WWW.Sklep.pl/api/", "https://www.sklep.pl/"),
        (" https://sklep.pl/Shop/api ", "https://sklep.pl/Shop/"),
        ("https://sklep.pl:8443/napi", "https://sklep.pl:8443/napi/"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/"),
        ("http://192.168.1.20", "http://192.168.1.20/"),
        ("http://prestashop/", "http://prestashop/"),
        ("http://[::1]:8080", "http://[::1]:8080/"),
    ],
)
def test_an_address_is_kept_in_one_form(given: str, kept: str) -> None:
    assert block(base_url=given).base_url == kept


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("www.sklep.pl", "expected the shop's address, such as"),
        ("ftp://www.sklep.pl", "expected the shop's address, such as"),
        ("https://", "expected the shop's address, such as"),
        ("https://sklep.pl:port/", "expected the shop's address, such as"),
        (f"https://{KEY}@www.sklep.pl/", "no key, user"),
        (f"https://www.sklep.pl/?ws_key={KEY}", "no key, user"),
        ("http://www.sklep.pl/", "expected https"),
        ("http://8.8.8.8/", "expected https"),
    ],
)
def test_an_address_that_is_refused(address: str, said: str) -> None:
    refusal = refusal_of(base_url=address)
    assert said in refusal
    assert KEY not in refusal


@pytest.mark.parametrize("key", ["", KEY[:31], f"{KEY}A", "ż" * 32, f"{KEY[:30]}: "])
def test_a_key_that_is_none(key: str) -> None:
    refusal = refusal_of(api_key=key)
    assert "expected a key of 32 letters and digits" in refusal
    assert KEY[:30] not in refusal


def test_a_mask_is_no_key() -> None:
    assert "its mask" in refusal_of(api_key="*" * 32)


def test_prefect_hides_the_key() -> None:
    assert "api_key" in PrestashopWebservice.model_json_schema()["secret_fields"]
    assert KEY not in repr(block()) + block().model_dump_json()


def test_a_certificate_of_one_line_gets_its_lines_back() -> None:
    pem = CA().cert_pem.bytes().decode()
    assert block(ca_certificate=pem.replace("\n", " ")).ca_certificate == pem
    assert "BEGIN CERTIFICATE" in refusal_of(ca_certificate="x")


@pytest.mark.parametrize("connections", [0, 17])
def test_connections(connections: int) -> None:
    assert "max_connections" in refusal_of(max_connections=connections)


def test_a_file_names_a_shop_by_its_address() -> None:
    (made,) = read_blocks(FILE, {"KEY": KEY}).values()
    assert isinstance(made, PrestashopWebservice)
    assert (made.base_url, made.api_key.get_secret_value()) == ("https://www.sklep.pl/", KEY)


def test_a_file_with_both_ways_is_refused() -> None:
    with pytest.raises(BlocksFileError, match="expected either `connection` \\(database\\) or `base_url`"):
        read_blocks(FILE.replace("integration_id", "connection: shop, integration_id"), {"KEY": KEY})


def test_a_wrong_entry_of_a_file_shows_no_key() -> None:
    with pytest.raises(BlocksFileError, match="shops, sklep: api_key: ") as refused:
        read_blocks(FILE, {"KEY": KEY[:31]})
    assert KEY[:31] not in str(refused.value)
