"""What a decision needs of our database beside links: read once, in one transaction, ahead of the shop's catalogue."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from blocks import ShopBlock
from tasks.state import Condition, StateDatabase

WRITTEN = ("id_product", "id_product_attribute", "id_lang", "field", "value", "original")
SUPPLIERS = ("integration_id", "name", "delivery", "timezone", "price_kind")
PINS = ("product_id", "supplier_id", "kind", "reason", "until", "decided_by", "decided_at")

IMPORTS = ("integration_id", "started_at", "status")
EDITS = (
    "id_product",
    "id_product_attribute",
    "id_lang",
    "field",
    "run_id",
    "found",
    "ours",
    "wanted",
    "found_at",
    "was",
    "kept_until",
    "ended_at",
)
RECENT = timedelta(hours=48)  # a quarrel is three times within 24; a run may have waited for its lease before


class Known(NamedTuple):
    """What our database knows beside links, as files: absences, feed health and imports only where offers age.

    `is_unfinished`: a crash left a change set of which something may stand in the shop without a record. `edits`: what
    others changed in the shop, as far as it is left so or was found lately; None: nothing.
    """

    is_unfinished: bool
    written: Path
    suppliers: Path
    pins: Path
    absences: Path | None = None
    feed_health: Path | None = None
    imports: Path | None = None
    edits: Path | None = None

    @property
    def files(self) -> dict[str, Path]:
        """Name -> file, as a decision takes them."""
        given = self._asdict()
        return {name: path for name, path in given.items() if isinstance(path, Path) and name != "edits"}


def read_known(state: StateDatabase, shop: ShopBlock, folder: Path) -> Known:
    """Read it for a shop; absences and imports only where its policy lets offers age."""
    ours = {"integration_id": shop.integration_id}
    ageing = shop.policy.ageing.is_on
    with state.session(read_only=True) as session:
        unfinished = session.execute("change_sets_unfinished", {**ours, "id": ""})
        edited = session.execute("shop_edits_runs", {**ours, "since": session.now() - RECENT})
        edits: dict[str, Condition] = {**ours, "run_id": [row["run_id"] for row in edited]}
        runs = {"flow": "import-feed"}
        return Known(
            is_unfinished=bool(unfinished),
            written=session.read("shop_written", folder / "written.parquet", WRITTEN, ours),
            suppliers=session.read("suppliers", folder / "suppliers.parquet", SUPPLIERS),
            pins=session.read("pins", folder / "pins.parquet", PINS, {**ours, "ended_at": None}),
            absences=session.read("absences", folder / "absences.parquet") if ageing else None,
            feed_health=session.read("feed_health", folder / "feed_health.parquet") if ageing else None,
            imports=session.read("runs", folder / "imports.parquet", IMPORTS, runs) if ageing else None,
            edits=session.read("shop_edits", folder / "edits.parquet", EDITS, edits) if edited else None,
        )
