"""Who is told what was written to a shop: exporters by the products' dates, Prefect by an event, a webhook.

The shop is written by then. Whatever fails here is said, fails no run, and is told again by the next one.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import duckdb

from blocks import ShopBlock
from tasks import report
from tasks.errors import LeaseLostError, NotArchivedError, RexbitError
from tasks.prestashop.aftercare import outbox
from tasks.prestashop.aftercare.outbox import Notice
from tasks.prestashop.aftercare.touched import FILE, Touched, touched_by
from tasks.prestashop.aftercare.webhook import Part, Webhook, deliver
from tasks.prestashop.opening import open_shop
from tasks.run import Run

EVENT = "rexbit.shop.written"
MOST_IN_EVENT = 1_000  # ids; Prefect refuses an event above 1.5 MB, and each one is stored and sent around whole
MOST_IN_POST = 1_000
DATES_AT_ONCE = 9_000  # before the lease is looked at again
MOST_SECONDS = 120  # for the webhook in one run; what is left goes with the next one
WHO = {
    "dates": "the products' dates of change could not be set",
    "event": "the event could not be emitted",
    "webhook": "the webhook did not take it",
}

Channel = Callable[[Notice, Touched], bool]
"""Tells one of those who want to know; False: not all of it yet. Raises what kept it from doing so."""

logger = logging.getLogger(__name__)


class Telling:
    """One go at telling what a shop's runs wrote, this one's and what earlier ones left untold."""

    def __init__(self, run: Run[Any], block: ShopBlock) -> None:
        self._run = run
        self._block = block
        self._channels: dict[str, Channel] = {"event": self._emit}
        if block.touch_date_upd:  # first, because who hears of it may go by the dates
            self._channels = {"dates": self._set_dates, **self._channels}
        if block.webhook_url:
            self._channels["webhook"] = self._post
        self._stopped: dict[str, str] = {}  # why a channel is not tried again in this run; "": its time is up
        self._untold = 0
        self._until = time.monotonic() + MOST_SECONDS

    def tell(self) -> None:
        """Tell all that waits; each channel until it fails."""
        for notice in outbox.waiting(self._run.integration_id):
            try:
                self._tell(notice)
            except NotArchivedError as gone:
                self._run.warn(f"What {notice.change_set_id} wrote can't be told any more. {gone}")
                outbox.end(notice)
            except duckdb.Error as unreadable:
                self._run.warn(f"What {notice.change_set_id} wrote could not be read from the archive: {unreadable}")
        self._say()

    def _tell(self, notice: Notice) -> None:
        """Tell those who don't know of a change set yet; forget it when all do, or nothing was written."""
        unaware = [name for name in self._channels if name not in notice.told]
        to_try = [name for name in unaware if name not in self._stopped]
        if to_try:
            touched = touched_by(notice.integration_id, notice.change_set_id, self._run.folder)
            if not touched.products:
                unaware = to_try = []
            for name in to_try:
                if self._try(name, notice, touched):
                    unaware.remove(name)
                    notice.told.append(name)
                elif self._stopped[name]:
                    notice.failed += 1
                outbox.keep(notice)
        if unaware:
            self._untold += 1
        else:
            outbox.end(notice)

    def _try(self, name: str, notice: Notice, touched: Touched) -> bool:
        self._run.check_lease()
        try:
            if self._channels[name](notice, touched):
                return True
            self._stopped[name] = ""
        except LeaseLostError:  # who took over tells it
            raise
        except RexbitError as error:
            self._stopped[name] = str(error)
        except Exception as error:  # the shop is written: nothing here may make the run a failed one
            logger.exception("%s: not told", name)
            self._stopped[name] = type(error).__name__
        return False

    def _set_dates(self, _: Notice, touched: Touched) -> bool:
        with open_shop(self._block) as shop:
            for ids in touched.parts(DATES_AT_ONCE):
                self._run.check_lease()
                shop.touch(ids)
        self._run.count(touched=(self._run.summary.touched or 0) + touched.products)
        return True

    def _emit(self, notice: Notice, touched: Touched) -> bool:
        fits = touched.products <= MOST_IN_EVENT
        payload = {
            **self._of(notice),
            "products": touched.products,
            **touched.became,
            "ids": next(touched.parts(MOST_IN_EVENT)) if fits else None,
            "file": f"changes/{notice.integration_id}/{notice.change_set_id}/{FILE}",
        }
        report.emit(EVENT, notice.integration_id, self._run.title, payload)
        return True

    def _post(self, notice: Notice, touched: Touched) -> bool:
        url, secret = self._block.webhook_url, self._block.webhook_secret
        if url is None:
            raise LookupError("a webhook has an address")

        def taken() -> None:
            notice.parts += 1
            outbox.keep(notice)

        hook = Webhook(url.get_secret_value(), secret.get_secret_value() if secret else None)
        self._run.count(webhook="sent")
        return deliver(hook, islice(self._parts(notice, touched), notice.parts, None), taken, self._until)

    def _parts(self, notice: Notice, touched: Touched) -> Iterator[Part]:
        said = {
            "event": EVENT,
            **self._of(notice),
            "written_at": datetime.fromtimestamp(touched.written_at, UTC).isoformat(timespec="seconds"),
            "of": -(-touched.products // MOST_IN_POST),
        }
        for number, ids in enumerate(touched.parts(MOST_IN_POST), start=1):
            body = json.dumps({**said, "number": number, "products": ids}, ensure_ascii=False).encode()
            yield Part(body, f"{notice.key}-{number}")

    def _of(self, notice: Notice) -> dict[str, Any]:
        return {
            "integration_id": notice.integration_id,
            "shop": self._run.title,
            "run_id": notice.run_id,
            "change_set_id": notice.change_set_id,
        }

    def _say(self) -> None:
        for name, why in self._stopped.items():
            if name == "webhook":
                self._run.count(webhook="failed" if why else "partly")
            words = (
                f"The shop is written, but {WHO[name]}: {why or 'there was no time for all of it'}. Change sets that"
                f" wait for being told: {self._untold}; the next run of this shop tells them again"
            )
            self._run.warn(words)
            self._run.show("Not told yet", None, report.line(words))
