"""Pools, their queues and global limits: what the server holds of them, and how each is put right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.exceptions import ObjectNotFound
from prefect.workers.base import BaseWorker

from tasks.deploying.settings import Value, of_plain

QUEUE_FIELDS = ("priority", "concurrency_limit")  # a description is whoever wrote it in the UI


async def find_pool(client: PrefectClient, name: str) -> dict[str, Value] | None:
    """The pool's settings that the file can name; None where there is no such pool."""
    try:
        pool = await client.read_work_pool(name)
    except ObjectNotFound:
        return None
    return of_plain({"type": pool.type, "concurrency_limit": pool.concurrency_limit})


def pool_settings(pool: Mapping[str, Any]) -> dict[str, Value]:
    """What the file says of a pool, its queues apart."""
    return of_plain({name: value for name, value in pool.items() if name != "queues"})


async def put_pool(client: PrefectClient, name: str, pool: Mapping[str, Any], *, exists: bool) -> None:
    """Create a pool, or set its limit; it stays as paused as it is."""
    limit = pool.get("concurrency_limit")
    if exists:
        await client.update_work_pool(name, WorkPoolUpdate(concurrency_limit=limit))
        return
    worker = BaseWorker.get_worker_class_from_type(pool.get("type", "process"))
    template = worker.get_default_base_job_template() if worker else {}
    made = WorkPoolCreate(
        name=name,
        type=pool.get("type", "process"),
        base_job_template=template,
        concurrency_limit=limit,
    )
    await client.create_work_pool(made)


async def find_queues(client: PrefectClient, pool: str) -> dict[str, dict[str, Value]]:
    """The settings of each queue of a pool; none where there is no such pool."""
    try:
        queues = await client.read_work_queues(work_pool_name=pool)
    except ObjectNotFound:
        return {}
    return {queue.name: of_plain({name: getattr(queue, name) for name in QUEUE_FIELDS}) for queue in queues}


async def put_queue(client: PrefectClient, pool: str, name: str, queue: Mapping[str, Any]) -> None:
    """Create a queue, or set its priority and limit; it stays as paused as it is."""
    given = {"concurrency_limit": queue.get("concurrency_limit")}
    if queue.get("priority"):  # Prefect gives a new queue the next one
        given["priority"] = queue["priority"]
    try:
        found = await client.read_work_queue_by_name(name, work_pool_name=pool)
    except ObjectNotFound:
        await client.create_work_queue(name=name, work_pool_name=pool, **given)
    else:
        await client.update_work_queue(found.id, **given)


async def find_limit(client: PrefectClient, name: str) -> dict[str, Value] | None:
    """A global concurrency limit; None where there is none."""
    try:
        found = await client.read_global_concurrency_limit_by_name(name)
    except ObjectNotFound:
        return None
    return of_plain({"limit": found.limit, "slot_decay_per_second": found.slot_decay_per_second or None})


async def put_limit(client: PrefectClient, name: str, limit: Mapping[str, Any]) -> None:
    """Create a global concurrency limit, or set it."""
    await client.upsert_global_concurrency_limit_by_name(name, limit["limit"], limit.get("slot_decay_per_second"))
