"""A past made for tests: what runs, imports and syncs would have left in the state database and in the archive."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tasks import archive
from tasks.state import StateDatabase
from tests.parquet import LINKS, OFFERS, PRODUCTS, REJECTS, SUPPLIERS, write

SHOP = 7
ACME, BRICO = 6, 8
CHANGES = """product_id BIGINT, id_product BIGINT, id_product_attribute BIGINT, id_lang INTEGER, field VARCHAR,
  before VARCHAR, after VARCHAR, reason_code VARCHAR, reason_args VARCHAR"""
OUTCOMES = """id_product BIGINT, id_product_attribute BIGINT, id_lang INTEGER, field VARCHAR, outcome VARCHAR,
  found VARCHAR, message VARCHAR"""
Rows = Iterable[Mapping[str, Any]]


class Past:
    """Leaves records at times of a test's choice; `ago` counts hours back from the database's clock."""

    def __init__(self, state: StateDatabase, folder: Path) -> None:
        self.state = state
        self.folder = folder
        self.now = state.now()
        self._files = 0

    def ago(self, hours: float) -> datetime:
        return self.now - timedelta(hours=hours)

    def file(self, columns: str, rows: Rows) -> Path:
        self._files += 1
        return write(self.folder / f"{self._files}.parquet", columns, rows)

    def insert(self, table: str, columns: str, *rows: Mapping[str, Any]) -> None:
        with self.state.session() as session:
            session.insert(table, self.file(columns, rows))

    def product(self, number: int = 1, sku: str = "AB-1", ean: str | None = None, name: str = "Wiertarka") -> None:
        self.insert("products", PRODUCTS, {"id": number, "sku": sku, "ean": ean, "name": name})
        item = {"integration_id": SHOP, "product_id": number, "external_product_id": str(number * 10)}
        self.insert("integration_product_links", LINKS, {"id": number, "is_manual": False, **item})

    def supplier(self, number: int, name: str, product: int = 1, said: str = "{}", **codes: str | None) -> None:
        row = {"integration_id": number, "name": name, "delivery": "{}", "price_kind": "net"}
        self.insert("suppliers", f"{SUPPLIERS}, run_id VARCHAR", {**row, "timezone": "Europe/Warsaw", "run_id": "r"})
        link = {"integration_id": number, "product_id": product, "supplier_availability": said, **codes}
        self.insert("integration_product_links", LINKS, {"id": 100 + number, "is_manual": False, **link})

    def run(self, at: datetime, status: str = "completed", flow: str = "sync-availability", **told: Any) -> str:
        """A run of the shop, or of the supplier Acme; `told` is its summary, nothing at all for one that was killed."""
        name = f"{flow}-{at:%Y%m%dT%H%M%S}"
        integration = SHOP if flow == "sync-availability" else ACME
        with self.state.session() as session:
            started = {"id": name, "flow": flow, "integration_id": integration, "started_at": at}
            session.execute("run_started", started)
            if told:
                ended = {"id": name, "ended_at": at + timedelta(minutes=1), "status": status, "message": "words"}
                session.execute("run_ended", {**ended, "summary": json.dumps({"status": status, **told})})
        return name

    def snapshot(
        self,
        supplier: int,
        at: datetime,
        *offers: Mapping[str, Any],
        part: str = "",
        merged: Rows | None = None,
        **row: Any,
    ) -> str:
        """A version of a feed; `row` changes what the state database says of it (verdict, approved_at)."""
        name = f"f{supplier}{'-' if part else ''}{part}-{at:%Y%m%dT%H%M%S%f}"
        files = {"offers.parquet": self.file(OFFERS, offers), "rejects.parquet": self.file(REJECTS, [])}
        if merged is not None:
            files["merged.parquet"] = self.file(OFFERS, merged)
        archive.keep("feeds", supplier, name, files, {})
        approved_at = row.pop("approved_at", None)
        kept: dict[str, Any] = dict.fromkeys(("reason", "numbers"))
        kept |= {"content_hash": name, "settings_hash": "s", "run_id": "r", "folder": "f", "verdict": "passed"}
        kept |= {"rows_read": 1, "rows_rejected": 0, "offers": 1, "available": 1, "last_seen_at": at, **row}
        with self.state.session() as session:
            known = {"id": name, "integration_id": supplier, "part": part, "fetched_at": at}
            session.execute("snapshot_record", {**kept, **known})
            if approved_at:
                session.execute("snapshot_approve", {"id": name, "approved_at": approved_at})
        return name

    def change_set(
        self, at: datetime, before: str, after: str, outcome: str | None = "written", field: str = "out_of_stock"
    ) -> str:
        """A change set that switches product 1, the shop's item 10, and others; `outcome` None: its run was killed."""
        name = f"c{SHOP}-{at:%Y%m%dT%H%M%S%f}"
        key = {"id_product": 10, "id_product_attribute": 0, "id_lang": None, "field": field}
        change = {**key, "product_id": 1, "before": before, "after": after, "reason_code": "below_threshold"}
        others = [{**change, "product_id": n, "id_product": n * 10, "after": "1"} for n in (2, 3)]
        texts = [{**change, "id_lang": 1, "field": "available_later", "after": "Wysyłka za 2 dni"}]
        files = {"changes.parquet": self.file(CHANGES, [change, *texts, *others])}
        place = archive.keep("changes", SHOP, name, files, {})
        if outcome:
            archive.add(place, "outcomes.parquet", self.file(OUTCOMES, [{**key, "outcome": outcome}]))
        with self.state.session() as session:
            begun = {"id": name, "integration_id": SHOP, "run_id": "r", "begun_at": at}
            session.execute("change_set_begun", begun)
        return name
