"""What the archive and our database keep no longer: removed by age, unless something still reads it.

Files go before their row: a row without files is told truthfully ("not in the archive any more") and goes with the next
run; files without a row would look like those of a run that died. Whatever breaks this off, the next run goes on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from tasks import archive
from tasks.state import StateDatabase

RAW = "raw.zst"
UNTOLD = "untold"  # change sets that somebody is still to hear of: tasks/prestashop/aftercare/outbox.py
LEFTOVER = timedelta(days=1)  # of a run that died while it wrote: no run takes that long
ROWLESS = timedelta(days=7)  # a version of a feed that no row names: its import died before it was judged
HOUSEKEEPING = timedelta(days=30)


@dataclass(frozen=True)
class Ages:
    """How old what may become, and how much one run removes of each kind."""

    raw: timedelta
    snapshots: timedelta
    others: timedelta
    most: int = 5000


@dataclass
class Cleared:
    """What was removed, or would be; `more`: there is more than one run removes."""

    raw_files: int = 0
    snapshots: int = 0
    change_sets: int = 0
    reviews: int = 0
    leftovers: int = 0
    notices: int = 0
    size: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    more: bool = False


class Clearing:
    """One go through archive and database; `dry_run` only counts."""

    def __init__(self, state: StateDatabase, ages: Ages, now: datetime, *, dry_run: bool) -> None:
        self._state = state
        self._ages = ages
        self._now = now
        self._dry_run = dry_run
        self.done = Cleared()

    def snapshots(self) -> None:
        """Versions of feeds: first the file as it came, later all of it; the last good one stays for ever."""
        before, raw_before = self._now - self._ages.snapshots, self._now - self._ages.raw
        needed = self._ids("snapshots_needed", since=before)
        raw_needed = self._ids("snapshots_needed", since=raw_before)
        known, integrations = set(), set()
        for row in self._rows("snapshots_known"):
            known.add(row["id"])
            integrations.add(row["integration_id"])
        old: list[archive.Entry] = []
        unknown: list[archive.Entry] = []
        for entry in self._whole("feeds"):
            if entry.name not in known:
                # where nothing at all is known of an integration, this is the archive of another database
                if entry.integration_id in integrations and entry.made_at < self._now - ROWLESS:
                    unknown.append(entry)
            elif entry.made_at < before and entry.name not in needed:
                old.append(entry)
            elif entry.made_at < raw_before and entry.name not in raw_needed:
                self._drop_raw(entry)
        self.done.snapshots += self._remove(old)
        self.done.leftovers += self._remove(unknown)

    def change_sets(self) -> None:
        """Change sets and reviews; what a crash cut short, or is still to be told, stays."""
        before = self._now - self._ages.others
        self._forget_notices(before)
        kept = self._ids("change_sets_all_open") | self._untold()
        for kind in ("changes", "reviews"):
            old = [one for one in self._whole(kind) if one.made_at < before and one.name not in kept]
            removed = self._remove(old)
            if kind == "changes":
                self.done.change_sets += removed
            else:
                self.done.reviews += removed

    def _forget_notices(self, before: datetime) -> None:
        """What nobody would hear of in all that time keeps its change set no longer."""
        for integration_id, name in archive.noted(UNTOLD):
            if _is_older(name, before):
                self.done.notices += 1
                if not self._dry_run:
                    archive.end_note(UNTOLD, integration_id, name)

    def _untold(self) -> set[str]:
        """Change sets that somebody is still to hear of."""
        before = self._now - self._ages.others
        return {name for _, name in archive.noted(UNTOLD) if not _is_older(name, before)}

    def leftovers(self) -> None:
        """What has no manifest, of whatever kind: it was being written, or removed, when its run died."""
        for kind in ("feeds", "changes", "reviews"):
            broken = (entry for entry in archive.entries(kind) if not entry.is_whole)
            self.done.leftovers += self._remove([one for one in broken if one.made_at < self._now - LEFTOVER])

    def rows(self) -> None:
        """Rows of our database whose files are gone, and of old runs."""
        before = self._now - self._ages.others
        needed = self._ids("snapshots_needed", since=before)
        self._rows_of("feed_snapshots", "snapshots_old", "snapshots_removed", before, "feeds", needed)
        self._rows_of("change_sets", "change_sets_old", "change_set_removed", before, "changes", self._untold())
        self._runs("runs_old", before)
        self._runs("runs_of_housekeeping_old", self._now - HOUSEKEEPING)

    def _rows_of(
        self, table: str, find: str, remove: str, before: datetime, kind: str, needed: Collection[str]
    ) -> None:
        rows = self._rows(find, before=before, most=self._ages.most)
        self.done.more |= len(rows) == self._ages.most
        # a dry run has removed no files, so it counts those rows that it would have come to
        there = set() if self._dry_run or not rows else {one.name for one in archive.entries(kind)}
        gone = [one for one in rows if one["id"] not in needed and one["id"] not in there]
        if gone and not self._dry_run:
            more = {"before": before} if table == "feed_snapshots" else {}
            with self._state.session() as session:
                for one in gone:
                    session.execute(remove, {"id": one["id"], **more})
        self.done.rows[table] = len(gone)

    def _runs(self, find: str, before: datetime) -> None:
        rows = self._rows(find, before=before, most=self._ages.most)
        self.done.more |= len(rows) == self._ages.most
        if rows and not self._dry_run:
            with self._state.session() as session:
                for row in rows:
                    session.execute("run_removed", {"id": row["id"]})
        self.done.rows["runs"] = self.done.rows.get("runs", 0) + len(rows)

    def _drop_raw(self, entry: archive.Entry) -> None:
        size = archive.size_of(entry, RAW)
        if size and self.done.raw_files < self._ages.most:
            self.done.raw_files += 1
            self.done.size += size
            if not self._dry_run:
                archive.drop(entry, RAW)

    def _remove(self, entries: list[archive.Entry]) -> int:
        self.done.more |= len(entries) > self._ages.most
        count = 0
        for entry in islice(entries, self._ages.most):
            count += 1
            self.done.size += archive.size_of(entry) if self._dry_run else archive.remove(entry)
        return count

    def _whole(self, kind: str) -> Iterator[archive.Entry]:
        return (entry for entry in archive.entries(kind) if entry.is_whole)

    def _rows(self, name: str, **values: object) -> list[dict[str, object]]:
        with self._state.session(read_only=True) as session:
            return session.execute(name, values)

    def _ids(self, name: str, **values: object) -> set[str]:
        return {str(row["id"]) for row in self._rows(name, **values)}


def _is_older(name: str, before: datetime) -> bool:
    """Whether the change set of a notice (tasks/prestashop/aftercare/outbox.py) was made before; by its name."""
    made_at = archive.made_at(name)
    return made_at is not None and made_at < before
