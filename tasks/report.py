"""How a run shows itself in the Prefect UI: its name, its one-line result, its summary artifact."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import httpx
from prefect.artifacts import create_markdown_artifact
from prefect.blocks.core import Block
from prefect.context import FlowRunContext
from prefect.events import emit_event
from prefect.runtime import flow_run

from tasks.patience import patiently
from tasks.summaries import Summary

logger = logging.getLogger(__name__)
MOST_ROWS = 50
ENDED_WELL = {"running", "completed", "unchanged", "switched_off"}
FILE_NAME = re.compile(r"[\w-]{1,20}\.[A-Za-z]{2,5}")


class Section(NamedTuple):
    """A table below the counts of an artifact; `rows` None: there is only the note."""

    title: str
    rows: list[Mapping[str, Any]] | None
    note: str = ""


def block_name(value: object) -> str:
    """The name a person gave a block, or its integration number where it was never saved."""
    if isinstance(value, Block):
        return value._block_document_name or f"integration {getattr(value, 'integration_id', '?')}"  # noqa: SLF001
    return source_name(str(value))


def source_name(source: object) -> str:
    """The last part of a block's name or a path; of an address a file's name or the host: the rest may be secret."""
    if isinstance(source, Block):
        return block_name(source)
    if "://" not in str(source):
        return str(source).rstrip("/").rpartition("/")[2] or "feed"
    parts = urlsplit(str(source))
    last = parts.path.rpartition("/")[2]
    return last if FILE_NAME.fullmatch(last) else parts.hostname or "feed"


def run_name(verb: str, subject: str) -> Callable[[], str]:
    """A flow run name such as `import acme, first 100, dry run`, made from the run's parameters."""

    def name() -> str:
        parameters = flow_run.parameters or {}
        words = [f"{verb} {block_name(parameters.get(subject))}"]
        if parameters.get("contractor"):
            words.append(f"contractor {parameters['contractor']}")
        if parameters.get("limit"):
            words.append(f"first {parameters['limit']}")
        if parameters.get("approve"):
            words.append("approved")
        if parameters.get("review"):
            words.append("review")
        if parameters.get("dry_run"):
            words.append("dry run")
        return ", ".join(words)

    return name


def in_one_line(summary: Summary) -> str:
    """The counts that are not zero, for the last line of a run's log; those by reason stand in the artifact."""
    shown = [f"{name} {value}" for name, value in _counts(summary) if value and ":" not in name]
    return f"{summary.status}; " + ", ".join(shown) if shown else summary.status


def _counts(summary: Summary) -> list[tuple[str, Any]]:
    """Names and values; what a run has no answer to (None) is no count."""
    values = summary.model_dump(
        exclude={"status", "dry_run", "integration_id", "checks", "sample", "columns", "block_yaml", "mapping"}
    )
    counts = []
    for name, value in values.items():
        if isinstance(value, dict):
            counts += [(f"{name}: {key}", number) for key, number in value.items()]
        elif value is not None and not isinstance(value, list):
            counts.append((name, value))
    return counts


def cell(value: object) -> str:
    """A value as it stands in a Markdown table; nothing in it can break the table or become markup."""
    text = "" if value is None else str(value)
    text = re.sub(r"\s+", " ", text)[:200]
    return re.sub(r"([\\|`*_<>\[\]])", r"\\\1", text)


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as a Markdown table, the first `MOST_ROWS` of them."""
    if not rows:
        return "none\n"
    names = list(rows[0])
    lines = ["| " + " | ".join(cell(name) for name in names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(cell(row.get(name)) for name in names) + " |" for row in rows[:MOST_ROWS]]
    if len(rows) > MOST_ROWS:
        lines.append(f"\n… and {len(rows) - MOST_ROWS} more")
    return "\n".join(lines) + "\n"


def markdown(title: str, summary: Summary, sections: Sequence[Section], message: str = "") -> str:
    """The whole artifact: what happened, the counts with their meaning, then the tables."""
    kind = " (dry run: nothing was written)" if summary.dry_run else ""
    parts = [f"# {cell(title)}: {summary.status}{kind}\n"]
    if message:
        parts.append(f"> {cell(message[:2000]) if len(message) <= 200 else line(message)}\n")
    meanings = {name: field.description or "" for name, field in type(summary).model_fields.items()}
    rows = [
        {"": name.replace("_", " "), "count": value, "meaning": meanings[name.partition(":")[0]]}
        for name, value in _counts(summary)
        if value or summary.status in ENDED_WELL  # one that stopped before counted no more than it shows
    ]
    if rows:
        parts.append(table(rows))
    for one in sections:
        below = "" if one.rows is None else table(one.rows)
        parts.append(f"\n## {cell(one.title)}\n\n{one.note}\n\n{below}")
    return "\n".join(parts)


def line(message: str) -> str:
    """A text as a paragraph of Markdown; nothing in it becomes markup."""
    return re.sub(r"([\\|`*_<>\[\]])", r"\\\1", re.sub(r"\s+", " ", message))[:4000]


def publish(
    flow: str, title: str, summary: Summary, sections: Sequence[Section], message: str = "", told: str = ""
) -> None:
    """Leave the summary artifact of a flow run; outside of one (plain functions, tests) there is nobody to show it.

    `told`: the whole text, of a run that has no counts to show.
    """
    if FlowRunContext.get() is None:
        return
    text = told or markdown(title, summary, sections, message)
    _show(text, f"{flow}-{title}", in_one_line(summary))


def form_link(words: str, subject: str, **parameters: object) -> str:
    """Markdown: the form of this run's deployment, filled in; "" where there is none, or `subject` was never saved.

    `subject`: the parameter that says what the run works on; it is handed on as this run got it.
    """
    context = FlowRunContext.get()
    deployment = context.flow_run.deployment_id if context and context.flow_run else None
    about = _as_saved((context.parameters or {}).get(subject)) if context else None
    if deployment is None or about is None:
        return ""
    filled = quote(json.dumps({subject: about, **parameters}))
    return f"[{words}](/deployments/deployment/{deployment}/run?parameters={filled})"


def _as_saved(value: object) -> str | None:
    """How a form takes a saved block, by its name; None where it was filled in by hand."""
    if isinstance(value, str):
        return value
    name = value._block_document_name if isinstance(value, Block) else None  # noqa: SLF001
    return f"{type(value).get_block_type_slug()}/{name}" if isinstance(value, Block) and name else None


def leave(key: str, text: str, description: str) -> None:
    """Leave another Markdown artifact of a flow run; outside of one there is nobody to show it."""
    if FlowRunContext.get() is None:
        return
    _show(text, key, description)


def _show(text: str, key: str, description: str) -> None:
    """Leave an artifact. What a run has done stays done where Prefect is away for longer than we wait."""
    show = partial(create_markdown_artifact, text, key=artifact_key(key), description=description)
    try:
        patiently(show, "Prefect's server", (httpx.TransportError,))
    except httpx.HTTPError as error:
        logger.warning("the summary could not be left in Prefect's UI (%s)", type(error).__name__)


def artifact_key(text: str) -> str:
    """A text as Prefect takes it for the key of an artifact."""
    return re.sub(r"[^a-z0-9-]+", "-", text.lower()).strip("-")


def started_by() -> str | None:
    """Who started this flow run, where Prefect knows that."""
    context = FlowRunContext.get()
    creator = context.flow_run.created_by if context and context.flow_run else None
    return creator.display_value if creator else None


def alert(event: str, integration_id: int, title: str, message: str) -> None:
    """Emit a Prefect event that an automation can send on to a person (`rexbit.feed.quarantined` and its like)."""
    emit(event, integration_id, title, {"message": message})


def emit(event: str, integration_id: int, title: str, payload: dict[str, Any]) -> None:
    """Emit a Prefect event about an integration; outside of a flow run there is nobody to hear it."""
    if FlowRunContext.get() is None:
        return
    resource = {"prefect.resource.id": f"rexbit.integration.{integration_id}", "prefect.resource.name": title}
    emit_event(event=event, resource=resource, payload=payload)
