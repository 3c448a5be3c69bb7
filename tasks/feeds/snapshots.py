"""Snapshots of a feed: what was fetched, whether it was believed, and which one is the last good."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from blocks import SupplierFeed
from blocks.feed_part import FeedPart
from tasks import archive
from tasks.duck import desk
from tasks.errors import NotArchivedError, WrongSettingsError
from tasks.feeds.gate.verdict import Verdict
from tasks.feeds.presets import completed
from tasks.state import Session, StateDatabase

APPROVAL_HOURS = 24
RECENT = "recent.parquet"
MERGED = "merged.parquet"
NOT_IN_MANIFEST = {
    "offers",
    "rejects",
    "archived",
    "verdict",
    "approved_at",
    "last_seen_at",
    "judged",
    "counts_absence",
}
OF_THE_LINKS = {"gate", "absence", "match_by", "sku_codes"}
OF_A_SYNC = {"delivery"}
OF_THE_SOURCE = {
    "enabled",
    "source",
    "username",
    "password",
    "token",
    "header_name",
    "header_value",
    "private_key",
    "fetching",
}


class Snapshot(BaseModel):
    """One version of a feed, read: its files, and what is known of it.

    `verdict`, `approved_at`, `last_seen_at`: of its row in the state database, None before there is one. `judged`:
    what the gate made of it in this run. `columns`: all that the file has, empty where that is not known.
    `rows_summed`: records whose stock is part of another's. `part`: of a supplier with several files; `offers` of one
    with changes only are all that are known. `contractor_id`, `default_delivery_days`: as in the block.
    `counts_absence`: whether what it lacks is evidence of absence. `first_met_at`: when the file had this content
    first, where it was read anew by other settings.
    """

    id: str
    integration_id: int
    part: FeedPart = FeedPart()
    contractor_id: int | None = None
    default_delivery_days: int | None = None
    content_hash: str
    settings_hash: str
    fetched_at: datetime
    first_met_at: datetime | None = None
    offers: Path
    rejects: Path
    rows_read: int
    rows_rejected: int
    rows_summed: int = 0
    rejected_by_reason: dict[str, int] = {}
    columns: list[str] = []
    archived: bool = False
    verdict: str | None = None
    approved_at: datetime | None = None
    last_seen_at: datetime | None = None
    judged: Verdict | None = None
    counts_absence: bool = True

    @property
    def said_at(self) -> datetime:
        """When the supplier said it, as far as we know: to read it once more makes it no newer."""
        return self.first_met_at or self.fetched_at

    @property
    def is_good(self) -> bool:
        """Whether it was believed, by the gate or by a person."""
        return self.verdict == "passed" or self.approved_at is not None

    @property
    def is_waiting(self) -> bool:
        """Whether nothing of it may be applied before a second file."""
        return self.judged is not None and self.judged.status == "waiting"

    @property
    def recent(self) -> Path | None:
        """Items that were available within 14 days before it and are not in it; None where nobody kept them."""
        path = self.offers.with_name(RECENT)
        return path if path.exists() else None


def settings_hash(feed: SupplierFeed) -> str:
    """A short fingerprint of what decides how a file is read, its preset's part too; no secret is part of it."""
    settings = completed(feed).model_dump(mode="json", exclude=OF_THE_SOURCE | OF_THE_LINKS | OF_A_SYNC)
    return hashlib.sha256(json.dumps(settings, sort_keys=True, default=str).encode()).hexdigest()[:16]


def snapshot_id(integration_id: int, fetched_at: datetime, content_hash: str, settings: str, part: str = "") -> str:
    """A name that sorts by time and can be typed: `f6-20261124T050500-1a2b3c4d`, `f6-prices-...` of a part.

    Its end tells apart what two runs of the same second read, and one file read by other settings.
    """
    end = hashlib.sha256(f"{content_hash} {settings}".encode()).hexdigest()[:8]
    return f"f{integration_id}{'-' if part else ''}{part}-{fetched_at:%Y%m%dT%H%M%S}-{end}"


def part_of(manifest: dict[str, Any]) -> FeedPart:
    """Which file of a supplier an archived one was; manifests of before say its name, `provides` and `delta` alone."""
    part = manifest.get("part", "")
    if not isinstance(part, str):
        return FeedPart.model_validate(part)
    said = {name: manifest[name] for name in ("provides", "delta") if part and name in manifest}
    return FeedPart(name=part, **said)


def _from_row(row: dict[str, Any]) -> Snapshot:
    place = archive.find("feeds", int(row["integration_id"]), str(row["id"]))
    manifest = json.loads((place / archive.MANIFEST).read_text(encoding="utf-8"))
    return Snapshot(
        **{
            **manifest,
            "part": part_of(manifest),
            "offers": place / "offers.parquet",
            "rejects": place / "rejects.parquet",
        },
        archived=True,
        verdict=row["verdict"],
        approved_at=row["approved_at"],
        last_seen_at=row["last_seen_at"] or row["fetched_at"],
    )


def last_good(state: StateDatabase, integration_id: int, part: str = "") -> Snapshot | None:
    """The newest snapshot that was believed; what its links hold came from it."""
    with state.session() as session:
        rows = session.execute("snapshot_last_good", {"integration_id": integration_id, "part": part})
    return _from_row(rows[0]) if rows else None


def predecessor(state: StateDatabase, feed: SupplierFeed) -> Snapshot | None:
    """What a whole file with stock is compared with the first time: the file in whose place it stands."""
    if not feed.part.name or feed.part.delta or not feed.part.says("stock"):
        return None
    found = (last_good(state, feed.integration_id, name) for name in (*feed.part.replaces, ""))
    return next((snapshot for snapshot in found if snapshot), None)


def only_file_seen_at(state: StateDatabase, integration_id: int) -> datetime | None:
    """When a supplier's only file, one without a name, was last believed or seen again."""
    with state.session(read_only=True) as session:
        rows = session.execute("snapshot_last_good", {"integration_id": integration_id, "part": ""})
    return (rows[0]["last_seen_at"] or rows[0]["fetched_at"]) if rows else None


def latest(state: StateDatabase, integration_id: int, part: str, most: int) -> list[tuple[str, Snapshot | None]]:
    """The newest snapshots with their ids, newest first, good or not; None: not in the archive any more."""
    with state.session(read_only=True) as session:
        values = {"integration_id": integration_id, "part": part, "most": most}
        rows = session.execute("snapshot_latest", values)
    return [(str(row["id"]), _from_row(row) if offers_of(integration_id, str(row["id"])) else None) for row in rows]


def newest(state: StateDatabase, integration_id: int, part: str = "") -> Snapshot | None:
    """The newest snapshot, whatever was made of it."""
    with state.session() as session:
        rows = session.execute("snapshot_newest", {"integration_id": integration_id, "part": part})
    return _from_row(rows[0]) if rows else None


def good_parts(state: StateDatabase, integration_id: int, but: str) -> list[Snapshot]:
    """The newest believed snapshot of each other named part of a supplier's feed."""
    with state.session() as session:
        rows = session.execute("snapshot_good_parts", {"integration_id": integration_id, "part": but})
    return [_from_row(row) for row in rows]


def same_content(
    state: StateDatabase, integration_id: int, content: str, settings: str, part: str = ""
) -> Snapshot | None:
    """The newest snapshot, if it has this very content, read by these very settings."""
    with state.session() as session:
        rows = session.execute("snapshot_newest", {"integration_id": integration_id, "part": part})
    if rows and rows[0]["content_hash"] == content and rows[0]["settings_hash"] == settings:
        return _from_row(rows[0])
    return None


def to_approve(state: StateDatabase, integration_id: int, wanted: str, now: datetime, part: str = "") -> Snapshot:
    """A quarantined snapshot that a person approves; raises WrongSettingsError where that can't be (any more).

    Its age counts from when the supplier last served it: a file that stays the same stays approvable.
    """
    with state.session() as session:
        rows = session.execute("snapshot_by_id", {"integration_id": integration_id, "id": wanted})
        good = session.execute("snapshot_last_good", {"integration_id": integration_id, "part": part})
    if not rows:
        raise WrongSettingsError(
            f"approve: expected a snapshot of integration {integration_id}, got `{wanted}`, unknown"
        )
    if rows[0]["part"] != part:
        raise WrongSettingsError(
            f"approve: expected a snapshot of this part of the feed (`{part}`), got `{wanted}`, which is of the part"
            f" `{rows[0]['part']}`; approve it with the block of that part"
        )
    snapshot = _from_row(rows[0])
    if good and good[0]["fetched_at"] > snapshot.fetched_at:
        raise WrongSettingsError(f"approve: `{wanted}` is older than the last good snapshot, `{good[0]['id']}`")
    if now - (snapshot.last_seen_at or snapshot.fetched_at) > timedelta(hours=APPROVAL_HOURS):
        raise WrongSettingsError(f"approve: `{wanted}` was fetched more than {APPROVAL_HOURS} hours ago; import again")
    return snapshot


def keep(snapshot: Snapshot, raw: Path) -> Snapshot:
    """Put a snapshot into the archive, raw bytes and all; only then may the state database know of it."""
    files = {"raw.zst": raw, "offers.parquet": snapshot.offers, "rejects.parquet": snapshot.rejects}
    manifest = snapshot.model_dump(mode="json", exclude=NOT_IN_MANIFEST)
    place = archive.keep("feeds", snapshot.integration_id, snapshot.id, files, manifest)
    return snapshot.model_copy(
        update={"offers": place / "offers.parquet", "rejects": place / "rejects.parquet", "archived": True}
    )


def linked_keys(state: StateDatabase, integration_id: int, folder: Path) -> Path:
    """The items of the feed that have a product, as Parquet with `offer_key`."""
    links = state.read(
        "integration_product_links",
        folder / "linked_items.parquet",
        ("external_product_id", "sku", "ean"),
        where={"integration_id": integration_id},
    )
    with desk() as table:
        table.load(items=links)
        table.run("feeds/linked_keys.sql")
        return table.save("linked_keys", folder / "linked_keys.parquet")


def figures(offers: Path) -> dict[str, int]:
    """How many offers there are, and how many of them are available."""
    with desk() as table:
        table.load(offers=offers)
        on = "coalesce(is_available, true) AND coalesce(stock_quantity, 1) > 0"
        return {"offers": table.count("offers"), "available": table.count("offers", on)}


def is_other_waiting(state: StateDatabase, snapshot: Snapshot) -> bool:
    """Whether the newest snapshot, of another content than this one, waits for a second file."""
    with state.session(read_only=True) as session:
        values = {"integration_id": snapshot.integration_id, "part": snapshot.part.name}
        rows = session.execute("snapshot_newest", values)
    return bool(rows) and rows[0]["verdict"] == "waiting" and rows[0]["content_hash"] != snapshot.content_hash


def offers_of(integration_id: int, snapshot: str) -> Path | None:
    """The offers of an archived snapshot; None where it is there no more."""
    try:
        return archive.find("feeds", integration_id, snapshot, "offers.parquet") / "offers.parquet"
    except NotArchivedError:
        return None


def record(session: Session, snapshot: Snapshot, run_id: str, now: datetime) -> None:
    """Write down what the gate made of a snapshot; a second time for the same one changes its verdict only."""
    values = snapshot.model_dump(
        include={
            "id",
            "integration_id",
            "content_hash",
            "settings_hash",
            "fetched_at",
            "rows_read",
            "rows_rejected",
        }
    )
    judged = snapshot.judged
    made = {
        "part": snapshot.part.name,
        "verdict": judged.status if judged and judged.stops else "passed",
        "reason": judged.reason if judged else "",
        "numbers": judged.numbers.model_dump_json() if judged else None,
        "run_id": run_id,
        "last_seen_at": now,
    }
    folder = f"feeds/{snapshot.integration_id}/{snapshot.id}"
    session.execute("snapshot_record", {**values, **made, **figures(snapshot.offers), "folder": folder})


def believe(session: Session, snapshot: Snapshot, run_id: str, now: datetime) -> None:
    """Write down that a snapshot is the last good one: it passed the gate, or a person approved it."""
    if snapshot.judged or snapshot.verdict is None:
        record(session, snapshot, run_id, now)
    elif snapshot.verdict in {"quarantined", "waiting"}:
        session.execute("snapshot_approve", {"id": snapshot.id, "approved_at": now})
