"""Steps of `inspect_feed`: look at a file, save its block, read archived files by a block's settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from blocks import SupplierFeed, save_new
from tasks.errors import Refused, WrongSettingsError
from tasks.feeds.inspecting.inspection import Inspection, inspect, shares_sold
from tasks.feeds.inspecting.replay import Replayed, replay
from tasks.feeds.offers.read import read_feed
from tasks.feeds.report import show_inspection, show_rejects
from tasks.feeds.sources.fetch import Fetched
from tasks.run import Run
from tasks.station import station
from tasks.summaries import InspectSummary


@station("inspect file")
def inspect_file(
    run: Run[InspectSummary], source: SupplierFeed | str, fetched: Fetched, integration_id: int | None
) -> tuple[Path | None, SupplierFeed | None]:
    """Say what a file is; returns its offers and the proposed block, None where no block can be proposed.

    A block that was given reads the file as it is; where it can't, its mapping may be a guess: the proposal is tried.
    """
    looked = inspect(source, fetched.path, run.folder, integration_id)
    found = looked.model_dump(mode="json", exclude={"absence"})
    run.count(**found, absence=looked.absence.value)
    show_inspection(run, looked)
    proposed = _proposed(source, looked, integration_id)
    feed = proposed if isinstance(source, str) else source
    if feed is None:
        return None, None
    try:
        read = read_feed(feed, fetched.path, run.folder)
    except Refused as refused:
        run.warn(f"With this mapping the file would be refused: {refused}")
        return None, proposed
    sold = shares_sold(read.offers)
    run.count(rows_rejected=read.rows_rejected, sold_at_threshold=sold)
    run.show(
        "What a threshold would sell",
        [
            {"min_stock_threshold": threshold, "offers that can be ordered": f"{sold[threshold]:.0%}"}
            for threshold in sold
        ],
    )
    show_rejects(run, read.rejects)
    return read.offers, proposed


def _proposed(source: SupplierFeed | str, looked: Inspection, integration_id: int | None) -> SupplierFeed | None:
    """The block as it would be saved; of a given block its way to the source is kept."""
    if isinstance(source, str):
        return looked.feed(source, integration_id or 1)
    proposal = looked.feed(source.source, integration_id or source.integration_id)
    if proposal is None:
        return None
    read = {name: getattr(proposal, name) for name in READ_BY}
    return source.model_copy(update={**read, "integration_id": proposal.integration_id})


READ_BY = (
    "preset",
    "format",
    "delimiter",
    "encoding",
    "has_header",
    "record_path",
    "variant_path",
    "mapping",
    "absence",
)


@station("save block", io=True)
def save_block(run: Run[InspectSummary], feed: SupplierFeed | None, name: str, integration_id: int | None) -> None:
    """Save the proposed block, switched off. Raises WrongSettingsError where that can't be; nothing is overwritten."""
    if feed is None:
        raise WrongSettingsError(
            "save_as: expected a file that a block can be proposed for; see the warnings of this run"
        )
    if integration_id is None:
        raise WrongSettingsError("save_as: expected `integration_id` as well, your own number of this supplier")
    try:
        saved = save_new(feed.model_copy(update={"enabled": False}), name)
    except ValueError as error:
        raise WrongSettingsError(str(error)) from None
    run.count(saved_as=saved)
    run.say("Saved as %s, switched off: look it over in the UI, then turn `Switched on` on", saved)


@station("replay archived files", io=True)
def replay_archived(run: Run[InspectSummary], feed: SupplierFeed, count: int) -> None:
    """Read the last archived files by this block's settings, and show what is different from how they were imported."""
    replayed = replay(run.state, feed, count, run.folder, run.started_at)
    if not replayed:
        run.warn(f"No file of integration {feed.integration_id} is in the archive yet; import it first")
        return
    run.show("The last files, read by this block", [_row(one) for one in replayed], "Then: as they were imported.")
    if differences := next((one.differences for one in replayed if one.differences), None):
        run.show("Some of the differences, of the newest file that has any", differences)
    if verdict := replayed[0].verdict:
        run.say("The gate, if the newest file came read like this: %s", verdict)
        run.show("What the gate would say of the newest", [], verdict)
    run.count(replayed=[one.model_dump(mode="json", exclude={"differences"}) for one in replayed])


def _row(one: Replayed) -> dict[str, Any]:
    if one.fault:
        return {"file": one.snapshot_id, "offers": one.fault}
    return {
        "file": one.snapshot_id,
        "offers": f"{one.offers_then:,} -> {one.offers_now:,}",
        "rejected": f"{one.rejected_then:,} -> {one.rejected_now:,}",
        "gone": one.gone,
        "new": one.new,
        "other stock": one.other_stock,
        "other days": one.other_days,
        "other price": one.other_price,
        "on": one.switched_on,
        "off": one.switched_off,
    }
