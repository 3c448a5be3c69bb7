"""Where a shop's database is and as whom we come, read from its block."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import Any

from prefect_sqlalchemy import ConnectionComponents

from blocks import PrestashopDatabase, SshTunnel
from blocks.keys import lines_again
from tasks.errors import WrongSettingsError

SECONDS = {"connect_timeout": 10, "read_timeout": 120, "write_timeout": 60}
LONGEST_SECONDS = 3600

TLS_TEXTS = {"ssl_ca", "ssl_cert", "ssl_key"}
TLS_SWITCHES = {"ssl_disabled", "ssl_verify_cert", "ssl_verify_identity"}
IGNORED_OPTIONS = {"charset"}  # always utf8mb4
KNOWN_OPTIONS = ", ".join(sorted(TLS_TEXTS | TLS_SWITCHES | {"unix_socket"} | set(SECONDS)))


@dataclass(frozen=True)
class Address:
    """Where the shop's database is and as whom we come; `tls` and `seconds` are what its query says.

    `ssh`: the server from which `host`, `port` and a socket are seen; None: from here.
    """

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    unix_socket: str | None = None
    seconds: dict[str, int] = field(default_factory=lambda: dict(SECONDS))
    tls: dict[str, Any] = field(default_factory=dict)
    ssh: SshTunnel | None = None

    def __str__(self) -> str:
        where = self.unix_socket or f"{self.host}:{self.port}"
        way = (
            f" through the SSH server {self.ssh.host}:{self.ssh.port} (user `{self.ssh.username}`)" if self.ssh else ""
        )
        return f"database `{self.database}` on {where} as user `{self.user}`{way}"


def address_of(block: PrestashopDatabase) -> Address:
    """Return the address in the block's connection; WrongSettingsError if a part is missing or an option unknown."""
    info = block.connection.connection_info
    if not isinstance(info, ConnectionComponents):  # the block refuses this as well
        raise WrongSettingsError("connection: expected the parts of an address, got an address as one text")
    if not info.database or not info.username:
        raise WrongSettingsError(
            f"connection: expected a database and a user name, got database `{info.database}`, user"
            f" `{info.username}`. Fill in both in the connection block"
        )
    tls: dict[str, Any] = {}
    seconds = dict(SECONDS)
    unix_socket = None
    for name, value in (info.query or {}).items():
        if name == "unix_socket":
            unix_socket = str(value)
        elif name in TLS_TEXTS:
            tls[name] = value
        elif name in TLS_SWITCHES:
            tls[name] = str(value).strip().lower() in {"1", "true", "yes", "on"}
        elif name in SECONDS:
            seconds[name] = _seconds(name, str(value))
        elif name not in IGNORED_OPTIONS:
            raise WrongSettingsError(
                f"connection: expected only these in `query`: {KNOWN_OPTIONS}; got `{name}`. Remove it from the block"
            )
    return Address(
        host=info.host or "localhost",
        port=int(info.port or 3306),
        database=info.database,
        user=info.username,
        password=info.password.get_secret_value() if info.password else "",
        unix_socket=unix_socket,
        seconds=seconds,
        tls=tls,
        ssh=block.ssh,
    )


def _seconds(name: str, value: str) -> int:
    if not value.strip().isdecimal() or not 1 <= int(value) <= LONGEST_SECONDS:
        raise WrongSettingsError(
            f"connection: expected whole seconds (1 to {LONGEST_SECONDS}) in `query`, `{name}`, got `{value}`"
        )
    return int(value)


def tls_of(address: Address) -> ssl.SSLContext | None:
    """Return how TLS has to be done; None: nothing is said about it, or it is disabled.

    With `ssl_ca`, or one of the `ssl_verify_...` switched on, the server has to prove that it is the host: what
    PyMySQL makes of the same settings checks no certificate (`ssl_ca` alone), or not whose it is. Raises OSError for
    files that can't be read or hold something else.
    """
    asked = address.tls
    if not asked or asked.get("ssl_disabled"):
        return None
    authority = asked.get("ssl_ca")
    verified = asked.get("ssl_verify_cert", authority is not None) or asked.get("ssl_verify_identity", False)
    text = lines_again(authority) if authority and "-----BEGIN" in authority else None
    if not verified:
        context = unverified()
    else:
        context = ssl.create_default_context(cafile=None if text else authority, cadata=text)
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # certificates that servers make for themselves don't pass it
        context.check_hostname = asked.get("ssl_verify_identity", True)
    if "ssl_cert" in asked:
        context.load_cert_chain(asked["ssl_cert"], asked.get("ssl_key"))
    return context


def unverified() -> ssl.SSLContext:
    """Return TLS with whoever answers; it reads no system certificates, which takes 20 ms each time."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
