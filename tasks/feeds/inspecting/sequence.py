"""The gate over files that never came like this: each judged after the ones before it, nothing is recorded."""

from __future__ import annotations

from pathlib import Path

from blocks import SupplierFeed
from tasks.feeds.gate import history, measures
from tasks.feeds.gate.comparing import DAY, WEEK
from tasks.feeds.gate.history import Step
from tasks.feeds.gate.verdict import Verdict
from tasks.feeds.snapshots import RECENT, Snapshot


class Sequence:
    """A feed's files from the oldest on; what the gate believes of them is what the next ones are compared with.

    One of several files is judged by itself, its changes laid over what it said before.
    """

    def __init__(self, feed: SupplierFeed, linked: Path) -> None:
        self._gate, self._linked = feed.gate, linked
        self._says_stock = feed.part.says("stock")
        self._past: list[Step] = []  # believed ones, newest first
        self._offers: dict[str, Path] = {}
        self._recent: Path | None = None
        self._is_waiting = False

    def judge(self, snapshot: Snapshot, *, approved: bool) -> Verdict:
        """Say what the gate would make of the next file; `approved`: a person believed it whatever the gate said."""
        recent_to = snapshot.offers.with_name(RECENT)
        new = measures.Judged(
            offers=snapshot.offers,
            id=snapshot.id,
            fetched_at=snapshot.fetched_at,
            recent_to=recent_to,
            says_stock=self._says_stock,
        )
        verdict = measures.judge(new, self._before(snapshot), self._linked, self._gate)
        if approved or not verdict.stops:
            self._believe(snapshot, verdict, approved=approved and verdict.stops)
            self._recent = recent_to
        self._is_waiting = verdict.status == "waiting" and not approved
        return verdict

    def _before(self, snapshot: Snapshot) -> measures.Before | None:
        if not self._past:
            return None
        now, last = snapshot.fetched_at, self._past[0]
        marks = {"day": history.high_water(self._past, now, DAY), "week": history.high_water(self._past, now, WEEK)}
        return measures.Before(
            offers=self._offers[last.id],
            fetched_at=last.fetched_at,
            recent=self._recent,
            approved=history.approved_ids(self._past),
            band=history.band(self._past, now),
            seconded=self._is_waiting,
            **{name: self._offers[step.id] for name, step in marks.items() if step},
        )

    def _believe(self, snapshot: Snapshot, verdict: Verdict, *, approved: bool) -> None:
        numbers = verdict.numbers
        told = bool(numbers.step.available)
        step = Step(
            id=snapshot.id,
            fetched_at=snapshot.fetched_at,
            available=numbers.available,
            approved=approved,
            lost=numbers.step.share if told else None,
            gained=numbers.gained_share if told else None,
        )
        self._past.insert(0, step)
        self._offers[snapshot.id] = snapshot.offers
