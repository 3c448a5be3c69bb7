"""`make demo`: a shop, two suppliers and a Prefect of your own; the whole job three times, then what it did."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from demo.deploy import apply_blocks, deploy, example_switched_on, make_pool
from demo.feed_server import serve
from demo.feeds import write_feeds
from demo.orchestra import ROOT, Orchestra, start_orchestra
from demo.servers import MariaDb, start_mariadb
from demo.shop import grant_sync_user, make_shop
from demo.show import explain_three, print_table
from demo.stage import Stage, run_stage

HOME = ROOT / ".rexbit" / "demo"
PRODUCTS = 12_465
DATABASE = "prestashop"
USER, PASSWORD = "shop_sync", "demo-only"


def say(text: str) -> None:
    """One line of what is going on."""
    print(f"==> {text}", flush=True)


@contextmanager
def world(port: int | None = None) -> Iterator[tuple[Orchestra, MariaDb]]:
    """The demo's servers: MariaDB with the shop, HTTP with the feeds, Prefect with its worker."""
    with ExitStack() as stack:
        say("Starting MariaDB (private, on 127.0.0.1)")
        mariadb = stack.enter_context(start_mariadb(HOME / "mariadb"))
        (HOME / "feeds").mkdir(parents=True, exist_ok=True)
        feeds = stack.enter_context(serve(HOME / "feeds"))
        environment = {
            "REXBIT_HOME": str(HOME),
            "REXBIT_CODE": str(ROOT),
            "SHOP_7_HOST": mariadb.host,
            "SHOP_7_PORT": str(mariadb.port),
            "SHOP_7_DATABASE": DATABASE,
            "SHOP_7_USER": USER,
            "SHOP_7_PASSWORD": PASSWORD,
            "ACME_SOURCE": f"{feeds}/acme.csv",
            "BALTIC_SOURCE": f"{feeds}/baltic.xml",
        }
        say("Starting a Prefect server (private, on 127.0.0.1)")
        orchestra = stack.enter_context(start_orchestra(HOME / "prefect", environment, port))
        yield orchestra, mariadb


def fill_blocks(orchestra: Orchestra) -> None:
    """The blocks of the project's files, with the addresses that the shop and the feeds have this time."""
    apply_blocks(orchestra, example_switched_on(orchestra), ROOT / "demo" / "blocks.yaml")


def prepare(orchestra: Orchestra, mariadb: MariaDb) -> None:
    """A fresh shop and empty state; blocks, pool and deployments as the project's files say."""
    for leftover in (*HOME.glob("rexbit.db*"), HOME / "archive"):
        shutil.rmtree(leftover, ignore_errors=True) if leftover.is_dir() else leftover.unlink(missing_ok=True)
    mariadb.drop_database(DATABASE)
    mariadb.create_database(DATABASE)
    say(f"Filling a PrestaShop 8 shop with {PRODUCTS:,} products")
    with mariadb.connect(DATABASE) as connection:
        make_shop(connection, products=PRODUCTS)
        grant_sync_user(connection, DATABASE, "ps_", USER, PASSWORD)
    say("Creating blocks, work pool, queues and deployments from the project's files")
    fill_blocks(orchestra)
    make_pool(orchestra)
    deploy(orchestra)


def run_all(orchestra: Orchestra) -> list[Stage]:
    """The whole job three times: from nothing, with nothing new, with 1 % of the offers changed."""
    stages = []
    titles = {
        1: "First run: from nothing",
        2: "Second run: nothing changed",
        3: "Third run: 1 % of the offers changed",
    }
    for run, title in titles.items():
        say(title)
        write_feeds(HOME / "feeds", products=PRODUCTS, step=run)
        if run == 1:
            stages.append(run_stage(orchestra, run, "check shop", "check-integration/by-hand", integration="sklep"))
            stages.append(run_stage(orchestra, run, "catalogue", "import-catalog/sklep", shop="sklep"))
        stages.append(run_stage(orchestra, run, "import acme (CSV)", "import-feed/acme", feed="acme"))
        stages.append(run_stage(orchestra, run, "import baltic (XML)", "import-feed/acme", feed="baltic"))
        stages.append(run_stage(orchestra, run, "sync shop", "sync-availability/sklep", shop="sklep"))
    return stages


def main() -> int:
    """Run the demo; 1 where it could not end as it should."""
    began = time.monotonic()
    HOME.mkdir(parents=True, exist_ok=True)
    with world() as (orchestra, mariadb):
        prepare(orchestra, mariadb)
        worker = orchestra.start_worker()
        try:
            stages = run_all(orchestra)
        finally:
            worker.stop()
        summary: dict[str, Any] = {"stages": [stage.as_json() for stage in stages]}
        (HOME / "summary.json").write_text(json.dumps(summary, indent=2, ensure_ascii=False), encoding="utf-8")
        print_table(stages)
        with mariadb.connect(DATABASE) as connection:
            explain_three(connection, HOME)
    print(f"\nDone in {time.monotonic() - began:.0f} s. Everything it made is in {HOME.relative_to(ROOT)}/ .")
    print("Look at the runs, their logs and artifacts in the Prefect UI:  make ui")
    return 0


if __name__ == "__main__":
    sys.exit(main())
