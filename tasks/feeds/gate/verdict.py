"""The verdict on a readable feed: numbers and limits in, passed, warned or quarantined out. Nothing is read here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel

from blocks import FeedGate

Status = Literal["passed", "warned", "waiting", "quarantined"]
WINDOWS = {"day": "24 hours", "week": "7 days"}


class Loss(BaseModel):
    """What became of the items that were available in an earlier snapshot; the same of linked ones."""

    available: int = 0
    gone: int = 0
    newly_unavailable: int = 0
    linked_available: int = 0
    linked_gone: int = 0
    linked_newly_unavailable: int = 0

    @property
    def affected(self) -> int:
        """Gone or newly unavailable."""
        return self.gone + self.newly_unavailable

    @property
    def linked_affected(self) -> int:
        """Linked items that are gone or newly unavailable."""
        return self.linked_gone + self.linked_newly_unavailable

    @property
    def feed_share(self) -> float:
        """Of all that was available."""
        return self.affected / (self.available or 1)

    @property
    def linked_share(self) -> float:
        """Of all linked items that were available."""
        return self.linked_affected / (self.linked_available or 1)

    @property
    def share(self) -> float:
        """The worse of the two, which decides."""
        return max(self.feed_share, self.linked_share)


class Numbers(BaseModel):
    """What a verdict rests on, in items.

    Baselines: `step` the last good snapshot, `day` and `week` the high-water marks (the good snapshot with the most
    available items in that time, or in force when it began).
    `newly_available` leaves out what an approved snapshot had switched off within 14 days, `fresh` all that was
    available within 14 days. `constant`: column -> linked items whose value it changed. `price_ratio`: the median of
    new price / last price, None without a pair. `says_stock` False: a file without stock, all of whose items count as
    available. `is_delta`: a file with changes only; the offers are then all of the supplier's.
    """

    says_stock: bool = True
    is_delta: bool = False
    offers: int
    available: int
    step: Loss = Loss()
    day: Loss = Loss()
    week: Loss = Loss()
    newly_available: int = 0
    fresh: int = 0
    linked_newly_available: int = 0
    linked_fresh: int = 0
    constant: dict[str, int] = {}
    price_ratio: float | None = None
    linked_repriced: int = 0

    @property
    def state(self) -> str:
        """What is said of the items that count."""
        return "available" if self.says_stock else "in the file"

    def gain(self, items: int, linked: int) -> float:
        """What came on as a share of what was available; the worse of feed and linked items."""
        return max(items / (self.step.available or 1), linked / (self.step.linked_available or 1))

    @property
    def gained_share(self) -> float:
        """All that came on, but for what a person had let go."""
        return self.gain(self.newly_available, self.linked_newly_available)

    @property
    def fresh_share(self) -> float:
        """What came on and was not available within 14 days."""
        return self.gain(self.fresh, self.linked_fresh)


class Band(BaseModel):
    """What a feed's own history makes of one step (shares); None: not enough of it, or nothing to be learned."""

    lost: float | None = None
    gained: float | None = None


class Verdict(BaseModel):
    """What was made of a snapshot, and why.

    `passed`; `warned`: passed, but reported; `waiting`: nothing is applied until a second, different file has lost no
    more; `quarantined`: a person has to approve it.

    `went`: the first items that went or came, linked ones first: item, name, stock before, stock now, change, linked.
    """

    status: Status
    reason: str
    numbers: Numbers
    went: list[dict[str, Any]] = []

    @property
    def stops(self) -> bool:
        """Whether nothing may be applied now."""
        return self.status in {"waiting", "quarantined"}


class Finding(NamedTuple):
    """Something that is reported; `stops` where it is large enough, and `linked` many linked items are affected."""

    words: str
    stops: bool
    linked: int
    limit: str


def decide(numbers: Numbers, gate: FeedGate, band: Band | None = None, *, seconded: bool = True) -> tuple[Status, str]:
    """Say what to make of a snapshot, and why. Without a last good snapshot only the floor counts.

    `seconded`: whether a different file before this one was waiting already, compared with the same good one.
    """
    there = f"{numbers.available:,} items are {numbers.state}"
    if not numbers.is_delta and numbers.available == 0:
        nothing = f"no item is available (of {numbers.offers:,} in the feed)"
        return "quarantined", nothing if numbers.says_stock else "the file holds no item"
    if not numbers.is_delta and numbers.says_stock and numbers.available < gate.min_available:
        return "quarantined", f"{there}, expected at least {gate.min_available:,}"
    if not numbers.step.available:
        return "passed", f"{there}; there were none before"
    findings = list(_findings(numbers, gate, band or Band()))
    stopping = [one for one in findings if one.stops and one.linked >= gate.min_affected]
    if stopping:
        return "quarantined", "; ".join(f"{one.words}; stopped from {one.limit}" for one in stopping)
    if not seconded and gate.second_look and _is_much_lost(numbers.step, gate):
        return (
            "waiting",
            f"{_loss(numbers, numbers.step)}; believed from {gate.warn_share:.0%} when a second file shows it too",
        )
    if findings:
        small = f" where it meets {gate.min_affected} linked items"
        return "warned", "; ".join(
            f"{one.words}; " + (f"stopped from {one.limit}{small}" if one.stops else f"reported from {one.limit}")
            for one in findings
        )
    lost = numbers.step.affected
    return "passed", _loss(numbers, numbers.step) if lost else f"{there}, none was lost"


def _is_much_lost(step: Loss, gate: FeedGate) -> bool:
    return step.share >= gate.warn_share and step.linked_affected >= gate.min_affected


def step_limit(gate: FeedGate, band: Band) -> float:
    """From which loss on a step is stopped: the block's figure, or less where the feed is calmer by itself."""
    if band.lost is None:
        return gate.quarantine_share
    return min(gate.quarantine_share, max(gate.warn_share, band.lost))


def _findings(numbers: Numbers, gate: FeedGate, band: Band) -> Iterator[Finding]:
    told = list(_step(numbers, gate, band))
    yield from told
    for name, share in (("day", gate.day_share), ("week", gate.week_share)):
        loss: Loss = getattr(numbers, name)
        if loss.affected and loss.share >= share:
            words = f"within {WINDOWS[name]}, {'the same' if told and loss == numbers.step else _loss(numbers, loss)}"
            yield Finding(words, True, loss.linked_affected, f"{share:.0%}")
    if numbers.says_stock:  # more items with a price, or a code, switch nothing on
        yield from _gains(numbers, gate, band)
    for column, linked in numbers.constant.items():
        yield Finding(
            f"the column of {column} holds one value only, where it held several ({linked:,} linked items changed)",
            True,
            linked,
            "the first such file",
        )
    if numbers.price_ratio is not None and abs(numbers.price_ratio - 1) >= gate.price_share:
        words = f"prices moved by {numbers.price_ratio - 1:+.0%} at their median ({numbers.linked_repriced:,} linked)"
        yield Finding(words, True, numbers.linked_repriced, f"{gate.price_share:.0%}")


def _step(numbers: Numbers, gate: FeedGate, band: Band) -> Iterator[Finding]:
    step = numbers.step
    limit = step_limit(gate, band)
    if not step.affected or step.share < min(gate.warn_share, limit):
        return
    stops = step.share >= limit
    own = ", the most that this feed's history makes likely" if stops and limit < gate.quarantine_share else ""
    yield Finding(_loss(numbers, step), stops, step.linked_affected, f"{limit if stops else gate.warn_share:.1%}{own}")


def _gains(numbers: Numbers, gate: FeedGate, band: Band) -> Iterator[Finding]:
    if numbers.fresh and numbers.fresh_share >= gate.gain_share:
        words = f"{numbers.fresh:,} items ({numbers.fresh_share:.1%}; {numbers.linked_fresh:,} linked) became available"
        yield Finding(f"{words} that were not within 14 days", True, numbers.linked_fresh, f"{gate.gain_share:.0%}")
    elif band.gained is not None and numbers.newly_available:
        limit = min(gate.gain_share, max(gate.warn_share, band.gained))
        if numbers.gained_share >= limit:
            words = f"{numbers.newly_available:,} items ({numbers.gained_share:.1%}) became available at once"
            own = f"{limit:.1%}, the most that this feed's history makes likely"
            yield Finding(words, True, numbers.linked_newly_available, own)


def _loss(numbers: Numbers, loss: Loss) -> str:
    away = f"gone ({loss.gone:,}) or no longer available ({loss.newly_unavailable:,})" if numbers.says_stock else "gone"
    return (
        f"{loss.affected:,} of {loss.available:,} items that were {numbers.state} ({loss.feed_share:.1%}) are {away};"
        f" of linked ones {loss.linked_affected:,} of {loss.linked_available:,} ({loss.linked_share:.1%})"
    )
