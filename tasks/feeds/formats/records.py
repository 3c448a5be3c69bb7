"""From the values of a record, and of its variants, to rows of text."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import TextIO

from tasks.feeds.formats.sheet import LONGEST_TEXT, Broken, one_line
from tasks.feeds.formats.xml_paths import Slot

BATCH = 2000
MOST_VARIANTS = 2000  # of one record; they are held until it ends
MOST_BROKEN = 200_000
FIRST_WINS = {"name", "available_later"}  # given several times, in several languages: the first is shown
FIELD_ONLY = {"ean", "purchase_price", "contractor"}  # given several times: unknown, but the item is still an offer
Values = list[str | None]


class TooManyError(Exception):
    """More variants in one record, or broken records in one file, than any feed has."""


class Rows:
    """Values are put by slot; a row goes to `out` for each variant of a record, or for a record without any.

    A variant's row holds what the variant says, and where it says nothing what the record around it says.
    `count`: rows; `broken`: (row_number, field, value, reason_code) of what was given several times.
    """

    def __init__(self, slots: Sequence[Slot], out: TextIO) -> None:
        self.writer = csv.writer(out, lineterminator="\n")
        self.count = 0
        self.broken: Broken = []
        self._slots = list(slots)
        self._inner = [index for index, slot in enumerate(slots) if slot.in_variant]
        self._outer = [index for index, slot in enumerate(slots) if not slot.in_variant]
        fields = list(dict.fromkeys(slot.field for slot in slots))
        self._places = [(field, [i for i, slot in enumerate(slots) if slot.field == field]) for field in fields]
        self._is_plain = len(fields) == len(self._slots) and not self._inner
        self._values: Values = []
        self._several: dict[int, str] = {}
        self._variants: list[tuple[Values, dict[int, str]]] = []
        self._batch: list[list[object]] = []

    def begin(self) -> None:
        """Begin a record."""
        self._values = [None] * len(self._slots)

    def put(self, index: int, value: str) -> None:
        """Take the value of a slot; a different second one is not chosen from."""
        value = one_line(value.strip()[:LONGEST_TEXT])
        before = self._values[index]
        if before is None:
            self._values[index] = value or None
        elif value and value != before and index not in self._several and self._slots[index].field not in FIRST_WINS:
            self._several[index] = f"{before} | {value}"[:200]

    def end_variant(self) -> None:
        """End a variant: what was put below its path belongs to it alone."""
        if len(self._variants) >= MOST_VARIANTS:
            raise TooManyError(f"at most {MOST_VARIANTS:,} variants in one record")
        own: Values = [None] * len(self._slots)
        for index in self._inner:
            own[index], self._values[index] = self._values[index], None
        several = {index: self._several.pop(index) for index in self._inner if index in self._several}
        self._variants.append((own, several))

    def end(self) -> None:
        """End a record: its rows are complete."""
        if not self._variants:
            self._row(self._values, self._several)
        for own, several in self._variants:
            for index in self._outer:
                own[index] = self._values[index]
            self._row(own, self._several | several if self._several or several else several)
        self._variants.clear()
        self._several = {}
        if len(self._batch) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Write the rows that are still held."""
        self.writer.writerows(self._batch)
        self._batch.clear()

    def _row(self, values: Values, several: dict[int, str]) -> None:
        self.count += 1
        if self._is_plain and not several:
            self._batch.append([self.count, *values])
            return
        row: list[object] = [self.count]
        is_offer = True
        for field, places in self._places:
            chosen = places[0]
            if values[chosen] is None:
                for place in places:
                    if values[place] is not None:
                        chosen = place
                        break
            if several and chosen in several:
                self.note(self.count, field, several[chosen], "several_values")
                is_offer = is_offer and field in FIELD_ONLY
                row.append(None)
            else:
                row.append(values[chosen])
        if is_offer:
            self._batch.append(row)

    def note(self, row: int, field: str, value: str, code: str) -> None:
        """Write down what could not become text of a field."""
        if len(self.broken) >= MOST_BROKEN:
            raise TooManyError(f"at most {MOST_BROKEN:,} broken records")
        self.broken.append((row, field, value, code))
