"""How a feed is doing, told once: held back, stale, and well again.

One row a feed, or part of one, in `feed_health`: `confirmed_at` is when it was last seen to be good (a passed or
approved snapshot, the same content again, an answer "not changed"); `held_since` and `stale_since` stand while that
lasts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from pydantic import BaseModel

from tasks.feeds.gate import history
from tasks.state import StateDatabase


class Health(BaseModel):
    """The row of a feed; times aware in UTC."""

    confirmed_at: datetime | None = None
    held_since: datetime | None = None
    held_snapshot_id: str | None = None
    stale_since: datetime | None = None


class News(NamedTuple):
    """What a person should hear of once: the event's name and the words."""

    kind: Literal["quarantined", "stale", "healed"]
    words: str


def when_good(before: Health, now: datetime) -> tuple[Health, list[News]]:
    """A feed was confirmed: whatever was wrong with it is over."""
    words = []
    if before.held_since:
        words.append(f"believed again; it was held back since {_time(before.held_since)}")
    if before.stale_since and before.confirmed_at:
        words.append(f"confirmed again; before that it was on {_time(before.confirmed_at)}")
    return Health(confirmed_at=now), [News("healed", "; ".join(words))] if words else []


def when_bad(before: Health, now: datetime, held: str | None, stale_after: timedelta) -> tuple[Health, list[News]]:
    """An import did not come to an end. `held`: the snapshot that was quarantined, None for any other fault."""
    after, news = before.model_copy(), []
    if held:
        after.held_snapshot_id = held
        if not before.held_since:
            after.held_since = now
            news.append(News("quarantined", f"held back since now: snapshot {held}"))
    if before.confirmed_at and not before.stale_since and now - before.confirmed_at > stale_after:
        after.stale_since = now
        most = f"expected at least every {stale_after / timedelta(hours=1):.0f} hours"
        news.append(News("stale", f"not confirmed since {_time(before.confirmed_at)}, {most}"))
    return after, news


def read(state: StateDatabase, integration_id: int, part: str = "") -> Health:
    """How a feed was doing until now."""
    with state.session(read_only=True) as session:
        rows = session.execute("feed_health", {"integration_id": integration_id, "part": part})
    return Health.model_validate(rows[0]) if rows else Health()


def write(state: StateDatabase, integration_id: int, health: Health, part: str = "") -> None:
    """Keep how a feed is doing."""
    values: Mapping[str, object] = {"integration_id": integration_id, "part": part, **health.model_dump()}
    with state.session() as session:
        session.execute("feed_health_write", values)


def confirmed(state: StateDatabase, integration_id: int, now: datetime, part: str = "") -> list[News]:
    """Write down that a feed was seen to be good; returns what a person should hear."""
    after, news = when_good(read(state, integration_id, part), now)
    write(state, integration_id, after, part)
    return news


def failed(state: StateDatabase, integration_id: int, now: datetime, held: str | None, part: str = "") -> list[News]:
    """Write down that an import did not come to an end; returns what a person should hear for the first time."""
    before, past = read(state, integration_id, part), history.steps(state, integration_id, now, part)
    if before.confirmed_at is None and past:  # a database from before there was this row
        before.confirmed_at = past[0].fetched_at
    after, news = when_bad(before, now, held, history.stale_after(past))
    write(state, integration_id, after, part)
    return news


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
