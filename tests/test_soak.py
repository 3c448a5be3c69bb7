"""The soak itself: it sees what goes wrong, ends well where all is well, and leaves nothing behind when stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.soak.booking import in_turn
from benchmarks.soak.judging import overlaps
from benchmarks.soak.model import Model
from demo.orchestra import ROOT

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
COMMAND = (
    sys.executable,
    "-m",
    "benchmarks.soak",
    "--suppliers",
    "2",
    "--imports",
    "1",
    "--shops",
    "1",
    "--syncs",
    "1",
)
SMALL = (*COMMAND, "--products", "60", "--pace", "60", "--no-kill")


def seconds(*since: int | None) -> list[datetime | None]:
    return [None if one is None else NOON + timedelta(seconds=one) for one in since]


def run(integration: int, began: int, ended: int | None, name: str) -> tuple[object, ...]:
    return (integration, *seconds(began, ended), name)


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        ([run(1, 0, 5, "a"), run(1, 5, 9, "b"), run(2, 3, 4, "c")], 0),
        ([run(1, 0, 5, "a"), run(1, 4, 9, "b")], 1),
        ([run(1, 0, None, "a"), run(1, 4, 9, "b")], 1),
        ([run(1, 0, None, "killed"), run(1, 4, 9, "b")], 0),
    ],
)
def test_overlaps(rows: Sequence[tuple[object, ...]], count: int) -> None:
    assert len(list(overlaps(rows, {"killed": NOON + timedelta(seconds=3)}))) == count


def test_each_version_changes_some_offers() -> None:
    model = Model(tuple(f"R{number}" for number in range(1000)))
    versions = [model.offers(3, version) for version in range(1, 8)]
    for before, after in pairwise(versions):
        changed = [one for one in before if before[one] != after[one]]
        assert (set(before) == set(after), 0 < len(changed) < len(before) / 10) == (True, True)


def test_deployments_take_turns() -> None:
    assert sorted(in_turn({"a": 2, "b": 4, "c": 2})[:4]) == ["a", "b", "b", "c"]


@pytest.mark.slow
def test_a_small_one(capsys: pytest.CaptureFixture[str]) -> None:
    done = subprocess.run(SMALL, cwd=ROOT, capture_output=True, text=True, check=False)
    with capsys.disabled():
        print(f"\n{done.stdout}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "| 1 wanted, 1 cancelled |" in done.stdout


PLANTING = """
import sys
from benchmarks.soak import __main__ as soak

judge = soak.judge

def plant(place, *known):
    one = "SELECT product_id FROM integration_product_links WHERE supplier_availability IS NOT NULL LIMIT 1"
    with place.postgres.connect("rexbit") as ours:
        ours.execute(
            "UPDATE integration_product_links SET supplier_availability = jsonb_set("
            f"supplier_availability::jsonb, '{{stock_quantity}}', '-1') WHERE product_id = ({one})"
        )
    with place.mariadb.connect("shop1") as shop, shop.cursor() as cursor:
        cursor.execute("UPDATE ps_product_lang SET available_later = 'x'")
        shop.commit()
    return judge(place, *known)

soak.judge = plant
sys.exit(soak.main(sys.argv[1:]))
"""


@pytest.mark.slow
def test_what_is_planted_is_seen() -> None:
    command = (sys.executable, "-c", PLANTING, *SMALL[3:])
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    for words in ("1 links differ", "products differ, such as", "rows were changed, the runs counted"):
        assert words in done.stderr


def processes_of(folder: Path) -> list[str]:
    found = []
    for one in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = one.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        found += [words] if str(folder) in words else []
    return found


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder through which PostgreSQL's user may pass, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.mark.slow
def test_one_that_is_stopped_leaves_nothing(temporary: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "TMPDIR": str(temporary)}
    with subprocess.Popen(SMALL, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as soak:
        assert soak.stdout
        next(line for line in soak.stdout if "Deploying" in line)
        (folder,) = temporary.glob("rexbit-soak-*")
        deadline = time.monotonic() + 120
        while not (folder / "import-1.log").exists() and time.monotonic() < deadline:
            time.sleep(0.2)
        assert processes_of(folder)
        soak.send_signal(signal.SIGTERM)
        assert soak.wait(120) == 130
    assert (processes_of(folder), folder.exists()) == ([], False)
