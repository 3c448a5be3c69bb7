"""Settings as flat names and values: what is compared, remembered and shown; a secret is known as one."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from prefect.blocks.core import Block
from pydantic import BaseModel, SecretBytes, SecretStr

LONGEST = 60


@dataclass(frozen=True)
class Value:
    """One setting; `secret` ones are compared and never shown."""

    value: Any
    secret: bool = False

    def shown(self) -> str:
        """What a person may read of it."""
        if self.secret:
            return "(secret)"
        text = self.value if isinstance(self.value, str) else json.dumps(self.value, ensure_ascii=False, default=str)
        text = _without_user(text) if "://" in text else text
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


Settings = Mapping[str, Value]


def _without_user(address: str) -> str:
    """An address without what may be a password in it: the user before the host, and the query."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "(an address)"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}{'?…' if parts.query else ''}"


def of_block(block: Block) -> dict[str, Value]:
    """A block's settings that differ from their defaults, so that a release's new fields are no change."""
    return dict(_flat(_fields(block)))


def of_plain(content: Mapping[str, Any]) -> dict[str, Value]:
    """The same of plain values; empty ones are left out."""
    return dict(_flat(content))


def hide(settings: Settings, names: Iterable[str]) -> dict[str, Value]:
    """The same settings with some marked as secret: those, and what lies below them."""
    below = tuple(names)
    return {
        name: Value(entry.value, entry.secret or any(name == one or name.startswith(f"{one}.") for one in below))
        for name, entry in settings.items()
    }


def digest(settings: Settings, key: str) -> str:
    """A fingerprint that tells nothing of a secret to somebody without the key."""
    content = json.dumps({name: settings[name].value for name in sorted(settings)}, sort_keys=True, default=str)
    return hmac.new(key.encode(), content.encode(), hashlib.sha256).hexdigest()[:32]


def _fields(model: BaseModel) -> dict[str, Any]:
    given = {}
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if not field.is_required() and value == field.get_default(call_default_factory=True, validated_data={}):
            continue
        given[name] = value
    return given


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, Value]]:
    if isinstance(value, Block) and name and (saved := value._block_document_name):  # noqa: SLF001
        yield name, Value(saved)  # a block in a block is named: its own settings are compared where it stands
    elif isinstance(value, BaseModel):
        yield from _flat(_fields(value), name)
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            yield from _flat(entry, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list | tuple):
        for place, entry in enumerate(value):
            yield from _flat(entry, f"{name}.{place}")
    elif isinstance(value, SecretStr | SecretBytes):
        yield name, Value(str(value.get_secret_value()), secret=True)
    elif value is not None:
        yield name, Value(getattr(value, "value", value))


def holding_variables(content: Any, pattern: re.Pattern[str], name: str = "") -> Iterator[str]:
    """The flat names of those values of a file that name an environment variable."""
    if isinstance(content, dict):
        for key, entry in content.items():
            yield from holding_variables(entry, pattern, f"{name}.{key}" if name else str(key))
    elif isinstance(content, list):
        for place, entry in enumerate(content):
            yield from holding_variables(entry, pattern, f"{name}.{place}")
    elif isinstance(content, str) and pattern.search(content):
        yield name
