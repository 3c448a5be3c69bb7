"""Create the blocks of a file, or bring saved ones up to date: `python -m blocks.apply blocks.yaml`.

The file names connections, feeds and shops; `${NAME}` in a value stands for the environment variable of that name, so
that no secret is ever in the file. Every variable and every block is checked before the first one is saved.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from prefect.blocks.core import Block
from prefect_sqlalchemy import ConnectionComponents, SqlAlchemyConnector
from pydantic import SecretStr, ValidationError

from blocks.feed import SupplierFeed
from blocks.filling import filled, named
from blocks.prestashop_database import PrestashopDatabase
from blocks.prestashop_webservice import PrestashopWebservice, WebserviceAccess
from blocks.shops import SHOP_KINDS

Outcome = Literal["created", "updated", "unchanged"]
SECTIONS = ("connections", "feeds", "shops")
SCHEDULE = "schedule"  # when its deployments run: for `python -m tasks.deploying`, no field of a block
NAME = re.compile(r"[a-z0-9-]+")
VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class BlocksFileError(Exception):
    """The file, or a variable that it names, has to be corrected; nothing was saved."""


class OnceLoader(yaml.SafeLoader):
    """Reads YAML in which each name stands once: of two equal ones, PyYAML would take the last without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Make a mapping; ConstructorError names the line of a name that was there already."""
        seen: set[Any] = set()
        for key, _ in node.value:
            if key.tag != "tag:yaml.org,2002:merge":  # `<<`
                name = self.construct_object(key, deep=True)
                if name in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"expected each name once, got `{name}` a second time", key.start_mark
                    )
                seen.add(name)
        return super().construct_mapping(node, deep)


def parsed(text: str) -> Any:
    """What a YAML text says; YAMLError where it can't be read, or says something twice."""
    return yaml.load(text, OnceLoader)  # noqa: S506  (it is a SafeLoader)


def variables(content: Any) -> set[str]:
    """The environment variables that a parsed file's values name."""
    return named(content, VARIABLE)


def read_blocks(text: str, environment: Mapping[str, str]) -> dict[str, Block]:
    """Name -> block, connections before the shops that use them, all of them valid.

    Raises BlocksFileError naming the variable that isn't set, or the entry and field that is wrong.
    """
    try:
        content = parsed(text) or {}
    except yaml.YAMLError as error:
        raise BlocksFileError(f"expected YAML, got a file that can't be read: {error}") from None
    if not isinstance(content, dict) or (unknown := sorted(map(str, set(content) - set(SECTIONS)))):
        found = ", ".join(unknown) if isinstance(content, dict) else "no section at all"
        raise BlocksFileError(f"expected the sections {', '.join(SECTIONS)}, got {found}.")
    if lacking := sorted(name for name in variables(content) if not environment.get(name)):
        raise BlocksFileError(f"these environment variables are named in the file and not set: {', '.join(lacking)}.")
    blocks: dict[str, Block] = {}
    for section, name, settings in _entries(content, environment):
        if name in blocks:
            raise BlocksFileError(f"{section}, {name}: the name is used twice; one name is one block.")
        if not NAME.fullmatch(name):  # Prefect would refuse it, with half of the file saved
            raise BlocksFileError(f"{section}, {name}: expected a name of a-z, 0-9 and `-`, got `{name}`.")
        try:
            blocks[name] = _make(section, settings, blocks)
        except ValidationError as error:
            errors = error.errors(include_input=False)
            wrong = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'entry'}: {one['msg']}" for one in errors)
            raise BlocksFileError(f"{section}, {name}: {wrong}") from None
    return blocks


def _entries(content: Mapping[str, Any], environment: Mapping[str, str]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for section in SECTIONS:
        for name, settings in (content.get(section) or {}).items():
            if not isinstance(settings, dict):
                raise BlocksFileError(f"{section}, {name}: expected settings (`field: value` lines), got `{settings}`.")
            fields = {field: value for field, value in settings.items() if field != SCHEDULE}
            yield section, str(name), filled(fields, VARIABLE, environment.__getitem__)


def _make(section: str, settings: dict[str, Any], blocks: Mapping[str, Block]) -> Block:
    if section == "connections":
        return SqlAlchemyConnector(connection_info=ConnectionComponents(**settings))
    if section == "feeds":
        return SupplierFeed(**settings)
    if not settings.keys().isdisjoint(WebserviceAccess.model_fields):
        if "connection" in settings:
            raise BlocksFileError(
                "shops: expected either `connection` (database) or `base_url` (Webservice), got both."
            )
        return PrestashopWebservice(**settings)
    named = settings.get("connection")
    if not isinstance(named, str) or named not in blocks:
        raise BlocksFileError(
            f"shops: expected the name of a connection of this file (or `base_url` and `api_key`), got `{named}`."
        )
    return PrestashopDatabase(**{**settings, "connection": blocks[named]})


def save(name: str, block: Block) -> Outcome:
    """Save a block under its name, unless the saved one is the same already."""
    kind = type(block)
    try:
        saved: Block | None = kind.load(name)  # type: ignore[assignment]
    except ValueError as error:
        if "Unable to find block document" not in str(error):
            raise
        saved = None
    if saved is not None and _content(saved) == _content(block):
        # a shop that uses this block must refer to the saved one; Prefect has no public way to say so
        block._block_document_id = saved._block_document_id  # noqa: SLF001
        block._block_document_name = name  # noqa: SLF001
        return "unchanged"
    block.save(name, overwrite=True)
    return "updated" if saved is not None else "created"


def _content(value: Any) -> Any:
    """What is compared: settings with their secrets, without what Prefect adds to a saved block."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, Block):
        names = type(value).model_fields
        return {name: _content(getattr(value, name)) for name in names}
    if hasattr(value, "model_fields") or hasattr(type(value), "model_fields"):
        return {name: _content(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, list):
        return [_content(entry) for entry in value]
    return getattr(value, "value", value)


def main(arguments: list[str]) -> int:
    """Apply one file; prints a line a block, and returns 1 with one line of reason where nothing was saved."""
    if len(arguments) != 1:
        print("usage: python -m blocks.apply FILE", file=sys.stderr)
        return 2
    try:
        blocks = read_blocks(Path(arguments[0]).read_text(encoding="utf-8"), os.environ)
    except (BlocksFileError, OSError) as error:
        print(f"{arguments[0]}: {error}", file=sys.stderr)
        return 1
    for kind in (SqlAlchemyConnector, SupplierFeed, *SHOP_KINDS):
        kind.register_type_and_schema()
    for name, block in blocks.items():
        print(f"{save(name, block):10} {block.get_block_type_slug()}/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
