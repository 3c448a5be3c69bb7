"""The Webservice as what can be asked of it: everything, some by their ids, one with all its fields, and writes."""

from __future__ import annotations

import re
import ssl
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import count
from typing import TypeVar

import httpx

from blocks import PrestashopWebservice
from tasks.errors import WrongSettingsError
from tasks.prestashop.webservice.answers import (
    RowMissingError,
    RowRefusedError,
    UnknownAnswerError,
)
from tasks.prestashop.webservice.together import each
from tasks.prestashop.webservice.wire import Wire
from tasks.prestashop.webservice.xml import Entity, document, entities_of, is_exact, methods_of

__all__ = ["Api", "RowMissingError", "RowRefusedError", "UnknownAnswerError", "open_api"]

PAGES = {"products": 250, "combinations": 500}  # PHP loads each entity of a page by queries of its own
PAGE = 500
IDS_AT_ONCE = 2_000
LONGEST_FILTER = 2_000  # characters; a request line may have some 8,000
LONGEST_OF_SUHOSIN = 500  # of 512: that PHP extension drops a longer value, and with it the filter
TRANSLATED = frozenset({"products", "combinations"})

T = TypeVar("T")
R = TypeVar("R")


class Api:
    """A shop's Webservice, for as many threads as like. Made by `open_api`.

    `version`: (8, 2, 1). `languages`: the ids of the shop's languages, active or not: texts are read in all of them.
    Errors of everything: WrongSettingsError (address, key, permission), UnreachableError (no proper answer, after
    attempts; too many of them).
    """

    def __init__(self, wire: Wire, block: PrestashopWebservice) -> None:
        self.wire = wire
        self.most = block.max_connections
        self._short_filters = False
        self._lock = threading.RLock()
        root, _ = wire.read("", {})
        self.methods = methods_of(root)
        self.version_text = wire.version
        self.version = tuple(map(int, re.findall(r"\d+", wire.version.partition("-")[0])))

    @property
    def where(self) -> str:
        """The shop's address."""
        return self.wire.where

    def may(self, resource: str, method: str) -> bool:
        """Whether the key may GET, PUT or PATCH a resource."""
        return method in self.methods.get(resource, ())

    @cached_property
    def languages(self) -> tuple[int, ...]:
        """The ids of all languages of the shop."""
        with self._lock:
            return tuple(entity.id for entity in self.listed("languages", ["id"]))

    def fields(self, resource: str) -> set[str]:
        """The names of a resource's fields in this version."""
        root, _ = self.wire.read(resource, {"schema": "synopsis"})
        return {field.tag for node in root for field in node}

    def listed(
        self, resource: str, fields: Collection[str], filters: Mapping[str, str] | None = None
    ) -> Iterator[Entity]:
        """Everything of a resource by its ids in order, with some fields (`combinations[id]` for an association).

        The ids come first, then their entities in pages, some at once. What is deleted meanwhile is left out.
        """
        size = PAGES.get(resource, PAGE)
        for ids in self._ids(resource, filters or {}):
            pages = [ids[at : at + size] for at in range(0, len(ids), size)]

            def page(ids: Sequence[int]) -> list[Entity]:
                asked = {**_filters({**(filters or {}), "id": f"[{ids[0]},{ids[-1]}]"}), "sort": "[id_ASC]"}
                return self._page(resource, fields, asked)

            for entities in self.each(page, pages):
                yield from entities

    def listed_by(
        self,
        resource: str,
        fields: Collection[str],
        key: str,
        ids: Iterable[int],
        filters: Mapping[str, str] | None = None,
    ) -> Iterator[Entity]:
        """Entities whose `key` (`id`, `id_product`) is one of some ids, in no order but each once."""
        shown = list(dict.fromkeys([*fields, "id", key]))
        at_once = PAGES.get(resource, PAGE) if key == "id" else PAGES["products"]
        for some in _batches(self._chunks(sorted(set(ids)), at_once), 4 * self.most):
            for entities in self.each(lambda chunk: self._chosen(resource, shown, key, chunk, filters or {}), some):
                yield from entities

    def entity(self, resource: str, number: int) -> Entity:
        """One entity with all its fields, texts in all languages. RowMissingError if there is none in this shop.

        RowRefusedError: it holds signs that no XML can carry, so that a PUT would lose them.
        """
        root, body = self.wire.read(f"{resource}/{number}", self._languages_asked(resource))
        if not is_exact(body):
            raise RowRefusedError(
                f"{resource} {number} holds control characters, which can't be sent back. Open it in the back office and"
                " save it without them"
            )
        found = list(entities_of(root))
        if len(found) != 1 or found[0].id != number:
            raise UnknownAnswerError(f"{self.where}: expected {resource} {number}, got {found[:3]}")
        return found[0]

    def put(self, resource: str, *entities: Entity) -> None:
        """Write whole entities: what they don't hold becomes empty. Never sent twice.

        Errors: RowRefusedError (nothing of that row was written, those before it were), UnknownAnswerError (written or
        not: read it). What is stored may differ from what was sent: read it back.
        """
        self._write("PUT", resource, entities)

    def patch(self, resource: str, *entities: Entity) -> None:
        """Write some fields of entities (PrestaShop 8 and later); errors as `put`."""
        self._write("PATCH", resource, entities)

    def each(self, work: Callable[[T], R], items: Iterable[T]) -> list[R]:
        """Do the work for each item, some at once, as many as the shop takes well; results in the order of the items.

        An error stops taking new items; it is raised when those begun have ended.
        """
        return each(work, items, self.most)

    def _write(self, method: str, resource: str, entities: Sequence[Entity]) -> None:
        # the id in the address plays no part, but logs of the shop tell more with it
        path = f"{resource}/{entities[0].id}" if len(entities) == 1 else resource
        root = self.wire.write(method, path, document(*entities))
        answered = sorted(entity.id for entity in entities_of(root))
        if answered != sorted(entity.id for entity in entities):
            raise UnknownAnswerError(
                f"{self.where}: {method} {path}: expected what was written, got an answer with {answered[:5]}"
            )

    def _ids(self, resource: str, filters: Mapping[str, str]) -> Iterator[list[int]]:
        """All ids in order, some thousand at a time."""
        last = 0
        while True:
            asked = {**filters, "id": f">[{last}]"} if last else filters
            limits = {**_filters(asked), "sort": "[id_ASC]", "limit": str(IDS_AT_ONCE)}
            ids = sorted(entity.id for entity in entities_of(self.wire.read(resource, limits)[0]) if entity.id)
            if ids and ids[0] <= last:
                raise WrongSettingsError(self._no_filters(resource))
            if ids:
                yield ids
                last = ids[-1]
            if len(ids) < IDS_AT_ONCE:
                return

    def _page(self, resource: str, fields: Collection[str], asked: Mapping[str, str]) -> list[Entity]:
        shown = f"[{','.join(dict.fromkeys(['id', *fields]))}]"
        root, _ = self.wire.read(resource, {**asked, "display": shown, **self._languages_asked(resource)})
        return [entity for entity in entities_of(root) if entity.id]

    def _chunks(self, ids: Sequence[int], most: int) -> Iterator[list[int]]:
        longest = LONGEST_OF_SUHOSIN if self._short_filters else LONGEST_FILTER
        chunk: list[int] = []
        length = 0
        for one in ids:
            if chunk and (len(chunk) == most or length + len(str(one)) + 1 > longest):
                yield chunk
                chunk, length = [], 0
            chunk.append(one)
            length += len(str(one)) + 1
        if chunk:
            yield chunk

    def _chosen(
        self, resource: str, fields: Sequence[str], key: str, ids: Sequence[int], filters: Mapping[str, str]
    ) -> list[Entity]:
        """The entities of one chunk, page by page: a shop that loses the filter must not send its whole catalogue."""
        size = PAGES.get(resource, PAGE)
        asked_for, found, last = set(ids), list[Entity](), 0
        for _ in count():
            chosen = {**filters, key: f"[{'|'.join(map(str, ids))}]"}
            if last and key != "id":
                chosen["id"] = f">[{last}]"
            limits = {**_filters(chosen), "sort": "[id_ASC]", "limit": str(size)}
            page = self._page(resource, fields, limits)
            if any(int(entity.text(key)) not in asked_for for entity in page):
                return self._chosen_shorter(resource, fields, key, ids, filters)
            found += page
            if len(page) < size or key == "id":
                break
            last = page[-1].id
        return found

    def _chosen_shorter(
        self, resource: str, fields: Sequence[str], key: str, ids: Sequence[int], filters: Mapping[str, str]
    ) -> list[Entity]:
        self._short_filters = True
        parts = list(self._chunks(ids, len(ids)))
        if len(parts) == 1:
            raise WrongSettingsError(self._no_filters(resource))
        return [entity for part in parts for entity in self._chosen(resource, fields, key, part, filters)]

    def _no_filters(self, resource: str) -> str:
        return (
            f"{self.where}: expected those of `{resource}` that were asked for, got others: something on the shop's"
            " side drops filters (`filter[id]=[1|2]`) from the address. Ask the host to let them through (Suhosin:"
            " suhosin.get.max_value_length)"
        )

    def _languages_asked(self, resource: str) -> dict[str, str]:
        """Texts of inactive languages are shown only if asked for, and lost by a PUT if not sent."""
        if resource not in TRANSLATED or not self.languages:
            return {}
        ids = "|".join(map(str, self.languages))
        return {"language": f"[{ids}]" if len(self.languages) > 1 else ids}


def _filters(values: Mapping[str, str]) -> dict[str, str]:
    return {f"filter[{name}]": value for name, value in values.items()}


def _batches(chunks: Iterable[T], size: int) -> Iterator[list[T]]:
    batch: list[T] = []
    for chunk in chunks:
        batch.append(chunk)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


@contextmanager
def open_api(block: PrestashopWebservice) -> Iterator[Api]:
    """Ask the shop what the key may do, and be ready for more. Errors as `Api` says."""
    trusted = httpx.create_ssl_context()
    if block.ca_certificate:
        trusted.load_verify_locations(cadata=block.ca_certificate)
        # a shop's self-made certificate is an end, not an authority: trusting it is enough
        trusted.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    wire = Wire(
        block.base_url,
        block.api_key,
        {"id_shop": str(block.id_shop)},
        most=block.max_connections,
        answer_seconds=block.answer_seconds,
        trusted=trusted,
    )
    try:
        yield Api(wire, block)
    finally:
        wire.close()
