"""Automations: the project's own, what the server holds of them in the same words, and how each is put right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.events.schemas.automations import Automation, AutomationCore
from prefect.exceptions import ObjectNotFound

from tasks.deploying.settings import Value, of_plain
from tasks.operations import definitions

ACTIONS = ("actions", "actions_on_trigger", "actions_on_resolve")
# what an action says by name in a file, and by number on a server
NUMBERS = {"block": "block_document_id", "deployment": "deployment_id"}
NO_NUMBER = UUID(int=0)
COPIES = "copies of the same name"


def automations_of(notify: Sequence[str], deployed: set[str]) -> Iterator[dict[str, Any]]:
    """The project's automations, told by each notification block of `notify`; without what would do nothing.

    `deployed`: full names of deployments; one that starts another is left out.
    """
    for one in definitions():
        actions = list(one.actions)
        if one.notify:
            said = one.notify.model_dump()
            actions += [{"type": "send-notification", "block": block, **said} for block in notify]
        if one.run and one.run.deployment in deployed:
            started = {"type": "run-deployment", "source": "selected", "deployment": one.run.deployment}
            actions.append({**started, "schedule_after": one.run.after_seconds})
        if actions:
            yield {**one.model_dump(include={"name", "description", "enabled", "trigger"}), "actions": actions}


def blocks_named(automations: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """Automation, kind and name of each block that an action names."""
    for content in automations:
        for _, _, action in _each(content):
            if "block" in action:
                slug, _, name = str(action["block"]).partition("/")
                yield str(content["name"]), slug, name


def wanted_automation(content: Mapping[str, Any]) -> AutomationCore:
    """What a file says of an automation, with a stand-in where an action names something."""
    return AutomationCore.model_validate(_numbered(content, lambda *_: NO_NUMBER))


def wanted_settings(content: Mapping[str, Any]) -> dict[str, Value]:
    """What a file says, in the words of `found_settings`."""
    automation = _dumped(wanted_automation(content))
    for kind, place, given in _each(content):
        for name in NUMBERS:
            if name in given:
                automation[kind][place][name] = given[name]
    return of_plain(_without_numbers(automation))


async def found_settings(client: PrefectClient, found: Sequence[Automation]) -> dict[str, Value] | None:
    """What the server's automation does; not whether it is switched on, which is the server's own. None without one."""
    if not found:
        return None
    automation = _dumped(found[0])
    for _, _, action in _each(automation):
        for name, number in NUMBERS.items():
            if action.get(number):
                action[name] = await _name_of(client, name, UUID(str(action[number])))
    settings = of_plain(_without_numbers(automation))
    return settings if len(found) == 1 else {**settings, COPIES: Value(len(found) - 1)}


async def put_automation(client: PrefectClient, content: Mapping[str, Any]) -> None:
    """Create an automation, or bring it up to date, as switched on or off as it was; copies of it go."""
    numbers = {}
    for _, _, action in _each(content):
        for name in NUMBERS:
            if name in action:
                numbers[name, action[name]] = await _number_of(client, name, str(action[name]))
    wanted = AutomationCore.model_validate(_numbered(content, lambda *named: numbers[named]))
    found = await client.read_automations_by_name(wanted.name)
    if not found:
        await client.create_automation(wanted)
        return
    first, *copies = found
    await client.update_automation(first.id, wanted.model_copy(update={"enabled": first.enabled}))
    for copy in copies:
        await client.delete_automation(copy.id)


def _each(content: Mapping[str, Any]) -> Iterator[tuple[str, int, dict[str, Any]]]:
    for kind in ACTIONS:
        for place, action in enumerate(content.get(kind) or []):
            yield kind, place, action


def _numbered(content: Mapping[str, Any], number_of: Callable[[str, str], UUID]) -> dict[str, Any]:
    """The content with a number wherever an action says a name."""
    made: dict[str, Any] = {**content, **{kind: [] for kind in ACTIONS}}
    for kind, _, action in _each(content):
        named = {NUMBERS[name]: number_of(name, str(action[name])) for name in NUMBERS if name in action}
        made[kind].append({**{key: value for key, value in action.items() if key not in NUMBERS}, **named})
    return made


def _without_numbers(automation: dict[str, Any]) -> dict[str, Any]:
    for _, _, action in _each(automation):
        for name, number in NUMBERS.items():
            if name in action:
                del action[number]
    return automation


def _dumped(automation: AutomationCore) -> dict[str, Any]:
    content = automation.model_dump(mode="json", exclude={"id", "enabled", "owner_resource"})
    return {**content, "trigger": _settled(content["trigger"])}


def _settled(trigger: Any) -> Any:
    """A trigger without the numbers that it gets anew each time, its sets in one order."""
    if isinstance(trigger, dict):
        return {name: _settled(value) for name, value in trigger.items() if name != "id"}
    if isinstance(trigger, list):
        settled = [_settled(value) for value in trigger]
        return sorted(settled) if all(isinstance(value, str) for value in settled) else settled
    return trigger


async def _name_of(client: PrefectClient, what: str, number: UUID) -> str:
    try:
        if what == "block":
            block = await client.read_block_document(number, include_secrets=False)
            return f"{block.block_type.slug if block.block_type else ''}/{block.name}"
        deployment = await client.read_deployment(number)
        return f"{(await client.read_flow(deployment.flow_id)).name}/{deployment.name}"
    except ObjectNotFound:
        return f"(a {what} that is no longer there)"


async def _number_of(client: PrefectClient, what: str, name: str) -> UUID:
    if what == "block":
        slug, _, short = name.partition("/")
        return (await client.read_block_document_by_name(short, slug, include_secrets=False)).id
    return (await client.read_deployment_by_name(name)).id
