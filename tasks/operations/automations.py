"""Automations from `automations.yaml`: made once, by name, and brought up to date; what a person switched stays so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import yaml
from prefect.client.orchestration import SyncPrefectClient
from prefect.events.actions import RunDeployment, SendNotification
from prefect.events.schemas.automations import Automation, AutomationCore
from prefect.exceptions import ObjectNotFound
from pydantic import BaseModel, ConfigDict

from tasks.errors import WrongSettingsError

FILE = Path(__file__).with_name("automations.yaml")
PARTS = ("description", "trigger", "actions")
What = Literal["created", "updated", "unchanged", "left out"]


class Message(BaseModel):
    """What a notification says: templates as Prefect fills them."""

    model_config = ConfigDict(extra="forbid")

    subject: str
    body: str


class Started(BaseModel):
    """A deployment that is started, "flow/name"."""

    model_config = ConfigDict(extra="forbid")

    deployment: str
    after_seconds: int = 0


class Definition(BaseModel):
    """An automation as the file says it; see there."""

    model_config = ConfigDict(extra="forbid")

    name: str
    description: str = ""
    enabled: bool = True
    trigger: dict[str, Any]
    notify: Message | None = None
    run: Started | None = None
    actions: list[dict[str, Any]] = []


def definitions(text: str | None = None) -> list[Definition]:
    """The project's automations, or those of a text of the same form."""
    read = yaml.safe_load(FILE.read_text(encoding="utf-8") if text is None else text)
    return [Definition.model_validate(one) for one in read]


def ensure_automations(
    client: SyncPrefectClient, wanted: Sequence[Definition], notify: Sequence[str] = (), *, dry_run: bool = False
) -> dict[str, What]:
    """Make or change automations; returns what was done (`dry_run`: would be done), by name.

    `notify`: notification blocks, "slack-webhook/ops". Left out: one that would only notify and has nobody to, or whose
    deployment does not exist. Errors: WrongSettingsError for a block that is not there, before anything is changed.
    """
    blocks = [_block(client, name) for name in notify]
    made = {one.name: _automation(client, one, blocks) for one in wanted}
    done: dict[str, What] = {}
    for name, automation in made.items():
        done[name] = "left out" if automation is None else _ensure(client, automation, dry_run=dry_run)
    return done


def _ensure(client: SyncPrefectClient, wanted: AutomationCore, *, dry_run: bool) -> What:
    found = client.read_automations_by_name(wanted.name)
    if not found:
        if not dry_run:
            client.create_automation(wanted)
        return "created"
    there, *doubles = found
    same = _compared(there) == _compared(wanted)
    if same and not doubles:
        return "unchanged"
    if not dry_run:
        if not same:
            client.update_automation(there.id, wanted.model_copy(update={"enabled": there.enabled}))
        for double in doubles:  # made by a command that knows no names: each would tell once more
            client.delete_automation(double.id)
    return "updated"


def _compared(automation: AutomationCore | Automation) -> dict[str, Any]:
    said = automation.model_dump(mode="json", include=set(PARTS))
    said["trigger"].pop("id", None)
    return _in_order(said)  # type: ignore[no-any-return]


def _in_order(value: Any) -> Any:
    """Make sets, which come as lists in any order, comparable."""
    if isinstance(value, Mapping):
        return {key: _in_order(entry) for key, entry in value.items()}
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        return sorted(value)
    return [_in_order(entry) for entry in value] if isinstance(value, list) else value


def _automation(client: SyncPrefectClient, one: Definition, blocks: Sequence[UUID]) -> AutomationCore | None:
    actions: list[Any] = list(one.actions)
    if one.notify:
        said = one.notify.model_dump()
        actions += [SendNotification(block_document_id=block, **said) for block in blocks]
    if one.run:
        try:
            found = client.read_deployment_by_name(one.run.deployment)
        except ObjectNotFound:
            return None
        after = timedelta(seconds=one.run.after_seconds)
        actions.append(RunDeployment(source="selected", deployment_id=found.id, schedule_after=after))
    if not actions:
        return None
    return AutomationCore(
        name=one.name,
        description=one.description,
        enabled=one.enabled,
        trigger=one.trigger,
        actions=actions,
    )


def _block(client: SyncPrefectClient, named: str) -> UUID:
    kind, _, name = named.partition("/")
    try:
        return client.read_block_document_by_name(name=name, block_type_slug=kind, include_secrets=False).id
    except ObjectNotFound:
        raise WrongSettingsError(
            f"notify: expected a saved notification block, `type/name` such as slack-webhook/ops, got `{named}`, which"
            " is not there. Save it under Blocks in the Prefect UI, then deploy again"
        ) from None
