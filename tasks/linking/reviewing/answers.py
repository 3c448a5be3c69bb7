"""A person's answers: read from a file or from pasted lines, checked row by row, and what they change."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from pydantic import BaseModel

from tasks.duck import desk
from tasks.errors import Refused
from tasks.linking.decisions import DECIDED, lay_decided

if TYPE_CHECKING:
    from tasks.state import Session

COLUMNS = ("offer_key", "decision", "product", "pack_size", "note", "decided_by")
NEEDED = COLUMNS[:2]
DELIMITERS = ";\t,"
MOST_ROWS = 100_000
SHOWN_FAULTS = 20


class Review(BaseModel):
    """What answers change, as files in `folder` (see deciding.sql), and the counts."""

    folder: Path
    answered: int
    left_open: int
    linked: int
    refused: int
    links_ended: int
    links_confirmed: int
    products: list[int]  # that an item was linked to

    @property
    def changed(self) -> bool:
        """Whether applying it writes anything of its own."""
        return bool(self.linked or self.refused or self.links_ended or self.links_confirmed)


class WrongAnswersError(Refused):
    """Answers that contradict what is known, or each other; `faults`: row, field, expected, got."""

    def __init__(self, faults: list[dict[str, Any]]) -> None:
        self.faults = faults
        lines = [
            f"row {fault['row']}, {fault['field']}: expected {fault['expected']}; got"
            + (f" {fault['got']}" if fault["got"] else " nothing")
            for fault in faults[:SHOWN_FAULTS]
        ]
        more = f" … and {len(faults) - SHOWN_FAULTS} more" if len(faults) > SHOWN_FAULTS else ""
        super().__init__(f"Nothing of the review was applied. {'. '.join(lines)}{more}. Correct them and give it back.")


def is_pasted(review: str) -> bool:
    """Whether it is the answers themselves, and not where they are."""
    return "\n" in review.strip() or ";" in review


def lay_answers(text: str | None, file: Path | None, to: Path) -> Path:
    """Write answers (pasted `text`, or a CSV or XLSX `file`) as the Parquet file `to`: row, and a text each column.

    Raises Refused where there is no table with the columns `offer_key` and `decision`. Pasted lines may come without
    a header: then the columns are in the order of `COLUMNS`.
    """
    table = _table_of_text(text) if text is not None else _table_of_file(file) if file else []
    lines = [(number, row) for number, row in enumerate(table, 1) if any(value.strip() for value in row)]
    names = [name.strip().lower() for name in lines[0][1]] if lines else []
    if set(NEEDED) <= set(names):
        lines = lines[1:]
    elif text is not None and names:
        names = list(COLUMNS)
    else:
        raise Refused(
            f"review: expected a table with the columns {', '.join(f'`{name}`' for name in COLUMNS)} (only the first"
            f" two are needed), got {', '.join(f'`{name[:30]}`' for name in names[:10]) or 'nothing'}"
        )
    if len(lines) > MOST_ROWS:
        raise Refused(f"review: expected at most {MOST_ROWS:,} rows, got {len(lines):,}")
    given = [{"row": number, **dict(zip(names, row, strict=False))} for number, row in lines]
    rows = [{name: row.get(name) for name in ("row", *COLUMNS)} for row in given]
    with desk() as made:
        made.run("linking/reviewing/answers_given.sql", {"rows": rows})
        return made.save("answers", to)


def _table_of_text(text: str) -> list[list[str]]:
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")
    delimiter = max(DELIMITERS, key=lines[0].count)
    return list(csv.reader(lines, delimiter=delimiter))


def _table_of_file(path: Path) -> list[list[str]]:
    raw = path.read_bytes()
    if raw.startswith(b"PK"):
        try:
            book = openpyxl.load_workbook(path.open("rb"), read_only=True, data_only=True, keep_links=False)
            rows = book.worksheets[0].iter_rows(values_only=True, max_row=MOST_ROWS + 2)
            return [["" if value is None else str(value) for value in row] for row in rows]
        except (InvalidFileException, BadZipFile, KeyError, OSError, ValueError, IndexError) as error:
            raise Refused(f"review: expected an XLSX or CSV file, got one that can't be opened: {error}") from error
    for encoding in ("utf-16",) if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig", "cp1250"):
        try:
            return _table_of_text(raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise Refused("review: expected an XLSX file, or a CSV file in UTF-8 or cp1250, got something else")


def decide(answers: Path, offers: Path, values: dict[str, Any], folder: Path) -> Review:
    """Check answers and find what they change, over what `read_known` laid into `folder`.

    `values`: integration_id, run_id, now, decided_by (where a row says nobody), packs (whether an item may be a pack).
    The files of links and decisions in
    `folder` become what they are after the review, so that matching goes on from there. Raises WrongAnswersError:
    then nothing is to be applied.
    """
    with desk() as table:
        table.load(answers=answers, links=folder / "links.parquet")
        table.show(offers=offers, products=folder / "products.parquet")
        lay_decided(table, folder)
        table.run("linking/keys.sql")
        table.run("linking/reviewing/answers.sql", values)
        if faults := table.rows("SELECT * FROM faults"):
            raise WrongAnswersError(faults)
        table.run("linking/reviewing/deciding.sql", values)
        for name in ("new_decisions", "ended_decisions", "ended_links", "removed_links", "confirmed_links"):
            table.save(name, folder / f"{name}.parquet")
        links = table.save("links_after", folder / "links_after.parquet")
        decided = table.save("decided_after", folder / "decided_after.parquet")
        products = table.rows("SELECT DISTINCT product_id FROM wanted WHERE judgement = 'linked' ORDER BY 1")
        review = Review(
            folder=folder,
            answered=table.count("given"),
            left_open=table.count("answers") - table.count("given"),
            linked=table.count("new_decisions", "judgement = 'linked'"),
            refused=table.count("new_decisions", "judgement = 'refused'"),
            links_ended=table.count("ended_links"),
            links_confirmed=table.count("confirmed_links"),
            products=[row["product_id"] for row in products],
        )
    links.replace(folder / "links.parquet")
    decided.replace(folder / DECIDED)
    return review


def write(session: Session, review: Review) -> None:
    """Write decisions with their history, and the links that they end or confirm."""
    folder, key = review.folder, ("integration_id", "product_id")
    session.update("decisions", folder / "ended_decisions.parquet", key=("id",))
    session.insert("decisions", folder / "new_decisions.parquet")
    session.insert("ended_links", folder / "ended_links.parquet")
    session.delete("integration_product_links", folder / "removed_links.parquet", key=key)
    session.update("integration_product_links", folder / "confirmed_links.parquet", key=key)
