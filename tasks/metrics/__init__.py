"""Figures for Prometheus, read from the state database: `python -m tasks.metrics`.

Runs are short, so nobody scrapes them: one small program asks our database, whose runs leave there all they know. It
only looks: nothing is written, and no table is made or changed. (docs/monitoring.md)
"""

from tasks.metrics.exporting import Exporter
from tasks.metrics.figures import METRICS, Metric

__all__ = ["METRICS", "Exporter", "Metric"]
