"""Every metric that the dashboard and the rules name has a value after real flows, and it is what the flows said."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry

from flows.import_catalog import import_catalog
from flows.import_feed import import_feed
from flows.monitor_queues import monitor_queues
from flows.sync_availability import sync_availability
from tasks.metrics import METRICS, Exporter
from tests.flows.world import World
from tests.metrics.promql import expressions, metrics_of


@pytest.mark.slow
def test_every_metric_comes_out_of_real_runs(world: World, state_url: str) -> None:
    known = [(reference, 20 - number % 2, 3) for number, reference in enumerate(world.references()[:8])]
    world.write_feed([*known, ("nobody's", 5, 1), ("a-word", "many", 1)])
    import_catalog(world.shop)
    imported = import_feed(world.feed)
    synced = sync_availability(world.shop)
    monitor_queues()
    registry = CollectorRegistry()
    registry.register(Exporter(60))
    samples = [sample for family in registry.collect() for sample in family.samples]
    values = {(one.name, one.labels.get("integration"), one.labels.get("flow")): one.value for one in samples}
    named = {name for _, text, _ in expressions() for name in metrics_of(text) if name.startswith("rexbit_")}
    exported = {one.name for one in samples}
    assert named <= exported
    assert {metric.name for metric in METRICS} - exported == {"rexbit_lease_held"}  # nobody works now
    assert values["rexbit_up", None, None] == 1
    assert values["rexbit_import_rows_read", "6", None] == imported.rows_read == 10
    assert values["rexbit_feed_rows_rejected", "6", None] == imported.rows_rejected == 1
    assert values["rexbit_rows_read_total", "6", "import-feed"] == 10
    assert values["rexbit_shop_products_managed", "7", None] == synced.wanted
    assert values["rexbit_sync_rows_written", "7", None] == synced.rows_written > 0
