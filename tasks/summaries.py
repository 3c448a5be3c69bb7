"""What each flow returns: small counts that a person can read and a program can compare."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

Status = Literal[
    "running", "completed", "unchanged", "waiting", "switched_off", "refused", "quarantined", "busy", "failed"
]


class Summary(BaseModel):
    """What all summaries share."""

    status: Status = "running"
    dry_run: bool = False


class ToldSummary(Summary):
    """What followed a run that wrote to a shop."""

    touched: int | None = Field(None, description="written products whose date of change was set, where the block asks")
    webhook: Literal["sent", "partly", "failed"] | None = Field(
        None, description="whether the block's webhook took what was written; the rest goes with the next run"
    )


class CatalogueSummary(Summary):
    """Counts of `import_catalog`; an item is a product or a combination of the shop."""

    products_read: int = Field(0, description="items read from the shop")
    created: int = Field(0, description="products made, because no existing one was recognised")
    updated: int = Field(0, description="items whose SKU, EAN or name changed")
    unchanged: int = Field(0, description="items already linked, with nothing new")
    linked: int = Field(0, description="items recognised as an existing product")
    ambiguous: int = Field(0, description="items with several candidates; nothing was made")
    stale: int = Field(0, description="links of items that the shop has no more; none was removed")


class ImportSummary(Summary):
    """Counts of `import_feed`."""

    limit: int | None = Field(None, description="only the first n offers were to be applied")
    snapshot_id: str | None = Field(None, description="this version of the feed")
    rows_read: int = Field(0, description="records in the file")
    rows_rejected: int = Field(0, description="records that could not be understood")
    rows_summed: int = Field(0, description="records whose stock was added to another one of the same item")
    rejected_by_reason: dict[str, int] = Field(default_factory=dict, description="a record, or only a field of it")
    offers: int = Field(0, description="records that could")
    matched: int = Field(0, description="offers that are exactly one product")
    unmatched: int = Field(0, description="offers without a product, or with several")
    created: int = Field(0, description="links made")
    updated: int = Field(0, description="links whose values changed")
    unchanged: int = Field(0, description="links that already held the same")
    absent: int = Field(0, description="linked products missing from this file")
    sold_out: int = Field(0, description="of these, taken off now by the absence rule")
    prices_updated: int = Field(0, description="products whose purchase price changed, where the block keeps prices")
    stale: int = Field(0, description="links in doubt since the catalogue or the feed changed; none was moved")
    warnings: list[str] = Field(default_factory=list)


class LinkSummary(Summary):
    """Counts of `link_products`."""

    products: int = Field(0, description="products looked at")
    linked: int = Field(0, description="links made")
    updated: int = Field(0, description="links that were there, with new values")
    unchanged: int = Field(0, description="links that were there already, with nothing new")
    ambiguous: int = Field(0, description="several candidates; nothing was linked")
    unmatched: int = Field(0, description="no candidate")
    refused: int = Field(0, description="a person said that they are no product of yours")
    stale: int = Field(0, description="links in doubt since the catalogue or the feed changed; none was moved")
    decisions: int = Field(0, description="new decisions of the review")
    links_ended: int = Field(0, description="links that these ended")
    to_review: int = Field(0, description="items with candidates for a person: see the artifact `review-...`")
    review_id: str | None = Field(None, description="where they all are, among the archive's reviews")


class SyncSummary(ToldSummary):
    """Counts of `sync_availability`, in products of the shop (a product with its combinations is one)."""

    limit: int | None = Field(None, description="only the first n changed products were to be written")
    contractor: int | None = Field(None, description="only products of this contractor were looked at")
    wanted: int = Field(0, description="products with a decision")
    on: int = Field(0, description="of these, that can be ordered")
    off: int = Field(0, description="of these, that can't")
    not_sold: int = Field(0, description="of those that can, not sold by the shop itself: inactive or not for order")
    changed: int = Field(0, description="products with something new to write")
    written: int = Field(0, description="written and read back")
    unchanged: int = Field(0, description="the shop already holds what was decided")
    left: int = Field(0, description="somebody else changed the row since the plan; left alone")
    failed: int = Field(0, description="could not be written")
    with_shop: bool = Field(False, description="every row of the shop was compared, not only what we wrote last")
    drifted: int = Field(0, description="changed in the shop by somebody else since we wrote them, as far as looked at")
    repaired: int = Field(0, description="of these, ours again")
    kept: int = Field(0, description="of which something stays as somebody else set it")
    contested: int = Field(0, description="of these, found now to be written by another program too")
    enabled: int = Field(0, description="switched to: can be ordered")
    disabled: int = Field(0, description="switched to: can't be ordered")
    not_enforceable: int = Field(
        0, description="combinations that can't be denied while others of the product can be sold"
    )
    skipped: dict[str, int] = Field(default_factory=dict, description="left alone, by reason")
    by_supplier: dict[str, int] = Field(
        default_factory=dict, description="by the supplier (integration number) who decides a product"
    )
    rows_written: int = Field(0, description="database rows written")
    change_set_id: str | None = Field(None, description="what was planned and what came of it, in the archive")
    approved: bool = Field(False, description="it was planned by an earlier run, held back, and approved by a person")


class PinSummary(Summary):
    """What `pin_product` did."""

    product_id: int | None = Field(None, description="our number of the product")
    state: str = Field("", description="on, off, hold; rules: the pin was ended")
    until: datetime | None = Field(None, description="when the pin runs out (UTC)")
    pins: int = Field(0, description="open pins of this shop, this one among them")


class ReleaseSummary(ToldSummary):
    """Counts of `release_products`, in products of the shop; a row is one flag or text."""

    products: int = Field(0, description="products with rows of ours that are given back")
    written: int = Field(0, description="products put back as they were, or so already, and read back")
    left: int = Field(0, description="somebody else changed a row since the plan; left alone")
    failed: int = Field(0, description="could not be written")
    enabled: int = Field(0, description="switched to: can be ordered")
    disabled: int = Field(0, description="switched to: can't be ordered")
    rows_written: int = Field(0, description="database rows written")
    rows_ended: int = Field(0, description="rows whose record ended: they hold what they held before us")
    kept: dict[str, int] = Field(default_factory=dict, description="rows that stay as they are, by reason")
    pins: int = Field(0, description="open pins of this shop")
    change_set_id: str | None = Field(None, description="what was planned and what came of it, in the archive")


class UndoSummary(ToldSummary):
    """Counts of `undo_sync`, in products of the shop; a row is one flag, text or quantity."""

    undone: str = Field("", description="the change set that was undone")
    restored: int = Field(0, description="products put back as they were, and read back; in a dry run: that would be")
    refused: int = Field(0, description="products of which rows stay as they are: see `kept`")
    kept: dict[str, int] = Field(default_factory=dict, description="rows that stay as they are, by reason")
    written: int = Field(0, description="products written, or so already, and read back")
    left: int = Field(0, description="somebody else changed a row since the plan; left alone")
    failed: int = Field(0, description="could not be written")
    enabled: int = Field(0, description="switched to: can be ordered")
    disabled: int = Field(0, description="switched to: can't be ordered")
    rows_written: int = Field(0, description="database rows written")
    held: int = Field(0, description="products that syncs leave as they are from now on")
    paused: bool = Field(False, description="whether this run paused the shop's syncs")
    hold_until: datetime | None = Field(None, description="until when that is so (UTC)")
    pins: int = Field(0, description="open pins of this shop")
    change_set_id: str | None = Field(None, description="what was planned and what came of it, in the archive")


class HistorySummary(Summary):
    """What `show_history` found; counts of products of the shop, or of what is known of the one product."""

    days: int = Field(description="days looked back")
    runs: int | None = Field(None, description="runs of sync-availability; dry runs and runs with a limit don't count")
    not_completed: int | None = Field(None, description="of these, runs that did not come to their end")
    on: int | None = Field(None, description="products that could be ordered after the last of them")
    off: int | None = Field(None, description="products that could not")
    changed: int | None = Field(None, description="products with something new to write, over all runs")
    product_id: int | None = Field(None, description="our number of the product asked for")
    suppliers: int | None = Field(None, description="suppliers that have it now")
    versions: int | None = Field(None, description="believed versions of their feeds in that time")
    left_out: int | None = Field(
        None, description="archived versions or change sets that are there no more, or unreadable"
    )
    switched_on: int | None = Field(None, description="times at which it became orderable in the shop")
    switched_off: int | None = Field(None, description="times at which it stopped being so")
    picture: bool = Field(False, description="whether it was drawn")


class Check(BaseModel):
    """One finding of `check_integration`; `ok` is None where it could not be looked at."""

    name: str
    ok: bool | None
    expected: str
    found: str
    fix: str = ""


class CheckSummary(Summary):
    """The findings of `check_integration`."""

    integration_id: int
    checks: list[Check] = Field(default_factory=list)


class ExplainSummary(Summary):
    """What `explain_product` wrote down of its answer, which is an `Explanation`."""

    product_id: int | None = Field(None, description="our number of the product")
    code: str = Field("", description="the cause, for a program")
    cause: str = Field("", description="the cause in one line")


class InspectSummary(Summary):
    """What `inspect_feed` found out about a file."""

    source: str = ""
    format: str = ""
    encoding: str = ""
    delimiter: str | None = None
    quote: str | None = Field(None, description="CSV: the sign around texts")
    header_lines: int = Field(0, description="CSV, XLSX: lines above the first record")
    has_header: bool = True
    preset: str | None = Field(None, description="the known format that the file is")
    record_path: str | None = Field(None, description="XML, JSON: where one item stands")
    variant_path: str | None = Field(None, description="XML, JSON: where an item's variants stand in it")
    rows: int = Field(0, description="records in the file")
    rows_rejected: int = Field(0, description="records that could not be read with the proposed mapping")
    columns: list[dict[str, Any]] = Field(default_factory=list)
    sample: list[dict[str, Any]] = Field(default_factory=list)
    mapping: dict[str, str] = Field(default_factory=dict, description="field -> column, as proposed")
    absence: str = Field("uncertain", description="what a missing item would mean, as proposed")
    absence_reason: str = Field("", description="why that is proposed")
    sold_at_threshold: dict[int, float] = Field(
        default_factory=dict, description="share of the offers that each stock threshold would let be ordered"
    )
    catalogue_items: int = Field(0, description="items of the shop whose catalogue was imported first")
    match_rate: float | None = Field(
        None, description="share of the offers that are exactly one product; None: unknown"
    )
    unmatched_by_cause: dict[str, int] = Field(default_factory=dict)
    saved_as: str | None = Field(None, description="the block that was saved, switched off")
    replayed: list[dict[str, Any]] = Field(default_factory=list, description="archived files, read by this block")
    links_created: int = Field(0, description="links that the newest of them would make")
    links_updated: int = Field(0, description="links that it would change")
    block_yaml: str = ""


class PruneSummary(Summary):
    """What `prune_runs` removed; in a dry run: would remove."""

    failed_runs: int = Field(
        0, description="flow runs that failed or crashed, removed from Prefect with logs and tasks"
    )
    other_runs: int = Field(0, description="flow runs that completed or were cancelled")
    artifacts: int = Field(0, description="artifacts of these runs")
    raw_files: int = Field(0, description="suppliers' files as they came; what was read from them stays")
    snapshots: int = Field(0, description="versions of feeds, from the archive")
    change_sets: int = Field(0, description="change sets, from the archive; they can't be undone any more")
    reviews: int = Field(0, description="reviews, from the archive")
    leftovers: int = Field(0, description="what crashed runs left in the archive")
    notices: int = Field(0, description="notices to a shop's webhook that it did not take in all that time")
    megabytes: float = Field(0, description="freed in the archive")
    rows: dict[str, int] = Field(default_factory=dict, description="rows of our database, by table")
    more: bool = Field(False, description="whether there is more than one run removes; the next one goes on")


class RetrySummary(Summary):
    """What `retry_failed_runs` did; in a dry run: would do."""

    failed_runs: int = Field(0, description="failed or crashed runs that were looked at")
    retried: int = Field(0, description="runs started anew")
    not_retried: dict[str, int] = Field(default_factory=dict, description="runs that were left, by reason")


class MonitorSummary(Summary):
    """What `monitor_queues` saw, did and told."""

    queues: int = Field(0, description="work queues looked at")
    waiting: int = Field(0, description="runs whose time has come and that nobody has taken yet")
    at_work: int = Field(0, description="runs at work")
    faults: int = Field(0, description="what is wrong now")
    told: int = Field(0, description="of these, told a person now: each is told once")
    recovered: int = Field(0, description="what was told before and is over now")
    runs_ended: int = Field(0, description="dead runs that got a true state; in a dry run: would get")
    doubles_cancelled: int = Field(0, description="waiting runs of a schedule that an earlier waiting one does, too")
    slots_freed: int = Field(0, description="places of deployments that nobody held")
    leases_ended: int = Field(0, description="our leases of dead runs")
    records_ended: int = Field(0, description="records of runs that died")
