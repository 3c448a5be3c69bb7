"""A past to export, and what a scrape of it says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from tasks.metrics import Exporter
from tasks.state import StateDatabase
from tests.history.past import Past

Sample = Callable[..., float | None]


@pytest.fixture
def past(state: StateDatabase, tmp_path: Path) -> Past:
    """An empty past, on each kind of database."""
    return Past(state, tmp_path)


@pytest.fixture
def scraped() -> Callable[[], Sample]:
    """Scrape once: a function from a metric's name and its labels to the value, None where there is no such."""

    def scrape(seconds: float = 60) -> Sample:
        registry = CollectorRegistry()
        registry.register(Exporter(seconds))
        values = {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in registry.collect()
            for sample in family.samples
        }
        return lambda metric, /, **labels: values.get((metric, tuple(sorted(labels.items()))))

    return scrape
