"""What a person heard of: each fault is told once, and once that it is over. Remembered in the table `alerts`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from prefect.context import FlowRunContext
from prefect.events import emit_event

from tasks.operations.faults import Fault
from tasks.state import StateDatabase

PREFIX = "rexbit.operations"
FLOW = "monitor-queues"
SILENT = timedelta(minutes=20)  # as the automation "watchdog silent" has it
SINGLE = 5  # so many of a kind are told each for itself
MOST_NAMED = 50
LOOKED_BACK = timedelta(days=7)


class News(NamedTuple):
    """An event for automations: `kind` of the fault, or `healed`."""

    kind: str
    key: str
    title: str
    words: str


def known(state: StateDatabase) -> dict[str, dict[str, Any]]:
    """The faults that are not over, by key."""
    with state.session(read_only=True) as session:
        return {str(row["key"]): row for row in session.execute("alerts_open")}


def changes(before: dict[str, dict[str, Any]], faults: Sequence[Fault]) -> tuple[list[News], list[News]]:
    """What is to be told of: new faults, and those that are over."""
    now = {fault.key for fault in faults}
    new = [
        News(one.kind, one.key, one.title, one.words)
        for one in faults
        if one.is_told and not before.get(one.key, {}).get("told_at")
    ]
    over = [
        News("healed", key, str(row["title"]), f"Over: {row['message']}")
        for key, row in before.items()
        if key not in now and row["told_at"]
    ]
    return new, over


def few(news: Sequence[News]) -> list[News]:
    """The same in few messages: one cause may strike twenty deployments at once, and Slack takes one a second."""
    kinds: dict[str, list[News]] = {}
    for one in news:
        kinds.setdefault(one.kind, []).append(one)
    told: list[News] = []
    for kind, some in kinds.items():
        if len(some) <= SINGLE:
            told += some
            continue
        others = ", ".join(one.title for one in some[SINGLE:][:MOST_NAMED])
        more = f" and {len(some) - SINGLE - MOST_NAMED} more" if len(some) > SINGLE + MOST_NAMED else ""
        words = "\n".join(one.words for one in some[:SINGLE])
        told.append(News(kind, f"many:{kind}", f"{len(some)} at once", f"{words}\nThe same of: {others}{more}"))
    return told


def looks_again(state: StateDatabase, run_id: str, now: datetime) -> list[News]:
    """The watchdog was silent, which an automation told, and looks again: what to tell of it."""
    with state.session(read_only=True) as session:
        rows = session.execute("run_before", {"flow": FLOW, "id": run_id, "since": now - LOOKED_BACK})
    if not rows or now - rows[0]["started_at"] < SILENT:
        return []
    words = f"Over: the watchdog looks again; before that it did at {rows[0]['started_at']:%Y-%m-%d %H:%M} UTC"
    return [News("healed", "watchdog", "Watchdog", words)]


def tell(news: Sequence[News]) -> None:
    """Emit the events; outside of a flow run there is nobody to hear them."""
    if FlowRunContext.get() is None:
        return
    for one in few(news):
        resource = {"prefect.resource.id": f"{PREFIX}.{one.key}", "prefect.resource.name": one.title}
        emit_event(event=f"{PREFIX}.{one.kind}", resource=resource, payload={"message": one.words})


def remember(state: StateDatabase, before: dict[str, dict[str, Any]], faults: Sequence[Fault], now: datetime) -> None:
    """Write down what is wrong now, after it was told: broken off between the two, it is told once more."""
    current = {fault.key for fault in faults}
    with state.session() as session:
        for key in before.keys() - current:
            session.execute("alert_over", {"key": key})
        for one in faults:
            row = before.get(one.key)
            values = {
                "key": one.key,
                "kind": one.kind,
                "title": one.title,
                "message": one.words,
                "since": row["since"] if row else now,
                "told_at": (row["told_at"] if row and row["told_at"] else now) if one.is_told else None,
            }
            session.execute("alert_write", values)
