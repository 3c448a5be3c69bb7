"""`python -m benchmarks.customers [--products 100000]`: how long customers wait whose shop is synced meanwhile."""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from benchmarks.child import run_child
from benchmarks.customers.orders import Bought, Item, customers
from benchmarks.place import shop_environment
from benchmarks.sizes import say
from demo.feeds import CSV_HEADER
from demo.orchestra import ROOT
from demo.servers import MariaDb, Postgres, start_mariadb, start_postgresql
from demo.shop import make_shop

HOME = ROOT / ".rexbit" / "bench"
DATABASE = "bench_customers"
ALONE_SECONDS = 10
HEAD = (
    "beside",
    "sync",
    "products written",
    "left",
    "orders",
    "longest wait",
    "for its rows",
    "99 %",
    "half",
    "deadlocks",
    "lost",
)


class Case(NamedTuple):
    """A sync that customers meet: how it writes, and under which policy."""

    name: str
    how: tuple[str, ...]


CASES = (
    Case("written together", ("together",)),
    Case("row by row", ("row-by-row",)),
)
CASES_IN_QUANTITIES = (
    Case("quantities, together", ("together", "quantities")),
    Case("quantities, row by row", ("row-by-row", "quantities")),
)


class Place:
    """A shop, our database and a feed whose every turn changes every product."""

    def __init__(self, mariadb: MariaDb, postgres: Postgres, folder: Path, products: int) -> None:
        self.mariadb = mariadb
        self._feed = folder / "acme.csv"
        self._turn = 0
        folder.mkdir(parents=True)
        mariadb.drop_database(DATABASE)
        mariadb.create_database(DATABASE)
        with mariadb.connect(DATABASE) as connection:
            make_shop(connection, products=products)
        postgres.drop_database(DATABASE)
        postgres.create_database(DATABASE)
        self.environment = {
            "REXBIT_DATABASE_URL": postgres.url(DATABASE),
            "REXBIT_HOME": str(folder),
            **shop_environment(mariadb, DATABASE),
            "SHOP_7_USER": mariadb.user,  # who may write quantities too
            "SHOP_7_PASSWORD": mariadb.password,
            "ACME_SOURCE": str(self._feed),
        }
        self.archive = folder / "archive" / "changes" / "7"

    def child(self, *what: str) -> dict[str, Any]:
        """A step in a process of its own."""
        return run_child("benchmarks.customers.syncing", *what, environment=self.environment)

    def import_next(self) -> None:
        """Another file: other days and other stocks for everything."""
        self._turn += 1
        items = self.ask(
            "SELECT reference FROM ps_product WHERE reference <> ''"
            " UNION SELECT reference FROM ps_product_attribute WHERE reference <> ''"
        )
        with self._feed.open("w", encoding="cp1250", newline="") as out:
            writer = csv.writer(out, delimiter=";")
            writer.writerow(CSV_HEADER)
            for number, (reference,) in enumerate(items):
                stock = 40 + 5 * self._turn if (number + self._turn) % 5 else 3 + self._turn
                days = str(2 + (number + self._turn) % 4)
                writer.writerow(
                    (reference, "", f"Produkt {number}", stock, "12,50", days, "15,38", "23%", "", "", "szt.")
                )
        told = self.child("import")["told"]
        if told["status"] != "completed":  # the next file is another one too, but the gate may want to see it twice
            raise RuntimeError(f"expected a file that is believed, got {told}")

    def ask(self, query: str) -> tuple[tuple[Any, ...], ...]:
        """Rows of the shop."""
        with self.mariadb.connect(DATABASE) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return tuple(cursor.fetchall())

    def items(self, *, with_sizes: bool) -> list[Item]:
        """What customers buy: everything, or only what has sizes."""
        join = "JOIN" if with_sizes else "LEFT JOIN"
        rows = self.ask(
            f"SELECT p.id_product, coalesce(a.id_product_attribute, 0) FROM ps_product p {join} ps_product_attribute a"
            " USING (id_product)"
        )
        return [(int(id_product), int(number)) for id_product, number in rows]

    def pieces(self) -> int:
        """All pieces of the shop, those of sizes and their sums."""
        return int(self.ask("SELECT sum(quantity) FROM ps_stock_available WHERE id_shop = 1")[0][0])

    def written_pieces(self, change_set_id: str) -> int:
        """By how many pieces a change set changed the shop's."""
        entry = self.archive / change_set_id
        row = duckdb.execute(
            "SELECT coalesce(sum(after::BIGINT - before::BIGINT), 0)::BIGINT FROM read_parquet($changes) c"
            " JOIN read_parquet($outcomes) o ON c.id_product = o.id_product AND c.field = o.field"
            " AND c.id_product_attribute = o.id_product_attribute WHERE c.field = 'quantity' AND o.outcome = 'written'",
            {"changes": str(entry / "changes.parquet"), "outcomes": str(entry / "outcomes.parquet")},
        ).fetchone()
        return int(row[0]) if row else 0


def alone(place: Place) -> tuple[str, ...]:
    """Customers with no sync beside them."""
    before = place.pieces()
    with customers(place.mariadb, DATABASE, place.items(with_sizes=False)) as shopping:
        time.sleep(ALONE_SECONDS)
    return _line("no sync", ("", "", ""), shopping.bought, before - shopping.bought.pieces - place.pieces())


def beside(place: Place, case: Case) -> tuple[str, ...]:
    """Customers beside a sync that changes every product."""
    say(case.name)
    place.import_next()
    before, in_quantities = place.pieces(), "quantities" in case.how
    with customers(place.mariadb, DATABASE, place.items(with_sizes=in_quantities)) as shopping:
        synced = place.child("sync", *case.how)
    told = synced["told"]
    if told["status"] != "completed":
        raise RuntimeError(f"expected a completed sync, got {told}")
    lost = before - shopping.bought.pieces + place.written_pieces(told["change_set_id"]) - place.pieces()
    sync = (f"{synced['seconds']:.1f} s", f"{told['written']:,}", f"{told['left']:,}")
    line = _line(case.name, sync, shopping.bought, lost)
    say("    " + " | ".join(line))
    return line


def _line(name: str, told: tuple[str, str, str], bought: Bought, lost: int) -> tuple[str, ...]:
    waits = bought.waits
    return (
        name,
        *told,
        f"{len(waits):,}",
        *(f"{1000 * wait:.0f} ms" for wait in (waits[-1], bought.longest_lock)),
        *(f"{1000 * waits[int(len(waits) * share)]:.1f} ms" for share in (0.99, 0.5)),
        str(bought.deadlocks + bought.timeouts),
        str(lost),
    )


def measure(products: int) -> list[tuple[str, ...]]:
    """All cases on one shop, one after the other."""
    folder = HOME / "customers"
    shutil.rmtree(folder, ignore_errors=True)
    with start_mariadb(HOME / "mariadb") as mariadb, start_postgresql(HOME / "postgresql") as postgres:
        say(f"{products:,} products: making a shop, linking it")
        place = Place(mariadb, postgres, folder, products)
        place.child("prepare")
        lines = [alone(place), *(beside(place, case) for case in CASES)]
        place.import_next()
        place.child("sync", "together", "quantities")  # so that there are pieces of ours to be bought
        return lines + [beside(place, case) for case in CASES_IN_QUANTITIES]


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.customers", description="How long customers wait.")
    parser.add_argument("--products", type=int, default=100_000)
    lines = measure(parser.parse_args().products)
    print()
    for line in (HEAD, ("---", *["---:"] * (len(HEAD) - 1)), *lines):
        print(f"| {' | '.join(line)} |")
    print(f"\n{os.cpu_count()} processors, load at the end {os.getloadavg()[0]:.1f}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
