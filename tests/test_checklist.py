"""docs/checklist.md followed line by line in an empty folder: it ends with a production that runs by itself.

Then docs/troubleshooting.md on that production: every line whose answer doesn't depend on a fault.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import pytest

from demo.feed_server import serve
from demo.feeds import write_feeds
from demo.orchestra import ROOT
from demo.process import ServerProcess, free_port, last_lines
from demo.servers import MariaDb, Postgres, start_postgresql
from demo.shop import grant_sync_user, make_shop
from tests.pages import File, Line, read_page
from tests.terminal import Terminal, plain_environment, start_lasting

PAGE = ROOT / "docs" / "checklist.md"
AFTERWARDS = ROOT / "docs" / "troubleshooting.md"  # its answers are those of a production that is well
INSTALLED = os.environ.get("REXBIT_CHECKLIST_VENV")  # for whoever works on the page: saves the minutes of installing
INSTALLING = re.compile(r"-m (venv|pip) ")
PRODUCTS = 200
DATABASE = "checklist_shop"
AGAIN_SECONDS = 600  # a schedule's run comes within five minutes, on a machine with much else to do
PAUSE_SECONDS = 5
TAKEN = "finished in state 'Cancelled'"  # by its schedule just now, as the page says: the line again
PASSWORD = "a5d0c3"

pytestmark = pytest.mark.slow


class Messages(BaseHTTPRequestHandler):
    """Who is told of faults: takes what a notification block sends."""

    heard: Queue[str] = Queue()

    def do_POST(self) -> None:
        self.heard.put(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@dataclass
class Machine:
    """A fresh machine: the project's files in a folder, and whoever stands at the terminal."""

    folder: Path
    values: dict[str, str]
    environment: dict[str, str]
    stack: ExitStack
    lasting: dict[str, ServerProcess] = field(default_factory=dict)
    files: list[str] = field(default_factory=lambda: ["production.env", "deploy.env"])

    def write(self, shown: File) -> None:
        """Write a file that the page shows, with this machine's values in place of the page's."""
        own = {name: self.values.pop(name) for name in list(self.values) if name in shown.values}
        lines = [f"{name}={own.get(name, value)}" for name, value in shown.values.items()]
        assert not [line for line in lines if "…" in line]
        (self.folder / self.files.pop(0)).write_text("\n".join([*lines, ""]), encoding="utf-8")

    def start(self, command: str) -> None:
        """Start what goes on, in a terminal of its own."""
        name = f"terminal-{len(self.lasting) + 1}"
        before = ". .venv/bin/activate; set -a; . ./production.env; set +a"
        started = start_lasting(self.folder, name, before, command, self.environment)
        self.lasting[name] = started
        self.stack.callback(started.stop)


@pytest.fixture
def databases(tmp_path: Path) -> Iterator[Postgres]:
    """A PostgreSQL with nothing in it, and a user that may create databases."""
    with start_postgresql(tmp_path / "postgresql", durable=False) as server:
        yield server


@pytest.fixture
def shop(mariadb: MariaDb) -> Iterator[MariaDb]:
    """The reader's shop."""
    mariadb.drop_database(DATABASE)
    mariadb.create_database(DATABASE)
    with mariadb.connect(DATABASE) as connection:
        make_shop(connection, products=PRODUCTS)
        grant_sync_user(connection, DATABASE, "ps_", "checklist", "demo-only")
    yield mariadb
    mariadb.drop_database(DATABASE)


@pytest.fixture
def machine(tmp_path: Path, databases: Postgres, shop: MariaDb) -> Iterator[Machine]:
    """The project as it is here, without anything that git doesn't know; what the page asks the reader for."""
    folder = tmp_path / "rexbit"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(".venv"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    if INSTALLED:
        (folder / ".venv").symlink_to(Path(INSTALLED).resolve())
    write_feeds(tmp_path / "feeds", products=PRODUCTS)
    messages = ThreadingHTTPServer(("127.0.0.1", 0), Messages)
    Thread(target=messages.serve_forever, daemon=True).start()
    with ExitStack() as stack:
        feeds = stack.enter_context(serve(tmp_path / "feeds"))
        stack.callback(messages.server_close)
        stack.callback(messages.shutdown)
        alerts = {"ALERTS": f"json://127.0.0.1:{messages.server_port}/"}
        values = values_of(tmp_path, databases, shop, feeds)
        yield Machine(folder, values, {**plain_environment(tmp_path), **alerts}, stack)


def values_of(place: Path, databases: Postgres, shop: MariaDb, feeds: str) -> dict[str, str]:
    """What the reader writes into the files of step 2, because it is theirs and not the example's."""
    port, home = str(free_port()), place / "var"
    address = f"{databases.user}@{databases.host}:{databases.port}"
    return {
        "PGHOST": databases.host,
        "PGPORT": str(databases.port),
        "PGUSER": databases.user,
        "PGPASSWORD": databases.password,
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"postgresql+asyncpg://{address}/prefect",
        "REXBIT_DATABASE_URL": f"postgresql+psycopg://{address}/rexbit",
        "REXBIT_CODE": str(place / "rexbit"),
        "REXBIT_HOME": str(home),
        "PREFECT_HOME": str(home / "prefect"),
        "PREFECT_SERVER_API_PORT": port,
        "PREFECT_SERVER_API_AUTH_STRING": f"admin:{PASSWORD}",
        "PREFECT_SERVER_UI_API_URL": f"http://localhost:{port}/api",
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(home / "prefect" / "ui"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_API_AUTH_STRING": f"admin:{PASSWORD}",
        "SHOP_7_HOST": shop.host,
        "SHOP_7_PORT": str(shop.port),
        "SHOP_7_DATABASE": DATABASE,
        "SHOP_7_USER": "checklist",
        "SHOP_7_PASSWORD": "demo-only",
        "ACME_SOURCE": f"{feeds}/acme.csv",
    }


def follow(machine: Machine, terminal: Terminal, line: Line) -> None:
    """Do one line of the page; AssertionError with the whole answer if it is not the page's."""
    if line.kind == "lasting":
        machine.start(line.command)
        return
    deadline = time.monotonic() + AGAIN_SECONDS
    began = time.monotonic()
    while True:
        output = terminal.type(line.command)
        missing = line.missing(output)
        may_again = line.kind == "again" or TAKEN in output
        if not missing or not may_again or time.monotonic() > deadline:
            break
        time.sleep(PAUSE_SECONDS)
    print(f"{time.monotonic() - began:6.1f} s  $ {line.command}", flush=True)
    ended = [last_lines(one.log) for one in machine.lasting.values() if one.process.poll() is not None]
    assert (missing, ended) == ([], []), f"$ {line.command}\n{output}"


def test_line_by_line(machine: Machine, shop: MariaDb) -> None:
    terminal = Terminal(machine.folder, machine.environment)
    machine.stack.callback(terminal.close)
    for one in [*read_page(PAGE), *read_page(AFTERWARDS)]:
        if isinstance(one, File):
            machine.write(one)
        elif one.kind != "yours" and not (INSTALLED and INSTALLING.search(one.command)):
            follow(machine, terminal, one)
    assert machine.values == {}  # the page asks for all that it needs
    assert "Trial: run failed" in heard()
    wanted, held = by_threshold(machine.folder.parent / "feeds" / "acme.csv", least=20), plain_flags(shop)
    both = wanted.keys() & held.keys()
    assert {name: held[name] for name in both} == {name: wanted[name] for name in both}
    assert Counter(held[name] for name in both).most_common()[-1][1] > 20  # many of either kind


def heard() -> str:
    """The first message about the trial; '' if none came."""
    try:
        while "Trial" not in (message := Messages.heard.get(timeout=60)):
            pass
    except Empty:
        return ""
    return message


PLAIN = """
    SELECT p.reference, s.out_of_stock FROM ps_product p JOIN ps_stock_available s USING (id_product)
    WHERE s.id_shop = 1 AND p.is_virtual = 0 AND p.cache_is_pack = 0 AND NOT s.depends_on_stock
      AND (p.available_date IS NULL OR p.available_date < '2026-01-01')
      AND (SELECT count(*) FROM ps_stock_available o WHERE o.id_product = p.id_product AND o.id_shop = 1) = 1
      AND (SELECT count(*) FROM ps_product o WHERE upper(o.reference) = upper(p.reference)) = 1
"""


def plain_flags(shop: MariaDb) -> dict[str, int]:
    """`out_of_stock` of products without combinations and oddities, by reference."""
    with shop.connect(DATABASE) as connection, connection.cursor() as cursor:
        cursor.execute(PLAIN)
        return {str(reference): int(flag) for reference, flag in cursor.fetchall()}


def by_threshold(feed: Path, least: int) -> dict[str, int]:
    """What the page's policy makes of the file's items that stand in it once, with a plain number of pieces."""
    with feed.open(encoding="cp1250", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter=";"))
    often = Counter(row["Symbol"].upper() for row in rows)
    return {
        row["Symbol"]: int(int(row["Stan"]) >= least)
        for row in rows
        if often[row["Symbol"].upper()] == 1 and row["Stan"].isdigit()
    }
