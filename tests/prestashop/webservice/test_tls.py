"""Whose certificate a shop may prove itself by."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from trustme import CA

from blocks import PrestashopWebservice
from tasks.errors import WrongSettingsError
from tasks.prestashop.webservice.client import open_api

pytestmark = pytest.mark.slow
ROOT = b'<?xml version="1.0"?><prestashop><api><products get="true" put="true"/></api></prestashop>'


class _Root(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("PSWS-Version", "8.2.1")
        self.send_header("Content-Length", str(len(ROOT)))
        self.end_headers()
        self.wfile.write(ROOT)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def authority() -> CA:
    return CA()


@pytest.fixture(scope="module", params=["localhost", "elsewhere.example.com"])
def port(request: pytest.FixtureRequest, authority: CA) -> Iterator[tuple[str, int]]:
    """The name in the certificate, and the port of a server that shows it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(request.param).configure_cert(context)
    server = HTTPServer(("127.0.0.1", 0), _Root)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield request.param, server.server_address[1]
    server.shutdown()
    server.server_close()


def block(port: int, certificate: str | None) -> PrestashopWebservice:
    return PrestashopWebservice(
        integration_id=7, base_url=f"https://localhost:{port}/", api_key="A" * 32, ca_certificate=certificate
    )


def test_a_certificate_that_no_known_authority_signed_is_refused(port: tuple[str, int]) -> None:
    with pytest.raises(WrongSettingsError, match="put it into `Trusted certificate`"), open_api(block(port[1], None)):
        pass


def test_the_blocks_own_authority_is_believed_for_the_name_in_the_address(port: tuple[str, int], authority: CA) -> None:
    opened = open_api(block(port[1], authority.cert_pem.bytes().decode()))
    if port[0] == "localhost":
        with opened as api:
            assert (api.version, api.may("products", "PUT")) == ((8, 2, 1), True)
    else:
        with pytest.raises(WrongSettingsError, match=r"expected a certificate of this host.*mismatch"), opened:
            pass
