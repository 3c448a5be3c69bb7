"""Folders for the length of a run: what a killed one left is removed by the next that begins on that machine.

A folder is locked by the process that works in it. The lock ends with the process, however that ends.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

RUN, SPILL = "rexbit-run-", "rexbit-spill-"
YOUNG_SECONDS = 600  # between being made and being locked it is nobody's


def make_folder(prefix: str) -> tuple[Path, int]:
    """A new folder, and the descriptor that holds its lock."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    lock = os.open(folder, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return folder, lock


@contextmanager
def run_folder() -> Iterator[Path]:
    """A folder that is gone when the block ends, and those of runs that were killed with it."""
    remove_dead()
    folder, lock = make_folder(RUN)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def remove_dead() -> None:
    """Remove the folders of processes that ended without doing so; those of another user are left alone."""
    for prefix in (RUN, SPILL):
        for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
            with suppress(OSError):  # locked, another's, or gone by now
                _remove_dead(folder)


def _remove_dead(folder: Path) -> None:
    if time.time() - folder.stat().st_mtime < YOUNG_SECONDS:
        return
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)
    finally:
        os.close(lock)
