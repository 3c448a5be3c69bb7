"""The review as an operator does it, in the Prefect UI alone: asked, read in the artifact, answered in the form."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException, TimeoutException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from demo.orchestra import Orchestra
from demo.servers import MariaDb
from demo.shop import make_shop
from demo.stage import recorded_summary, run_stage, wait_for
from tests.browser.test_ui import SECONDS, asked, click, open_form, page, until_shown
from tests.flows.test_worker import deployed_world

pytestmark = pytest.mark.slow
TRIES = 3
REVIEW = "//div[contains(@class, 'schema-form-property-any-of-input')][.//span[normalize-space()='review (Optional)']]"
FEED = "Symbol;EAN;Nazwa;Stan;Cena netto;Termin dostawy\n{symbol};;{name};30;1,50;3\n"


@pytest.fixture
def with_shop(mariadb: MariaDb, tmp_path: Path) -> Iterator[Orchestra]:
    """Everything deployed, with a shop, and a feed with one item that only a person can recognise."""
    mariadb.drop_database("review_shop")
    mariadb.create_database("review_shop")
    with mariadb.connect("review_shop") as connection:
        make_shop(connection, products=20)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT p.reference, l.name FROM ps_product p JOIN ps_product_lang l USING (id_product)"
                " WHERE l.id_lang = 1 AND p.reference LIKE '%%-%%' ORDER BY id_product LIMIT 1"
            )
            reference, name = cursor.fetchall()[0]
    source = tmp_path / "acme.csv"
    source.write_text(FEED.format(symbol=reference.replace("-", ""), name=name), encoding="cp1250")
    long_ago = time.time() - 3600
    os.utime(source, (long_ago, long_ago))  # nobody is still writing it
    settings = {
        "SHOP_7_HOST": mariadb.host,
        "SHOP_7_PORT": str(mariadb.port),
        "SHOP_7_DATABASE": "review_shop",
        "SHOP_7_USER": mariadb.user,
        "SHOP_7_PASSWORD": mariadb.password,
        "ACME_SOURCE": str(source),
    }
    with deployed_world(tmp_path, settings) as running:
        yield running
    mariadb.drop_database("review_shop")


def begin(browser: Chrome, orchestra: Orchestra, deployment: str) -> str:
    """Start what the form holds; returns the run's id."""
    these = {"deployments": {"id": {"any_": [deployment]}}, "sort": "START_TIME_DESC"}
    before = {run["id"] for run in asked(orchestra, "flow_runs/filter", these)}
    new: list[dict[str, Any]] = []

    def is_started(_: Chrome) -> bool:
        every = asked(orchestra, "flow_runs/filter", these)
        new[:] = [run for run in every if run["id"] not in before and not run["auto_scheduled"]]
        return bool(new)

    for _ in range(TRIES):  # where the server's SQLite was locked for a moment the form says so, and stays
        click(browser, "//button[normalize-space()='Submit']")
        with suppress(TimeoutException):
            WebDriverWait(browser, SECONDS / TRIES).until(is_started)
            break
    assert new, page(browser)
    return str(new[0]["id"])


def submit(browser: Chrome, orchestra: Orchestra, deployment: str) -> str:
    """Start what the form holds and wait until it ended well; returns the run's id."""
    ended = wait_for(orchestra, begin(browser, orchestra, deployment))
    assert ended["state_type"] == "COMPLETED", ended["state"]["message"]
    return str(ended["id"])


def open_artifact(browser: Chrome, orchestra: Orchestra, run: str, key: str) -> None:
    browser.set_window_size(1400, 1600)  # a list shows what fits on the page, the rest when it is moved to
    browser.get(f"{orchestra.url}/runs/flow-run/{run}")
    click(browser, "//li[normalize-space()='Artifacts']")
    until_shown(browser, key)
    link = f"//a[contains(@href, '/artifacts/artifact/')][contains(., '{key}')]"
    address = WebDriverWait(
        browser, SECONDS, ignored_exceptions=[NoSuchElementException, StaleElementReferenceException]
    ).until(lambda looked_at: looked_at.find_element(By.XPATH, link).get_attribute("href"))
    browser.get(str(address))


def test_a_question_is_answered_without_any_file(with_shop: Orchestra, browser: Chrome, tmp_path: Path) -> None:
    run_stage(with_shop, 1, "catalogue", "import-catalog/sklep")
    run_stage(with_shop, 1, "import", "import-feed/acme")
    deployment = open_form(browser, with_shop, "link-products/by-hand")
    until_shown(browser, "A review with your answers")
    first = submit(browser, with_shop, deployment)

    open_artifact(browser, with_shop, first, "review-acme")
    until_shown(browser, "1 items need a person", "SKU alike, name 100 %", "offer_key;decision;product")
    lines = next(e.text for e in browser.find_elements(By.XPATH, "//pre | //code") if e.text.startswith("offer_key;"))
    answers = lines.replace(";;id:", ";tak;id:")
    assert answers != lines

    open_form(browser, with_shop, "link-products/by-hand")
    click(browser, f"{REVIEW}//button[normalize-space()='str']")
    browser.find_element(By.XPATH, f"{REVIEW}//textarea").send_keys(answers)
    second = submit(browser, with_shop, deployment)
    open_artifact(browser, with_shop, second, "link-products-acme")
    until_shown(browser, "What the review decides", "linked")
    summary = recorded_summary(tmp_path / "home", second)
    assert (summary["decisions"], summary["linked"], summary["to_review"]) == (1, 1, 0)
