"""Versions of PrestaShop as numbers."""

from __future__ import annotations

import itertools
import re


def version_parts(version: str) -> tuple[int, ...]:
    """Return `8.2.1` as numbers, up to the first part that is none."""
    parts = (re.match(r"\d+", part) for part in version.split("."))
    return tuple(int(part[0]) for part in itertools.takewhile(bool, parts) if part)
