"""A collector for prometheus_client: each scrape reads the state database, in bounded time, and is always answered."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLateError
from threading import Lock

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from tasks.metrics.figures import METRICS
from tasks.metrics.reading import Facts, Reader, Reason, UnreadableError
from tasks.metrics.values import Value, of_facts, of_reading

BEGINS_ANEW = "; dry runs don't count. Begins at 0 each Monday, 00:00 UTC"
LOG = logging.getLogger("rexbit.metrics")


class Exporter(Collector):
    """`seconds`: a scrape waits so long for the database. One reading is at work at a time, whoever asks."""

    def __init__(self, seconds: float = 8) -> None:
        self._seconds = seconds
        self._reader = Reader()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reading")
        self._lock = Lock()
        self._reading: Future[Facts] | None = None
        self._told: Reason | None = None

    def describe(self) -> Iterable[Metric]:
        """What there is to collect, without asking the database."""
        return _families(())

    def collect(self) -> Iterable[Metric]:
        """Every metric, also where it has no value now."""
        begun = time.monotonic()
        try:
            facts, reason = self._facts(), None
        except UnreadableError as error:
            facts, reason = None, error.reason
            self._tell(reason, str(error))
        else:
            self._tell(None, "the state database can be read again")
        values = [*of_reading(reason, time.monotonic() - begun)]
        return _families([*values, *(of_facts(facts) if facts else ())])

    def _facts(self) -> Facts:
        with self._lock:
            if self._reading is None or self._reading.done():
                self._reading = self._pool.submit(self._reader.read)
            reading = self._reading
        try:
            return reading.result(timeout=self._seconds)
        except TooLateError:
            words = f"the state database did not answer within {self._seconds:g} s; it is still waited for"
            raise UnreadableError("slow", words) from None
        except UnreadableError:
            raise
        except Exception as error:
            # a driver's words may hold a value, or the address: its kind has to do
            raise UnreadableError("error", f"the state database could not be read: {type(error).__name__}") from error

    def _tell(self, reason: Reason | None, words: str) -> None:
        """One line when it changes, not one a scrape."""
        if reason != self._told:
            LOG.warning("%s", words)
            self._told = reason


def _families(values: Iterable[Value]) -> Iterator[Metric]:
    by_metric: dict[str, list[Value]] = defaultdict(list)
    for one in values:
        by_metric[one.metric].append(one)
    for metric in METRICS:
        kind = CounterMetricFamily if metric.is_counter else GaugeMetricFamily
        words = metric.words + BEGINS_ANEW if metric.is_counter else metric.words
        family = kind(metric.name, words, labels=metric.labels)
        for one in by_metric[metric.name]:
            family.add_metric(one.labels, one.value)
        yield family
