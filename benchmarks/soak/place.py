"""The shops, our database and the project's files of a soak: what a company would have, several times over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.soak.model import FIRST_SUPPLIER, threshold_of
from benchmarks.soak.sizes import Sizes
from demo.grants import grant_sync_user
from demo.orchestra import ROOT
from demo.servers import MariaDb, Postgres
from demo.shop import make_shop

HERE = Path(__file__).parent
STATE = "rexbit"
SHOP_PASSWORD = "soak-only"  # noqa: S105  (of a server that lives as long as the soak)
# plain products that no other has the reference or the EAN of: what they become is the model's to say
PLAIN = """
    SELECT min(p.reference) FROM ps_product p
    WHERE p.is_virtual = 0 AND p.cache_is_pack = 0 AND p.reference <> ''
      AND (p.available_date IS NULL OR p.available_date < '2026-01-01')
      AND NOT EXISTS (SELECT 1 FROM ps_product_attribute a WHERE a.id_product = p.id_product)
      AND NOT EXISTS (SELECT 1 FROM ps_stock_available s WHERE s.id_product = p.id_product AND depends_on_stock)
      AND (p.ean13 = '' OR NOT EXISTS
        (SELECT 1 FROM ps_product o WHERE o.ean13 = p.ean13 AND o.id_product <> p.id_product))
    GROUP BY upper(p.reference) HAVING count(*) = 1 ORDER BY min(p.id_product)
"""
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Place:
    """The servers, and the shops in them by name."""

    mariadb: MariaDb
    postgres: Postgres
    sizes: Sizes

    @property
    def environment(self) -> dict[str, str]:
        """What deployer and runs need beside their homes."""
        return {
            "REXBIT_DATABASE_URL": self.postgres.url(STATE),
            "REXBIT_CODE": str(ROOT),
            "PYTHONPATH": str(ROOT),
            "SOAK_SHOP_PASSWORD": SHOP_PASSWORD,
        }

    def shop(self, name: str, query: str) -> list[Row]:
        """Rows of a shop's database."""
        with self.mariadb.connect(name) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())

    def ours(self, query: str) -> list[Row]:
        """Rows of our own database."""
        with self.postgres.connect(STATE) as connection:
            return list(connection.execute(query.encode()).fetchall())

    def watch_links(self) -> None:
        """Count from now on what is written to suppliers' links."""
        with self.postgres.connect(STATE) as connection:
            connection.execute((HERE / "audit-links.sql").read_bytes())


def make_place(mariadb: MariaDb, postgres: Postgres, sizes: Sizes) -> Place:
    """Make the shops, each with an audit of what is written to it, and an empty database of ours."""
    postgres.create_database(STATE)
    for name in sizes.shop_names:
        mariadb.create_database(name)
        with mariadb.connect(name) as connection:
            make_shop(connection, products=sizes.products)
            grant_sync_user(connection, name, "ps_", f"sync_{name}", SHOP_PASSWORD)
        mariadb.load(name, HERE / "audit-shop.sql")
    return Place(mariadb, postgres, sizes)


def write_project(folder: Path, place: Place, feeds: str) -> None:
    """The project as one would clone it, with a blocks.yaml for all suppliers and shops; `feeds`: their address."""
    folder.mkdir()
    for name in ("flows", "tasks", "blocks"):
        (folder / name).symlink_to(ROOT / name)
    content = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
    content["deployments"] = [one for one in content["deployments"] if one["name"] == "watchdog"]
    for environment in _environments(content):  # each worker has a home of its own, and tells its runs
        environment.pop("REXBIT_HOME", None)
    _write(folder / "prefect.yaml", content)
    _write(folder / "blocks.yaml", _blocks(place, feeds))


def _environments(content: Any) -> list[dict[str, Any]]:
    if isinstance(content, dict):
        found = [content["env"]] if isinstance(content.get("env"), dict) else []
        return found + [one for entry in content.values() for one in _environments(entry)]
    return [one for entry in content for one in _environments(entry)] if isinstance(content, list) else []


def _blocks(place: Place, feeds: str) -> Mapping[str, Any]:
    sizes = place.sizes
    shops = {name: _shop(number, name) for number, name in enumerate(sizes.shop_names)}
    return {
        "connections": {f"{name}-mysql": _connection(place.mariadb, name) for name in shops},
        "feeds": {name: _feed(number, name, feeds) for number, name in enumerate(sizes.supplier_names)},
        "shops": shops,
    }


def _connection(mariadb: MariaDb, database: str) -> dict[str, Any]:
    return {
        "driver": "mysql+pymysql",
        "host": mariadb.host,
        "port": mariadb.port,
        "database": database,
        "username": f"sync_{database}",
        "password": "${SOAK_SHOP_PASSWORD}",
    }


def _feed(number: int, name: str, feeds: str) -> dict[str, Any]:
    return {
        "integration_id": FIRST_SUPPLIER + number,
        "contractor_id": 1 + number,
        "source": f"{feeds}/{name}.csv",
        "schedule": "by hand",
        "format": "csv",
        "delimiter": ";",
        "mapping": {
            "sku": "Symbol",
            "ean": "EAN",
            "name": "Nazwa",
            "stock_quantity": "Stan",
            "purchase_price": "Cena netto",
            "delivery_days": "Termin",
        },
    }


def _shop(number: int, name: str) -> dict[str, Any]:
    texts = [
        {"language": "pl"},
        {
            "language": "en",
            "available": "Available",
            "unavailable": "Not available",
            "delivery": "Ships in {days_text}",
        },
    ]
    return {
        "integration_id": 1 + number,
        "connection": f"{name}-mysql",
        "table_prefix": "ps_",
        "product_listing_enabled": True,
        # a day's changes come in minutes here; the feeds' own gates stay as they are
        "gate": {"stop_off_percent": 100, "stop_on_percent": 100},
        "schedule": {"sync": "by hand", "audit": "by hand", "catalogue": "by hand"},
        "policy": {"min_stock_threshold": threshold_of(number), "texts": texts},
    }


def _write(path: Path, content: Any) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
