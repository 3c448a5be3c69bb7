"""The SSH tunnel of a shop's block: what it accepts, and that Prefect knows which of it is secret."""

from __future__ import annotations

from typing import Any

import asyncssh
import pytest
from pydantic import ValidationError

from blocks import PrestashopDatabase, SshTunnel
from blocks.apply import BlocksFileError, read_blocks

KEY = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
FILE = """
connections:
  shop: {driver: mysql+pymysql, host: 127.0.0.1, port: 3306, database: shop, username: sync, password: "${WORD}"}
shops:
  sklep:
    integration_id: 7
    connection: shop
    ssh: {host: ssh.example.com, username: anna, private_key: "${KEY}", host_key: "SHA256:%s"}
"""


def tunnel(**settings: Any) -> SshTunnel:
    return SshTunnel(**{"host": "ssh.example.com", "username": "anna", "password": "p-1", **settings})


def test_prefect_hides_its_secrets() -> None:
    hidden = set(PrestashopDatabase.model_json_schema()["secret_fields"])
    assert {"ssh.password", "ssh.private_key"} <= hidden


def test_no_secret_is_in_what_it_shows_of_itself() -> None:
    shown = repr(tunnel(private_key=KEY)) + tunnel(private_key=KEY).model_dump_json()
    assert not any(secret in shown for secret in ("p-1", KEY.splitlines()[2]))


@pytest.mark.parametrize("field", ["password", "private_key"])
def test_a_mask_is_no_secret(field: str) -> None:
    with pytest.raises(ValidationError, match="its mask"):
        tunnel(**{field: "********"})


def test_a_private_key_of_one_line_gets_its_lines_back() -> None:
    key = tunnel(private_key=KEY.replace("\n", " ")).private_key
    assert key is not None
    assert asyncssh.import_private_key(key.get_secret_value()).get_algorithm() == "ssh-ed25519"


def test_a_way_in_is_needed() -> None:
    with pytest.raises(ValidationError, match="expected a password or a private key"):
        tunnel(password=None)


@pytest.mark.parametrize("key", ["MD5:aa:bb", "ssh-ed25519"])
def test_a_host_key_that_is_none(key: str) -> None:
    with pytest.raises(ValidationError, match="expected a fingerprint"):
        tunnel(host_key=key)


@pytest.mark.parametrize("left", [{}, {"port": 22}, {"host": "", "username": None}])
def test_a_form_that_was_left_empty_is_no_tunnel(left: dict[str, Any]) -> None:
    filled = read_blocks(FILE % ("a" * 43), {"KEY": KEY, "WORD": "w"})["sklep"]
    assert isinstance(filled, PrestashopDatabase)
    assert PrestashopDatabase(integration_id=7, connection=filled.connection, ssh=left).ssh is None


def test_a_form_begins_without_one() -> None:
    first, _ = PrestashopDatabase.model_json_schema()["properties"]["ssh"]["anyOf"]
    assert first == {"type": "null"}


def test_a_file_of_blocks_holds_it() -> None:
    shop = read_blocks(FILE % ("a" * 43), {"KEY": KEY, "WORD": "w"})["sklep"]
    assert isinstance(shop, PrestashopDatabase)
    assert (shop.ssh and shop.ssh.host, shop.ssh and shop.ssh.port) == ("ssh.example.com", 22)


def test_a_wrong_one_in_a_file_is_named_without_its_secrets() -> None:
    with pytest.raises(BlocksFileError, match=r"shops, sklep: ssh\.private_key: .*expected a private key") as caught:
        read_blocks(FILE % ("a" * 43), {"KEY": "hunter2", "WORD": "w"})
    assert "hunter2" not in str(caught.value)
