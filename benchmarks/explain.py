"""`python -m benchmarks.explain [--products 1000000]`: seconds of an answer of explain_product after a year of runs.

The shop has fewer products, as one of it is read by its id; everything of ours is as large as after a year.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect_sqlalchemy import ConnectionComponents, SqlAlchemyConnector

from benchmarks.sizes import say
from blocks import LanguageTexts, PrestashopDatabase
from demo.orchestra import start_orchestra
from demo.servers import MariaDb, Postgres, start_mariadb, start_postgresql
from demo.shop import make_shop
from flows import explain_product
from tasks import archive
from tasks.duck import desk
from tasks.explaining.answering import Place, explain
from tasks.linking import find_products
from tasks.state import open_state

SHOP, FIRST_SUPPLIER = 7, 11
DATABASE = "explained"
YEAR = 17_520
ASKED = (1, 2, 7, 1_000, 9_001)  # a row group's first and some that are not
OFFERS = """SELECT n AS row_number, 'S' || $supplier || '-' || n AS supplier_sku, 'REF-' || n AS sku,
  lpad((5900000000000 + n)::VARCHAR, 13, '0') AS ean, ((n * 7 + $supplier * 13) % 40)::BIGINT AS stock_quantity,
  NULL::BOOLEAN AS is_available, (1 + $supplier)::INTEGER AS delivery_days, NULL::DATE AS available_from,
  12.5::DECIMAL(18, 4) AS purchase_price, 'PLN' AS currency, NULL::VARCHAR AS available_later, 'Product ' || n AS name
FROM range(1, $products + 1) t(n)"""
CHANGES = """SELECT n AS product_id, n AS id_product, 0::BIGINT AS id_product_attribute, NULL::INTEGER AS id_lang,
  'out_of_stock' AS field, '0' AS before, '1' AS after, 'enough_stock' AS reason_code, '{}' AS reason_args,
  'written' AS outcome, NULL::VARCHAR AS found, NULL::VARCHAR AS message FROM range(1, $products + 1) t(n)"""
REJECTS = "SELECT NULL::VARCHAR AS key, NULL::VARCHAR AS reason, NULL::VARCHAR AS scope WHERE false"


def fill(server: Postgres, products: int) -> None:
    """Fill our database, which the migrations have made."""
    values = {"products": products, "shop": SHOP, "first": FIRST_SUPPLIER}
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8").split(";\n")
    with server.connect(DATABASE) as connection:
        for statement in filter(str.strip, statements):
            connection.execute(statement.encode(), values)


def _table(folder: Path, name: str, query: str, **values: int) -> Path:
    with desk() as table:
        table.connection.execute(f"CREATE TABLE made AS {query}", values)
        return table.save("made", folder / f"{name}.parquet", to_keep=True)


def keep_files(products: int, folder: Path) -> None:
    """The newest two versions of each supplier's file, and the change sets of a year (of most only the folder)."""
    rejects = _table(folder, "rejects", REJECTS)
    for supplier in range(3):
        offers = _table(folder, f"offers_{supplier}", OFFERS, products=products, supplier=supplier)
        for version in (0, 1):
            files = {"offers.parquet": offers, "rejects.parquet": rejects}
            archive.keep("feeds", FIRST_SUPPLIER + supplier, f"f{supplier}-{version}", files, {})
    changes = _table(folder, "changes", CHANGES, products=min(products, 100_000))
    for number in range(YEAR):
        (archive.archive_root() / "changes" / str(SHOP) / f"c{number}").mkdir(parents=True)
    for number in {0, *(asked % YEAR for asked in ASKED)}:
        archive.keep("changes", SHOP, f"c{number}", {"changes.parquet": changes, "outcomes.parquet": changes}, {})


def shop_block(mariadb: MariaDb) -> PrestashopDatabase:
    """The shop, with the policy as it comes."""
    parts = ConnectionComponents(
        driver="mysql+pymysql",
        host=mariadb.host,
        port=mariadb.port,
        database=DATABASE,
        username=mariadb.user,
        password=mariadb.password,
    )
    texts = [LanguageTexts(language="pl"), LanguageTexts(language="en")]
    connection = SqlAlchemyConnector(connection_info=parts)
    return PrestashopDatabase(
        integration_id=SHOP, connection=connection, product_listing_enabled=True, policy={"texts": texts}
    )


@contextmanager
def year(products: int) -> Iterator[tuple[PrestashopDatabase, Postgres, Path]]:
    """The place where it is measured."""
    with (
        tempfile.TemporaryDirectory(prefix="rexbit-explain-") as name,
        start_postgresql(Path(name) / "postgresql") as postgres,
        start_mariadb(Path(name) / "mariadb") as mariadb,
    ):
        home = Path(name)
        os.environ.update({"REXBIT_HOME": name, "REXBIT_DATABASE_URL": postgres.create_database(DATABASE)})
        say(f"Making {products:,} products, 3 suppliers, and {YEAR:,} runs of each")
        with open_state():
            fill(postgres, products)
        keep_files(products, home)
        mariadb.create_database(DATABASE)
        with mariadb.connect(DATABASE) as connection:
            make_shop(connection)
        yield shop_block(mariadb), postgres, home


def measure(answer: Callable[[str], Any]) -> list[float]:
    """Seconds of each answer."""
    seconds = []
    for number in ASKED:
        for text in (f"REF-{number}", f"shop:{number}", f"#{number}"):
            began = time.monotonic()
            told = answer(text)
            seconds.append(time.monotonic() - began)
            if told.item is None or told.item.product_id != number:
                raise RuntimeError(f"expected product {number} for {text}, got: {told.cause}")
    return seconds


def alone(block: PrestashopDatabase, home: Path) -> Callable[[str], Any]:
    """The work of the flow function without Prefect."""

    def answer(text: str) -> Any:
        folder = home / uuid.uuid4().hex
        folder.mkdir()
        with open_state() as state:
            (found,) = find_products(state, text, SHOP)
            return explain(Place(state, block, folder, datetime.now(UTC)), found, "pl")

    return answer


def read_through(postgres: Postgres) -> dict[str, int]:
    """Rows that PostgreSQL read by going through whole tables, by table."""
    with postgres.connect(DATABASE) as connection:
        rows = connection.execute("SELECT relname, seq_tup_read FROM pg_stat_user_tables").fetchall()
    return {str(name): int(read) for name, read in rows}


def show(name: str, seconds: list[float]) -> None:
    """One row of the table."""
    print(f"| {name} | {seconds[0]:.2f} s | {statistics.median(seconds):.2f} s | {max(seconds):.2f} s |", flush=True)


def main() -> int:
    """Make a year, ask, print a table, and which tables were gone through whole."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.explain", description="Seconds of an explanation.")
    parser.add_argument("--products", type=int, default=1_000_000)
    with year(parser.parse_args().products) as (block, postgres, home):
        before = read_through(postgres)
        print("| | first answer | median | longest |\n| --- | ---: | ---: | ---: |", flush=True)
        show("without Prefect", measure(alone(block, home)))
        time.sleep(2)  # until the server has counted
        gone_through = {name: read - before[name] for name, read in read_through(postgres).items()}
        with (
            start_orchestra(home / "prefect") as orchestra,
            temporary_settings({PREFECT_API_URL: f"{orchestra.url}/api"}),
        ):
            show("as a flow run", measure(lambda text: explain_product(text, block)))
        print(f"\nRows read by going through whole tables: { {n: r for n, r in gone_through.items() if r} }")
    return 0


if __name__ == "__main__":
    sys.exit(main())
