"""What has to fit together in the files: whose number is whose, and what pools and queues are given."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from prefect.client.schemas.actions import WorkPoolCreate, WorkQueueCreate
from pydantic import ValidationError

from blocks import SupplierFeed
from tasks.deploying.files import Plan


def check_numbers(plan: Plan) -> Iterator[str]:
    """One line for each integration number that two blocks share, unless they are parts of one supplier's feed."""
    users: dict[int, list[str]] = defaultdict(list)
    parts: dict[int, list[str]] = defaultdict(list)
    for name, block in plan.blocks.items():
        number = getattr(block, "integration_id", None)
        if number is not None:
            users[number].append(name)
            parts[number].append(block.part.name if isinstance(block, SupplierFeed) else "")
    for number, names in users.items():
        alone = "" in parts[number] or len(set(parts[number])) < len(names)
        if len(names) > 1 and alone:
            yield (
                f"blocks {', '.join(names)}: the integration number {number} is used twice, so that one would overwrite"
                " what the other knows. Give each its own; only several files of one supplier share one, each with a"
                " `part` of its own"
            )


def check_pools(plan: Plan) -> Iterator[str]:
    """One line for each setting of a pool or queue that Prefect would refuse, or could not keep."""
    for name, pool in plan.pools.items():
        given = {key: value for key, value in (pool or {}).items() if key != "queues"}
        yield from _refused(f"pool {name}", WorkPoolCreate, {"name": name, **given})
        queues = (pool or {}).get("queues") or {}
        for queue, settings in queues.items():
            yield from _refused(f"queue {name}/{queue}", WorkQueueCreate, {"name": queue, **(settings or {})})
        priorities = Counter(
            settings["priority"] for settings in queues.values() if settings and "priority" in settings
        )
        for priority in [one for one, count in priorities.items() if count > 1]:
            yield f"pool {name}: expected another priority for each queue, got {priority} twice"


def _refused(where: str, kind: type[WorkPoolCreate | WorkQueueCreate], given: Mapping[str, Any]) -> Iterator[str]:
    try:
        kind.model_validate(given)
    except ValidationError as error:
        for one in error.errors(include_input=False, include_url=False):
            yield f"{where}: {'.'.join(map(str, one['loc']))}: {one['msg']}"
