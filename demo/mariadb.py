"""A private MariaDB server for demo, tests and benchmarks."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Self

import pymysql
from pymysql.connections import Connection
from pymysql.constants import CLIENT

from demo.accounts import ADMIN, kept_password, safe_name
from demo.process import ServerProcess, find_binary, free_port, run_once, take_lock, tied_to_parent

PACKAGES = "mariadb-server-core mariadb-client-core"
LONGEST_SOCKET = 100  # the kernel's limit is 107 bytes
RELAXED = (
    "--innodb-flush-log-at-trx-commit=0",
    "--debug-no-sync",
    "--innodb-doublewrite=0",
    "--innodb-file-per-table=0",  # files that come and go cost more than their rows, where each test makes a shop
)


class MariaDb:
    """A running MariaDB server on 127.0.0.1 and a socket."""

    def __init__(self, process: ServerProcess, port: int, password: str, socket: Path) -> None:
        self.host = "127.0.0.1"
        self.port = port
        self.user = ADMIN
        self.password = password
        self.socket = socket
        self._process = process

    def connect(self, database: str | None = None, *, autocommit: bool = False, client_flag: int = 0) -> Connection:
        """Open a pymysql connection as administrator (utf8mb4, the server's own sql_mode)."""
        return pymysql.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            database=database,
            charset="utf8mb4",
            autocommit=autocommit,
            client_flag=client_flag,
            connect_timeout=10,
            ssl_disabled=True,  # it has none; pymysql would read all of the system's certificates for each connection
        )

    def create_database(self, name: str, charset: str | None = None) -> None:
        """Make an empty database unless it exists; `charset` None is the server's default."""
        words = f" CHARACTER SET {safe_name(charset)}" if charset else ""
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE IF NOT EXISTS `{safe_name(name)}`{words}")

    def drop_database(self, name: str) -> None:
        """Drop a database; nothing happens if there is none."""
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS `{safe_name(name)}`")

    def load(self, database: str, sql_file: Path) -> None:
        """Run a dump's statements (no DELIMITER lines) in a database, with sql_mode ''."""
        with self.connect(database, client_flag=CLIENT.MULTI_STATEMENTS) as connection:
            with connection.cursor() as cursor:
                cursor.execute("SET sql_mode = ''")
                cursor.execute(sql_file.read_text(encoding="utf-8"))
                while cursor.nextset():
                    pass  # an error of any statement is raised here
            connection.commit()

    def stop(self) -> None:
        """End the server; its folder can be started again."""
        self._process.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start_mariadb(
    folder: Path,
    port: int | None = None,
    charset: str = "utf8mb4",
    *,
    durable: bool = True,
    settings: Iterable[str] = (),
) -> MariaDb:
    """Start a MariaDB server on `folder`, made on the first call, within seconds.

    `port`: None takes a free one. `charset`: the server's default, for example `latin1`.
    `durable=False` never waits for the disk: for tests only.
    `settings`: more of the server's options, `--name=value` each. Errors: RuntimeError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder = folder.resolve()
    lock = take_lock(folder)
    try:
        password = kept_password(folder)
        data = folder / "data"
        if not (folder / "made").exists():
            _initialise(folder, data)
        accounts = _accounts_file(folder, password)
        socket = _socket_path(folder)
        program = find_binary("mariadbd", (), PACKAGES)
    except BaseException:
        os.close(lock)
        raise
    port = port or free_port()
    command = [str(program), "--no-defaults", *_as_root(), f"--datadir={data}", f"--port={port}"]
    command += [f"--socket={socket}", f"--pid-file={folder / 'pid'}", "--bind-address=127.0.0.1"]
    command += [f"--character-set-server={charset}", "--skip-name-resolve", f"--init-file={accounts}"]
    temporary = folder / "tmp"  # of its own: a server that starts removes whatever temporary tables lie in the folder
    temporary.mkdir(exist_ok=True)
    command += [f"--tmpdir={temporary}", "--innodb-log-file-size=96M", *(() if durable else RELAXED), *settings]
    command = tied_to_parent(command, signal.SIGTERM)
    process = ServerProcess.start(command, folder / "mariadb.log", signal.SIGTERM, lock)
    server = MariaDb(process, port, password, socket)
    process.wait_until(lambda: _answers(server))
    return server


def _answers(server: MariaDb) -> bool:
    try:
        server.connect().close()
    except pymysql.err.OperationalError:
        return False
    return True


def _as_root() -> list[str]:
    return ["--user=root"] if os.geteuid() == 0 else []


def _initialise(folder: Path, data: Path) -> None:
    """Make the data folder; a half-made one (of a killed first start) is thrown away before."""
    shutil.rmtree(data, ignore_errors=True)
    program = find_binary("mariadb-install-db", (), PACKAGES)
    find_binary("my_print_defaults", (), PACKAGES)  # which mariadb-install-db calls
    command = [str(program), "--no-defaults", *_as_root(), f"--datadir={data}", "--skip-test-db"]
    command += ["--auth-root-authentication-method=normal", "--skip-name-resolve", "--debug-no-sync"]
    run_once(command, folder / "install.log", "mariadb-install-db")
    (folder / "made").touch()


def _accounts_file(folder: Path, password: str) -> Path:
    """Statements the server runs before it listens: our administrator exists, root has no empty password."""
    lines = []
    for host in ("127.0.0.1", "localhost"):
        user = f"'{ADMIN}'@'{host}'"
        lines.append(f"CREATE USER IF NOT EXISTS {user};")
        lines.append(f"ALTER USER {user} IDENTIFIED BY '{password}';")
        lines.append(f"GRANT ALL PRIVILEGES ON *.* TO {user} WITH GRANT OPTION;")
    lines.append(f"ALTER USER 'root'@'localhost' IDENTIFIED BY '{password}';")
    lines.append("DELETE FROM mysql.global_priv WHERE User = 'root' AND Host <> 'localhost';")
    lines.append("FLUSH PRIVILEGES;")
    path = folder / "accounts.sql"
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    return path


def _socket_path(folder: Path) -> Path:
    """`folder/socket`, or a short path under the temp folder where that is too long for the kernel."""
    path = folder / "socket"
    if len(os.fsencode(path)) <= LONGEST_SOCKET:
        return path
    return Path(tempfile.mkdtemp(prefix="rexbit-")) / "socket"
