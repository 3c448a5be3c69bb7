"""Register what the project's files say at a private Prefect: blocks, pool, queues, deployments."""

from __future__ import annotations

from pathlib import Path

import yaml

from demo.orchestra import ROOT, Orchestra

QUEUES = ("import", "integrations", "default", "watch")


def apply_blocks(orchestra: Orchestra, *files: Path) -> str:
    """Create or update the blocks of some files; returns the command's lines."""
    return "".join(orchestra.python("-m", "blocks.apply", str(file)).stdout for file in files)


def example_switched_on(orchestra: Orchestra) -> Path:
    """A copy of the project's example file whose shop may be written to."""
    text = (ROOT / "blocks.example.yaml").read_text(encoding="utf-8")
    copy = orchestra.home / "blocks.yaml"
    copy.write_text(text.replace("product_listing_enabled: false", "product_listing_enabled: true"), encoding="utf-8")
    return copy


def make_pool(orchestra: Orchestra) -> None:
    """The work pool and its queues; existing ones stay."""
    orchestra.prefect("work-pool", "create", "rexbit", "--type", "process", "--overwrite")
    for queue in QUEUES:
        orchestra.prefect("work-queue", "create", queue, "--pool", "rexbit", check=False)


def deploy(orchestra: Orchestra, *, schedules: bool = False) -> str:
    """Deploy all of prefect.yaml; without `schedules` they are registered but sleep, so that only we start runs."""
    content = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
    for deployment in content["deployments"]:
        for schedule in deployment.get("schedules", []):
            schedule["active"] = schedules
    copy = orchestra.home / "prefect.yaml"
    copy.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return orchestra.prefect("--no-prompt", "deploy", "--all", "--prefect-file", str(copy)).stdout
