"""A shop of each version behind its stand-in Webservice, with the same shop by its database to compare with."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from blocks import PrestashopWebservice
from demo.webservice import Webservice, start_webservice
from tasks.prestashop.webservice import wire
from tasks.prestashop.webservice.client import Api, open_api
from tasks.prestashop.webservice.shop import WebserviceShop, open_webservice
from tests.prestashop.bench import TEXTS, Bench


class Remote:
    """A shop by its Webservice: `service` is the stand-in, `bench` looks past it."""

    def __init__(self, bench: Bench, service: Webservice) -> None:
        self.bench = bench
        self.service = service

    def block(self, **settings: Any) -> PrestashopWebservice:
        values = {"integration_id": 7, "product_listing_enabled": True, "policy": TEXTS, **settings}
        return PrestashopWebservice(**{"base_url": self.service.url, "api_key": self.service.key, **values})

    def api(self, **settings: Any) -> AbstractContextManager[Api]:
        return open_api(self.block(**settings))

    def open(self, **settings: Any) -> AbstractContextManager[WebserviceShop]:
        return open_webservice(self.block(**settings))


OF_FEATURES = {"currency": "currencies", "supplier": "suppliers", "manufacturer": "manufacturers"}


def _not_held(bench: Bench) -> list[str]:
    """What the tables of installed shops leave out."""
    tables = {str(row[0]) for row in bench.sql("SHOW TABLES")}
    return [resource for table, resource in OF_FEATURES.items() if f"ps_{table}" not in tables]


Serve = Callable[[Bench], Remote]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Put a stand-in before a shop until the test ends."""
    running: list[AbstractContextManager[Webservice]] = []

    def start(bench: Bench) -> Remote:
        running.append(start_webservice(bench.server, bench.database))
        service = running[-1].__enter__()
        for resource in _not_held(bench):
            del service.permissions[resource]
        return Remote(bench, service)

    yield start
    for service in running:
        service.__exit__(None, None, None)


@pytest.fixture(scope="module")
def shared_remote(template: Bench) -> Iterator[Remote]:
    """A stand-in before the 8.2 shop that nobody changes."""
    with start_webservice(template.server, template.database) as service:
        yield Remote(template, service)


@pytest.fixture
def remote(shared_remote: Remote, tmp_path: Path) -> Iterator[Remote]:
    """The same for one test, which may order faults and take permissions."""
    service = shared_remote.service
    permissions = dict(service.permissions)
    service.requests.clear()
    yield Remote(Bench(shared_remote.bench.server, shared_remote.bench.database, tmp_path), service)
    service.fault, service.enabled = None, True
    service.permissions.clear()
    service.permissions.update(permissions)


@pytest.fixture
def own(bench: Bench, serve: Serve) -> Remote:
    """An 8.2 shop of the test's own behind a stand-in."""
    return serve(bench)


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses before new attempts, in seconds; nobody waits for them."""
    told: list[float] = []
    monkeypatch.setattr(wire, "time", SimpleNamespace(monotonic=time.monotonic, sleep=told.append))
    return told
