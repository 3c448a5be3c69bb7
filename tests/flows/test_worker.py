"""A deployed run goes through server, work pool and worker; a second, overlapping one is cancelled."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from demo.deploy import apply_blocks, deploy, make_pool
from demo.orchestra import ROOT, Orchestra, start_orchestra
from demo.stage import recorded_summary, start_run, wait_for

FEED = b"Symbol;EAN;Nazwa;Stan;Cena netto;Termin dostawy\r\nA-1;;Klucz;30;1,50;3\r\n"


class HeldFeed(BaseHTTPRequestHandler):
    """Serves the feed once it may: `asked` says that somebody waits, `may_answer` lets him go on."""

    asked = Event()
    may_answer = Event()

    def do_GET(self) -> None:
        self.asked.set()
        self.may_answer.wait(120)
        self.send_response(200)
        self.send_header("Content-Length", str(len(FEED)))
        self.end_headers()
        self.wfile.write(FEED)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def held_feed() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), HeldFeed)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/acme.csv"
    HeldFeed.may_answer.set()
    server.shutdown()
    server.server_close()


NO_SHOP = {
    "SHOP_7_HOST": "127.0.0.1",
    "SHOP_7_PORT": "1",
    "SHOP_7_DATABASE": "shop",
    "SHOP_7_USER": "u",
    "SHOP_7_PASSWORD": "p",
}


@contextmanager
def deployed_world(folder: Path, settings: Mapping[str, str]) -> Iterator[Orchestra]:
    """All of blocks.example.yaml and prefect.yaml on a server of its own, with a worker; `settings` for the blocks."""
    environment = {
        "PATH": os.environ["PATH"],
        "REXBIT_HOME": str(folder / "home"),
        "REXBIT_CODE": str(ROOT),
        "PYTHONPATH": str(ROOT),
        **settings,
    }
    with start_orchestra(folder / "prefect", environment) as running:
        apply_blocks(running, ROOT / "blocks.example.yaml")
        make_pool(running)
        deploy(running)
        worker = running.start_worker()
        try:
            yield running
        finally:
            worker.stop()


@pytest.fixture
def deployed(tmp_path: Path, held_feed: str) -> Iterator[Orchestra]:
    """The same with a feed that answers when it may, and a shop that can't be reached."""
    with deployed_world(tmp_path, {**NO_SHOP, "ACME_SOURCE": held_feed}) as running:
        yield running


def test_a_deployed_run_and_one_that_overlaps(deployed: Orchestra, tmp_path: Path) -> None:
    first = start_run(deployed, "import-feed/acme")
    assert HeldFeed.asked.wait(60), "the first run never asked for its feed"
    second = wait_for(deployed, start_run(deployed, "import-feed/acme"))
    assert (second["state_type"], "concurrency limit" in second["state"]["message"]) == ("CANCELLED", True)
    HeldFeed.may_answer.set()
    assert wait_for(deployed, first)["state_type"] == "COMPLETED"
    assert recorded_summary(tmp_path / "home", first)["offers"] == 1
    again = apply_blocks(deployed, ROOT / "blocks.example.yaml").split()
    assert [word for word in again if "/" not in word] == ["unchanged"] * 3
