"""Lists of the Webservice: everything, or what has one of some ids, in pages, several of them at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import NamedTuple, TypeVar

from tasks.errors import WrongSettingsError
from tasks.prestashop.webservice.answers import UnknownAnswerError
from tasks.prestashop.webservice.pages import (
    IDS_AT_ONCE,
    LONGEST_FILTER,
    LONGEST_OF_SUHOSIN,
    SMALLEST_PAGE,
    attempts_for,
    batches,
    chunks,
    filters_of,
    limits,
    one_of,
    page_size,
)
from tasks.prestashop.webservice.together import each
from tasks.prestashop.webservice.wire import Wire
from tasks.prestashop.webservice.xml import Entity, entities_of

MANY_LANGUAGES = 100  # ids without a language are passed over
TRANSLATED = frozenset({"products", "combinations"})

T = TypeVar("T")
R = TypeVar("R")


class Wanted(NamedTuple):
    """What `listed_by` looks for, but for the ids."""

    resource: str
    fields: list[str]
    key: str
    filters: Mapping[str, str]


class Lists:
    """Reads lists of a shop, for as many threads as like; pages are read by up to `most` at once."""

    def __init__(self, wire: Wire, most: int) -> None:
        self.wire = wire
        self.most = most
        self._longest_filter = LONGEST_FILTER
        self._lock = threading.RLock()

    @property
    def where(self) -> str:
        """The shop's address."""
        return self.wire.where

    @cached_property
    def languages(self) -> tuple[int, ...]:
        """The ids of all languages of the shop."""
        with self._lock:
            return tuple(entity.id for entity in self.listed("languages", ["id"]))

    def listed(
        self,
        resource: str,
        fields: Collection[str],
        filters: Mapping[str, str] | None = None,
        first: int | None = None,
    ) -> Iterator[Entity]:
        """Everything of a resource (or the `first` some) by its ids in order, with some fields.

        A field may be an association (`combinations[id]`). What is deleted meanwhile is left out. The first page is
        asked for straight; if there is more, ids come next, and then their entities in pages, some at once.
        """
        chosen = filters or {}
        page, size = self._first_page(resource, fields, chosen, first)
        found = [entity for entity in page if entity.id]
        yield from found
        left = None if first is None else first - len(found)
        if len(page) < size or not found or (left is not None and left <= 0):
            return
        for ids in self._ids(resource, chosen, found[-1].id, left):
            pages = [ids[at : at + size] for at in range(0, len(ids), size)]
            for entities in self.each(lambda ids: self._span(resource, fields, chosen, ids), pages):
                yield from entities

    def ids(self, resource: str, first: int | None = None) -> list[int]:
        """The ids of everything of a resource (or the `first` some), in order: the cheapest question there is."""
        return [one for some in self._ids(resource, {}, 0, first) for one in some]

    def listed_by(
        self,
        resource: str,
        fields: Collection[str],
        key: str,
        ids: Iterable[int],
        filters: Mapping[str, str] | None = None,
    ) -> Iterator[Entity]:
        """Entities whose `key` (`id`, `id_product`) is one of some ids, each once, in no order."""
        at_once = page_size(resource if key == "id" else "products")
        wanted = Wanted(resource, [*fields, key], key, filters or {})
        parts = chunks(sorted(set(ids)), at_once, self._longest_filter)
        for some in batches(parts, 4 * self.most):
            for entities in self.each(lambda chunk: self._halved(partial(self._chosen, wanted), chunk), some):
                yield from entities

    def each(self, work: Callable[[T], R], items: Iterable[T]) -> list[R]:
        """Do the work for each item, some at once, as many as the shop takes well; results in the order of the items.

        An error stops taking new items; it is raised when those begun have ended.
        """
        return each(work, items, self.most)

    def _ids(
        self, resource: str, filters: Mapping[str, str], last: int, most: int | None = None
    ) -> Iterator[list[int]]:
        """All ids after one, or `most` of them, in order, some thousand at a time."""
        while most is None or most > 0:
            at_once = IDS_AT_ONCE if most is None else min(IDS_AT_ONCE, most)
            after = {"id": f">[{last}]"} if last else {}
            asked = {**filters_of({**filters, **after}), **limits(at_once)}
            ids = sorted(entity.id for entity in entities_of(self.wire.read(resource, asked)[0]) if entity.id)
            if ids and ids[0] <= last:
                raise WrongSettingsError(self._no_filters(resource))
            if ids:
                yield ids
                last = ids[-1]
            if len(ids) < at_once:
                return
            most = None if most is None else most - len(ids)

    def _first_page(
        self, resource: str, fields: Collection[str], filters: Mapping[str, str], first: int | None
    ) -> tuple[list[Entity], int]:
        """The first entities, and how many were asked for: fewer, if the shop has no answer to a whole page."""
        size = page_size(resource) if first is None else min(page_size(resource), first)
        while True:
            try:
                asked = {**filters_of(filters), **limits(size)}
                return self._page(resource, fields, asked, attempts_for(size)), size
            except UnknownAnswerError:
                if size <= SMALLEST_PAGE:
                    raise
            size //= 2

    def _span(
        self, resource: str, fields: Collection[str], filters: Mapping[str, str], ids: Sequence[int]
    ) -> list[Entity]:
        """What there is from the first of some ids to the last."""

        def ask(ids: Sequence[int]) -> list[Entity]:
            asked = {**filters_of({**filters, "id": f"[{ids[0]},{ids[-1]}]"}), "sort": "[id_ASC]"}
            return [entity for entity in self._page(resource, fields, asked, attempts_for(len(ids))) if entity.id]

        return self._halved(ask, ids)

    def _halved(self, ask: Callable[[Sequence[int]], list[Entity]], ids: Sequence[int]) -> list[Entity]:
        """Ask for some ids, in smaller parts where PHP's memory or time is not enough for all of them."""
        try:
            return ask(ids)
        except UnknownAnswerError as error:
            if len(ids) <= SMALLEST_PAGE:
                raise UnknownAnswerError(f"{error}; asked for were the ids {ids[0]} to {ids[-1]}") from None
        half = len(ids) // 2
        return [*self._halved(ask, ids[:half]), *self._halved(ask, ids[half:])]

    def _page(self, resource: str, fields: Collection[str], asked: Mapping[str, str], attempts: int) -> list[Entity]:
        shown = f"[{','.join(dict.fromkeys(['id', *fields]))}]"
        root, _ = self.wire.read(resource, {**asked, "display": shown, **self.languages_asked(resource)}, attempts)
        return list(entities_of(root))

    def _chosen(self, wanted: Wanted, ids: Sequence[int]) -> list[Entity]:
        """The entities of one chunk, page by page: a shop that loses the filter must not send its whole catalogue."""
        size = len(ids) if wanted.key == "id" else page_size(wanted.resource)
        asked_for, found, last = set(map(str, ids)), list[Entity](), 0
        while True:
            chosen = {**wanted.filters, wanted.key: one_of(ids)}
            if last and wanted.key != "id":
                chosen["id"] = f">[{last}]"
            asked = {**filters_of(chosen), **limits(size)}
            page = self._page(wanted.resource, wanted.fields, asked, attempts_for(len(ids)))
            if any(entity.text(wanted.key) not in asked_for for entity in page if entity.id):
                return self._chosen_in_parts(wanted, ids)
            found += [entity for entity in page if entity.id]
            if len(page) < size or wanted.key == "id":
                return found
            last = max(last + 1, *(entity.id for entity in page))

    def _chosen_in_parts(self, wanted: Wanted, ids: Sequence[int]) -> list[Entity]:
        """The same by shorter filters, once one was lost on the way."""
        self._longest_filter = LONGEST_OF_SUHOSIN
        parts = list(chunks(ids, len(ids), LONGEST_OF_SUHOSIN))
        if len(parts) == 1:
            raise WrongSettingsError(self._no_filters(wanted.resource))
        return [entity for part in parts for entity in self._chosen(wanted, part)]

    def _no_filters(self, resource: str) -> str:
        return (
            f"{self.where}: expected those of `{resource}` that were asked for, got others: something on the shop's"
            " side drops filters (`filter[id]=[1|2]`) from the address. Ask the host to let them through (Suhosin:"
            " suhosin.get.max_value_length)"
        )

    def languages_asked(self, resource: str) -> dict[str, str]:
        """All languages of PrestaShop, as an interval of ids: who there is besides the shop's own it doesn't tell.

        Texts of inactive languages, and of those of other shops only, are shown if asked for, and lost if not sent.
        """
        if resource not in TRANSLATED:
            return {}
        return {"language": f"[1,{max((MANY_LANGUAGES, *self.languages))}]"}
