"""compose.yaml's demo profile: fill an empty database with a shop, write two suppliers' feeds and serve them."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pymysql

from demo.feed_server import serve
from demo.feeds import write_feeds
from demo.shop import grant_sync_user, make_shop

USER, PASSWORD = "shop_sync", "demo-only"


def fill_shop(address: str, products: int) -> bool:
    """Fill the database, unless it holds a shop already; returns whether it was filled."""
    parts = urlsplit(address)
    database = parts.path.removeprefix("/")
    with (
        pymysql.connect(
            host=parts.hostname,
            port=parts.port or 3306,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            database=database,
            charset="utf8mb4",
        ) as connection,
        connection.cursor() as cursor,
    ):
        if cursor.execute("SHOW TABLES LIKE 'ps_product'"):
            return False
        make_shop(connection, products=products)
        grant_sync_user(connection, database, "ps_", USER, PASSWORD)
    return True


def main(arguments: list[str]) -> int:
    """Serve until the end of this process."""
    parser = argparse.ArgumentParser(prog="python -m demo.suppliers", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--host", default="0.0.0.0")  # noqa: S104 - the other containers ask
    parser.add_argument("--shop", help="mysql://USER:PASSWORD@HOST:PORT/DATABASE of an empty database")
    parser.add_argument("--products", type=int, default=12_465)
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if given.shop:
        print("shop filled" if fill_shop(given.shop, given.products) else "the shop was there", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        write_feeds(Path(folder), products=given.products)
        with serve(Path(folder), given.port, given.host) as address:
            print(f"serving {address}/acme.csv and {address}/baltic.xml", flush=True)
            signal.pause()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
