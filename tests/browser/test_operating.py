"""An operator's day in the Prefect UI by clicks alone; what each did is asked of Prefect's API and of our database."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import StringIO
from typing import Any

import pytest
from selenium.common.exceptions import TimeoutException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from demo.servers import MariaDb
from demo.stage import recorded_summary, run_stage, start_run, wait_for
from tests.browser.operated import Operated, operated_world
from tests.browser.test_review import TRIES, begin, open_artifact, submit
from tests.browser.test_ui import SECONDS, asked, click, open_form, page, until_shown

pytestmark = pytest.mark.slow
LIMIT = "//div[contains(@class, 'schema-form-property-any-of-input')][.//span[normalize-space()='limit (Optional)']]"
IN_STOCK = """SELECT count(*) FROM integration_product_links WHERE integration_id = 16
    AND json_extract(supplier_availability, '$.stock_quantity') > 0"""

TABLES = """const rows = table => [...table.rows].map(row => [...row.cells].map(cell => cell.innerText.trim()));
    return [...document.querySelectorAll('table')].map(rows)"""


@pytest.fixture(scope="module")
def world(mariadb: MariaDb, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    with operated_world(tmp_path_factory.mktemp("operated"), mariadb) as running:
        yield running


@pytest.fixture(scope="module")
def failed(world: Operated) -> dict[str, str]:
    """Two runs that failed while the suppliers' server was away; it is back now."""
    world.close_supplier()
    runs = {feed: start_run(world.orchestra, f"import-feed/{feed}") for feed in ("away", "back")}
    ended = [wait_for(world.orchestra, run) for run in runs.values()]
    world.open_supplier()
    assert [run["state_type"] for run in ended] == ["FAILED", "FAILED"]
    return runs


def tables(browser: Chrome) -> list[list[list[str]]]:
    """The tables of an artifact: cells of rows, the heads first."""
    return list(browser.execute_script(TABLES))


def until(browser: Chrome, is_so: Callable[[], Any], seconds: int = SECONDS) -> None:
    WebDriverWait(browser, seconds).until(lambda _: is_so())


def switch_until(browser: Chrome, switch: str, is_so: Callable[[], Any]) -> None:
    """Click it, once more where the server's SQLite was locked for a moment: the switch then stays as it was."""
    for _ in range(TRIES):
        click(browser, switch)
        with suppress(TimeoutException):
            return until(browser, is_so, SECONDS // TRIES)
    raise AssertionError(page(browser))


def run_of(world: Operated, run: str) -> dict[str, Any]:
    return dict(asked(world.orchestra, f"flow_runs/{run}"))


def test_a_trial_with_the_first_100_offers(world: Operated, browser: Chrome) -> None:
    deployment = asked(world.orchestra, "deployments/name/import-feed/acme")["id"]
    browser.get(f"{world.orchestra.url}/deployments")
    click(browser, f"//a[normalize-space()='acme'][contains(@href, '{deployment}')]")
    click(browser, "//button[normalize-space()='Run']")
    click(browser, "//*[normalize-space()='Custom run']")
    click(browser, f"{LIMIT}//button[normalize-space()='int']")
    until_shown(browser, "Apply only the first n offers of the file (all of it is still read and judged).")
    browser.find_element(By.XPATH, f"{LIMIT}//input").send_keys("100")
    run = begin(browser, world.orchestra, deployment)
    click(browser, "//a[normalize-space()='import acme, first 100']")  # the deployment's page has it once it has begun
    until_shown(browser, "Completed", f"Read {world.facts.rows} records", "acme: completed; limit 100")

    left_out = rejected_by_page(world, browser, run)
    offers = [record for record in feed_of(world) if record["Symbol"] not in left_out]
    known = [record for record in offers[:100] if not record["Nazwa"].startswith("Nowość w ofercie")]
    counts = {row[0]: row[1] for row in tables(browser)[0]}
    assert (counts["limit"], counts["rows read"], counts["offers"]) == (
        "100",
        *map(str, (world.facts.rows, len(offers))),
    )
    assert int(counts["created"]) == len(known) == world.links("acme")
    assert world.state("SELECT count(*) FROM feed_snapshots WHERE integration_id = 6") == [(0,)]  # it is a trial


def feed_of(world: Operated) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text_of(world)), delimiter=";"))


def text_of(world: Operated) -> str:
    return (world.feeds / "acme.csv").read_bytes().decode("cp1250")


def rejected_by_page(world: Operated, browser: Chrome, run: str) -> set[str]:
    """Open the run's artifact: its table of rejects says what the file has; returns the keys of those left out."""
    open_artifact(browser, world.orchestra, run, "import-feed-acme")
    until_shown(browser, "What could not be read, by reason", "Examples")
    _, by_reason, examples, *_ = tables(browser)
    left_out = sum(int(count) for effect, _, count in by_reason[1:] if effect == "row left out")
    fields = sum(int(count) for effect, _, count in by_reason[1:] if effect == "only the field left out")
    assert (left_out, fields) == (world.facts.rejected_rows.total(), world.facts.rejected_fields.total())
    file = text_of(world).split("\n")
    cells = [dict(zip(examples[0], row, strict=True)) for row in examples[1:]]
    assert all(one["key"] in file[int(one["row"]) - 1] and one["value"] in file[int(one["row"]) - 1] for one in cells)
    return {one["key"] for one in cells if one["field"] == "stock_quantity"}


def test_a_feed_that_lost_half_its_lines_is_approved(world: Operated, browser: Chrome) -> None:
    run_stage(world.orchestra, 1, "import", "import-feed/halved")
    ((before,),) = world.state(IN_STOCK)
    file = world.feeds / "halved.csv"
    lines = file.read_bytes().split(b"\r\n")
    file.write_bytes(b"\r\n".join(lines[: len(lines) // 2]) + b"\r\n")
    held = wait_for(world.orchestra, start_run(world.orchestra, "import-feed/halved"))
    assert (held["state_type"], world.state(IN_STOCK)) == ("FAILED", [(before,)])

    open_artifact(browser, world.orchestra, held["id"], "import-feed-halved")
    until_shown(browser, "halved: quarantined", "Nothing was changed", "What approving it would do")
    ((_, (gone, would), *_),) = [table for table in tables(browser) if table[0] == ["linked items", "approving would"]]
    assert would == "see them switched off at once: missing means sold out"
    click(browser, "//a[normalize-space()='open the form with its id filled in']")
    until(browser, lambda: len(browser.window_handles) == 2)
    browser.switch_to.window(browser.window_handles[1])
    until_shown(browser, "The id of a quarantined snapshot that you have looked at and believe.")
    approved = submit(browser, world.orchestra, held["deployment_id"])
    until_shown(browser, "import halved, approved", "Completed")
    snapshot = recorded_summary(world.home, held["id"])["snapshot_id"]
    assert run_of(world, approved)["parameters"] == {
        "feed": "halved",
        "limit": None,
        "dry_run": False,
        "approve": snapshot,
    }
    assert world.state("SELECT approved_at IS NOT NULL FROM feed_snapshots WHERE id = ?", snapshot) == [(1,)]
    assert world.state(IN_STOCK) == [(before - int(gone),)]


def test_a_failed_run_goes_on_by_its_button(world: Operated, failed: dict[str, str], browser: Chrome) -> None:
    run = failed["away"]
    browser.get(f"{world.orchestra.url}/runs/flow-run/{run}")
    until_shown(browser, "Failed", "UnreachableError")
    click(browser, "//button[normalize-space()='Retry']")
    until_shown(browser, "Retry import away?")
    click(browser, "(//button[normalize-space()='Retry'])[last()]")
    until(browser, lambda: run_of(world, run)["state_type"] != "FAILED")
    ended = wait_for(world.orchestra, run)
    assert (ended["state_type"], ended["run_count"]) == (
        "COMPLETED",
        2,
    )  # the same run, which is not failed any more: its first end is lost
    assert world.state("SELECT status, message FROM runs WHERE id = ?", run) == [("completed", "")]
    assert world.links("away") == recorded_summary(world.home, run)["created"] > 0
    until_shown(browser, "Completed")
    click(browser, "//li[normalize-space()='Artifacts']")
    until_shown(browser, "completed; snapshot_id", "failed")  # of both goes


def test_a_failed_run_is_started_again(world: Operated, failed: dict[str, str], browser: Chrome) -> None:
    run = failed["back"]
    deployment = open_form(browser, world.orchestra, "retry-failed-runs/by-hand")
    until_shown(browser, "Show what would be started, start nothing.")
    done = submit(browser, world.orchestra, deployment)
    open_artifact(browser, world.orchestra, done, "retry-failed-runs")
    until_shown(browser, "The new runs: ")
    (row,) = [row for row in tables(browser)[1] if row[-1] == run]
    assert row[:2] == ["import back", "started again"]
    click(browser, "//a[contains(@class, 'markdown')][normalize-space()='import back']")
    until(browser, lambda: len(browser.window_handles) == 2)
    browser.switch_to.window(browser.window_handles[1])
    until(browser, lambda: "/runs/flow-run/" in browser.current_url)
    again = browser.current_url.rpartition("/")[2].partition("?")[0]
    ended = wait_for(world.orchestra, again)
    assert (ended["state_type"], ended["tags"]) == ("COMPLETED", ["retried"])
    assert run_of(world, run)["state_type"] == "FAILED"
    assert world.links("back") == recorded_summary(world.home, again)["created"] > 0


def test_a_paused_schedule_stays_paused(world: Operated, browser: Chrome) -> None:
    name = "deployments/name/import-feed/acme"
    deployment = asked(world.orchestra, name)["id"]

    def state() -> tuple[bool, int]:
        """Whether the schedule is on, and how many runs it has planned."""
        (schedule,) = asked(world.orchestra, name)["schedules"]
        these = {
            "deployments": {"id": {"any_": [deployment]}},
            "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
        }
        return bool(schedule["active"]), len(asked(world.orchestra, "flow_runs/filter", these))

    until(browser, lambda: state()[1] > 0)
    browser.get(f"{world.orchestra.url}/deployments/deployment/{deployment}")
    switch = "//*[contains(@class, 'deployment-schedule-card')]//label[@role='switch']"
    switch_until(browser, f"{switch}[@aria-checked='true']", lambda: not state()[0])
    until(browser, lambda: state() == (False, 0))
    said = world.deploy()
    assert ("created" in said, said.endswith("ended with 0")) == (False, True), said
    assert state() == (False, 0)
    switch_until(browser, f"{switch}[@aria-checked='false']", lambda: state()[0])
    until(browser, lambda: state()[0] and state()[1] > 0, 3 * SECONDS)  # the scheduler looks at all once a minute
