"""One working run: its lease, its folder, what it counts, and how it ends, for every flow alike."""

from __future__ import annotations

import gc
import json
import logging
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from prefect.exceptions import MissingContextError
from prefect.logging import get_run_logger
from prefect.runtime import flow_run

from tasks import archive, patience, report
from tasks.errors import Busy, Quarantined, Refused, SummaryError
from tasks.folders import run_folder
from tasks.patience import patiently
from tasks.state import Lease, StateDatabase, lease, open_state
from tasks.summaries import Status, Summary

S = TypeVar("S", bound=Summary)
T = TypeVar("T")
SWITCH_SECONDS = 0.0005


class Ahead(Generic[T]):
    """Work that a thread does beside the steps before the one that needs its result."""

    def __init__(self, pool: ThreadPoolExecutor, work: Callable[[], T]) -> None:
        self._work = work
        self._begun: Future[T] | None = pool.submit(work)

    def take(self) -> T:
        """The result for a step that writes: such a step, tried again, needs to know what it has written."""
        begun, self._begun = self._begun, None
        return begun.result() if begun else self._work()

    def result(self) -> T:
        """What came of it, or its error; a step that is tried again after an error does it itself."""
        begun, self._begun = self._begun, None
        if begun is None:
            begun = Future()
            begun.set_result(self._work())
        value = begun.result()
        self._begun = begun
        return value


class Run(Generic[S]):
    """What the steps of one run share; a plain object, so that Prefect hands it on untouched."""

    def __init__(
        self,
        flow: str,
        title: str,
        integration_id: int | None,
        summary: S,
        state: StateDatabase,
        folder: Path,
        pool: ThreadPoolExecutor,
    ) -> None:
        self.id = str(flow_run.id or uuid.uuid4())
        self.flow = flow
        self.title = title
        self._integration_id = integration_id
        self.summary = summary
        self.state = state
        self.folder = folder
        self._pool = pool
        self.started_at: datetime = state.now()
        self.held: Lease | None = None
        self.sections: list[report.Section] = []
        self.told = ""  # the whole artifact, of a run whose answer is a text and not counts

    @property
    def integration_id(self) -> int:
        """The integration that this run works on."""
        if self._integration_id is None:
            raise LookupError(f"{self.flow} works on no integration")
        return self._integration_id

    def ahead(self, work: Callable[[], T]) -> Ahead[T]:
        """Begin something whose result a later step needs: a server answers while we compute, or another server."""
        return Ahead(self._pool, work)

    def say(self, message: str, *values: object) -> None:
        """One line for the operator."""
        _logger().info(message, *values)

    def warn(self, message: str) -> None:
        """One line that the operator should not miss."""
        _logger().warning(message)

    def count(self, **counts: object) -> None:
        """Put figures into the summary."""
        for name, value in counts.items():
            setattr(self.summary, name, value)

    def show(self, title: str, rows: Sequence[Mapping[str, Any]] | None, note: str = "") -> None:
        """Add a table to the run's summary artifact; `rows` None: there is only the note."""
        self.sections.append(report.Section(title, None if rows is None else list(rows), note))

    def check_lease(self) -> None:
        """Raise LeaseLostError where this run may not write any more."""
        if self.held:
            self.held.check()


def _logger() -> logging.Logger | logging.LoggerAdapter[Any]:
    try:
        return get_run_logger()
    except MissingContextError:
        return logging.getLogger("rexbit")


@contextmanager
def working_on(flow: str, title: str, integration_id: int | None, summary: S) -> Iterator[Run[S]]:
    """Work on one integration: lease, folder, record and artifact, however it ends.

    A dry run takes no lease, because it changes nothing. Errors that carry a summary get this run's.
    """
    with (
        older_objects_aside(),
        quick_turns(),
        patiently(open_state, "our database") as state,
        run_folder() as folder,
        ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead") as pool,
    ):
        state.patience_seconds = patience.LONGEST_SECONDS
        run = Run(flow, title, integration_id, summary, state, folder, pool)
        run.say("State database: %s; archive: %s", state.shown, archive.shown())
        _record_start(run, integration_id)
        try:
            if summary.dry_run or integration_id is None:
                yield run
            else:
                with lease(state, integration_id, run_id=run.id, holder=title) as run.held:
                    yield run
        except BaseException as error:
            if isinstance(error, SummaryError) and error.summary is None:
                error.summary = run.summary
            try:
                _end(run, _status_of(error), _words(error))
            except Exception as second:  # noqa: BLE001  (the first error is the one that a person needs)
                run.warn(f"this run could not be recorded: {second}")
            raise
        _end(run, "completed" if summary.status == "running" else summary.status, "")


@contextmanager
def older_objects_aside() -> Iterator[None]:
    """Keep the garbage collector off what was there before: some 200,000 objects of the libraries, 0.1 s a walk."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def quick_turns() -> Iterator[None]:
    """Let threads take turns at Python every half millisecond, not five: who waits for a server's answer waits less.

    A first sync of 12,465 products, whose record is written behind it: 0.06 s.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _status_of(error: BaseException) -> Status:
    if isinstance(error, Refused):
        return "refused"
    if isinstance(error, Quarantined):
        return "quarantined"
    return "busy" if isinstance(error, Busy) else "failed"


def _words(error: BaseException) -> str:
    if isinstance(error, Exception):
        return str(error) or type(error).__name__
    return f"its process was told to end ({type(error).__name__})"  # cancelled, or its worker is gone


def _record_start(run: Run[Any], integration_id: int | None) -> None:
    values = {"id": run.id, "flow": run.flow, "integration_id": integration_id, "started_at": run.started_at}
    _record(run, "run_started", values)


def _record(run: Run[Any], statement: str, values: Mapping[str, Any]) -> None:
    def record() -> None:
        with run.state.session() as session:
            session.execute(statement, values)

    patiently(record, "our database")


def _end(run: Run[Any], status: Status, message: str) -> None:
    run.summary.status = status
    values = {
        "id": run.id,
        "ended_at": patiently(run.state.now, "our database"),
        "status": status,
        "summary": json.dumps(run.summary.model_dump(mode="json")),
        "message": message,
    }
    _record(run, "run_ended", values)
    report.publish(run.flow, run.title, run.summary, run.sections, message, run.told)
    run.say("%s: %s", run.title, report.in_one_line(run.summary))
