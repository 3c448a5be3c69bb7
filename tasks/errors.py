"""Errors, grouped by what the person or program that sees them does next.

Every message says what was expected, what came, where, and what to do, and never holds a secret.
"""

from __future__ import annotations

from typing import Any


class RexbitError(Exception):
    """Base of all our errors; a run that raises one ends Failed with this message."""


class WrongSettingsError(RexbitError):
    """A block, variable or parameter has to be corrected; running again as it stands can't help."""


class NotArchivedError(WrongSettingsError):
    """The archive has an entry no more, or never had it; whoever can do without it goes on."""


class UnreachableError(RexbitError):
    """The other side didn't answer, or not as agreed, this time; the same call may go through later."""


class MovedOnError(UnreachableError):
    """Another run wrote what this one had read and decided by: the same step, begun anew, reads it again."""


class SummaryError(RexbitError):
    """A run that ended on purpose before its effect; `summary` holds what was counted until then."""

    def __init__(self, message: str, summary: Any = None) -> None:
        super().__init__(message)
        self.summary = summary


class Refused(SummaryError):  # noqa: N818  (a public name of the project)
    """The input can't be used at all (unreadable feed, shop without texts): mend it at its source."""


class Quarantined(SummaryError):  # noqa: N818  (a public name of the project)
    """The input is readable but its effect is too large to be believed: a person looks and approves."""


class Busy(SummaryError):  # noqa: N818  (a public name of the project)
    """Another run holds this integration's lease: wait for it to end."""


class LeaseLostError(RexbitError):
    """This run's lease ran out or was taken over; it stops before it writes anything more."""
