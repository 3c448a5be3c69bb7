"""One window of changes, product by product, several products at once: read, judge, write, read back.

There is no transaction: what a product is to hold is written together or put back, but for a sale that ends.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from tasks.prestashop.judging import ROW_MISSING, Held, judge, outcome
from tasks.prestashop.model import FLAG, QUANTITY, Change, Outcome, ShopInfo
from tasks.prestashop.scopes import scope_of
from tasks.prestashop.webservice.answers import RowRefusedError, UnknownAnswerError
from tasks.prestashop.webservice.client import Api
from tasks.prestashop.webservice.writing_rows import (
    COMBINATIONS,
    PRODUCTS,
    STOCK,
    Key,
    Row,
    RowWriter,
    as_known,
    value_of,
)
from tasks.prestashop.webservice.xml import Entity

DENY = "0"
STOCK_SHOWN = ("id_product", "id_product_attribute", "id_shop", "id_shop_group")
NOT_KEPT = "the shop took it, and holds what it held before. Has it a module or trigger that puts it back?"

Failures = dict[int, str]
"""Why changes were not written, by their places in the window."""

logger = logging.getLogger(__name__)


class Writer:
    """Writes windows of one shop."""

    def __init__(self, api: Api, info: ShopInfo) -> None:
        self._api = api
        self._rows = RowWriter(api)
        scope = scope_of(info)
        self._scope = str(scope.stock_shop), str(scope.stock_group)

    def window(self, changes: Sequence[Change]) -> list[Outcome]:
        """Apply the changes of some products; an outcome for each, in their order.

        Errors: UnreachableError (the shop is left in peace; what of this window was written, the next run finds).
        """
        known = list(map(as_known, changes))
        outcomes: dict[int, Outcome] = {}
        rows: dict[Key, Row] = {}
        shown = self._shown(known)
        for place, change in enumerate(known):
            key = Key.of(change)
            judged = judge(change, _held(shown.get(key), change))
            if judged:
                outcomes[place] = judged
            else:
                rows.setdefault(key, Row(key, shown[key], {})).changes[place] = change
        failures = self._write(rows.values())
        outcomes |= self._read_back({place: known[place] for row in rows.values() for place in row.changes}, failures)
        return [outcomes[place] for place in range(len(changes))]

    def _write(self, rows: Iterable[Row]) -> Failures:
        in_order = sorted(rows, key=lambda row: row.key.order)
        products = [list(of_one) for _, of_one in groupby(in_order, key=lambda row: row.key.id_product)]
        failures: Failures = {}
        for failed in self._api.each(self._write_product, products):
            failures |= failed
        return failures

    def _write_product(self, rows: Sequence[Row]) -> Failures:
        """Write a product's rows one after the other; what can't be written with the rest is not written.

        A sale that ends is written without its text, if that is refused: nobody may order what there is not.
        """
        texts = [row for row in rows if row.key.resource != STOCK]
        stock = list(_to_send([row for row in rows if row.key.resource == STOCK]))
        unsaid = self._write_together(texts)
        if unsaid and not (stock and all(map(_takes_away, _changes(stock)))):
            return _failed(rows, f"nothing of this product was written: {unsaid}")
        unwritten = self._write_together(stock)
        if unwritten:
            if not unsaid:
                self._put_back(texts)
            return _failed(rows, f"nothing of this product was written: {unwritten}")
        return _failed(texts, f"only taken off sale, without its texts: {unsaid}") if unsaid else {}

    def _write_together(self, rows: Sequence[Row]) -> str | None:
        """Write rows, or put back those that were; returns why."""
        for place, row in enumerate(rows):
            try:
                self._rows.write(row)
            except (RowRefusedError, UnknownAnswerError) as error:
                # of one whose answer nobody knows, the values may stand there
                self._put_back(rows[:place] if isinstance(error, RowRefusedError) else rows[: place + 1])
                return str(error)
        return None

    def _put_back(self, rows: Sequence[Row]) -> None:
        for row in reversed(rows):
            try:
                self._rows.put_back(row)
            except (RowRefusedError, UnknownAnswerError) as error:
                logger.warning("product %d: could not be put back: %s", row.key.id_product, error)

    def _read_back(self, changes: Mapping[int, Change], failures: Failures) -> dict[int, Outcome]:
        """What came of what was to be written, by what the shop holds now."""
        shown = self._shown(changes.values())
        sums = _sums(shown)
        outcomes = {}
        for place, change in changes.items():
            key, why = Key.of(change), failures.get(place)
            held = _held(shown.get(key), change)
            if held is None:
                outcomes[place] = outcome(change, "failed", None, why or ROW_MISSING)
            elif _holds(change, held.value) or (change.field == QUANTITY and held.value == sums.get(key)):
                outcomes[place] = outcome(change, "written")
            elif why or held.value == change.before:
                outcomes[place] = outcome(change, "failed", held.value, why or NOT_KEPT)
            else:
                outcomes[place] = outcome(change, "left", held.value)
        return outcomes

    def _shown(self, changes: Collection[Change]) -> dict[Key, Entity]:
        """What the shop holds of the rows of some changes."""
        fields: dict[str, dict[str, None]] = {}
        ids: dict[str, set[int]] = {}
        for change in changes:
            key = Key.of(change)
            fields.setdefault(key.resource, {})[change.field] = None
            ids.setdefault(key.resource, set()).add(
                key.id_product_attribute if key.resource == COMBINATIONS else key.id_product
            )

        def shown(resource: str) -> list[tuple[Key, Entity]]:
            return list(self._shown_of(resource, list(fields[resource]), ids[resource]))

        return dict(one for found in self._api.each(shown, fields) for one in found)

    def _shown_of(self, resource: str, fields: Sequence[str], ids: Collection[int]) -> Iterator[tuple[Key, Entity]]:
        if resource == PRODUCTS:
            for entity in self._api.listed_by(PRODUCTS, fields, "id", ids):
                yield Key(PRODUCTS, entity.id, 0), entity
        elif resource == COMBINATIONS:
            for entity in self._api.listed_by(COMBINATIONS, ["id_product", *fields], "id", ids):
                yield Key(COMBINATIONS, int(entity.text("id_product")), entity.id), entity
        else:
            for entity in self._api.listed_by(STOCK, [*STOCK_SHOWN, *fields], "id_product", ids):
                if (entity.text("id_shop"), entity.text("id_shop_group")) == self._scope:
                    key = Key(STOCK, int(entity.text("id_product")), int(entity.text("id_product_attribute")))
                    yield key, entity


def _held(entity: Entity | None, change: Change) -> Held | None:
    value = value_of(entity, change) if entity else None
    return None if entity is None or value is None else Held(entity.id, value)


def _changes(rows: Iterable[Row]) -> Iterator[Change]:
    for row in rows:
        yield from row.changes.values()


def _failed(rows: Iterable[Row], why: str) -> Failures:
    return {place: why for row in rows for place in row.changes}


def _to_send(stock: Sequence[Row]) -> Iterator[Row]:
    """Stock rows without what the shop writes by itself: row 0 is the sum once a combination's quantity was written."""
    combinations = [row for row in stock if row.key.id_product_attribute]
    summed = any(change.field == QUANTITY for change in _changes(combinations))
    for row in stock:
        if not summed or row.key.id_product_attribute:
            yield row
        elif rest := {place: change for place, change in row.changes.items() if change.field != QUANTITY}:
            yield Row(row.key, row.shown, rest)


def _sums(shown: Mapping[Key, Entity]) -> dict[Key, str]:
    """What the own rows of products with combinations hold in quantities that PrestaShop summed."""
    sums: dict[Key, int] = {}
    for key, entity in shown.items():
        if key.resource == STOCK and key.id_product_attribute and entity.has(QUANTITY):
            own = key._replace(id_product_attribute=0)
            sums[own] = sums.get(own, 0) + int(entity.text(QUANTITY))
    return {own: str(pieces) for own, pieces in sums.items()}


def _takes_away(change: Change) -> bool:
    if change.field == FLAG:
        return change.after == DENY
    return int(change.after or 0) <= int(change.before or 0)


def _holds(change: Change, value: str | None) -> bool:
    """Whether what was written stands there; customers may have taken some of a quantity since."""
    if change.field != QUANTITY or value == change.after:
        return value == change.after
    before, after, now = int(change.before or 0), int(change.after or 0), int(value or 0)
    return before < now < after or now < after < before
