"""What a person is asked: offers without a clear product, with candidates, as files to be filled in."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from pydantic import BaseModel

from tasks import archive
from tasks.duck import desk
from tasks.linking.decisions import lay_decided

MOST_ROWS = 10_000  # of a file: what a person could ever answer, and what a spreadsheet opens at once
MOST_SHARING = 30  # a word or code that more products have tells nothing
UNSEEN = re.compile(r"[\x00-\x1f\x7f]")  # no cell may hold them
FORMULA = ("=", "+", "-", "@")
WIDTHS = {"offer_key": 18, "sku": 18, "ean": 16, "name": 40, "cause": 18, "note": 20, "group": 7}
CANDIDATE_WIDTH = 60


class Questions(BaseModel):
    """The file `questions` (see questions.sql), how many offers have no clear product, and how many are in the file.

    `unlike`: of all of them those to which nothing in the catalogue is alike; they stand at the end.
    """

    questions: Path
    open: int
    unlike: int
    listed: int

    @property
    def to_review(self) -> int:
        """How many are worth a person's look."""
        return self.open - self.unlike


def ask(offers: Path, keys_around: dict[str, str], folder: Path) -> Questions:
    """Find what needs a person, over what matching left in `folder`; `keys_around`: what stands around SKUs."""
    known = {name: folder / f"{name}.parquet" for name in ("unmatched", "matched", "products", "links")}
    with desk() as table:
        table.show(offers=offers, stale=folder / "stale_links.parquet", **known)
        lay_decided(table, folder)
        table.run("linking/keys.sql")
        table.run("linking/reviewing/candidates.sql", {"most_sharing": MOST_SHARING, **keys_around})
        table.run("linking/reviewing/questions.sql", {"most": MOST_ROWS})
        return Questions(
            questions=table.save("questions", folder / "questions.parquet"),
            open=table.count("asked"),
            unlike=table.count("asked", "row_number NOT IN (SELECT row_number FROM scored)"),
            listed=table.count("questions"),
        )


def first_rows(questions: Questions, most: int) -> list[dict[str, Any]]:
    """The first questions, as they stand in the file."""
    with desk() as table:
        table.show(questions=questions.questions)
        return table.rows("SELECT * FROM questions LIMIT $most", {"most": most})


def harmless(text: str | None) -> str:
    """A text that a spreadsheet takes for a text: one that begins like a formula gets `'` before it."""
    text = " ".join(UNSEEN.sub(" ", text or "").split())
    return f"'{text}" if text.startswith(FORMULA) else text


def keep(questions: Questions, integration_id: int, folder: Path) -> str:
    """Archive the questions as CSV and XLSX; returns the entry's name, the same for the same questions."""
    files = {"review.csv": folder / "review.csv", "review.xlsx": folder / "review.xlsx"}
    rows = first_rows(questions, MOST_ROWS)
    names = list(rows[0])
    with files["review.csv"].open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(names)
        writer.writerows(_texts(rows))
    _write_xlsx(names, rows, files["review.xlsx"])
    name = f"r{integration_id}-{hashlib.sha256(files['review.csv'].read_bytes()).hexdigest()[:12]}"
    manifest = {"id": name, "open": questions.open, "listed": questions.listed}
    archive.keep("reviews", integration_id, name, files, manifest)
    return name


def _texts(rows: list[dict[str, Any]]) -> Iterator[list[str]]:
    for row in rows:
        yield [harmless(None if value is None else str(value)) for value in row.values()]


def _write_xlsx(names: list[str], rows: list[dict[str, Any]], path: Path) -> None:
    """All cells are texts, so that a spreadsheet leaves codes alone: `0012` stays, and an EAN keeps its digits."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("review")
    sheet.freeze_panes = "A2"
    for place, name in enumerate(names):
        width = CANDIDATE_WIDTH if name.startswith("candidate") else WIDTHS.get(name, 12)
        sheet.column_dimensions[chr(ord("A") + place)].width = width
    heads = [WriteOnlyCell(sheet, name) for name in names]
    for head in heads:
        head.font = Font(bold=True)
    sheet.append(heads)
    for texts in _texts(rows):
        sheet.append([_text_cell(sheet, text) for text in texts])
    book.save(path)


def _text_cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.number_format = "@"
    return cell
