"""What `check_integration` finds odd about a supplier's delivery settings: closed now, or filled in to no effect."""

from __future__ import annotations

from datetime import date

from blocks import SupplierFeed
from blocks.delivery import SupplierDelivery
from tasks.summaries import Check


def check_delivery(feed: SupplierFeed, today: date) -> list[Check]:
    """Give what is worth a look; nothing where all is as usual. `today` is the supplier's."""
    delivery, checks = feed.delivery, []
    if until := max(
        (one.closed_to for one in delivery.closed if one.closed_from <= today <= one.closed_to), default=None
    ):
        found = f"closed until {until}: what is promised leaves after that"
        checks.append(
            Check(
                name="open", ok=None, expected="days on which it sends", found=found, fix="Nothing, if that is right."
            )
        )
    elif delivery.closed and all(one.closed_to < today for one in delivery.closed):
        found = f"all over since {max(one.closed_to for one in delivery.closed)}"
        checks.append(
            Check(
                name="closed weeks",
                ok=None,
                expected="the next ones",
                found=found,
                fix="Ask the supplier, and correct `Closed` under Delivery in the feed's block.",
            )
        )
    if idle := _idle(delivery):
        checks.append(
            Check(
                name="delivery",
                ok=None,
                expected="settings that count",
                found=f"without effect: {'; '.join(idle)}",
                fix="Correct Delivery in the feed's block.",
            )
        )
    return checks


def _idle(delivery: SupplierDelivery) -> list[str]:
    usual, idle = SupplierDelivery(), []
    if delivery.days_are == "calendar":
        names = [name for name in ("working_days", "holidays") if getattr(delivery, name) != getattr(usual, name)]
        idle += [f"`{name}`, because `days_are` is calendar" for name in names]
    if delivery.route == "dropship" and delivery.handling_days:
        idle.append("`handling_days`, because `route` is dropship")
    return idle
