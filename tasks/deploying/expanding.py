"""Deployments: those that prefect.yaml lists, and those that every feed and shop of the blocks file gets by itself."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from blocks.apply import SCHEDULE
from blocks.filling import filled

SECTIONS = {"feeds": "each_feed", "shops": "each_shop"}
BY_HAND = "by hand"
PLACE = re.compile(r"(?<!\{)\{(name|integration_id|minute|half_hourly)\}(?!\})")

Found = tuple[dict[str, Any], str]  # a deployment, and what is wrong about it ("" where nothing is)


def deployments_of(content: Mapping[str, Any], blocks: Mapping[str, Any]) -> Iterator[Found]:
    """All deployments of both files, in order."""
    own: list[dict[str, Any]] = list(content.get("deployments") or [])
    yield from ((dict(deployment), "") for deployment in own)
    definitions = content.get("definitions") or {}
    for section, pattern in SECTIONS.items():
        patterns = definitions.get(pattern) or {}
        for name, entry in (blocks.get(section) or {}).items():
            if isinstance(entry, dict):
                yield from _made_for(f"{section}, {name}", str(name), entry, patterns, own)


def _made_for(
    where: str, name: str, entry: Mapping[str, Any], patterns: Mapping[str, Any], own: list[dict[str, Any]]
) -> Iterator[Found]:
    times = _times(entry.get(SCHEDULE), patterns)
    if unknown := sorted(set(times) - set(patterns)):
        known = ", ".join(patterns) or "none"
        yield {}, f"{where}: `schedule` expected {known}, got {', '.join(unknown)}"
    minute = minute_of(name)
    values = {
        "name": name,
        "integration_id": str(entry.get("integration_id", "")),
        "minute": str(minute),
        "half_hourly": f"{minute % 30},{minute % 30 + 30}",
    }
    for kind, pattern in patterns.items():
        made = filled(pattern, PLACE, values.__getitem__)
        if any(_same(made, listed) for listed in own):
            if kind in times:
                twice = f"{where}: `schedule` says when {kind} runs, and so does `{made['name']}` of prefect.yaml"
                yield {}, f"{twice}. Delete one of the two"
            continue
        yield _timed(made, times[kind], entry) if kind in times else made, ""


def _times(given: Any, patterns: Mapping[str, Any]) -> dict[str, str]:
    """What an entry's `schedule` says: a cron for the first pattern, or one for each that it names."""
    if given is None:
        return {}
    if isinstance(given, dict):
        return {str(kind): str(cron) for kind, cron in given.items()}
    return {next(iter(patterns), "import"): str(given)}


def _timed(deployment: dict[str, Any], cron: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    if cron == BY_HAND:
        return {**deployment, "schedules": []}
    usual = (deployment.get("schedules") or [{}])[0]
    timezone = entry.get("timezone") or usual.get("timezone") or "Europe/Warsaw"
    return {**deployment, "schedules": [{**usual, "cron": cron, "timezone": timezone}]}


def _same(made: Mapping[str, Any], listed: Mapping[str, Any]) -> bool:
    """Whether a deployment that is listed does what the made one would do, or has its name."""
    if made.get("entrypoint") != listed.get("entrypoint"):
        return False
    return bool(made.get("parameters") == listed.get("parameters") or made.get("name") == listed.get("name"))


def minute_of(name: str) -> int:
    """The minute of the hour at which a name's runs start: spread, and the same at every deploy."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % 60
