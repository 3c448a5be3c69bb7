"""Deployments: what the file wants and the server holds, in the same words; written without touching what is paused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from prefect import Flow
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.objects import ConcurrencyOptions, DeploymentSchedule
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import CronSchedule
from prefect.exceptions import ObjectNotFound
from prefect.utilities.callables import parameter_schema

from tasks.deploying.checking import full_name
from tasks.deploying.settings import Value, of_plain

FORM = "form"


def wanted_settings(deployment: Mapping[str, Any], flow: Flow[..., Any]) -> dict[str, Value]:
    """What the file says about a deployment, the flow's form included."""
    pool, limit = deployment.get("work_pool") or {}, _limit(deployment)
    return _settings(
        description=deployment.get("description") or flow.description,
        entrypoint=deployment["entrypoint"],
        parameters=deployment.get("parameters") or {},
        tags=sorted(deployment.get("tags") or []),
        pool=pool.get("name"),
        queue=pool.get("work_queue_name"),
        job_variables=pool.get("job_variables") or {},
        pull=deployment.get("pull") or [],
        limit=limit,
        schedules=[_schedule(one.schedule, one.parameters) for one in _schedules(deployment)],
        form=_form(flow),
    )


def found_settings(found: DeploymentResponse) -> dict[str, Value]:
    """What the server holds of the same; not what is paused there, which is its own."""
    limit, options = found.global_concurrency_limit, found.concurrency_options
    return _settings(
        description=found.description,
        entrypoint=found.entrypoint,
        parameters=found.parameters,
        tags=sorted(found.tags),
        pool=found.work_pool_name,
        queue=found.work_queue_name,
        job_variables=found.job_variables,
        pull=found.pull_steps or [],
        limit={
            "limit": limit.limit if limit else None,
            "collision_strategy": options.collision_strategy if options else None,
            "grace_period_seconds": options.grace_period_seconds if options else None,
        },
        schedules=[_schedule(one.schedule, one.parameters) for one in found.schedules],
        form=found.parameter_openapi_schema or {},
    )


def _settings(**parts: Any) -> dict[str, Value]:
    form = json.dumps(parts.pop(FORM), sort_keys=True)
    parts["schedules"].sort()  # the server doesn't keep the file's order
    return {**of_plain(parts), FORM: Value(form)}


def _schedule(schedule: Any, parameters: Mapping[str, Any]) -> str:
    cron = f"{schedule.cron} ({schedule.timezone})" if isinstance(schedule, CronSchedule) else str(schedule)
    return f"{cron} {json.dumps(parameters, sort_keys=True)}" if parameters else cron


def _limit(deployment: Mapping[str, Any]) -> dict[str, Any]:
    given = deployment.get("concurrency_limit")
    return dict(given) if isinstance(given, dict) else {"limit": given}


def _form(flow: Flow[..., Any]) -> dict[str, Any]:
    return parameter_schema(flow).model_dump(exclude_unset=True, mode="json")


def _schedules(deployment: Mapping[str, Any]) -> list[DeploymentScheduleCreate]:
    return [
        DeploymentScheduleCreate(
            schedule=CronSchedule(cron=one["cron"], timezone=one["timezone"]),
            active=one.get("active", True),
            parameters=one.get("parameters") or {},
            slug=one.get("slug"),
        )
        for one in deployment.get("schedules") or []
    ]


def keep_switches(wanted: list[DeploymentScheduleCreate], found: list[DeploymentSchedule]) -> None:
    """Leave each schedule switched on or off as the server has it; a new one beside none that is on is off."""
    for place, schedule in enumerate(wanted):
        same = [one for one in found if one.schedule == schedule.schedule or (one.slug and one.slug == schedule.slug)]
        if not same and len(found) == len(wanted):
            same = [found[place]]  # its time was changed
        if same:
            schedule.active = same[0].active
        elif found and not any(one.active for one in found):
            schedule.active = False


async def find_deployment(client: PrefectClient, name: str) -> DeploymentResponse | None:
    """The server's deployment of that full name; None where there is none."""
    try:
        return await client.read_deployment_by_name(name)
    except ObjectNotFound:
        return None


async def put_deployment(
    client: PrefectClient, deployment: Mapping[str, Any], flow: Flow[..., Any], found: DeploymentResponse | None
) -> None:
    """Create a deployment, or bring it up to date; what is paused stays paused."""
    schedules, pool, limit = _schedules(deployment), deployment["work_pool"], _limit(deployment)
    if found is None:
        # asked again: between the check and now somebody may have switched one off
        found = await find_deployment(client, full_name(flow, deployment))
    if found is not None:
        keep_switches(schedules, found.schedules)
    options = {name: value for name, value in limit.items() if name != "limit" and value is not None}
    await client.create_deployment(
        flow_id=await client.create_flow_from_name(flow.name),
        name=deployment["name"],
        description=deployment.get("description") or flow.description,
        entrypoint=deployment["entrypoint"],
        parameters=deployment.get("parameters") or {},
        tags=deployment.get("tags") or [],
        work_pool_name=pool["name"],
        work_queue_name=pool["work_queue_name"],
        job_variables=pool.get("job_variables") or {},
        pull_steps=deployment.get("pull") or [],
        schedules=schedules,
        paused=found.paused if found is not None else bool(deployment.get("paused")),
        concurrency_limit=limit.get("limit"),
        concurrency_options=ConcurrencyOptions(**options) if options else None,
        parameter_openapi_schema=_form(flow),
        enforce_parameter_schema=True,
    )
