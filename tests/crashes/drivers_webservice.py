"""A shop's Webservice as a way that is struck: by PATCH, and by GET and PUT where there is none.

There is no transaction: a crash may leave half of a product, which the next run mends.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from pydantic import SecretStr

from blocks import PrestashopWebservice
from demo.webservice import KEY
from tasks.prestashop.webservice import wire
from tasks.prestashop.webservice.answers import UnknownAnswerError
from tasks.prestashop.webservice.writing_rows import STOCK, Row, RowWriter
from tests.crashes.place import Place
from tests.crashes.points import Point
from tests.crashes.ways import STOPS_NOBODY, Driver
from tests.flows.world import TEXTS

WRITER, ROWS = "tasks.prestashop.webservice.writing:Writer", "tasks.prestashop.webservice.writing_rows:RowWriter"
API = "tasks.prestashop.webservice.client:Api"


def _lost() -> Exception:
    return UnknownAnswerError("the answer was lost")


def _is_flag(_: RowWriter, row: Row) -> bool:
    return row.key.resource == STOCK


def _is_flag_of_size(_: RowWriter, row: Row) -> bool:
    return row.key.resource == STOCK and row.key.id_product_attribute > 0


def _is_own_flag_of_sizes(writer: RowWriter, row: Row) -> bool:
    """The own row of a product with sizes, whose rows are written before it."""
    before = vars(writer).setdefault("sizes_of", set())
    if _is_flag_of_size(writer, row):
        before.add(row.key.id_product)
    return row.key.resource == STOCK and not row.key.id_product_attribute and row.key.id_product in before


BEFORE_A_WINDOW, BEFORE_FLAGS = "in a window: before its first write", "in a window: texts written, flags not"
SIZES, OWN = "in a window: a size's flag written, the others not", "in a window: sizes' flags written, the own not"
SENT, LOST = "in a window: a write done, not answered", "in a window: a write done, the answer lost"
READ_BACK, LOOKED_AT = "in a window: written, not read back", "in a window: a row read, not yet put"

_BOTH = (
    Point(BEFORE_A_WINDOW, f"{WRITER}._write", "before", nth=2, settled=True),
    Point(BEFORE_FLAGS, f"{ROWS}.write", "before", nth=6, settled=True, only=_is_flag),
    Point(SIZES, f"{ROWS}.write", "after", nth=3, settled=True, only=_is_flag_of_size),
    Point(OWN, f"{ROWS}.write", "before", nth=2, settled=True, only=_is_own_flag_of_sizes),
    Point(READ_BACK, f"{WRITER}._read_back", "before", nth=2, settled=True),
)


def _writes(method: str) -> tuple[Point, ...]:
    called = f"{API}.{method}"
    return (
        Point(SENT, called, "after", nth=9),
        Point(LOST, called, "after", nth=12, lost=_lost),
    )


def _block(name: str, place: Place) -> PrestashopWebservice:
    return PrestashopWebservice(
        base_url=place.services[name].url,
        api_key=SecretStr(KEY),
        integration_id=7,
        product_listing_enabled=True,
        policy={"texts": TEXTS},
        gate=STOPS_NOBODY,
    )


def _at_once() -> None:
    """New attempts come without a pause."""
    setattr(wire, "FIRST_PAUSE_SECONDS", 0.0)  # noqa: B010


def _driver(name: str, version: str, inside: tuple[Point, ...]) -> Driver:
    served: Any = {
        "block": partial(_block, name),
        "cut": lambda place: place.services[name].cut(),
        "rest": lambda place: place.services[name].rest(),
    }
    return Driver(name, inside, set_up=_at_once, is_whole=False, tells_null=False, version=version, **served)


PATCHES, PUTS = "Webservice, PATCH (8.2)", "Webservice, GET and PUT (1.7.8)"
WEBSERVICE_DRIVERS = (
    _driver(PATCHES, "8.2.1", (*_BOTH, *_writes("patch"))),
    _driver(PUTS, "1.7.8.11", (*_BOTH, Point(LOOKED_AT, f"{API}.put", "before", nth=9), *_writes("put"))),
)
