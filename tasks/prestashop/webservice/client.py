"""The Webservice as what can be asked of it: everything, some by their ids, one with all its fields, and writes."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx

from blocks import PrestashopWebservice
from tasks.errors import WrongSettingsError
from tasks.prestashop.versions import version_parts
from tasks.prestashop.webservice.answers import RowMissingError, RowRefusedError, UnknownAnswerError
from tasks.prestashop.webservice.lists import Lists
from tasks.prestashop.webservice.wire import Wire
from tasks.prestashop.webservice.xml import Entity, document, entities_of, is_exact, methods_of

__all__ = ["Api", "RowMissingError", "RowRefusedError", "UnknownAnswerError", "open_api"]


class Api(Lists):
    """A shop's Webservice, for as many threads as like. Made by `open_api`.

    `version`: (8, 2, 1). `languages`: the ids of the shop's languages, active or not: texts are read in all of them.
    Errors of everything: WrongSettingsError (address, key, permission), UnreachableError (no proper answer, after
    attempts; too many of them).
    """

    def __init__(self, wire: Wire, block: PrestashopWebservice) -> None:
        super().__init__(wire, block.max_connections)
        root, _ = wire.read("", {})
        self.methods = methods_of(root)
        self.version_text = wire.version
        self.version = version_parts(wire.version)
        if not self.version or not self.methods:
            raise WrongSettingsError(
                f"{wire.where}: expected the Webservice to say its version (header PSWS-Version) and what the key may"
                f" do, got `{wire.version}` and {len(self.methods)} resources. Look at the key's permissions; does a"
                " proxy before the shop take headers away?"
            )

    def may(self, resource: str, method: str) -> bool:
        """Whether the key may GET, PUT or PATCH a resource."""
        return method in self.methods.get(resource, ())

    def blank(self, resource: str) -> Entity:
        """An entity without values, with all the fields that there are in this version."""
        root, _ = self.wire.read(resource, {"schema": "synopsis"})
        if len(root) != 1:
            raise UnknownAnswerError(f"{self.where}: expected the schema of `{resource}`, got something else")
        return Entity(root[0])

    def entity(self, resource: str, number: int) -> Entity:
        """One entity with all its fields, texts in all languages. RowMissingError if there is none in this shop.

        RowRefusedError: it holds signs that no XML can carry, so that a PUT would lose them.
        """
        root, body = self.wire.read(f"{resource}/{number}", self.languages_asked(resource))
        if not is_exact(body):
            raise RowRefusedError(
                f"{resource} {number} holds control characters, which can't be sent back. Open it in the back office"
                " and save it without them"
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

    def _write(self, method: str, resource: str, entities: Sequence[Entity]) -> None:
        # the id in the address plays no part, but logs of the shop tell more with it
        path = f"{resource}/{entities[0].id}" if len(entities) == 1 else resource
        root = self.wire.write(method, path, document(*entities))
        answered = sorted(entity.id for entity in entities_of(root))
        if answered != sorted(entity.id for entity in entities):
            raise UnknownAnswerError(
                f"{self.where}: {method} {path}: expected what was written, got an answer with {answered[:5]}"
            )


@contextmanager
def open_api(block: PrestashopWebservice) -> Iterator[Api]:
    """Ask the shop what the key may do, and be ready for more. Errors as `Api` says."""
    wire = Wire(
        block.base_url,
        block.api_key,
        {"id_shop": str(block.id_shop)},
        most=block.max_connections,
        answer_seconds=block.answer_seconds,
        trusted=_trusted(block),
    )
    try:
        yield Api(wire, block)
    finally:
        wire.close()


def _trusted(block: PrestashopWebservice) -> ssl.SSLContext:
    """Whom the shop's server may prove to be by: the known authorities, and the block's own."""
    if block.base_url.startswith("http://"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # nobody: none is asked, and reading all of them takes its time
    trusted = httpx.create_ssl_context()
    if block.ca_certificate:
        trusted.load_verify_locations(cadata=block.ca_certificate)
        # a shop's self-made certificate is an end, not an authority: trusting it is enough
        trusted.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return trusted
