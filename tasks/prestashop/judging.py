"""What comes of a change by what the shop holds: the same for every driver."""

from __future__ import annotations

from typing import Literal, NamedTuple

from tasks.prestashop.model import Change, Outcome

ROW_MISSING = "row missing"


class Held(NamedTuple):
    """What the shop holds: how a write names the row, and the value."""

    handle: int
    value: str | None


def judge(change: Change, held: Held | None) -> Outcome | None:
    """Return the outcome of a change that needs no writing; None means: write it."""
    if held is None:
        return outcome(change, "failed", None, ROW_MISSING)
    if held.value == change.after:
        return outcome(change, "already")
    if held.value == change.before:
        return None
    return outcome(change, "left", held.value)


def outcome(
    change: Change,
    kind: Literal["written", "already", "left", "failed"],
    found: str | None = None,
    message: str | None = None,
) -> Outcome:
    """Return what came of a change."""
    return Outcome(*change[:4], kind, found, message)
