"""What an operator sees in the Prefect UI: a form that explains itself, a run's page, its log and its summary."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from selenium.common.exceptions import TimeoutException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions
from selenium.webdriver.support.ui import WebDriverWait

from demo.orchestra import Orchestra
from demo.stage import wait_for
from tests.flows.test_worker import HeldFeed

pytestmark = pytest.mark.slow
SECONDS = 60


def page(browser: Chrome) -> str:
    return browser.find_element(By.TAG_NAME, "body").text


def until_shown(browser: Chrome, *texts: str) -> None:
    """Wait for all of these texts; AssertionError with what is missing, and with what the page shows instead."""
    shown: Callable[[Chrome], bool] = lambda looked_at: all(text in page(looked_at) for text in texts)  # noqa: E731
    try:
        WebDriverWait(browser, SECONDS).until(shown)
    except TimeoutException:
        text = page(browser)
        missing = [wanted for wanted in texts if wanted not in text]
        raise AssertionError(f"{browser.current_url} does not show {missing}, but:\n{text}") from None


def click(browser: Chrome, path: str) -> None:
    WebDriverWait(browser, SECONDS).until(expected_conditions.element_to_be_clickable((By.XPATH, path))).click()


def asked(orchestra: Orchestra, place: str, body: dict[str, Any] | None = None) -> Any:
    address = f"{orchestra.url}/api/{place}"
    answer = httpx.get(address, timeout=30) if body is None else httpx.post(address, json=body, timeout=30)
    return answer.raise_for_status().json()


def open_form(browser: Chrome, orchestra: Orchestra, deployment: str) -> str:
    """Open the page where a person starts a deployment; returns the deployment's id."""
    found = str(asked(orchestra, f"deployments/name/{deployment}")["id"])
    browser.get(f"{orchestra.url}/deployments/deployment/{found}/run")
    return found


def test_a_run_from_its_form_to_its_summary(deployed: Orchestra, browser: Chrome) -> None:
    HeldFeed.may_answer.set()
    open_form(browser, deployed, "sync-availability/sklep")
    until_shown(browser, "Write only the first n changed products", "Show what would change, write nothing.")

    deployment = open_form(browser, deployed, "inspect-feed/by-hand")
    until_shown(browser, "An address or a path, a supplier feed block, or the name of a saved one.")
    click(browser, "//button[normalize-space()='Submit']")
    these = {"deployments": {"id": {"any_": [deployment]}}}
    runs: list[dict[str, Any]] = WebDriverWait(browser, SECONDS).until(
        lambda _: asked(deployed, "flow_runs/filter", these)
    )
    ended = wait_for(deployed, runs[0]["id"])
    assert ended["state_type"] == "COMPLETED", ended["state"]["message"]

    browser.get(f"{deployed.url}/runs/flow-run/{ended['id']}")
    until_shown(browser, "inspect acme", "Completed", "State database: sqlite", "Fetched ", "acme: completed; source")
    click(browser, "//li[normalize-space()='Artifacts']")
    until_shown(browser, "inspect-feed-acme", "completed; source")
    click(browser, "//a[contains(@href, '/artifacts/artifact/')]")
    until_shown(browser, "acme: completed (dry run: nothing was written)", "Columns", "First records", "Symbol")
