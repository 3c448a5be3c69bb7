"""Pools, their queues, global limits and automations: what the server holds of them, and how each is put right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.events.schemas.automations import Automation, AutomationCore
from prefect.exceptions import ObjectNotFound
from prefect.workers.base import BaseWorker

from tasks.deploying.settings import Value, of_plain

ACTIONS = {"actions", "actions_on_trigger", "actions_on_resolve"}
BLOCK = "block"
NO_BLOCK = UUID(int=0)
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


def blocks_named(automations: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """Automation, kind and name of each block that an action names."""
    for content in automations:
        for action in (action for name in sorted(ACTIONS) for action in content.get(name) or []):
            if BLOCK in action:
                slug, _, name = str(action[BLOCK]).partition("/")
                yield str(content["name"]), slug, name


async def find_automation(client: PrefectClient, name: str) -> Automation | None:
    """The automation of that name; the first one, should there be several."""
    found = await client.read_automations_by_name(name)
    return found[0] if found else None


async def automation_settings(client: PrefectClient, automation: AutomationCore) -> dict[str, Value]:
    """What an automation does, its blocks by name; not whether it is switched on, which is the server's own."""
    content = automation.model_dump(mode="json", exclude={"id", "enabled", "owner_resource"})
    content["trigger"] = _settled(content["trigger"])
    for action in (action for name in ACTIONS for action in content[name]):
        if number := action.pop("block_document_id", None):
            action[BLOCK] = await _block_name(client, UUID(number))
    return of_plain(content)


def wanted_automation(content: Mapping[str, Any]) -> AutomationCore:
    """What a file says of an automation, with a stand-in where an action names a block."""
    return AutomationCore.model_validate({**content, **_actions(content, lambda _: NO_BLOCK)})


def wanted_settings(content: Mapping[str, Any]) -> dict[str, Value]:
    """The same words as `automation_settings`, of what a file says."""
    automation = wanted_automation(content).model_dump(mode="json", exclude={"enabled", "owner_resource"})
    automation["trigger"] = _settled(automation["trigger"])
    for name in ACTIONS:
        for action, given in zip(automation[name], content.get(name) or [], strict=True):
            if BLOCK in given:
                action.pop("block_document_id")
                action[BLOCK] = given[BLOCK]
    return of_plain(automation)


def _settled(trigger: Any) -> Any:
    """A trigger without the numbers that it gets anew each time, its sets in one order."""
    if isinstance(trigger, dict):
        return {name: _settled(value) for name, value in trigger.items() if name != "id"}
    if isinstance(trigger, list):
        settled = [_settled(value) for value in trigger]
        return sorted(settled) if all(isinstance(value, str) for value in settled) else settled
    return trigger


async def _block_name(client: PrefectClient, number: UUID) -> str:
    try:
        found = await client.read_block_document(number, include_secrets=False)
    except ObjectNotFound:
        return "(a block that is no longer there)"
    return f"{found.block_type.slug if found.block_type else ''}/{found.name}"


def _actions(content: Mapping[str, Any], number_of: Callable[[str], UUID]) -> dict[str, list[dict[str, Any]]]:
    """The actions with a block's number where the file names a block."""
    return {
        name: [
            {
                **{key: value for key, value in action.items() if key != BLOCK},
                **({"block_document_id": number_of(str(action[BLOCK]))} if BLOCK in action else {}),
            }
            for action in content.get(name) or []
        ]
        for name in ACTIONS
    }


async def put_automation(client: PrefectClient, content: Mapping[str, Any], found: Automation | None) -> None:
    """Create an automation, or bring it up to date, as switched on or off as it was."""
    numbers = {}
    for _, slug, name in blocks_named([content]):
        block = await client.read_block_document_by_name(name, slug, include_secrets=False)
        numbers[f"{slug}/{name}"] = block.id
    wanted = AutomationCore.model_validate({**content, **_actions(content, numbers.__getitem__)})
    if found is None:
        await client.create_automation(wanted)
    else:
        await client.update_automation(found.id, wanted.model_copy(update={"enabled": found.enabled}))
