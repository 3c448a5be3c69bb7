"""The feeds of two suppliers as files: a cp1250 CSV and a nested XML, with the usual dirt, for steps 1, 2 and 3."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TextIO
from xml.sax.saxutils import escape

from demo.offers import (
    ACME,
    BALTIC,
    DELIVERY_NUMBERS,
    DELIVERY_TEXTS,
    ROW_DIRT,
    THRESHOLD,
    Changes,
    Dirt,
    Offer,
    Supplier,
    later_offers,
    offers,
)
from demo.words import MANUFACTURERS

LATER = 3
UNREADABLE = ("???", "#N/D!")
CSV_HEADER = (
    "Symbol",
    "EAN",
    "Nazwa",
    "Stan",
    "Cena netto",
    "Termin dostawy",
    "Cena brutto",
    "VAT",
    "Opis",
    "Producent",
    "Jm",
)


@dataclass
class FeedFacts:
    """What a right reading of a file must find, in records.

    `rows`: all records; `rejected_rows`: no offers, by reason; `rejected_fields`: offers that lost their EAN or price,
    by reason; `unknown_products`: offers of things that the shop doesn't have; `changes`: against step 1.
    """

    rows: int = 0
    unknown_products: int = 0
    rejected_rows: Counter[str] = field(default_factory=Counter)
    rejected_fields: Counter[str] = field(default_factory=Counter)
    changes: Changes = field(default_factory=Changes)

    @property
    def offers(self) -> int:
        """Records that are offers."""
        return self.rows - self.rejected_rows.total()

    def count(self, offer: Offer) -> None:
        """Take a record into account; a duplicate's second record counts too."""
        self.rows += 1 + (offer.dirt is Dirt.DUPLICATE)
        self.unknown_products += not offer.known
        if offer.dirt in ROW_DIRT:
            self.rejected_rows[offer.dirt.value] += 1
        elif offer.dirt is not Dirt.NONE:
            self.rejected_fields[offer.dirt.value] += 1


@dataclass(frozen=True)
class FeedsMade:
    """The files, and what stands in them."""

    csv: Path
    xml: Path
    acme: FeedFacts
    baltic: FeedFacts


def write_feeds(folder: Path, products: int = 12_465, seed: int = 7, step: int = 1) -> FeedsMade:
    """Write `acme.csv` (supplier 6) and `baltic.xml` (supplier 8) for `make_shop(products, seed)` into the folder.

    Steps 1 and 2 are the same bytes; in step 3 about 1 % of the offers differ. A file is replaced whole.
    """
    if step not in {1, 2, LATER}:
        raise ValueError(f"step: expected 1, 2 or 3, got {step}")
    folder.mkdir(parents=True, exist_ok=True)
    acme, baltic = FeedFacts(), FeedFacts()
    csv_file, xml_file = folder / "acme.csv", folder / "baltic.xml"
    with _replaced(csv_file, "cp1250") as out:
        _write_csv(out, _records(ACME, products, seed, step, acme))
    with _replaced(xml_file, "utf-8") as out:
        _write_xml(out, _records(BALTIC, products, seed, step, baltic))
    return FeedsMade(csv_file, xml_file, acme, baltic)


@contextmanager
def _replaced(path: Path, encoding: str) -> Iterator[TextIO]:
    """Open a file that takes the path's place when it is complete: somebody may be downloading the old one."""
    part = path.with_suffix(".part")
    with part.open("w", encoding=encoding, newline="") as out:
        yield out
    part.replace(path)


def _records(supplier: Supplier, products: int, seed: int, step: int, facts: FeedFacts) -> Iterator[Offer]:
    """The step's records in file order, counted; second records of duplicates come last, with one piece more."""
    again = []
    changed = later_offers(supplier, products, seed, facts.changes) if step == LATER else None
    for offer in changed or offers(supplier, products, seed):
        facts.count(offer)
        if offer.dirt is Dirt.DUPLICATE:
            again.append(replace(offer, stock=offer.stock + 1))
        yield offer
    yield from again


def _write_csv(out: TextIO, records: Iterable[Offer]) -> None:
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(CSV_HEADER)
    for offer in records:
        cells = _csv_cells(offer)
        if offer.dirt is Dirt.TOO_MANY_COLUMNS:  # a semicolon in a name that nobody quoted
            cells[2:3] = [cells[2], "nowy model"]
        writer.writerow(cells)


def _csv_cells(offer: Offer) -> list[str]:
    name, about = offer.name, ""
    if offer.look < 0.04:
        name = f"{name}; kod {offer.number}"
    elif offer.look < 0.08:
        name = f"{name}\n(opakowanie zbiorcze)"
    elif offer.look > 0.9:
        about = 'Wymiary: 12,5 x 40 cm;\ninstrukcja "PL" w zestawie'
    delivery = "do ustalenia" if offer.dirt is Dirt.UNKNOWN_DELIVERY else DELIVERY_TEXTS[offer.delivery]
    price = "zapytaj" if offer.dirt is Dirt.UNKNOWN_PRICE else _decimal_comma(offer.price, offer.look)
    gross = _decimal_comma(round(offer.price * 1.23, 2), 0)
    codes = [offer.symbol, _csv_ean(offer)]
    return [
        *codes,
        name,
        _csv_stock(offer),
        price,
        delivery,
        gross,
        "23%",
        about,
        MANUFACTURERS[offer.maker][1],
        "szt.",
    ]


def _csv_ean(offer: Offer) -> str:
    """A spreadsheet stood between the supplier and this file: it drops leading zeros and rounds some codes."""
    if offer.dirt is Dirt.SPREADSHEET_CODE:
        return f"{int(offer.ean):.5E}".replace(".", ",")
    return _ean(offer).lstrip("0")


def _ean(offer: Offer) -> str:
    """The code, with a wrong check digit where that is the dirt."""
    if offer.dirt is Dirt.WRONG_CODE:
        return f"{offer.ean[:-1]}{(int(offer.ean[-1]) + 1) % 10}"
    return offer.ean


def _csv_stock(offer: Offer) -> str:
    if offer.dirt is Dirt.UNKNOWN_STOCK:
        return UNREADABLE[offer.number % len(UNREADABLE)]
    if offer.dirt is Dirt.NO_STOCK:
        return "b/d"
    if offer.dirt is Dirt.NEGATIVE_STOCK:
        return str(-2 - offer.stock % 5)
    if offer.stock == 0:
        return "brak" if offer.look < 0.5 else "0"
    if offer.stock >= THRESHOLD and offer.look < 0.3:
        return f">{THRESHOLD}"
    if offer.stock >= 1000:
        return f"{offer.stock:,}".replace(",", "\xa0")
    return f"{offer.stock},00" if offer.look > 0.97 else str(offer.stock)


def _decimal_comma(price: float, look: float) -> str:
    """`1 234,56`, with a plain or a no-break space between the thousands, now and then with its unit."""
    space = " " if look < 0.7 else "\xa0"
    text = f"{price:,.2f}".replace(",", space).replace(".", ",")
    return f"{text} zł" if look > 0.98 else text


def _write_xml(out: TextIO, records: Iterable[Offer]) -> None:
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n<cennik dostawca="Baltic Trade">\n  <produkty>\n')
    out.writelines(map(_xml_record, records))
    out.write("  </produkty>\n</cennik>\n")


def _xml_record(offer: Offer) -> str:
    stock, price = str(offer.stock), f"{offer.price:.2f}"
    if offer.look > 0.97:
        stock = f"{offer.stock}.5"
    if offer.dirt is Dirt.UNKNOWN_STOCK:
        stock = UNREADABLE[0]
    if offer.dirt is Dirt.NO_STOCK:
        stock = ""
    if offer.dirt is Dirt.NEGATIVE_STOCK:
        stock = str(-2 - offer.stock % 5)
    if offer.dirt is Dirt.UNKNOWN_PRICE:
        price = "na zapytanie"
    days = DELIVERY_NUMBERS[offer.delivery]
    delivery = "<dostawa/>" if days is None else f'<dostawa dni="{days}"/>'
    name = f"<![CDATA[{offer.name}]]>" if offer.look < 0.3 else escape(offer.name)
    return (
        f'    <produkt id="B{100_000 + offer.number}" vat="23">\n'
        f"      <kody>{_element('symbol', offer.symbol)}{_element('ean', _ean(offer))}</kody>\n"
        f"      <nazwa>{name}</nazwa>\n"
        f"      <producent>{escape(MANUFACTURERS[offer.maker][1])}</producent>\n"
        f"      <stany><magazyn>{stock}</magazyn></stany>\n"
        f'      <cena waluta="PLN">{price}</cena>\n'
        f"      {delivery}\n"
        "    </produkt>\n"
    )


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else f"<{name}/>"
