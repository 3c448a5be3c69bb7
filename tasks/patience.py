"""Waiting for a server that is being started again, where no step is tried again by Prefect."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from tasks.errors import UnreachableError

T = TypeVar("T")
LONGEST_SECONDS = 60.0  # a server that restarts is back by then, also one that has to put its files in order
PAUSE_SECONDS = 2.0

logger = logging.getLogger(__name__)


def patiently(
    work: Callable[[], T],
    for_what: str,
    errors: tuple[type[Exception], ...] = (UnreachableError,),
    seconds: float | None = None,
) -> T:
    """Do what may be done twice, again and again while the other side is away; then its error is the caller's."""
    give_up_at = time.monotonic() + (LONGEST_SECONDS if seconds is None else seconds)
    told = False
    while True:
        try:
            return work()
        except errors as error:
            if time.monotonic() >= give_up_at:
                raise
            if not told:
                told = True
                logger.warning("%s: waiting for it (%s)", for_what, type(error).__name__)
        time.sleep(PAUSE_SECONDS)
