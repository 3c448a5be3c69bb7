"""What has to be right before anything is registered: each deployment's flow, parameters, times and queue."""

from __future__ import annotations

import asyncio
import inspect
import typing
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import available_timezones

from prefect import Flow
from prefect.blocks.core import Block
from prefect.flows import load_flow_from_entrypoint
from prefect.server.schemas.schedules import CronSchedule
from pydantic import TypeAdapter, ValidationError

from tasks.deploying.automations import wanted_automation
from tasks.deploying.files import Plan

FIELDS = 5
KNOWN = {
    "name", "description", "entrypoint", "parameters", "schedules", "concurrency_limit", "work_pool", "tags", "paused",
    "pull",
}  # fmt: skip


def flow_of(entrypoint: str) -> Flow[..., Any] | None:
    """The flow that a deployment runs; None where there is none."""
    try:
        return load_flow_from_entrypoint(entrypoint, use_placeholder_flow=False)
    except Exception:  # noqa: BLE001 - the file's whole content runs: anything may come
        return None


def full_name(flow: Flow[..., Any], deployment: Mapping[str, Any]) -> str:
    """The name by which Prefect knows a deployment."""
    return f"{flow.name}/{deployment['name']}"


def full_names(plan: Plan, flows: Mapping[str, Flow[..., Any] | None]) -> Iterator[str]:
    """The names of all deployments whose flow can be loaded."""
    for deployment in plan.deployments:
        flow = flows.get(deployment.get("entrypoint", ""))
        if flow is not None and deployment.get("name"):
            yield full_name(flow, deployment)


def check_deployments(plan: Plan, flows: Mapping[str, Flow[..., Any] | None]) -> Iterator[str]:
    """One line for each thing that is wrong with a deployment."""
    names: Counter[str] = Counter()
    for deployment in plan.deployments:
        name, entrypoint = deployment.get("name"), deployment.get("entrypoint")
        if not name or not entrypoint:
            yield f"a deployment: expected `name` and `entrypoint`, got {sorted(set(deployment) - {'pull'})}"
            continue
        flow = flows[entrypoint]
        if flow is None:
            yield f"deployment {name}: expected a flow at `{entrypoint}` (FILE:FUNCTION), found none that can be loaded"
            continue
        full = full_name(flow, deployment)
        names[full] += 1
        problems = (*_shape(deployment), *_parameters(flow, deployment), *_times(deployment), *_queue(plan, deployment))
        yield from (f"deployment {full}: {problem}" for problem in problems)
    for full in sorted(full for full, count in names.items() if count > 1):
        yield f"deployment {full}: the name is used twice; the second would replace the first"


def check_automations(plan: Plan) -> Iterator[str]:
    """One line for each automation that Prefect would refuse."""
    names = Counter(str(one.get("name")) for one in plan.automations)
    yield from (f"automation {name}: the name is used twice" for name, count in names.items() if count > 1)
    for content in plan.automations:
        where = f"automation {content.get('name')}"
        try:
            wanted_automation(content)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            yield f"{where}: {'.'.join(map(str, first['loc']))}: {first['msg']}"


def _shape(deployment: Mapping[str, Any]) -> Iterator[str]:
    if unknown := sorted(set(deployment) - KNOWN):
        yield f"expected the fields {', '.join(sorted(KNOWN))}, got {', '.join(unknown)}"


def _parameters(flow: Flow[..., Any], deployment: Mapping[str, Any]) -> Iterator[str]:
    given: dict[str, Any] = deployment.get("parameters") or {}
    signature = inspect.signature(flow.fn)
    types = typing.get_type_hints(flow.fn, include_extras=True)
    for name, value in given.items():
        if name not in signature.parameters:
            yield f"the flow has no parameter `{name}`; it has {', '.join(signature.parameters)}"
            continue
        try:
            TypeAdapter(types[name]).validate_python(value)
        except ValidationError as error:
            wrong = "; ".join(sorted({one["msg"] for one in error.errors(include_input=False, include_url=False)}))
            yield f"parameter `{name}`: got `{value}`: {wrong}"
    needed = [p.name for p in signature.parameters.values() if p.default is p.empty and p.name not in given]
    if needed and deployment.get("schedules"):  # who starts it by hand fills in the form
        yield f"it runs by itself and lacks the parameters {', '.join(needed)}"


def _times(deployment: Mapping[str, Any]) -> Iterator[str]:
    for schedule in deployment.get("schedules") or []:
        cron, timezone = schedule.get("cron"), schedule.get("timezone")
        if timezone not in available_timezones():
            yield f"schedule `{cron}`: expected a known time zone (`Europe/Warsaw`), got `{timezone}`"
            continue
        try:
            times = CronSchedule(cron=cron, timezone=timezone)
        except ValidationError:
            times = None
        # with a sixth field, the seconds, it would come each second
        if times is None or (not times.cron.startswith("@") and len(times.cron.split()) != FIELDS):
            yield f"expected a cron line of five fields (`5 * * * *`: minute hour day month weekday), got `{cron}`"
        elif not _ever_comes(times):
            yield f"schedule `{cron}`: expected a day that comes, got one that never does"


def _ever_comes(times: CronSchedule) -> bool:
    try:
        return bool(asyncio.run(times.get_dates(1)))
    except ValueError:
        return False


def _queue(plan: Plan, deployment: Mapping[str, Any]) -> Iterator[str]:
    wanted = deployment.get("work_pool") or {}
    pool, queue = wanted.get("name"), wanted.get("work_queue_name")
    if pool not in plan.pools:
        yield f"expected a pool of `definitions: work_pools`, got `{pool}`"
    elif queue not in (plan.pools[pool].get("queues") or {}):
        yield f"expected a queue of the pool {pool} ({', '.join(plan.pools[pool].get('queues') or {})}), got `{queue}`"


def blocks_named(
    plan: Plan, flows: Mapping[str, Flow[..., Any] | None]
) -> Iterator[tuple[str, str, tuple[type[Block], ...]]]:
    """Deployment, name and possible kinds of each saved block that a parameter names."""
    for deployment in plan.deployments:
        flow = flows.get(deployment.get("entrypoint", ""))
        if flow is None or not deployment.get("name"):
            continue
        types = typing.get_type_hints(flow.fn)
        for parameter, value in (deployment.get("parameters") or {}).items():
            kinds = tuple(_block_kinds(types.get(parameter)))
            # an address or a path is no block's name
            if kinds and isinstance(value, str) and not {".", ":"} & set(value) and not value.startswith("/"):
                yield full_name(flow, deployment), value, kinds


def _block_kinds(annotation: Any) -> Iterator[type[Block]]:
    for one in typing.get_args(annotation) or (annotation,):
        if isinstance(one, type) and issubclass(one, Block):
            yield one
