"""One private server process: found, started in its folder, waited for, and gone when this program ends."""

from __future__ import annotations

import atexit
import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn, Self

PORTS = range(15_000, 32_000)
READY_SECONDS = 180.0  # a busy machine needs its time; one that is free some seconds
LOCK_SECONDS = 15.0
STOP_SECONDS = 30.0
POLL_SECONDS = 0.03
LOG_LINES_SHOWN = 15


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listened on a moment ago.

    It lies below the range the kernel hands out, where an outgoing connection might take it first.
    """
    for port in secrets.SystemRandom().sample(PORTS, 100):
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"expected a free port of 127.0.0.1 among {PORTS}, found none in 100 tries")


def find_binary(name: str, folders: Sequence[Path], packages: str) -> Path:
    """Find a server's program; RuntimeError that names its Debian packages if there is none."""
    places = os.pathsep.join([*map(str, folders), os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
    found = shutil.which(name, path=places)
    if found is None:
        raise RuntimeError(
            f"expected the program `{name}`, found it neither on PATH nor in /usr/sbin nor /usr/lib."
            f" Install the Debian packages {packages}: `make setup`, or as root"
            f" `apt-get install --no-install-recommends {packages}`"
        )
    return Path(found)


def tied_to_parent(command: Sequence[str], stop_signal: signal.Signals) -> list[str]:
    """Wrap a command so that the kernel sends it `stop_signal` when the thread that started it is gone.

    Put this innermost: a change of user makes the kernel forget the wish.
    """
    setpriv = shutil.which("setpriv")
    if setpriv is None:  # not Linux: atexit alone has to do
        return list(command)
    return [setpriv, "--pdeathsig", stop_signal.name.removeprefix("SIG"), "--", *command]


def take_lock(folder: Path) -> int:
    """Take the folder's lock; a server inherits the descriptor, so it is held until its last process ends.

    A server whose starter was killed may still be stopping: it gets some seconds before RuntimeError.
    """
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(descriptor)
                raise RuntimeError(
                    f"expected a free folder, but another server runs on {folder}. Stop it, or use another folder"
                ) from None
            time.sleep(POLL_SECONDS)
        else:
            return descriptor


class ServerProcess:
    """A running server; `stop()` ends it, and so do the end of a `with` block and of this program."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, stop_signal: signal.Signals) -> None:
        self.process = process
        self.log = log
        self._stop_signal = stop_signal
        self._owner = os.getpid()
        atexit.register(self.stop)

    @classmethod
    def start(cls, command: Sequence[str], log: Path, stop_signal: signal.Signals, lock: int) -> Self:
        """Start a `tied_to_parent` command with its output in `log`; it takes over the lock's descriptor."""
        try:
            with log.open("wb") as output:
                process = subprocess.Popen(
                    command,
                    cwd="/",  # the unprivileged user may not read ours
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,  # Ctrl-C is ours alone; we then stop our servers in order
                    pass_fds=(lock,),
                )
        finally:
            os.close(lock)
        return cls(process, log, stop_signal)

    def wait_until(self, answers: Callable[[], bool]) -> None:
        """Return as soon as `answers()`; RuntimeError with the end of its log if it ends or stays silent."""
        deadline = time.monotonic() + READY_SECONDS
        try:
            while not answers():
                if self.process.poll() is not None:
                    self._give_up("ended while starting")
                if time.monotonic() > deadline:
                    self._give_up(f"did not answer within {READY_SECONDS:.0f} s")
                time.sleep(POLL_SECONDS)
        except BaseException:
            self.stop()
            raise

    def _give_up(self, what: str) -> NoReturn:
        raise RuntimeError(f"the server {what}; its log {self.log} ends:\n{last_lines(self.log)}")

    def stop(self) -> None:
        """End the server in its orderly way, by force after 30 s; a second call does nothing."""
        atexit.unregister(self.stop)
        if os.getpid() != self._owner:  # a forked child that ends must not stop its parent's server
            return
        if self.process.poll() is None:
            self.process.send_signal(self._stop_signal)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def last_lines(log: Path) -> str:
    """Return the end of a log, for error messages."""
    if not log.exists():
        return "(no log)"
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES_SHOWN:])


def run_once(command: Sequence[str], log: Path, what: str) -> None:
    """Run a command that makes a data folder; RuntimeError with the end of its output if it fails."""
    with log.open("wb") as output:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False, cwd="/"
        )
    if done.returncode:
        raise RuntimeError(f"{what} ended with code {done.returncode}; {log} ends:\n{last_lines(log)}")
