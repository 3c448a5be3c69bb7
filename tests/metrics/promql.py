"""As much of PromQL as it takes to see which metrics and labels an expression names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from demo.orchestra import ROOT

FOLDER = ROOT / "docs" / "monitoring"
NAME = re.compile(r"\b((?:rexbit|prefect|process)_[a-z_]+|up)\b(?:\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+)\s*(?:=~|!=|!~|=)\s*"([^"]*)"')
GROUPED = re.compile(r"\b(?:by|on)\s*\(([^)]*)\)")
IN_WORDS = re.compile(r"\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}")
TARGET = {"job", "instance"}  # put there by Prometheus


def metrics_of(expression: str) -> dict[str, dict[str, str]]:
    """Metric -> the labels that it is asked for."""
    found: dict[str, dict[str, str]] = {}
    for name, matchers in NAME.findall(expression):
        found.setdefault(name, {}).update(MATCHER.findall(matchers))
    return found


def labels_of(expression: str, *words: str) -> set[str]:
    """Labels that an expression groups or joins by, or that texts show."""
    grouped = {label.strip() for group in GROUPED.findall(expression) for label in group.split(",")}
    return grouped | {label for text in words for label in IN_WORDS.findall(text)}


def dashboard() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "rexbit.json").read_text(encoding="utf-8"))
    return found


def expressions() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Where it stands, the expression, the texts that show its labels: of the dashboard and of the rules."""
    for panel in dashboard()["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"], (target["legendFormat"],)
    for variable in dashboard()["templating"]["list"]:
        if variable["type"] == "query":
            yield f"${variable['name']}", variable["definition"], ()
    rules = yaml.safe_load((FOLDER / "rules.yml").read_text(encoding="utf-8"))
    for rule in rules["groups"][0]["rules"]:
        yield rule["alert"], rule["expr"], tuple(rule["annotations"].values())
