"""The program: /metrics for Prometheus, /health for whoever watches the program itself; it runs until it is stopped."""

from __future__ import annotations

import argparse
import logging
import signal
from collections.abc import Callable, Iterable, Sequence
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app

from tasks.metrics.exporting import Exporter

PORT = 9464
LOG = logging.getLogger("rexbit.metrics")
Start = Callable[..., Any]
Application = Callable[[dict[str, Any], Start], Iterable[bytes]]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Handler(WSGIRequestHandler):
    timeout = 30  # who says nothing for so long is hung up on

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the library's name)
        """A line a scrape would fill the log."""


def application(exporter: Exporter) -> Application:
    """The WSGI application. `/health` asks no database: a program that waits for one is well."""
    registry = CollectorRegistry()
    registry.register(exporter)
    metrics: Application = make_wsgi_app(registry)

    def answer(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            return metrics(environ, start)
        plain = [("Content-Type", "text/plain; charset=utf-8")]
        start("200 OK" if path == "/health" else "404 Not Found", plain)
        return [b"OK\n" if path == "/health" else b"expected /metrics or /health\n"]

    return answer


def arguments_of(words: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser("python -m tasks.metrics", description="Metrics of Rexbit Flows for Prometheus.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default: this machine only)")
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--seconds", type=float, default=8, help="how long a scrape waits for the database (8)")
    return parser.parse_args(words)


def main(words: Sequence[str]) -> int:
    """Serve until SIGTERM or SIGINT."""
    given = arguments_of(words)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        server = make_server(given.host, given.port, application(Exporter(given.seconds)), _Server, _Handler)
    except OSError as error:
        LOG.critical("expected to listen at %s:%s, can't: %s", given.host, given.port, error.strerror)
        return 1

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    LOG.info("http://%s:%s/metrics", given.host, server.server_port)
    with server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0
