"""Is a readable feed believed? Compared with the last good snapshot; decides, changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from blocks import FeedGate
from tasks.duck import desk


class Numbers(BaseModel):
    """What the verdict rests on. Counts of items; shares of the items available in the last good snapshot."""

    offers: int
    available: int
    last_available: int
    gone: int
    newly_unavailable: int
    linked_last_available: int
    linked_gone: int
    linked_newly_unavailable: int

    @property
    def feed_share(self) -> float:
        """Gone or newly unavailable, of all that was available."""
        return (self.gone + self.newly_unavailable) / (self.last_available or 1)

    @property
    def linked_affected(self) -> int:
        """Linked items that are gone or newly unavailable."""
        return self.linked_gone + self.linked_newly_unavailable

    @property
    def linked_share(self) -> float:
        """Gone or newly unavailable, of all linked items that were available."""
        return self.linked_affected / (self.linked_last_available or 1)


class Verdict(BaseModel):
    """`passed`; `warned`: passed, but reported; `quarantined`: a person has to approve it."""

    status: Literal["passed", "warned", "quarantined"]
    reason: str
    numbers: Numbers


def judge(new_offers: Path, last_offers: Path | None, linked: Path | None, gate: FeedGate) -> Verdict:
    """Compare two `offers.parquet`. `last_offers` None: the first snapshot, for which only the floor counts.

    `linked`: Parquet with offer_key VARCHAR, the items that have a product; None: unknown, so every item counts.
    """
    with desk() as table:
        table.load(new_offers=new_offers)
        if last_offers:
            table.load(last_offers=last_offers)
        else:
            table.connection.execute("CREATE TABLE last_offers AS SELECT * FROM new_offers LIMIT 0")
        if linked:
            table.load(linked=linked)
        else:
            table.connection.execute(
                "CREATE TABLE linked AS SELECT coalesce(supplier_sku, sku, ean) AS offer_key FROM last_offers"
            )
        table.run("feeds/gate.sql")
        numbers = Numbers.model_validate(table.rows("SELECT * FROM change")[0])
    status, reason = _decide(numbers, gate)
    return Verdict(status=status, reason=reason, numbers=numbers)


def _decide(numbers: Numbers, gate: FeedGate) -> tuple[Literal["passed", "warned", "quarantined"], str]:
    if numbers.available == 0:
        return "quarantined", f"no item is available (of {numbers.offers:,} in the feed)"
    worst = max(numbers.feed_share, numbers.linked_share)
    affected = numbers.gone + numbers.newly_unavailable
    words = (
        f"{affected:,} of {numbers.last_available:,} items that were available ({numbers.feed_share:.1%}) are"
        f" gone ({numbers.gone:,}) or no longer available ({numbers.newly_unavailable:,}); of linked ones"
        f" {numbers.linked_affected:,} of {numbers.linked_last_available:,} ({numbers.linked_share:.1%})"
    )
    if not affected or worst < min(gate.warn_share, gate.quarantine_share):
        return "passed", words if affected else f"{numbers.available:,} items are available, none was lost"
    if worst < gate.quarantine_share:
        return "warned", f"{words}; reported from {gate.warn_share:.0%}"
    if numbers.linked_affected < gate.min_affected:
        return (
            "warned",
            f"{words}; stopped from {gate.quarantine_share:.0%} where it meets {gate.min_affected} linked items",
        )
    return "quarantined", f"{words}; stopped from {gate.quarantine_share:.0%}"
