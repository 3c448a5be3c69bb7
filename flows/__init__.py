"""The flows: what runs, in which order. Call them from a notebook, or deploy them with `prefect deploy`."""

from flows.check_integration import check_integration
from flows.explain_product import explain_product
from flows.import_catalog import import_catalog
from flows.import_feed import import_feed
from flows.inspect_feed import inspect_feed
from flows.link_products import link_products
from flows.monitor_queues import monitor_queues
from flows.pin_product import pin_product
from flows.prune_runs import prune_runs
from flows.release_products import release_products
from flows.retry_failed_runs import retry_failed_runs
from flows.show_history import show_history
from flows.sync_availability import sync_availability
from flows.undo_sync import undo_sync

__all__ = [
    "check_integration",
    "explain_product",
    "import_catalog",
    "import_feed",
    "inspect_feed",
    "link_products",
    "monitor_queues",
    "pin_product",
    "prune_runs",
    "release_products",
    "retry_failed_runs",
    "show_history",
    "sync_availability",
    "undo_sync",
]
