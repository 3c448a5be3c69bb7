"""Known formats as data: a preset fills what a feed's block leaves empty, and is recognised by a file's content.

Each is a folder beside this file, with `preset.yaml`, samples and what their offers must be; docs/feeds.md says how to
add one.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator

from blocks import FeedMapping, Meaning, SupplierFeed
from tasks.errors import WrongSettingsError
from tasks.feeds.formats.columns import found_columns, lacking

FOLDER = Path(__file__).parent
FILE = "preset.yaml"


class Settings(BaseModel):
    """What the format itself says of how it is read; fields as in SupplierFeed.

    `meanings` are written field by field: `is_available: {"90": na zamówienie}`.
    """

    model_config = ConfigDict(extra="forbid")

    format: Literal["csv", "xml", "json", "xlsx"]
    delimiter: str | None = None
    quote: str | None = None
    encoding: str | None = None
    decimal: Literal["auto", "comma", "point"] = "auto"
    has_header: bool = True
    skip_rows: int = 0
    record_path: str | None = None
    variant_path: str | None = None
    mapping: FeedMapping
    meanings: list[Meaning] = Field(default_factory=list)

    @field_validator("meanings", mode="before")
    @classmethod
    def _by_field(cls, given: dict[str, dict[str, str]]) -> list[dict[str, str]]:
        return [
            {"field": field, "text": text, "means": means}
            for field, words in given.items()
            for text, means in words.items()
        ]


class Preset(BaseModel):
    """`columns`: names or paths that a file must have to be this format; `proposes`: what only a person can confirm.

    Of two that fit a file the one with more `columns` is it.
    """

    model_config = ConfigDict(extra="forbid")

    name: str
    title: str
    description: str
    columns: list[str] = Field(min_length=1)
    settings: Settings
    proposes: dict[str, Any] = Field(default_factory=dict)


@cache
def presets() -> dict[str, Preset]:
    """All presets by their names, which are their folders'."""
    return {path.parent.name: _read(path) for path in sorted(FOLDER.glob(f"*/{FILE}"))}


def _read(path: Path) -> Preset:
    return Preset(name=path.parent.name, **yaml.safe_load(path.read_text(encoding="utf-8")))


def completed(feed: SupplierFeed) -> SupplierFeed:
    """Give the feed with what its block leaves empty (or as it is by default) filled by its preset.

    Raises WrongSettingsError for a preset that there is not.
    """
    if not feed.preset:
        return feed
    preset = presets().get(feed.preset)
    if preset is None:
        raise WrongSettingsError(f"preset: expected one of {', '.join(presets())}, got `{feed.preset}`")
    fields = SupplierFeed.model_fields
    settings = preset.settings.model_dump(exclude={"mapping", "meanings"})
    update: dict[str, Any] = {
        name: value for name, value in settings.items() if getattr(feed, name) == fields[name].default
    }
    own = {(meaning.field, meaning.text.casefold()) for meaning in feed.meanings}
    others = [one for one in preset.settings.meanings if (one.field, one.text.casefold()) not in own]
    filled = preset.settings.mapping.columns()
    if feed.warehouses:
        filled = {field: column for field, column in filled.items() if field not in {"stock_quantity", "delivery_days"}}
    update["mapping"] = FeedMapping(**{**filled, **feed.mapping.columns()})
    update["meanings"] = [*feed.meanings, *others]
    return feed.model_copy(update=update)


def candidates(kind: str, record_paths: Collection[str] = ()) -> list[Preset]:
    """Presets of a format; of XML and JSON those whose records stand at a path that the file has."""
    return [
        preset
        for preset in presets().values()
        if preset.settings.format == kind
        and (not record_paths or found_columns({"": preset.settings.record_path or ""}, record_paths))
    ]


def recognised(among: Collection[Preset], columns: Collection[str]) -> Preset | None:
    """The preset whose columns the file has; the one with the most of them."""
    fitting = [preset for preset in among if not lacking({name: name for name in preset.columns}, columns)]
    return max(fitting, key=lambda preset: len(preset.columns), default=None)
