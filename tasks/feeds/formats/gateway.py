"""The IOF gateway: an XML file that holds no items and only lists the files which do."""

from __future__ import annotations

from pathlib import Path
from xml.parsers import expat

from tasks.errors import Refused
from tasks.feeds.formats.xml_paths import local
from tasks.feeds.formats.xml_stream import parse
from tasks.feeds.sources.address import shown

MOST_LISTED = 10


def _listed_files(raw: Path, encoding: str | None, where: str) -> list[tuple[str, str]]:
    """Give the files (name, address) that an IOF gateway lists; none if the file is no gateway."""
    files: list[tuple[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if {"url", "hash"} <= attributes.keys() and len(files) < MOST_LISTED:
            files.append((local(name), attributes["url"]))

    parser = expat.ParserCreate(encoding)
    parser.StartElementHandler = start
    with raw.open("rb") as file:
        parse(file, parser, _Counting(), encoding, where)
    return files


class _Counting:
    """A walk that holds no text."""

    def held(self) -> int:
        """Nothing is open."""
        return 0


def refuse_gateway(raw: Path, encoding: str | None, where: str) -> None:
    """Raise Refused where the file only lists others."""
    if files := _listed_files(raw, encoding, where):
        listed = ", ".join(f"`{name}` {shown(url)}" for name, url in files)
        raise Refused(
            f"{where}: expected a feed with items, got an IOF gateway, which only lists other files: {listed}. Make the"
            " one with codes and stocks (`full`, or `light` if that is enough) the feed's source"
        )
