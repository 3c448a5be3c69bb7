"""A headless Chromium, and the deployed world of the worker's test to look at with it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from tests.flows.test_worker import deployed, held_feed

__all__ = ["browser", "deployed", "held_feed"]

OPTIONS = (
    "--headless=new",
    "--no-sandbox",  # it opens nothing but our own server, and a container's root has no other way
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1400,1000",
)


@pytest.fixture
def browser() -> Iterator[Chrome]:
    """A browser of the test's own; skips where Chromium or its driver is not installed."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.skip("expected the programs chromium and chromedriver; `make setup-browser` installs them")
    options = ChromeOptions()
    options.binary_location = program
    for option in OPTIONS:
        options.add_argument(option)
    started = Chrome(options=options, service=Service(driver))
    yield started
    started.quit()
