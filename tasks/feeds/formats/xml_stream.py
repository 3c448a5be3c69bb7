"""A safe walk through an XML file: no entities, bounded depth and texts, memory independent of its size."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Any, Protocol
from xml.parsers import expat

from tasks.errors import Refused
from tasks.feeds.formats.records import TooManyError

BLOCK = 1 << 18
DEEPEST = 100
LONGEST = 1 << 20  # bytes or characters in one text, comment or tag


class TooDeepError(Exception):
    """Elements nested deeper than any feed nests them."""


class Walk(Protocol):
    """What handles the parser's events."""

    def held(self) -> int:
        """Characters of the texts that are still open."""


def parse(file: IO[bytes], parser: Any, walk: Walk, encoding: str | None, where: str) -> None:
    """Feed the file to expat, whose handlers `walk` has set.

    Raises Refused where the file is cut, malformed, declares entities, or one text or tag has no end.
    """
    parser.StartDoctypeDeclHandler = _plain_doctype(parser, where)
    parser.EntityDeclHandler = parser.SkippedEntityHandler = _no_entity(parser, where)
    fed = silent = 0
    ended = False
    try:
        block = file.read(BLOCK).lstrip(b" \t\r\n")  # a blank line above the declaration is common and harmless
        while block:
            parser.Parse(block, False)
            fed += len(block)
            silent = 0 if b"<" in block else silent + len(block)  # inside one text
            unfinished = fed - parser.CurrentByteIndex  # inside one tag or comment
            if max(silent, unfinished - BLOCK, walk.held()) > LONGEST:
                raise _too_long(parser, where)
            block = file.read(BLOCK)
        ended = True
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise _malformed(error, ended, encoding, where) from None
    except TooDeepError:
        raise Refused(
            f"{where}: line {parser.CurrentLineNumber:,}: expected at most {DEEPEST} elements inside each"
            " other, got more: this is no feed. Open the source and look, or ask the supplier"
        ) from None
    except TooManyError as error:
        raise Refused(
            f"{where}: line {parser.CurrentLineNumber:,}: expected {error}, got more. Look at the"
            " feed's mapping and variants, or ask the supplier"
        ) from None
    except (LookupError, ValueError, UnicodeError) as error:
        raise Refused(
            f"{where}: the XML declares an encoding that can't be read ({error}). Set the feed's encoding"
        ) from None


def _too_long(parser: Any, where: str) -> Refused:
    return Refused(
        f"{where}: line {parser.CurrentLineNumber:,}: expected texts and tags of at most {LONGEST:,}"
        " characters, got a longer one: this is no feed. Open the source and look, or ask the supplier"
    )


def _plain_doctype(parser: Any, where: str) -> Callable[..., None]:
    """Only names a DTD, as older formats must (BMEcat, YML): that is never fetched, and changes nothing."""

    def look(name: str, system_id: str | None, public_id: str | None, has_internal_subset: int) -> None:  # noqa: ARG001
        if has_internal_subset or not (system_id or "").lower().endswith(".dtd"):
            raise Refused(
                f"{where}: line {parser.CurrentLineNumber:,}: expected XML without a DOCTYPE (or with one that only"
                f" names a .dtd), got a DOCTYPE (`{name[:80]}`) that could pull in other files or grow without bound."
                " Ask the supplier for XML without one"
            )

    return look


def _no_entity(parser: Any, where: str) -> Callable[..., None]:
    def refuse(name: str, *_: object) -> None:
        raise Refused(
            f"{where}: line {parser.CurrentLineNumber:,}: expected XML without entities of its own, got"
            f" `&{name[:80]};`, which only a DTD explains. Ask the supplier for plain text in its place"
        )

    return refuse


def _malformed(error: expat.ExpatError, ended: bool, encoding: str | None, where: str) -> Refused:
    words = expat.ErrorString(error.code) or "malformed"
    place = f"line {error.lineno:,}, column {error.offset + 1:,}"
    if ended:
        return Refused(
            f"{where}: the XML ends before its root element does ({words} at {place}): it is cut."
            " Fetch it again, or ask the supplier for a whole file"
        )
    hint = ""
    if "invalid token" in words and encoding is None:
        hint = (
            " If its letters are in an old code page that the XML doesn't declare, set the feed's encoding (`cp1250`)"
        )
    return Refused(f"{where}: the XML is malformed: {words} at {place}.{hint}")
