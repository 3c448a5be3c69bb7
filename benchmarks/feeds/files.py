"""Suppliers' files of any size, always the same for the same size, written record by record.

A hundredth of the EANs has a wrong check digit, a fiftieth is empty, a thousandth of the stocks is empty, and a
two-thousandth of the codes comes twice; the rest is as a wholesaler's file is on a good day.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

from demo.catalogue import ean_of

CSV_HEADER = (
    "Symbol;EAN;Nazwa;Producent;Kategoria;Stan;Cena netto;Cena brutto;VAT;Jednostka;Termin dostawy;Opis"  # 12 columns
)
NOUNS = ("Wkrętarka", "Śruba", "Łopata", "Żarówka", "Ściernica", "Piła", "Młotek", "Kątówka", "Gwóźdź", "Uszczelka")
KINDS = ("udarowa", "ocynkowana", "ogrodowa", "budowlana", "długa", "żółta", "M8", "z łożyskiem", "świąteczna")
MAKERS = ("Bławat", "Dąb-Met", "Gęśla", "Jaźwiec", "Krążek", "Ożarów", "Świtez", "Żubr")
DAYS = ("24h", "48h", "2 dni", "3", "3-5 dni", "7", "14 dni", "")
TEXT = (
    "Solidne wykonanie, gwarancja 24 miesiące. Źródło zasilania: brak. Pakowane po 10 szt. w pudełko zbiorcze;"
    " możliwość wysyłki paletowej na terenie całego kraju"
)
PART = 2000  # records that are written at once
Record = Callable[[int], str]


def write_csv(path: Path, rows: int, encoding: str) -> None:
    """Write a CSV file of `rows` records below its header."""
    with path.open("w", encoding=encoding, newline="") as target:
        target.write(CSV_HEADER + "\r\n")
        for start in range(0, rows, PART):
            target.write("".join(map(_csv_record, range(start, min(start + PART, rows)))))


def write_flat_xml(path: Path, size: int) -> int:
    """Write XML with an element a value until `size` bytes are full; returns the number of records."""
    return _write_xml(path, size, "<produkty>", _flat_record, "</produkty>")


def write_nested_xml(path: Path, size: int) -> int:
    """Write XML of the IOF kind, with three sizes a product, until `size` bytes are full; returns the products."""
    above = '<offer file_format="IOF" version="2.6">\n<products language="pol">'
    return _write_xml(path, size, above, _nested_record, "</products>\n</offer>")


def _write_xml(path: Path, size: int, above: str, record: Record, below: str) -> int:
    with path.open("wb") as target:
        target.write(f'<?xml version="1.0" encoding="UTF-8"?>\n{above}\n'.encode())
        for start in itertools.count(0, PART):
            if target.tell() >= size:
                break
            target.write("".join(map(record, range(start, start + PART))).encode())
        target.write(f"{below}\n".encode())
    return start


def _spread(number: int, most: int) -> int:
    """Give a number below `most` that looks like chance and is none."""
    return (number * 2_654_435_761 >> 7) % most


def _symbol(number: int) -> str:
    return f"SYM-{number - 1 if number % 2000 == 1999 else number:07d}"


def _ean(number: int) -> str:
    if number % 50 == 7:
        return ""
    ean = ean_of(number)
    return f"{ean[:-1]}{(int(ean[-1]) + 1) % 10}" if number % 100 == 13 else ean


def _stock(number: int) -> str:
    return "" if number % 1000 == 500 else str(max(0, _spread(number, 400) - 80))


def _prices(number: int) -> Iterator[str]:
    """Give the net and the gross price with a decimal comma."""
    cents = _spread(number, 99_000) + 100
    for price in (cents, cents * 123 // 100):
        yield f"{price // 100},{price % 100:02d}"


def _name(number: int) -> str:
    noun, kind = NOUNS[number % len(NOUNS)], KINDS[number // 10 % len(KINDS)]
    return f"{noun} {kind} {number % 977} mm"


def _csv_record(number: int) -> str:
    net, gross = _prices(number)
    name = f'"{_name(number)} ""pro"""' if number % 20 == 3 else _name(number)
    return (
        f"{_symbol(number)};{_ean(number)};{name};{MAKERS[number % 8]};Narzędzia > {KINDS[number % 9]};"
        f"{_stock(number)};"
        f'{net};{gross};23%;szt.;{DAYS[number % 8]};"{TEXT}, partia {number % 6151}"\r\n'
    )


def _flat_record(number: int) -> str:
    net, gross = _prices(number)
    return (
        f"<produkt>\n  <id>{number + 1}</id>\n  <symbol>{_symbol(number)}</symbol>\n  <ean>{_ean(number)}</ean>\n"
        f"  <nazwa><![CDATA[{_name(number)}]]></nazwa>\n  <producent>{MAKERS[number % 8]}</producent>\n"
        f"  <kategoria>Narzędzia &gt; {KINDS[number % 9]}</kategoria>\n  <stan>{_stock(number)}</stan>\n"
        f"  <cena_netto>{net}</cena_netto>\n  <cena_brutto>{gross}</cena_brutto>\n  <vat>23</vat>\n"
        f"  <dostawa>{DAYS[number % 8]}</dostawa>\n"
        f"  <opis><![CDATA[<p>{TEXT}</p><p>Partia {number % 6151}</p>]]></opis>\n</produkt>\n"
    )


def _nested_record(number: int) -> str:
    net, gross = (price.replace(",", ".") for price in _prices(number))
    symbol = _symbol(number)
    sizes = "".join(
        f'    <size id="{size}" name="{size}" code="{symbol}-{size}" code_producer="{_ean(number * 3 + turn)}"'
        f' weight="{300 + turn}"><stock id="1" quantity="{_stock(number * 3 + turn)}"/></size>\n'
        for turn, size in enumerate(("S", "M", "L"))
    )
    return (
        f'<product id="{number + 1}" vat="23.0" code_on_card="{symbol}" currency="PLN">\n'
        f'  <producer id="{number % 8}" name="{MAKERS[number % 8]}"/>\n'
        f'  <category id="{number % 9}" name="Odzież/{KINDS[number % 9]}"/>\n'
        f'  <price gross="{gross}" net="{net}"/>\n  <srp gross="{gross}" net="{net}"/>\n'
        f'  <description>\n    <name xml:lang="pol"><![CDATA[{_name(number)}]]></name>\n'
        f'    <long_desc xml:lang="pol"><![CDATA[<p>{TEXT}</p>]]></long_desc>\n  </description>\n'
        f"  <sizes>\n{sizes}  </sizes>\n"
        f'  <images><large><image url="zdjecia/{number}.jpg" hash="{_spread(number, 1 << 30):08x}"/></large></images>\n'
        f'  <parameters><parameter id="1" name="Kolor"><value id="{number % 7}" name="{KINDS[number % 9]}"/>'
        "</parameter>"
        f"</parameters>\n</product>\n"
    )
