"""The suppliers' web server: every answer is the next version of a feed; some are held until they may go on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from threading import Event, Lock

from benchmarks.soak.model import Model, Offer
from demo.feed_server import answering

HEAD = ("Symbol", "EAN", "Nazwa", "Stan", "Cena netto", "Termin")
LONGEST_HOLD = 50  # seconds: an import gives a silent supplier up after 60


class Hold:
    """An answer that waits: `asked` says that its run is in the middle of it, `go_on` lets it have the rest."""

    def __init__(self) -> None:
        self.asked = Event()
        self.go_on = Event()


class Suppliers:
    """All feeds. `begun` counts each feed's versions; `served` is the last one that went out whole."""

    def __init__(self, model: Model, names: list[str], holds: Mapping[tuple[str, int], Hold]) -> None:
        self._model = model
        self._places = {name: place for place, name in enumerate(names)}
        self._holds = holds
        self._lock = Lock()
        self.begun: dict[str, int] = dict.fromkeys(names, 0)
        self.served: dict[str, int] = dict.fromkeys(names, 0)

    def next_version(self, name: str) -> tuple[int, bytes, Hold | None]:
        """A feed's next version, its content, and whether its answer is to wait; KeyError for no feed."""
        with self._lock:
            self.begun[name] += 1
            version = self.begun[name]
        return version, _content(self._model.offers(self._places[name], version)), self._holds.get((name, version))


def _content(offers: Mapping[str, Offer]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(HEAD)
    for reference, offer in offers.items():
        price = offer.price.replace(".", ",")
        writer.writerow((reference, "", f"Produkt {reference}", offer.stock, price, offer.days))
    return text.getvalue().encode("utf-8")


@contextmanager
def serving(suppliers: Suppliers) -> Iterator[str]:
    """Serve `/NAME.csv` of all suppliers while the block runs; yields the address, without a slash at its end."""

    class Feed(BaseHTTPRequestHandler):
        """One supplier's answer."""

        def do_GET(self) -> None:
            name = self.path.removeprefix("/").removesuffix(".csv")
            if name not in suppliers.begun:
                self.send_error(404)
                return
            version, content, hold = suppliers.next_version(name)
            self.send_response(200)
            self.send_header("Content-Type", "text/csv; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with suppress(OSError):  # who asked was killed
                half = len(content) // 2
                self.wfile.write(content[:half])
                if hold:
                    hold.asked.set()
                    hold.go_on.wait(LONGEST_HOLD)
                self.wfile.write(content[half:])
                suppliers.served[name] = version

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with answering(Feed) as address:
        yield address
