"""The README's first command in a fresh clone: it ends by itself, and does what it says."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow


def test_make_demo_in_a_fresh_clone(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    done = subprocess.run(["make", "demo"], cwd=clone, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    stages = json.loads((clone / ".rexbit" / "demo" / "summary.json").read_text(encoding="utf-8"))["stages"]
    syncs = {stage["run"]: stage["summary"] for stage in stages if stage["name"] == "sync shop"}
    imports = [stage["summary"] for stage in stages if stage["name"].startswith("import") and stage["run"] == 2]
    assert (syncs[2]["rows_written"], [one["updated"] + one["created"] for one in imports]) == (0, [0, 0])
    assert 0 < syncs[3]["written"] < syncs[1]["written"] / 20
