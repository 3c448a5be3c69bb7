"""Which failed runs are worth starting again, and why the others are not; decided on plain values.

A new run is started, the failed one stays as it was: set back to Scheduled it would lose how it ended, its record and
logs would mix two goes, and a deployment whose place is taken would turn it into a cancelled run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from prefect.client.schemas.objects import StateType
from prefect.client.schemas.responses import DeploymentResponse

from tasks.operations.model import PrefectRun
from tasks.operations.server import FAILED, error_of

GAVE_WAY = "concurrency limit reached"  # as Prefect cancels a run whose deployment is at work
MASK = "********"
HOUSEKEEPING = {"monitor-queues", "prune-runs", "retry-failed-runs"}
WRONG = {"WrongSettingsError", "ValidationError", "ParameterTypeError", "ParameterBindError", "SignatureMismatchError"}
AGAIN = "run it by hand when that is mended"
REASONS = {
    "refused": f"its input could not be used; mend that first, and {AGAIN}",
    "quarantined": "it was held back for a person: look at it, then approve it, if nobody did yet",
    "went_through": "it was marked as dead while the server was away, and came to its end all the same",
    "settings": f"its settings or parameters are wrong; correct them, and {AGAIN}",
    "older": "a newer run with the same parameters failed too; that one is retried instead",
    "superseded": "a newer run with the same parameters went through since",
    "under_way": "a newer run with the same parameters is waiting or at work",
    "inline": "its block was filled in by hand, and secrets are not kept; save the block, start it by name",
    "no_deployment": "it is a run of no deployment; start it the way it was started",
    "gone": "its deployment is there no more",
    "paused": "its deployment is paused; resume it, or name the run in run_ids",
    "housekeeping": "housekeeping comes again by itself",
    "retried": "it was started again already",
    "in_turn": "another run of its deployment goes first, and would shut it out; retry it when that is over",
}


class Verdict(NamedTuple):
    """A failed run: `reason` None is worth starting again, by that key, else a key of REASONS."""

    run: PrefectRun
    reason: str | None
    key: str = ""


@dataclass(frozen=True)
class Known:
    """What a verdict stands on: `runs` of the same deployments, failed or not; `ends`: our record's status by run."""

    runs: Sequence[PrefectRun]
    deployments: Mapping[UUID, DeploymentResponse]
    flows: Mapping[UUID, str]
    ends: Mapping[str, str]
    asked_by_id: bool = False


def judge(failed: Iterable[PrefectRun], known: Known) -> list[Verdict]:
    """Judge failed runs, the newest first; of a deployment that runs one at a time only one is started."""
    at_work = {one.deployment_id for one in known.runs if not one.is_over}
    found = []
    for run in failed:
        reason = _reason(run, known)
        deployment = known.deployments.get(run.deployment_id) if run.deployment_id else None
        if reason is None and deployment and deployment.global_concurrency_limit:
            reason = "in_turn" if deployment.id in at_work else None
            at_work.add(deployment.id)
        found.append(Verdict(run, reason, key_of(run, known.runs)))
    return found


def _reason(run: PrefectRun, known: Known) -> str | None:
    if run.deployment_id is None:
        return "no_deployment"
    deployment = known.deployments.get(run.deployment_id)
    if deployment is None:
        return "gone"
    if known.flows.get(run.flow_id) in HOUSEKEEPING:
        return "housekeeping"
    if is_inline(run.parameters):
        return "inline"
    return _how_it_ended(run, known) or _what_came_since(run, deployment, known) or _paused(deployment, known)


def _paused(deployment: DeploymentResponse, known: Known) -> str | None:
    return "paused" if deployment.paused and not known.asked_by_id else None


def is_inline(parameters: Mapping[str, Any]) -> bool:
    """Whether a run was given a block's fields in place of a saved block: its secrets are stored as a mask."""
    given = [value for value in parameters.values() if isinstance(value, dict)]
    return any("$ref" not in value for value in given) or MASK in json.dumps(parameters, default=str)


def _how_it_ended(run: PrefectRun, known: Known) -> str | None:
    status = known.ends.get(str(run.id))
    if status in {"refused", "quarantined"}:
        return status
    if run.kind == StateType.CRASHED and status in {"completed", "unchanged"}:
        return "went_through"
    error = error_of(run)
    if error in {"Refused", "Quarantined"}:
        return error.lower()
    if error in WRONG or "Validation of flow parameters failed" in run.message:
        return "settings"
    return None


def _what_came_since(run: PrefectRun, deployment: DeploymentResponse, known: Known) -> str | None:
    newer = [one for one in known.runs if one.deployment_id == run.deployment_id and _began(one) > _began(run)]
    if any(one.key and one.key.startswith(_key(run)) and not _gave_way(one) for one in known.runs):
        return "retried"
    alike = [one for one in newer if one.parameters == run.parameters]
    if any(one.kind == StateType.COMPLETED for one in alike) or _went_by_schedule(newer, deployment):
        return "superseded"
    if any(one.kind in FAILED for one in alike):
        return "older"
    if any(not one.is_over for one in alike):
        return "under_way"
    return None


def _went_by_schedule(newer: Iterable[PrefectRun], deployment: DeploymentResponse) -> bool:
    """Whether a run as the schedule starts it, which does all there is to do, went through."""
    return bool(deployment.schedules) and any(
        one.kind == StateType.COMPLETED and one.parameters == deployment.parameters for one in newer
    )


def key_of(run: PrefectRun, runs: Iterable[PrefectRun]) -> str:
    """What makes two retries of one run the same run; one that gave way to another run may come once more."""
    before = sum(1 for one in runs if one.key and one.key.startswith(_key(run)))
    return f"{_key(run)}-{before}" if before else _key(run)


def _key(run: PrefectRun) -> str:
    return f"rexbit-retry-{run.id}"


def _gave_way(run: PrefectRun) -> bool:
    return run.kind == StateType.CANCELLED and GAVE_WAY in run.message


def _began(run: PrefectRun) -> Any:
    return run.began_at or run.due
