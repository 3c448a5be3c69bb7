"""What a decision needs of our database beside links: read once, in one transaction, ahead of the shop's catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from blocks import ShopBlock
from tasks.state import StateDatabase

WRITTEN = ("id_product", "id_product_attribute", "id_lang", "field", "value", "original")
SUPPLIERS = ("integration_id", "name", "delivery", "timezone", "price_kind")
PINS = ("product_id", "supplier_id", "kind", "reason", "until", "decided_by", "decided_at")

IMPORTS = ("integration_id", "started_at", "status")


class Known(NamedTuple):
    """What our database knows beside links, as files: the last three only where offers age.

    `is_unfinished`: a crash left a change set of which something may stand in the shop without a record.
    """

    is_unfinished: bool
    written: Path
    suppliers: Path
    pins: Path
    absences: Path | None = None
    feed_health: Path | None = None
    imports: Path | None = None

    @property
    def files(self) -> dict[str, Path]:
        """Name -> file, as a decision takes them."""
        return {name: path for name, path in self._asdict().items() if isinstance(path, Path)}


def read_known(state: StateDatabase, shop: ShopBlock, folder: Path) -> Known:
    """Read it for a shop; absences and imports only where its policy lets offers age."""
    ours = {"integration_id": shop.integration_id}
    ageing = shop.policy.ageing.is_on
    with state.session(read_only=True) as session:
        unfinished = session.execute("change_sets_unfinished", {**ours, "id": ""})
        runs = {"flow": "import-feed"}
        return Known(
            is_unfinished=bool(unfinished),
            written=session.read("shop_written", folder / "written.parquet", WRITTEN, ours),
            suppliers=session.read("suppliers", folder / "suppliers.parquet", SUPPLIERS),
            pins=session.read("pins", folder / "pins.parquet", PINS, {**ours, "ended_at": None}),
            absences=session.read("absences", folder / "absences.parquet") if ageing else None,
            feed_health=session.read("feed_health", folder / "feed_health.parquet") if ageing else None,
            imports=session.read("runs", folder / "imports.parquet", IMPORTS, runs) if ageing else None,
        )
