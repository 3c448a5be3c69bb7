"""Paths inside a JSON record: `codes/ean`, `attributes[@name='EAN']/value`, `.`; arrays add nothing to a path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.errors import WrongSettingsError
from tasks.feeds.formats.columns import alternatives
from tasks.feeds.formats.xml_paths import Slot, split_path

STEP = re.compile(r"([^\[\]]+)(?:\[@?([^\[\]=]+?)\s*=\s*(?:'([^']*)'|\"([^\"]*)\"|(\d+))\])?")


@dataclass(frozen=True)
class Step:
    """One member's name; with `test` only in objects where that member has that value."""

    name: str
    test: tuple[str, str] | None = None


@dataclass(frozen=True)
class Way:
    """Where a slot's values are: steps from the record, or from the variant if the slot lies in one."""

    slot: Slot
    steps: list[Step]
    whole: str  # the path as a member's plain name, should there be one

    def values(self, holder: Any) -> Iterator[str | None]:
        """Yield the texts there; None for a member that is there without one."""
        if isinstance(holder, dict) and self.whole in holder:
            yield from _leaves(holder[self.whole])
        else:
            yield from _walk(holder, self.steps)


def ways_of(mapping: Mapping[str, str], fields: Sequence[str], variant_path: str | None) -> list[Way]:
    """Give every path of every field, in the fields' order. Raises WrongSettingsError for one that can't be read."""
    variant = variant_steps(variant_path)
    ways = []
    for field in fields:
        for path in alternatives(mapping[field]):
            steps = _steps(field, path)
            names = [step.name for step in steps]
            inside = bool(variant) and names[: len(variant)] == variant
            rest = steps[len(variant) :] if inside else steps
            ways.append(Way(Slot(field, path, inside), rest, path))
    return ways


def variant_steps(variant_path: str | None) -> list[str]:
    """Give the names on the way to the variants; none if there are none."""
    return [step.name for step in _steps("variant_path", variant_path)] if variant_path else []


def objects_at(holder: Any, names: Sequence[str]) -> Iterator[Any]:
    """Yield what stands at a path, each element of an array for itself."""
    if isinstance(holder, list):
        for element in holder:
            yield from objects_at(element, names)
    elif not names:
        yield holder
    elif isinstance(holder, dict) and (found := _member(holder, names[0])) is not None:
        yield from objects_at(found, names[1:])


def _steps(field: str, path: str) -> list[Step]:
    steps = []
    for step in split_path(path.strip("/")):
        if step == ".":
            continue
        parts = STEP.fullmatch(step)
        if parts is None:
            raise WrongSettingsError(
                f"mapping: {field}: expected a path inside the record, such as `id`, `codes/ean` or"
                f" `attributes[@name='EAN']/value`, got `{path}`"
            )
        test = (parts[2], parts[3] or parts[4] or parts[5] or "") if parts[2] else None
        steps.append(Step(parts[1], test))
    return steps


def _walk(holder: Any, steps: Sequence[Step]) -> Iterator[str | None]:
    if not steps:
        yield from _leaves(holder)
    elif isinstance(holder, list):
        for element in holder:
            yield from _walk(element, steps)
    elif isinstance(holder, dict):
        found = _member(holder, steps[0].name, default=holder)
        if found is not holder:
            for element in found if isinstance(found, list) else [found]:
                if _fits(element, steps[0].test):
                    yield from _walk(element, steps[1:])


def _fits(element: Any, test: tuple[str, str] | None) -> bool:
    return test is None or (isinstance(element, dict) and _member(element, test[0]) == test[1])


def _member(holder: Mapping[str, Any], name: str, default: Any = None) -> Any:
    """By its name, or by that of an attribute: converters from XML leave out or keep the `@`."""
    return holder[name] if name in holder else holder.get(name.lstrip("@"), default)


def _leaves(value: Any) -> Iterator[str | None]:
    if isinstance(value, list):
        if not value:
            yield None
        for element in value:
            yield from _leaves(element)
    elif isinstance(value, dict):
        yield None
    else:
        yield value
