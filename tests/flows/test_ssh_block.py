"""A shop's SSH tunnel in Prefect's server: kept whole, shown without its secrets."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from blocks import PrestashopDatabase
from blocks.apply import read_blocks, save
from demo.orchestra import Orchestra
from tests.blocks.test_ssh import FILE, KEY


@pytest.mark.slow
def test_prefects_server_shows_no_secret_of_a_saved_shop(home: Path, orchestra: Orchestra) -> None:
    blocks = read_blocks(FILE % ("a" * 43), {"KEY": KEY, "WORD": "word-1"})
    for name, block in blocks.items():
        save(name, block)
    found = httpx.post(f"{orchestra.url}/api/block_documents/filter", json={"include_secrets": False}).text
    assert "ssh.example.com" in found
    assert not [secret for secret in ("word-1", KEY.splitlines()[2]) if secret in found]
    shop = PrestashopDatabase.load("sklep")
    assert isinstance(shop, PrestashopDatabase)
    assert shop.ssh
    assert shop.ssh.private_key
    assert shop.ssh.private_key.get_secret_value() == KEY
