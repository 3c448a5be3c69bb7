"""TLS: a server that proves who it is lets us in, and what an operator reads where it does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from demo.servers import MariaDb, start_mariadb
from tasks.errors import WrongSettingsError
from tests.prestashop.bench import Bench
from tests.prestashop.conftest import synthetic
from tests.prestashop.ssh_host import ssh_host

pytestmark = pytest.mark.slow

NAME = "localhost"  # the server's certificate holds this name, and not its address


class Tls:
    """A server with a certificate, a shop on it, and who signed it."""

    def __init__(self, server: MariaDb, folder: Path, authority: str) -> None:
        self.bench = synthetic(server, "8.2.1", folder)
        self.authority = authority


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tls]:
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    certificate = authority.issue_cert(NAME)
    certificate.private_key_pem.write_to_path(str(folder / "key.pem"))
    certificate.cert_chain_pems[0].write_to_path(str(folder / "cert.pem"))
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    settings = [f"--ssl-cert={folder / 'cert.pem'}", f"--ssl-key={folder / 'key.pem'}"]
    with start_mariadb(folder / "server", durable=False, settings=settings) as server:
        yield Tls(server, folder, str(folder / "ca.pem"))


def cipher(bench: Bench, host: str = NAME, **settings: Any) -> str:
    with bench.open(host=host, **settings) as shop, shop.session.connection.cursor() as cursor:
        cursor.execute("SHOW STATUS LIKE 'Ssl_cipher'")
        row = cursor.fetchone()
        return str(row[1]) if row else ""


def test_a_server_that_proves_who_it_is(tls: Tls) -> None:
    assert cipher(tls.bench, query={"ssl_ca": tls.authority})


def test_who_signed_it_may_be_given_as_text(tls: Tls) -> None:
    in_one_line = Path(tls.authority).read_text().replace("\n", " ")
    assert cipher(tls.bench, query={"ssl_ca": in_one_line})


def test_another_authority_is_refused(tls: Tls, tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    with pytest.raises(WrongSettingsError, match=r"certificate verify failed.*`ssl_ca` holds who signed"):
        cipher(tls.bench, query={"ssl_ca": str(tmp_path / "other.pem")})


def test_another_name_is_refused(tls: Tls) -> None:
    with pytest.raises(WrongSettingsError, match=r"not valid for '127\.0\.0\.1'.*the host must be one of the names"):
        cipher(tls.bench, host="127.0.0.1", query={"ssl_ca": tls.authority})


def test_known_authorities_did_not_sign_it(tls: Tls) -> None:
    with pytest.raises(WrongSettingsError, match="certificate verify failed"):
        cipher(tls.bench, query={"ssl_verify_identity": "true"})


def test_the_name_need_not_be_looked_at(tls: Tls) -> None:
    assert cipher(tls.bench, host="127.0.0.1", query={"ssl_ca": tls.authority, "ssl_verify_identity": "false"})


def test_what_is_encrypted_where_nothing_is_said(tls: Tls) -> None:
    assert cipher(tls.bench)
    assert not cipher(tls.bench, query={"ssl_disabled": "true"})


def test_a_user_that_is_let_in_by_tls_only(tls: Tls) -> None:
    tls.bench.sql("CREATE USER IF NOT EXISTS 'tls_only'@'%' IDENTIFIED BY 'x' REQUIRE SSL")
    with pytest.raises(WrongSettingsError, match="refused the user"):
        cipher(tls.bench, username="tls_only", password="x", query={"ssl_disabled": "true"})


def test_through_a_tunnel_the_server_proves_itself_as_well(tls: Tls) -> None:
    with ssh_host() as host:
        assert cipher(tls.bench, ssh=host.tunnel(), query={"ssl_ca": tls.authority})
        with pytest.raises(WrongSettingsError, match="not valid for"):
            cipher(tls.bench, host="127.0.0.1", ssh=host.tunnel(), query={"ssl_ca": tls.authority})
