"""What becomes of one thing on the server: from what the files want, what the server holds and what was agreed last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tasks.deploying.settings import Settings, digest

Agreed = tuple[str, str]  # the fingerprints of the file's and of the server's settings when they were last accepted
ABSENT = "absent"


class Verdict(StrEnum):
    """What is to be done."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    EDITED = "edited"
    DELETED = "deleted"

    @property
    def stops(self) -> bool:
        """Whether a person has to say which of the two counts."""
        return self in {Verdict.EDITED, Verdict.DELETED}


@dataclass(frozen=True)
class Thing:
    """One block, pool, queue, limit, automation or deployment.

    `found`: None where the server has none. `ours`: made by nobody else, so that what differs at the first deploy is
    no edit that could be lost (a worker makes its pool by itself).
    """

    kind: str
    name: str
    wanted: Settings
    found: Settings | None
    ours: bool = False

    @property
    def key(self) -> str:
        return f"{self.kind} {self.name}"


def judge(thing: Thing, agreed: Mapping[str, Agreed], key: str) -> Verdict:
    """Compare three ways, so that an edit made in the UI is told from a change of the file."""
    wanted = digest(thing.wanted, key)
    found = ABSENT if thing.found is None else digest(thing.found, key)
    before = agreed.get(thing.key)
    if found == wanted:
        return Verdict.UNCHANGED
    if before == (wanted, found):
        return Verdict.KEPT
    if before is None:
        if thing.found is None:
            return Verdict.CREATED
        return Verdict.CHANGED if thing.ours else Verdict.EDITED
    if before == (found, found):
        return Verdict.CHANGED
    return Verdict.DELETED if thing.found is None else Verdict.EDITED


def agree(thing: Thing, key: str, *, keep: bool) -> Agreed:
    """What to remember once the server is as the file says, or (`keep`) stays as it is."""
    wanted = digest(thing.wanted, key)
    if not keep:
        return wanted, wanted
    return wanted, ABSENT if thing.found is None else digest(thing.found, key)


def differences(thing: Thing) -> Iterator[str]:
    """A line for each setting that differs: its name, what the server holds, what the file says; never a secret."""
    found = thing.found or {}
    for name in sorted({*found, *thing.wanted}):
        before, after = found.get(name), thing.wanted.get(name)
        if before is not None and after is not None and before.value == after.value:
            continue
        if (before and before.secret) or (after and after.secret):
            yield f"{name}: {_secret(before is not None, after is not None)}"
        else:
            old = before.shown() if before else "not set"
            yield f"{name}: {old} -> {after.shown() if after else 'not set'}"


def _secret(before: bool, after: bool) -> str:
    if before and after:
        return "another value (a secret or an environment variable)"
    return "set (a secret or an environment variable)" if after else "no longer set"
