"""A private PostgreSQL server for demo, tests and benchmarks; works for root too, as an unprivileged user."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Self

import psycopg

from demo.accounts import ADMIN, kept_password, safe_name
from demo.process import ServerProcess, find_binary, free_port, run_once, take_lock, tied_to_parent

RELAXED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Postgres:
    """A running PostgreSQL server on 127.0.0.1."""

    def __init__(self, process: ServerProcess, port: int, password: str) -> None:
        self.host = "127.0.0.1"
        self.port = port
        self.user = ADMIN
        self.password = password
        self._process = process

    def url(self, database: str = "postgres") -> str:
        """SQLAlchemy address of a database, password included: for settings, not for logs."""
        return f"postgresql+psycopg://{self.user}:{self.password}@{self.host}:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """Open a psycopg connection in autocommit."""
        return psycopg.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            dbname=database,
            connect_timeout=10,
            autocommit=True,
        )

    def create_database(self, name: str) -> str:
        """Make an empty database unless it exists; returns its address."""
        with self.connect() as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                connection.execute(f'CREATE DATABASE "{safe_name(name)}"')
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database and whoever is connected to it; nothing happens if there is none."""
        with self.connect() as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{safe_name(name)}" WITH (FORCE)')

    def stop(self) -> None:
        """End the server; its folder can be started again."""
        self._process.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start_postgresql(
    folder: Path, port: int | None = None, *, durable: bool = True, settings: Iterable[str] = ()
) -> Postgres:
    """Start a PostgreSQL server on `folder`, made on the first call, within seconds.

    `port`: None takes a free one. `durable=False` never waits for the disk: for tests only.
    `settings`: more of the server's settings, `name=value` each. Errors: RuntimeError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder = folder.resolve()
    lock = take_lock(folder)
    try:
        password = kept_password(folder)
        as_user = _unprivileged()
        data = _data_folder(folder, as_user)
        programs = _programs(data)
        if not (data / "PG_VERSION").exists():
            _initialise(programs, folder, data, as_user, password)
    except BaseException:
        os.close(lock)
        raise
    port = port or free_port()
    chosen = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories="]
    chosen += [*(() if durable else RELAXED), *settings]
    command = [str(programs / "postgres"), "-D", str(data)]
    command += [part for setting in chosen for part in ("-c", setting)]
    command = [*_as(as_user), *tied_to_parent(command, signal.SIGINT)]
    process = ServerProcess.start(command, folder / "postgresql.log", signal.SIGINT, lock)
    server = Postgres(process, port, password)
    process.wait_until(lambda: _answers(server))
    return server


def _answers(server: Postgres) -> bool:
    try:
        server.connect().close()
    except psycopg.OperationalError:
        return False
    return True


def _unprivileged() -> pwd.struct_passwd | None:
    """Who runs the server: None is ourselves; PostgreSQL refuses root, so root steps down."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _as(user: pwd.struct_passwd | None) -> list[str]:
    if user is None:
        return []
    setpriv = find_binary("setpriv", (), "util-linux")
    return [str(setpriv), f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--"]


def _data_folder(folder: Path, user: pwd.struct_passwd | None) -> Path:
    """Where the data lies: `folder/data`, or for root behind a link, where the unprivileged user can go.

    A root home, or anything below it, is closed to others, so the data then lies under the temp folder.
    """
    data = folder / "data"
    if user is None:
        data.mkdir(mode=0o700, exist_ok=True)
        return data
    if data.is_symlink() and not data.exists():  # the temp folder was emptied
        data.unlink()
    if not data.exists():
        if _open_to_all(folder):
            data.mkdir(mode=0o700)
        else:
            data.symlink_to(tempfile.mkdtemp(prefix="rexbit-postgresql-"))
        os.chown(data, user.pw_uid, user.pw_gid)
    return data.resolve()


def _open_to_all(folder: Path) -> bool:
    return all(place.stat().st_mode & 0o001 for place in (folder, *folder.parents))


def _programs(data: Path) -> Path:
    """Find PostgreSQL's programs: of the version that made the data, else of the newest installed."""
    installed = sorted(
        (path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        key=lambda path: float(path.parent.name),
        reverse=True,
    )
    version_file = data / "PG_VERSION"
    if not version_file.exists():
        return find_binary("initdb", installed, "postgresql").resolve().parent
    version = version_file.read_text(encoding="ascii").strip()
    same = [path for path in installed if path.parent.name == version]
    if installed and not same:
        found = ", ".join(path.parent.name for path in installed)
        raise RuntimeError(
            f"expected PostgreSQL {version}, which made {data}, found {found}."
            f" Delete that folder to begin anew, or install postgresql-{version}"
        )
    return find_binary("initdb", same, "postgresql").resolve().parent


def _initialise(programs: Path, folder: Path, data: Path, user: pwd.struct_passwd | None, password: str) -> None:
    """Make the data folder; a half-made one (of a killed first start) is emptied before."""
    for left in data.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    descriptor, name = tempfile.mkstemp(prefix="rexbit-")
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(password)
        if user is not None:
            os.chown(name, user.pw_uid, user.pw_gid)
        command = [
            *_as(user),
            str(programs / "initdb"),
            "-D",
            str(data),
            f"--username={ADMIN}",
            f"--pwfile={name}",
        ]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        run_once(command, folder / "initdb.log", "initdb")
    finally:
        Path(name).unlink()
