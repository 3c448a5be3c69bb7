"""The project's files as one plan: blocks, pool and queues, limits, automations, deployments; and all that is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from prefect.blocks.core import Block

from blocks.apply import VARIABLE, BlocksFileError, parsed, read_blocks, variables
from blocks.filling import filled, named
from tasks.deploying.expanding import deployments_of
from tasks.deploying.settings import holding_variables

ENVIRONMENT = re.compile(r"\{\{\s*\$([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")
PREFIX = {"connections": "connection_info."}  # where a section's fields lie in its block


@dataclass
class Plan:
    """What the files say; `problems` name the file, the place and what to do."""

    blocks: dict[str, Block] = field(default_factory=dict)
    hidden: dict[str, set[str]] = field(default_factory=dict)
    pools: dict[str, dict[str, Any]] = field(default_factory=dict)
    limits: dict[str, dict[str, Any]] = field(default_factory=dict)
    notify: list[str] = field(default_factory=list)
    automations: list[dict[str, Any]] = field(default_factory=list)
    deployments: list[dict[str, Any]] = field(default_factory=list)
    taken: list[set[str]] = field(default_factory=list)  # what each deployment takes from environment variables
    problems: list[str] = field(default_factory=list)


def read_plan(folder: Path, blocks_file: Path, environment: Mapping[str, str]) -> Plan:
    """Read prefect.yaml of a folder, and a blocks file; nothing is asked of a server."""
    plan = Plan()
    deploying = _parsed(folder / "prefect.yaml", plan)
    blocks = _parsed(blocks_file, plan)
    _read_blocks(plan, blocks_file, blocks, environment)
    definitions = deploying.get("definitions") or {}
    plan.pools = definitions.get("work_pools") or {}
    plan.limits = definitions.get("concurrency_limits") or {}
    plan.notify = [str(block) for block in definitions.get("notify") or []]
    wanted = {"pull": deploying.get("pull") or [], "deployments": [], "problems": []}
    for deployment, problem in deployments_of(deploying, blocks):
        (wanted["problems"] if problem else wanted["deployments"]).append(problem or deployment)
    plan.problems += [f"{blocks_file.name}: {problem}" for problem in wanted.pop("problems")]
    wanted = {"deployments": [{"pull": wanted["pull"], **one} for one in wanted["deployments"]]}
    plan.taken = [set(holding_variables(one, ENVIRONMENT)) for one in wanted["deployments"]]
    plan.deployments = _filled("prefect.yaml", wanted, environment, plan)["deployments"]
    return plan


def _parsed(path: Path, plan: Plan) -> dict[str, Any]:
    try:
        content = parsed(path.read_text(encoding="utf-8"))
    except OSError as error:
        plan.problems.append(f"{path.name}: expected a file, found none that can be read ({error.strerror}): {path}")
    except yaml.YAMLError as error:
        plan.problems.append(f"{path.name}: expected YAML, got a file that can't be read: {error}")
    else:
        if isinstance(content, dict):
            return content
        plan.problems.append(f"{path.name}: expected sections (`name: ...` lines), got {type(content).__name__}")
    return {}


def _read_blocks(plan: Plan, path: Path, content: dict[str, Any], environment: Mapping[str, str]) -> None:
    if lacking := sorted(name for name in variables(content) if not environment.get(name)):
        plan.problems += [_unset(path.name, variable) for variable in lacking]
        # the rest can be checked all the same: what these stand for is mostly any text
        environment = {**environment, **dict.fromkeys(lacking, "1")}
    if not content:
        return
    try:
        plan.blocks = read_blocks(path.read_text(encoding="utf-8"), environment)
    except BlocksFileError as error:
        if not lacking:
            plan.problems.append(f"{path.name}: {error}")
        return
    for name, block in plan.blocks.items():
        # what a shop's connection is called is known only here, until it is saved
        block._block_document_name = name  # noqa: SLF001
    for section, entries in content.items():
        for name, entry in (entries or {}).items():
            found = holding_variables(entry, VARIABLE)
            plan.hidden[str(name)] = {PREFIX.get(section, "") + place for place in found}


def _unset(file: str, variable: str) -> str:
    return f"{file}: the environment variable {variable} is named there and not set"


def _filled(name: str, content: dict[str, Any], environment: Mapping[str, str], plan: Plan) -> dict[str, Any]:
    """The content with its environment variables filled in, as `prefect deploy` does."""
    for variable in sorted(one for one in named(content, ENVIRONMENT) if not environment.get(one)):
        plan.problems.append(_unset(name, variable))
    return dict(filled(content, ENVIRONMENT, lambda variable: environment.get(variable, "")))
