"""What follows a write to a shop: who is told which products were written. Nothing of it fails a run.

What a run wrote and did not tell - it was killed, the webhook was down - the next run of the shop tells.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from blocks import ShopBlock
from tasks.errors import LeaseLostError
from tasks.prestashop.aftercare import outbox
from tasks.prestashop.aftercare.telling import Telling
from tasks.run import Run
from tasks.station import station

__all__ = ["noting", "told_afterwards"]

logger = logging.getLogger(__name__)


def noting(run: Run[Any]) -> Callable[[], None]:
    """What to do before each window: look at the lease, and before the first note that something is to be told."""
    noted = False

    def before_window() -> None:
        nonlocal noted
        run.check_lease()
        if not noted:
            wrote = {"integration_id": run.integration_id, "change_set_id": run.summary.change_set_id}
            outbox.keep(outbox.Notice(**wrote, run_id=run.id))
            noted = True
            run.check_lease()  # an archive that is far away takes its time

    return before_window


@contextmanager
def told_afterwards(run: Run[Any], block: ShopBlock) -> Iterator[None]:
    """Tell at the end, also of a run that failed, what was written to the shop; a dry run tells nobody."""
    try:
        yield
    except Exception:
        _tell(run, block)
        raise
    _tell(run, block)


def _tell(run: Run[Any], block: ShopBlock) -> None:
    try:
        if not run.summary.dry_run and outbox.waiting(run.integration_id):
            run.check_lease()
            tell_written(run, block)
    except LeaseLostError:
        run.say("What was written is told by the run that took over")
    except Exception as error:  # the shop is written: nothing here may make the run a failed one
        logger.exception("not told")
        run.warn(f"What was written could not be told ({type(error).__name__}: see the log); the next run tells it")


@station("tell what was written")
def tell_written(run: Run[Any], block: ShopBlock) -> None:
    """Tell exporters, Prefect and the block's webhook which products this run wrote, and what earlier ones left."""
    Telling(run, block).tell()
