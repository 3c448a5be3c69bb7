"""The deploy command: check, show, stop where an edit would be lost, apply."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from prefect.settings import get_current_settings

from tasks.deploying.automations import automations_of
from tasks.deploying.checking import check_automations, check_deployments, flow_of, full_names
from tasks.deploying.deciding import Verdict, agree, differences, judge
from tasks.deploying.files import Plan, read_plan
from tasks.deploying.fitting import check_numbers, check_pools
from tasks.deploying.record import DeployRecord, load_record, save_record
from tasks.deploying.refusing import REFUSALS, server_words
from tasks.deploying.server import Flows, Step, missing_blocks, other_pools, register_kinds, steps_of

FINE, WRONG, STOPPED = 0, 1, 3
Judged = list[tuple[Step, Verdict]]


def main(arguments: Sequence[str]) -> int:
    """0: all is as the files say; 1: something is wrong; 3: an edit made in the UI would be lost. See `--help`."""
    given = arguments_of(arguments)
    plan = read_plan(Path(), given.blocks, os.environ)
    flows: Flows = {one: flow_of(one) for one in {d["entrypoint"] for d in plan.deployments if d.get("entrypoint")}}
    plan.problems += [*check_numbers(plan), *check_pools(plan), *check_deployments(plan, flows)]
    plan.automations = list(automations_of(plan.notify, set(full_names(plan, flows))))
    plan.problems += check_automations(plan)
    if not given.offline and not get_current_settings().api.url:
        plan.problems.append("the environment variable PREFECT_API_URL is not set: the Prefect server's address")
    if plan.problems or given.offline:
        return _told(plan)
    try:
        plan.problems += [*missing_blocks(plan, flows), *other_pools(plan)]
        return _told(plan) or _deploy(plan, flows, given)
    except REFUSALS as error:
        print(server_words(error), file=sys.stderr)
        return WRONG


def arguments_of(arguments: Sequence[str]) -> argparse.Namespace:
    """The options; SystemExit with the usage for others."""
    parser = argparse.ArgumentParser(
        prog="python -m tasks.deploying",
        description="Check prefect.yaml and the blocks file, show what differs from the Prefect"
        " server, and bring the server up to date. What is paused there stays paused.",
        epilog="Ends with 0: all is as the files say; 1: something is wrong, nothing was changed; 3: an edit made in"
        " the UI would be lost, nothing was changed.",
    )
    parser.add_argument("--blocks", type=Path, default=Path("blocks.yaml"), metavar="FILE", help="default: blocks.yaml")
    parser.add_argument("--check", action="store_true", help="only check and show, change nothing")
    parser.add_argument("--offline", action="store_true", help="only check the files, ask no server")
    edits = parser.add_mutually_exclusive_group()
    edits.add_argument("--take-file", action="store_true", help="what was edited in the UI is overwritten by the files")
    edits.add_argument("--keep-ui", action="store_true", help="what was edited in the UI stays until its file changes")
    return parser.parse_args(arguments)


def _told(plan: Plan) -> int:
    for problem in plan.problems:
        print(f"wrong: {problem}", file=sys.stderr)
    if plan.problems:
        print(f"{len(plan.problems)} to correct; nothing was changed.", file=sys.stderr)
        return WRONG
    print(f"checked: {len(plan.blocks)} blocks, {len(plan.deployments)} deployments, all in order.")
    return FINE


def _deploy(plan: Plan, flows: Flows, given: argparse.Namespace) -> int:
    record = load_record()
    key = record.key.get_secret_value()
    judged = [(step, judge(step.thing, record.agreed, key)) for step in steps_of(plan, flows)]
    _show(judged)
    _show_left(judged, record)
    if any(verdict.stops for _, verdict in judged) and not (given.take_file or given.keep_ui):
        print(
            "Stopped, nothing was changed: what is marked `edited` or `deleted` was done in the UI, or by another"
            " command. Take it over into the file and deploy again; or --take-file (the file's settings count), or"
            " --keep-ui (the UI's count until the file changes).",
            file=sys.stderr,
        )
        return STOPPED
    if given.check:
        print("Only checked, nothing was changed.")
        return FINE
    _apply(plan, judged, record, given)
    return FINE


def _show(judged: Judged) -> None:
    for step, verdict in judged:
        if verdict is Verdict.UNCHANGED:
            continue
        print(f"{verdict:9} {step.thing.key}")
        if verdict is not Verdict.CREATED and step.thing.found is not None:
            for line in differences(step.thing):
                print(f"          {line}")
    counts = Counter(verdict for _, verdict in judged)
    print(", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict]) or "nothing to deploy")


def _show_left(judged: Judged, record: DeployRecord) -> None:
    for key in sorted(set(record.agreed) - {step.thing.key for step, _ in judged}):
        print(f"no longer in the files, left as it is (delete it in the UI): {key}")


def _apply(plan: Plan, judged: Judged, record: DeployRecord, given: argparse.Namespace) -> None:
    """Bring each thing to the server; what was done until an error is remembered."""
    key, before = record.key.get_secret_value(), dict(record.agreed)
    register_kinds(plan)  # also where all else is as it was: a release may bring a kind, or a field in its form
    try:
        for step, verdict in judged:
            keep = (verdict is Verdict.KEPT and not given.take_file) or (verdict.stops and given.keep_ui)
            if keep or verdict is Verdict.UNCHANGED:
                step.leave()
            else:
                step.put()
            record.agreed[step.thing.key] = agree(step.thing, key, keep=keep)
    finally:
        if record.agreed != before:
            save_record(record)
