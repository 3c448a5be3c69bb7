"""A feed's block as an entry of a blocks file: complete, without a secret, with comments on what a person fills in."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, SecretStr

from blocks import SupplierFeed
from tasks.feeds.inspecting.inspection import Inspection
from tasks.feeds.presets import presets
from tasks.feeds.sources.address import MASK, is_web, shown

LONGEST_LINE = 1_000_000  # an address is never folded
ALWAYS = {"integration_id", "source", "absence"}
YOUR_NUMBER = "your own number of this supplier"
HOW_TO_HIDE = "put the secret into `token` and {token} in its place, or use username and password"
NO_MAPPING = "not enough was recognised: name the column of `sku` or `ean`, and of `stock_quantity` or `is_available`"
A_VARIABLE = "an environment variable of this name must hold it when the file is applied"


def block_yaml(feed: SupplierFeed, *, number_known: bool) -> str:
    """Write all that is not as by default; a secret becomes the name of an environment variable."""
    name = _name(feed.source)
    always = ALWAYS | (set(presets()[feed.preset].proposes) if feed.preset in presets() else set())
    settings, secrets = _settings(feed, always), {}
    for field in SupplierFeed.model_fields:
        value = getattr(feed, field)
        if isinstance(value, SecretStr) and value.get_secret_value():
            variable = re.sub("[^A-Z0-9]", "_", f"{name}_{field}".upper())
            begin = "FEED_" if variable[0].isdigit() else ""  # no variable begins with a digit
            secrets[field] = f"${{{begin}{variable}}}"
    todo = dict.fromkeys(secrets, A_VARIABLE)
    return _entry(name, {**settings, **secrets}, todo, number_known=number_known)


def unfinished_yaml(looked: Inspection, integration_id: int | None) -> str:
    """Write what is known of a file whose columns are not enough for a block; a comment says what lacks."""
    settings = {
        "integration_id": integration_id or 1,
        "source": looked.source,
        "format": looked.format,
        "encoding": looked.encoding if looked.format == "csv" else None,
        "delimiter": looked.delimiter if looked.delimiter != "\t" else None,
        "has_header": None if looked.has_header else False,
        "record_path": looked.record_path or None,
        "absence": looked.absence.value,
        "mapping": looked.mapping,
    }
    given = {key: value for key, value in settings.items() if value is not None}
    return _entry(_name(looked.source), given, {"mapping": NO_MAPPING}, number_known=integration_id is not None)


def _settings(model: BaseModel, always: Collection[str] = ()) -> dict[str, Any]:
    """What a model says that is not its default, secrets left out."""
    told: dict[str, Any] = {}
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        is_default = value == field.get_default(call_default_factory=True)
        if isinstance(value, SecretStr) or (name not in always and is_default):
            continue
        told[name] = _plain(value)
    return told


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return _settings(value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return getattr(value, "value", value)


def _entry(name: str, settings: dict[str, Any], todo: dict[str, str], *, number_known: bool) -> str:
    source = shown(settings["source"])
    notes = {**todo} if number_known else {"integration_id": YOUR_NUMBER, **todo}
    if MASK in source:
        notes["source"] = HOW_TO_HIDE
    entry = {"feeds": {name: {**settings, "source": source}}}
    lines = yaml.safe_dump(entry, allow_unicode=True, sort_keys=False, width=LONGEST_LINE).splitlines()
    commented = []
    for line in lines:
        is_setting = line.startswith("    ") and not line.startswith(("     ", "    -"))
        note = notes.get(line.strip().partition(":")[0]) if is_setting else None
        commented.append(f"{line}  # {note}\n" if note else f"{line}\n")
    return "".join(commented)


def _name(source: str) -> str:
    plain = shown(source)
    stem = re.sub(r"[^a-z0-9]+", "-", Path(plain.partition("?")[0]).stem.casefold()).strip("-") or "feed"
    return re.sub(r"^https?-", "", stem) if is_web(source) else stem
