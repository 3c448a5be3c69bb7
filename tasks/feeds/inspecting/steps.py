"""Steps of `inspect_feed`: look at a file, save its block, read archived files by a block's settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from blocks import SupplierFeed, refuse_taken, save_new
from tasks.duck import has_rows
from tasks.errors import WrongSettingsError
from tasks.feeds.inspecting.block_yaml import HOW_TO_HIDE, block_yaml, unfinished_yaml
from tasks.feeds.inspecting.fitting import fitting_absence, shares_sold
from tasks.feeds.inspecting.inspection import inspect
from tasks.feeds.inspecting.proposal import Proposal, propose
from tasks.feeds.inspecting.replay import replay
from tasks.feeds.inspecting.showing import show_inspection, show_replayed, show_thresholds
from tasks.feeds.report import show_rejects
from tasks.feeds.snapshots import Snapshot
from tasks.feeds.sources.address import shown
from tasks.feeds.sources.fetch import Fetched
from tasks.run import Run
from tasks.station import station
from tasks.summaries import InspectSummary

MOST_REPLAYED = 50


@station("look at what is asked for", io=True)
def refuse_wrong_wishes(
    source: SupplierFeed | str,
    numbers: Mapping[str, int | None],
    save_as: str | None,
    replay: int,
) -> None:
    """Raise WrongSettingsError, before anything is fetched or written, for what could not be done at the end.

    `numbers`: integration_id and contractor_id as they are asked for.
    """
    for name, number in numbers.items():
        if number is not None and number < 1:
            raise WrongSettingsError(f"{name}: expected a number from 1 on, got {number}")
    if replay and isinstance(source, str):
        raise WrongSettingsError(
            "replay: expected a supplier feed block as `source` (archived files belong to its integration number), got"
            " an address or a path"
        )
    if not 0 <= replay <= MOST_REPLAYED:
        raise WrongSettingsError(f"replay: expected 0 to {MOST_REPLAYED} archived files, got {replay}")
    if save_as is None:
        return
    if numbers["integration_id"] is None and isinstance(source, str):
        raise WrongSettingsError("save_as: expected `integration_id` as well, your own number of this supplier")
    try:
        refuse_taken(save_as)
    except ValueError as error:
        raise WrongSettingsError(str(error)) from None


@station("inspect file")
def inspect_file(
    run: Run[InspectSummary],
    source: SupplierFeed | str,
    fetched: Fetched,
    integration_id: int | None,
    contractor_id: int | None,
) -> tuple[Path | None, SupplierFeed | None]:
    """Say what a file is; returns its offers and the proposed block, None where no block can be proposed.

    A block that was given reads the file as it is; where it can't, its mapping may be a guess: what was recognised is
    tried instead.
    """
    looked = inspect(source, fetched.path, run.folder)
    asked = {"integration_id": integration_id, "contractor_id": contractor_id}
    numbers = {name: number for name, number in asked.items() if number is not None}
    proposal = propose(source, looked, fetched.path, run.folder, numbers)
    reason = "by the first records only: nothing could be read"
    if proposal and proposal.read:
        looked.absence, reason = fitting_absence(proposal.feed, proposal.read.offers)
        if looked.format in {"csv", "xlsx"}:
            looked.rows = proposal.read.rows_read  # of lines a record may have several
        if not proposal.is_given:
            proposal.feed = proposal.feed.model_copy(update={"absence": looked.absence})
    if proposal and proposal.is_given and not proposal.fault:
        looked.mapping = proposal.feed.columns() or looked.mapping
        if proposal.feed.absence != looked.absence:
            reason += f"; the block says {proposal.feed.absence.value}, and keeps it"
    number_known = integration_id is not None or not isinstance(source, str)
    text = block_yaml(proposal.feed, number_known=number_known) if proposal else unfinished_yaml(looked, integration_id)
    found = looked.model_dump(mode="json")
    run.count(**found, absence_reason=reason, block_yaml=text)
    show_inspection(run, looked, reason, text)
    return _told(run, proposal), proposal.feed if proposal else None


def _told(run: Run[InspectSummary], proposal: Proposal | None) -> Path | None:
    """Say what the proposed block reads; returns its offers."""
    if proposal is None:
        run.warn("No block can be proposed: not enough of the columns was recognised. The YAML says what lacks")
        return None
    if proposal.given_fault:
        words = f"The block as it is would be refused, so what was recognised is proposed: {proposal.given_fault}"
        run.warn(words)
        run.show("The block as it is would be refused", None, words)
    if proposal.fault:
        run.warn(f"With this mapping the file would be refused: {proposal.fault}")
        run.show("The file would be refused with this mapping", None, proposal.fault)
    if proposal.read is None:
        return None
    run.count(rows_rejected=proposal.read.rows_rejected)
    if proposal.feed.part.says("stock"):
        run.count(sold_at_threshold=shares_sold(proposal.read.offers))
        show_thresholds(run)
    show_rejects(run, proposal.read.rejects)
    return proposal.read.offers


@station("save block", io=True)
def save_block(run: Run[InspectSummary], feed: SupplierFeed | None, name: str) -> None:
    """Save the proposed block, switched off. Raises WrongSettingsError where that can't be; nothing is overwritten."""
    if feed is None:
        raise WrongSettingsError(
            "save_as: expected a file that a block can be proposed for; see the warnings of this run. Nothing was saved"
        )
    try:
        saved = save_new(feed.model_copy(update={"enabled": False}), name)
    except ValueError as error:
        raise WrongSettingsError(str(error)) from None
    run.count(saved_as=saved, dry_run=False)
    run.say("Saved as %s, switched off: look it over in the UI, then turn `Switched on` on", saved)
    if shown(feed.source) != feed.source:
        run.warn(f"The saved address may hold a secret that whoever may read the block can read: {HOW_TO_HIDE}")
    links = run.state.read(
        "integration_product_links",
        run.folder / "links_of_number.parquet",
        ("product_id",),
        {"integration_id": feed.integration_id},
    )
    if has_rows(links):
        run.warn(
            f"Integration {feed.integration_id} has links already. Right for another block of the same supplier;"
            " if it is another supplier or your shop, change the number before you switch the block on"
        )


@station("replay archived files", io=True)
def replay_archived(run: Run[InspectSummary], feed: SupplierFeed, count: int) -> Snapshot | None:
    """Read the last archived files by this block's settings, and show what is different from how they were imported.

    Returns the newest one, read like this; None where none could be. Nothing is written.
    """
    replayed, newest = replay(run.state, feed, count, run.folder, run.started_at)
    if not replayed:
        words = f"No file of integration {feed.integration_id} is in the archive yet; import it first"
        run.warn(words)
        run.show("Archived files", None, words)
        return None
    show_replayed(run, replayed, newest.verdict if newest else "")
    run.count(replayed=[one.model_dump(mode="json") for one in replayed])
    return newest.snapshot if newest else None
