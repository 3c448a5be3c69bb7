"""Placeholders in the texts of a parsed file, whose structure what stands for them can't change."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any


def named(content: Any, placeholder: re.Pattern[str]) -> set[str]:
    """What the placeholders of all texts name; `placeholder` has the name as its only group. Keys don't count."""
    if isinstance(content, dict):
        return set().union(*(named(entry, placeholder) for entry in content.values()))
    if isinstance(content, list):
        return set().union(*(named(entry, placeholder) for entry in content))
    return set(placeholder.findall(content)) if isinstance(content, str) else set()


def filled(content: Any, placeholder: re.Pattern[str], value_of: Callable[[str], str]) -> Any:
    """The same content, with `value_of` a name in the place of each placeholder."""
    if isinstance(content, dict):
        return {key: filled(entry, placeholder, value_of) for key, entry in content.items()}
    if isinstance(content, list):
        return [filled(entry, placeholder, value_of) for entry in content]
    return placeholder.sub(lambda found: value_of(found[1]), content) if isinstance(content, str) else content
