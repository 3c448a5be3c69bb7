"""The catalogues of four installed PrestaShop shops, which lie beside the project where there are any."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.servers import MariaDb

DUMPS = Path(__file__).parents[3] / "shared" / "prestashop"
VERSIONS = ("1.6.1.24", "1.7.8.11", "8.2.1", "9.1.4")


def load_dump(mariadb: MariaDb, database: str, version: str) -> None:
    """Load the tables of an installed shop; skips where they are not there."""
    dump = DUMPS / f"catalogue-{version}.sql"
    if not dump.exists():
        pytest.skip(f"no catalogue of an installed PrestaShop {version} beside the project (../shared/prestashop)")
    mariadb.load(database, dump)
