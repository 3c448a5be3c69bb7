"""The questions as an artifact that can be answered from the Prefect UI alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from tasks.linking.reviewing.asking import Questions, harmless
from tasks.report import cell

MOST_SHOWN = 50
CANDIDATES = tuple(f"candidate_{place}" for place in range(1, 6))
LINE = ("offer_key", "decision", "product", "pack_size", "note", "name")
CAUSES = {
    "code_reused": "the supplier's code stands for an item with other codes than the one that was linked",
    "ean_moved": "the EAN by which the item was known belongs to another product now",
    "several_candidates": "the codes of an item that is linked are no longer clear",
    "linked_elsewhere": "the item's codes name another product now than the one that it is linked to",
    "several_offers": "several items of the supplier have the codes of one product: say `tak` to one of them",
    "several_items": "several items of the shop have the codes of one product: say `tak` to one of them",
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
3. Start this deployment again (**Run**, **Custom run**), choose `str` at `review`, paste the lines, **Submit**. With
   `dry_run` switched on you see first what it would do.
"""
PACKS = "`pack_size`, if needed: how many of your units are in one of the supplier's (10 for a box of ten).\n"
A_SHOPS = "After `brak` the shop's item is a product of its own: a new one is made for it. `pack_size` stays empty.\n"


def as_markdown(
    title: str, questions: Questions, rows: Sequence[Mapping[str, Any]], archived: str | None, *, of_shop: bool = False
) -> str:
    """The artifact: what is asked, with candidates, and lines to be copied and filled in.

    `rows`: questions that have candidates; the others are in the archive's file.
    """
    parts = [f"# Review of {cell(title)}: {questions.to_review} items need a person\n"]
    if rows:
        parts += ["Items of one group have one cause: one answer mostly settles all of them.\n"]
        parts += [_asked(list(group)) for _, group in groupby(rows, itemgetter("group"))]
        parts += [HOW, A_SHOPS if of_shop else PACKS, f"```\n{_lines(rows)}```\n"]
    if questions.to_review > len(rows):
        parts.append(f"These are the first {len(rows)}; the next ones follow when these are answered.\n")
    if questions.unlike:
        parts.append(
            f"Nothing of yours is alike to {questions.unlike} more items, so they are not shown here. If you know"
            " better, answer with the item's code: `its code;tak;id:17`.\n"
        )
    if archived:
        parts.append(
            f"All {questions.listed} are in `{archived}` of the archive's reviews, as `review.xlsx` and `review.csv`:"
            " who has the archive can fill that in and give its path or address to `review`."
        )
    return "\n".join(parts)


def _asked(group: Sequence[Mapping[str, Any]]) -> str:
    """The items of one group: no table, because the UI does not wrap those and cuts off what matters most."""
    cause = group[0]["cause"]
    lines = [f"#### {group[0]['group']}. {CAUSES[cause][0].upper()}{CAUSES[cause][1:]} (`{cause}`)\n"]
    for row in group:
        codes = [
            f"SKU {row['sku']}" if row["sku"] != row["offer_key"] and row["sku"] else "",
            f"EAN {row['ean']}" if row["ean"] else "",
        ]
        lines.append(
            " · ".join([f"**{cell(row['offer_key'])}**", *(cell(text) for text in [*codes, row["name"]] if text)])
            + "\n"
        )
        lines += [_candidate(row[name]) for name in CANDIDATES if row[name]]
        lines.append("")
    return "\n".join(lines)


def _candidate(text: str) -> str:
    """A candidate of the file (`id:17 | SKU | name | 98 % | why`), what matters most first."""
    *product, score, why = text.split(" | ")
    return f"- **{score}** {cell(' | '.join(product))} ({cell(why)})"


def _lines(rows: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(LINE)
    for row in rows:
        writer.writerow([harmless(row[name]).replace("```", "'") for name in LINE])
    return text.getvalue()
