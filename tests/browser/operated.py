"""What an operator has before him: a shop, suppliers who answer over HTTP, and all of it deployed as CI does it."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from demo.feed_server import serve
from demo.feeds import FeedFacts, write_feeds
from demo.orchestra import ROOT, Orchestra, start_orchestra
from demo.process import free_port
from demo.servers import MariaDb
from demo.shop import make_shop
from demo.stage import run_stage

PRODUCTS = 400
SHOP = "operated_shop"
FEEDS = {"acme": 6, "halved": 16, "away": 26, "back": 36}  # a feed a story, so that none depends on another


class Operated:
    """A deployed project and what lies behind it, to look at what a click did there."""

    def __init__(self, orchestra: Orchestra, project: Path, feeds: Path, facts: FeedFacts, port: int) -> None:
        self.orchestra = orchestra
        self.project = project
        self.feeds = feeds
        self.facts = facts
        self._port = port
        self._supplier = ExitStack()

    @property
    def home(self) -> Path:
        """Where the runs keep the state database and the archive."""
        return Path(self.orchestra.environment["REXBIT_HOME"])

    def open_supplier(self) -> None:
        """Let the suppliers' server answer."""
        self._supplier.enter_context(serve(self.feeds, self._port))

    def close_supplier(self) -> None:
        """Nobody answers at the suppliers' address."""
        self._supplier.close()

    def deploy(self) -> str:
        """What CI does; the command's lines, and its code."""
        done = subprocess.run(
            [sys.executable, "-m", "tasks.deploying"],
            cwd=self.project,
            env=self.orchestra.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return f"{done.stdout}{done.stderr}ended with {done.returncode}"

    def state(self, text: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the embedded state database."""
        with sqlite3.connect(f"file:{self.home / 'rexbit.db'}?mode=ro", uri=True) as connection:
            return connection.execute(text, values).fetchall()

    def links(self, feed: str) -> int:
        """How many links a supplier has."""
        counted = self.state("SELECT count(*) FROM integration_product_links WHERE integration_id = ?", FEEDS[feed])
        return int(counted[0][0])


def _write_project(folder: Path, feeds_at: str) -> dict[str, str]:
    """The project's files as an operator's would be; returns the variables that they name.

    Schedules are real ones, half a day away, so that only the test starts runs.
    """
    folder.mkdir()
    for name in ("flows", "tasks", "blocks"):
        (folder / name).symlink_to(ROOT / name)
    hour = (datetime.now(UTC) + timedelta(hours=12)).hour
    text = (ROOT / "prefect.yaml").read_text(encoding="utf-8")
    far = re.sub(r'cron: "[^"]+", timezone: [\w/]+', f'cron: "0 {hour} * * *", timezone: UTC', text)
    (folder / "prefect.yaml").write_text(far, encoding="utf-8")
    blocks = yaml.safe_load((ROOT / "blocks.example.yaml").read_text(encoding="utf-8"))
    acme = blocks["feeds"]["acme"]
    blocks["feeds"] = {
        name: {**acme, "integration_id": number, "source": f"{feeds_at}/{name}.csv"} for name, number in FEEDS.items()
    }
    blocks["feeds"]["halved"]["absence"] = "sold_out"
    (folder / "blocks.yaml").write_text(yaml.safe_dump(blocks, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return {"REXBIT_CODE": str(ROOT), "REXBIT_HOME": str(folder.parent / "home"), "PYTHONPATH": str(ROOT)}


def _write_feeds(folder: Path) -> FeedFacts:
    made = write_feeds(folder, products=PRODUCTS)
    for name in FEEDS:
        if made.csv.stem != name:
            shutil.copy(made.csv, folder / f"{name}.csv")
    return made.acme


def _shop_settings(mariadb: MariaDb) -> dict[str, str]:
    return {
        "SHOP_7_HOST": mariadb.host,
        "SHOP_7_PORT": str(mariadb.port),
        "SHOP_7_DATABASE": SHOP,
        "SHOP_7_USER": mariadb.user,
        "SHOP_7_PASSWORD": mariadb.password,
    }


@contextmanager
def operated_world(folder: Path, mariadb: MariaDb) -> Iterator[Operated]:
    """A server with everything deployed, a worker, and the shop's catalogue imported."""
    mariadb.drop_database(SHOP)
    mariadb.create_database(SHOP)
    with mariadb.connect(SHOP) as connection:
        make_shop(connection, products=PRODUCTS)
    facts = _write_feeds(folder / "feeds")
    port = free_port()
    variables = _write_project(folder / "project", f"http://127.0.0.1:{port}")
    environment = {**variables, **_shop_settings(mariadb)}
    with start_orchestra(folder / "prefect", environment) as orchestra:
        world = Operated(orchestra, folder / "project", folder / "feeds", facts, port)
        said = world.deploy()
        if not said.endswith("ended with 0"):
            raise RuntimeError(said)
        worker = orchestra.start_worker()
        world.open_supplier()
        try:
            run_stage(orchestra, 1, "catalogue", "import-catalog/sklep")
            yield world
        finally:
            world.close_supplier()
            worker.stop()
            mariadb.drop_database(SHOP)
