"""What persons say about a shop's products: pins, of which a newer one ends an older one and none is ever removed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from tasks.duck import desk
from tasks.errors import Refused
from tasks.report import started_by

if TYPE_CHECKING:
    from tasks.run import Run
    from tasks.state import Session, StateDatabase

Kind = Literal["on", "off", "hold", "released"]
COLUMNS = ("product_id", "supplier_id", "kind", "reason", "until", "decided_by", "decided_at")


class Subject(NamedTuple):
    """What a pin is about: a product, all offers of a supplier, or (neither given) the whole shop."""

    product_id: int | None = None
    supplier_id: int | None = None


class Pin(NamedTuple):
    """A person's word about a subject; `until` is aware, None is for good."""

    subject: Subject
    kind: Kind
    reason: str
    until: datetime | None = None


def read_pins(state: StateDatabase, integration_id: int, now: datetime, folder: Path) -> Path:
    """Write the shop's open pins as `pins.parquet`; see pins.sql for the columns. Times are UTC without a zone."""
    with state.session(read_only=True) as session:
        rows = open_pins(session, integration_id, now)
    with desk() as table:
        given = [{name: row[name] for name in COLUMNS} for row in rows]
        return table.select("availability/pins.sql", {"rows": given}, folder / "pins.parquet")


def open_pins(session: Session, integration_id: int, now: datetime) -> list[dict[str, Any]]:
    """Pins that hold now, the oldest first; with `id` and `run_id`."""
    return session.execute("pins_open", {"integration_id": integration_id, "now": now})


def subject_of(pin: dict[str, Any]) -> Subject:
    """What a row of `open_pins` is about."""
    return Subject(pin["product_id"], pin["supplier_id"])


def pins_about(session: Session, run: Run[Any], subject: Subject) -> list[dict[str, Any]]:
    """The open pins about exactly this subject."""
    return [one for one in open_pins(session, run.integration_id, run.started_at) if subject_of(one) == subject]


def make_pin(session: Session, run: Run[Any], pin: Pin, number: int = 0) -> bool:
    """Write a pin and end what it contradicts; False: the same stood there already. `number`: of several in a run."""
    earlier = pins_about(session, run, pin.subject)
    if [(one["kind"], one["reason"], one["until"]) for one in earlier] == [(pin.kind, pin.reason, pin.until)]:
        return False
    end_pins(session, run, earlier)
    add_pin(session, run, pin, number)
    return True


def add_pin(session: Session, run: Run[Any], pin: Pin, number: int) -> None:
    """Write a pin about a subject that has none."""
    values = {
        "id": f"{run.id}-{number}",
        "integration_id": run.integration_id,
        **pin.subject._asdict(),
        "kind": pin.kind,
        "reason": pin.reason,
        "until": pin.until,
        "decided_by": started_by() or run.flow,
        "decided_at": run.started_at,
        "run_id": run.id,
    }
    session.execute("pin_made", values)


def end_pins(session: Session, run: Run[Any], pins: list[dict[str, Any]]) -> None:
    """End pins; they stay to be read."""
    for pin in pins:
        session.execute("pin_ended", {"id": pin["id"], "ended_at": run.started_at})


def required_reason(reason: str) -> str:
    """A person's reason without outer spaces; Refused where there is none."""
    if not reason.strip():
        raise Refused("reason: expected a few words for whoever asks later why; got nothing")
    return reason.strip()


def end_of(until: date | datetime | None, timezone: str, now: datetime) -> datetime | None:
    """Until when a pin holds, in UTC: a date is the end of that day where the shop is; Refused if it is over.

    A time without a zone is the shop's.
    """
    if until is None:
        return None
    zone = ZoneInfo(timezone)
    if not isinstance(until, datetime):
        end = datetime.combine(until + timedelta(days=1), time(), zone)
    else:
        end = until if until.tzinfo else until.replace(tzinfo=zone)
    if end <= now:
        raise Refused(
            f"until: expected a day or a time that is not over ({now.astimezone(zone):%Y-%m-%d %H:%M}), got {until}"
        )
    return end.astimezone(UTC)
