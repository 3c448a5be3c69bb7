"""How a run calls what it works on: telling, and without what may be a secret."""

from __future__ import annotations

import pytest

from tasks.report import source_name


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("acme", "acme"),
        ("supplier-feed/acme", "acme"),
        ("/srv/feeds/acme.csv", "acme.csv"),
        ("https://supplier.example/feeds/acme.csv?token=s3cret", "acme.csv"),
        ("https://supplier.example/export/8f3a9c77d2e14b0c", "supplier.example"),
        ("https://supplier.example/8f3a9c77d2e14b0c8f3a9c77d2e14b0c.xml", "supplier.example"),
        ("ftp://user:s3cret@supplier.example", "supplier.example"),
    ],
)
def test_the_name_of_a_source(source: str, name: str) -> None:
    assert source_name(source) == name
