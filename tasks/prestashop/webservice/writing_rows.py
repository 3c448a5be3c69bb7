"""A row of the shop, written in one request: PATCH, or GET and PUT of every field where the shop or the key has none.

A PUT empties what it doesn't hold and writes the rest back as it was read, so the GET comes directly before it. Texts
go in all languages that PrestaShop has: one that is not sent loses its text, be it switched off or of another shop.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from tasks.errors import UnreachableError
from tasks.prestashop.model import QUANTITY, STOCK_FIELDS, Change
from tasks.prestashop.webservice.answers import UnknownAnswerError
from tasks.prestashop.webservice.client import Api
from tasks.prestashop.webservice.xml import Entity

PRODUCTS, COMBINATIONS, STOCK = RESOURCES = "products", "combinations", "stock_availables"  # in the order of writing
NODES = {PRODUCTS: "product", COMBINATIONS: "combination", STOCK: "stock_available"}
NEVER_SENT = ("manufacturer_name", "quantity", "position_in_category")  # of products: refused by one version or other
ATTEMPTS = 3  # of a write whose answer nobody knows
MOST_UNTOLD = 8  # rows that none of these wrote, one after the other

logger = logging.getLogger(__name__)


class Key(NamedTuple):
    """Which row of the shop a change is about; `id_product_attribute` 0 is the product itself."""

    resource: str
    id_product: int
    id_product_attribute: int

    @classmethod
    def of(cls, change: Change) -> Key:
        """The row that holds a change's value."""
        texts = COMBINATIONS if change.id_product_attribute else PRODUCTS
        resource = STOCK if change.field in STOCK_FIELDS else texts
        return cls(resource, change.id_product, change.id_product_attribute)

    @property
    def order(self) -> tuple[int, int, bool, int]:
        """Products by their ids; of one its texts, those of its combinations, their stock rows, its own stock row.

        A promise stands before it may be ordered; the shop makes the own stock row's quantity out of the others.
        """
        place = RESOURCES.index(self.resource)
        return self.id_product, place, self.id_product_attribute == 0, self.id_product_attribute


@dataclass
class Row:
    """A row with what is to be changed in it (by the changes' places in the window), and as it was shown last."""

    key: Key
    shown: Entity
    changes: dict[int, Change]

    def reversed(self) -> Row:
        """What puts it back as it was."""
        back = {place: one._replace(before=one.after, after=one.before) for place, one in self.changes.items()}
        return Row(self.key, self.shown, back)


def as_known(change: Change) -> Change:
    """The change in the Webservice's words, to which a text that is NULL and one that is empty are the same."""
    if change.field in STOCK_FIELDS:
        return change
    return change._replace(before=change.before or "", after=change.after or "")


def value_of(entity: Entity, change: Change) -> str | None:
    """What an entity holds where the change goes; None where there is no such place."""
    if change.id_lang is not None:
        return entity.texts(change.field).get(change.id_lang)
    return entity.text(change.field) if entity.has(change.field) else None


class RowWriter:
    """Writes rows of one shop, each by itself; for as many threads as like."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._untold = 0  # rows in a row of which nobody knows

    def write(self, row: Row) -> None:
        """Let a row hold `after`, where it holds `before` as far as can be seen.

        An answer that tells nothing is followed by a look at the row: what still holds `before` is tried again.
        Errors: RowRefusedError (it was not written), UnknownAnswerError (nor by several attempts, or nobody knows),
        UnreachableError (no write has an answer any more, though reads may).
        """
        self._write(row, row.changes.values())

    def put_back(self, row: Row) -> None:
        """Let a row hold `before` again, where it holds `after`. Errors as `write`."""
        back = row.reversed()
        back.shown = self._api.entity(row.key.resource, row.shown.id)
        still = _still_before(back.shown, back.changes.values())
        if still:
            self._write(back, still)

    def _write(self, row: Row, waiting: Collection[Change]) -> None:
        resource, id_row = row.key.resource, row.shown.id
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._send(row, waiting)
                self._untold = 0
            except UnknownAnswerError as error:
                logger.info("%s %d: attempt %d: %s", resource, id_row, attempt, error)
                row.shown = self._api.entity(resource, id_row)
                waiting = _still_before(row.shown, waiting)
                if waiting and attempt == ATTEMPTS:
                    self._count_untold(error)
                    raise
            else:
                return
            if not waiting:
                return

    def _count_untold(self, error: UnknownAnswerError) -> None:
        self._untold += 1
        if self._untold >= MOST_UNTOLD:
            raise UnreachableError(
                f"{self._api.where}: {self._untold} rows one after the other could not be written, each tried"
                f" {ATTEMPTS} times, though the shop answers what it is asked; no more are sent in this run. The last"
                f" answer: {error}. Look at the shop's error log; the next run goes on from there"
            ) from None

    def save(self, id_product: int) -> None:
        """Let PrestaShop save a product as it is. Errors as `write`, of one attempt."""
        if self._api.may(PRODUCTS, "PATCH"):
            self._api.patch(PRODUCTS, Entity.new(NODES[PRODUCTS], id_product))
        else:
            self._put(PRODUCTS, self._api.entity(PRODUCTS, id_product))

    def _send(self, row: Row, changes: Collection[Change]) -> None:
        resource, id_row = row.key.resource, row.shown.id
        patches = self._api.may(resource, "PATCH")
        # customers buy while a window is written: pieces are looked at once more, directly before
        if patches and not any(change.field == QUANTITY for change in changes):
            self._api.patch(resource, Entity.new(NODES[resource], id_row, **_values(row.shown, changes)))
            return
        whole = self._api.entity(resource, id_row)
        values = _values(whole, _still_before(whole, changes))
        if values and patches:
            self._api.patch(resource, Entity.new(NODES[resource], id_row, **values))
        elif values:
            for field, value in values.items():
                whole.set(field, value)
            self._put(resource, whole)

    def _put(self, resource: str, whole: Entity) -> None:
        if resource == PRODUCTS:
            whole.remove(*NEVER_SENT)
        # associations that are not sent stay; a number that is sent empty becomes 0, one that isn't stays NULL
        whole.remove("associations", *_empty(whole))
        self._api.put(resource, whole)


def _still_before(entity: Entity, changes: Collection[Change]) -> list[Change]:
    return [change for change in changes if value_of(entity, change) == change.before]


def _empty(entity: Entity) -> list[str]:
    """The fields that hold nothing, but for texts."""
    return [field for field in entity.fields if not entity.text(field) and not entity.texts(field)]


def _values(shown: Entity, changes: Collection[Change]) -> Mapping[str, str | dict[int, str]]:
    """What is sent: a stock row's values, and texts in all languages that were shown."""
    values: dict[str, str | dict[int, str]] = {}
    for change in changes:
        if change.id_lang is None:
            values[change.field] = change.after or ""
        else:
            texts = values.setdefault(change.field, shown.texts(change.field))
            if isinstance(texts, dict):
                texts[change.id_lang] = change.after or ""
    return values
