"""The questions as an artifact that can be answered from the Prefect UI alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from tasks.linking.reviewing.asking import Questions, harmless
from tasks.report import cell, table

MOST_SHOWN = 50
EMPTY = {"decision", "pack_size", "note"}
LINE = ("offer_key", "decision", "product", "pack_size", "note", "name")
CAUSES = {
    "code_reused": "the supplier's code stands for an item with other codes than the one that was linked",
    "ean_moved": "the EAN by which the item was known belongs to another product now",
    "several_candidates": "the codes of an item that is linked are no longer clear",
    "linked_elsewhere": "the item's codes name another product now than the one that it is linked to",
    "several_offers": "several items of the supplier have the codes of one product: say `tak` to one of them",
    "several_products": "several products have the code of one item: say which is it",
    "keys_disagree": "SKU, EAN or the supplier's code name different products",
    "no_product": "no product has the item's codes; the candidates are alike by name or code",
}
HOW = """Answer here, without any file:

1. Copy the lines below, the first one too, into a text editor.
2. In each line that you decide write one of these between the first two semicolons:
   `tak`: the item is the product that follows; if it is another one, put its number (`id:17`) or SKU in its place.
   `nie`: it is never this product. `brak`: it is no product of yours at all.
   A line without an answer stays open.
3. `pack_size`, if needed: how many of your units are in one of the supplier's (10 for a box of ten).
4. Start this deployment again (**Run**, **Custom run**), choose `str` at `review`, paste the lines, **Submit**. With
   `dry_run` switched on you see first what it would do.
"""


def as_markdown(title: str, questions: Questions, rows: Sequence[Mapping[str, Any]], archived: str | None) -> str:
    """The artifact: what is asked, a table of the first questions, and lines to be copied and filled in."""
    shown = [{name: value for name, value in row.items() if name not in EMPTY} for row in rows]
    causes = sorted({str(row["cause"]) for row in rows}, key=list(CAUSES).index)
    parts = [
        f"# Review of {cell(title)}: {questions.to_review} items need a person\n",
        "\n".join(f"- `{cause}`: {CAUSES[cause]}" for cause in causes),
        "\nRows of one group have one cause: one answer mostly settles all of them.\n",
        f"To {questions.unlike} more items nothing of yours is alike; they stand at the end.\n"
        if questions.unlike
        else "",
        table(shown),
        HOW,
        f"```\n{_lines(rows)}```\n",
    ]
    if questions.listed > len(rows):
        parts.append(f"These are the first {len(rows)}; the next ones follow when these are answered.\n")
    if archived:
        parts.append(
            f"All {questions.listed} are in `{archived}` of the archive's reviews, as `review.xlsx` and `review.csv`:"
            " who has the archive can fill that in and give its path or address to `review`."
        )
    return "\n".join(parts)


def _lines(rows: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(LINE)
    for row in rows:
        writer.writerow([harmless(row[name]).replace("```", "'") for name in LINE])
    return text.getvalue()
