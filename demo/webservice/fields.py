"""What a field of an entity is: its type, where it is kept, what may stand in it, in which versions it exists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Version = tuple[int, ...]
Kind = Literal["int", "bool", "float", "date", "string", "html"]
Place = Literal["table", "shop", "both", "lang", "virtual"]
ALWAYS: Version = (0,)
NEVER: Version = (99,)


@dataclass(frozen=True)
class Field:
    """A field. `place`: the entity's own table, that of its shops, both, that of its languages, or nowhere.

    `check` names a rule of `rules`. `writable` False: whoever sends it is refused. `since`, `until`: versions.
    `choices`: the only values; an empty one becomes the first. `link`: the resource it points to.
    """

    name: str
    kind: Kind = "string"
    place: Place = "table"
    check: str = ""
    size: int = 0
    required: bool = False
    nullable: bool = False
    writable: bool = True
    choices: tuple[str, ...] = ()
    link: str = ""
    since: Version = ALWAYS
    until: Version = NEVER

    @property
    def lang(self) -> bool:
        """There is a text for each language."""
        return self.place == "lang"

    @property
    def own(self) -> bool:
        """It is kept in a table at all."""
        return self.place != "virtual"


@dataclass(frozen=True)
class Association:
    """Other entities that an entity names, with the fields it shows of them."""

    name: str
    node: str
    fields: tuple[str, ...] = ("id",)


@dataclass(frozen=True)
class Resource:
    """An entity as the Webservice shows it in one version. `fields` stand in the Webservice's order.

    `shops`: `shop` = a table beside it says to which shops a row belongs, `row` = its own columns do, `` = it belongs
    to all. `texts`: its texts are `per shop` and language, `per language`, or it has none.
    """

    name: str
    node: str
    table: str
    primary: str
    title: str
    fields: tuple[Field, ...]
    shops: Literal["shop", "row", ""] = ""
    texts: Literal["per shop", "per language", ""] = ""
    associations: tuple[Association, ...] = ()

    def field(self, name: str) -> Field | None:
        """The field of that name."""
        return next((field for field in self.fields if field.name == name), None)

    def in_version(self, version: Version) -> Resource:
        """The resource with the fields that it has in a version."""
        kept = tuple(field for field in self.fields if field.since <= version < field.until)
        texts = self.texts if any(field.lang for field in kept) else ""
        named = (self.name, self.node, self.table, self.primary, self.title)
        return Resource(*named, kept, self.shops, texts, self.associations)


def ordered(first: Sequence[str], fields: Sequence[Field]) -> tuple[Field, ...]:
    """Fields as the Webservice lists them: those with parameters of their own, then the others as defined."""
    leading = [field for name in first for field in fields if field.name == name]
    return (*leading, *(field for field in fields if field.name not in first))
