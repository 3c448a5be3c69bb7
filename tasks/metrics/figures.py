"""Every metric that we export: name, labels, and what it says. docs/monitoring.md shows this table."""

from __future__ import annotations

from typing import NamedTuple

WHO = ("integration", "name")
RUN = ("flow", *WHO)
FILE = (*WHO, "part")


class Metric(NamedTuple):
    """A metric; a name that ends in `_total` is a counter, every other one a gauge."""

    name: str
    labels: tuple[str, ...]
    words: str

    @property
    def is_counter(self) -> bool:
        """Whether it only grows, until it begins anew."""
        return self.name.endswith("_total")


_OWN = (
    Metric("rexbit_up", (), "1: the state database could be read for this answer; 0: it could not"),
    Metric("rexbit_unreadable", ("reason",), "1 for the reason why the state database could not be read"),
    Metric("rexbit_read_seconds", (), "How long reading the state database took for this answer"),
)
_COUNTED = (
    Metric("rexbit_runs_total", (*RUN, "status"), "Runs that ended, by how"),
    Metric("rexbit_rows_read_total", RUN, "Rows of feeds' files, anew at each import"),
    Metric("rexbit_rows_rejected_total", RUN, "Rows of these that could not be understood"),
    Metric("rexbit_links_written_total", RUN, "Links that imports made or changed"),
    Metric("rexbit_products_written_total", RUN, "Products of a shop that were written and read back"),
    Metric("rexbit_rows_written_total", RUN, "Rows of a shop's database that were written"),
)
_LAST = (
    Metric("rexbit_last_run_status", (*RUN, "status"), "1 for the way in which the last run ended"),
    Metric("rexbit_last_run_seconds", RUN, "How long the last run took"),
    Metric("rexbit_last_run_end_timestamp_seconds", RUN, "When the last run ended"),
    Metric(
        "rexbit_last_success_timestamp_seconds", RUN, "When the last run that completed, or had nothing to do, ended"
    ),
)
_IMPORTED = (
    Metric("rexbit_import_rows_read", WHO, "Rows of the file at the last import; 0 where that failed before"),
    Metric("rexbit_import_rows_rejected", WHO, "Rows of these that could not be understood"),
    Metric("rexbit_import_offers_matched", WHO, "Offers of the last import that are exactly one product"),
    Metric("rexbit_import_offers_unmatched", WHO, "Offers without a product, or with several"),
    Metric("rexbit_import_links_created", WHO, "Links that the last import made"),
    Metric("rexbit_import_links_updated", WHO, "Links that it changed"),
    Metric("rexbit_import_products_absent", WHO, "Linked products that the last import's file did not have"),
    Metric("rexbit_import_products_sold_out", WHO, "Of these, taken off by the absence rule"),
)
_SYNCED = (
    Metric("rexbit_sync_products_changed", WHO, "Products with something new to write at the last sync"),
    Metric("rexbit_sync_products_written", WHO, "Of these, written and read back"),
    Metric("rexbit_sync_products_left", WHO, "Of these, left alone: somebody else changed the row meanwhile"),
    Metric("rexbit_sync_products_failed", WHO, "Of these, that could not be written"),
    Metric("rexbit_sync_products_enabled", WHO, "Products that the last sync switched to: can be ordered"),
    Metric("rexbit_sync_products_disabled", WHO, "Products that it switched to: can't be ordered"),
    Metric("rexbit_sync_products_drifted", WHO, "Products that others changed in the shop, as far as it looked"),
    Metric("rexbit_sync_rows_written", WHO, "Rows of the shop's database that the last sync wrote"),
)
_FEEDS = (
    Metric("rexbit_feed_confirmed_timestamp_seconds", FILE, "When the feed was last seen to be good: the feed's clock"),
    Metric("rexbit_feed_content_timestamp_seconds", FILE, "When the content that counts was first fetched"),
    Metric(
        "rexbit_feed_state", (*FILE, "state"), "1 for ok; for quarantined (held back) and stale, of which both may be"
    ),
    Metric("rexbit_feed_rows", FILE, "Rows of the newest version of the feed, whatever was made of it"),
    Metric("rexbit_feed_rows_rejected", FILE, "Rows of these that could not be understood"),
    Metric("rexbit_feed_offers", FILE, "Offers in it"),
    Metric("rexbit_feed_offers_available", FILE, "Offers of these that can be had"),
)
_SHOPS = (
    Metric(
        "rexbit_shop_products_managed", WHO, "Products of the shop that we decide about, at the last whole decision"
    ),
    Metric("rexbit_shop_products_available", WHO, "Products of these that can be ordered"),
    Metric("rexbit_shop_paused", WHO, "1: a person paused the shop's syncs"),
    Metric("rexbit_shop_given_back", WHO, "1: a person gave the whole shop back; syncs leave it alone"),
    Metric("rexbit_lease_held", WHO, "1: a run works on it; 0: one did, and did not give its lease back"),
)
_WATCHED = (
    Metric("rexbit_alerts_open", ("kind",), "Faults that the watchdog told of and that are not over"),
    Metric(
        "rexbit_queue_runs_waiting", (), "Runs whose time had come and nobody had taken, at the watchdog's last look"
    ),
    Metric("rexbit_queue_runs_at_work", (), "Runs at work, at the watchdog's last look"),
)

METRICS = (*_OWN, *_COUNTED, *_LAST, *_IMPORTED, *_SYNCED, *_FEEDS, *_SHOPS, *_WATCHED)
