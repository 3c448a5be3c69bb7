"""What the history of a shop, and of a product, looks like, from plain rows; what they share stands in canvas.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from tasks.history.by_day import shown
from tasks.history.canvas import INK, LINES, OFF, ON, UNKNOWN, Span, explain_lines, name_axis, sheet, steps
from tasks.history.runs import DONE
from tasks.history.switches import Switched

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Row = dict[str, Any]


def of_shop(name: str, runs: Sequence[Row], suppliers: Sequence[Row], span: Span) -> Figure:
    """Draw how many products could be ordered, what each run switched, and the same by supplier."""
    by_supplier = {row["supplier"]: shown(row) for row in suppliers}
    figure, panels = sheet(f"Availability in {name}", (2.4, 1.8, 2.4) if suppliers else (2.6, 2), span)
    done = [row for row in runs if row["status"] in DONE]
    for column, words, colour in (("on", "can be ordered", ON), ("off", "can't be ordered", OFF)):
        points = [(row["started_at"], row[column]) for row in done]
        steps(panels[0], points, span, color=colour, linewidth=2, label=_with_last(words, points))
    name_axis(panels[0], "products", "Products that a customer can order, and can't")
    _mark_failed(panels[0], [row["started_at"] for row in runs if row["status"] not in {*DONE, "running"}])
    _switched(panels[1], done)
    if suppliers:
        for number, supplier in enumerate(_largest(suppliers)):
            points = [(row["started_at"], row["on"]) for row in suppliers if row["supplier"] == supplier]
            label = _with_last(by_supplier[supplier], points)
            steps(panels[2], points, span, color=LINES[number], linewidth=1.8, label=label)
        words = f"Of these, products that can be ordered from each supplier{_of_all(len(by_supplier))}"
        name_axis(panels[2], "products", words)
    for axes in panels:
        explain_lines(axes)
    return figure


def of_product(name: str, offers: Sequence[Row], switched: Switched, span: Span, threshold: int | None) -> Figure:
    """Draw what each supplier had and promised, and when the shop let it be ordered; `threshold`: from which stock."""
    figure, (stock, days, shop) = sheet(name, (2.6, 2, 0.55), span)
    suppliers = sorted({row["supplier"] for row in offers})
    for number, supplier in enumerate(suppliers[: len(LINES)]):
        told = [row for row in offers if row["supplier"] == supplier]
        look = {"color": LINES[number], "linewidth": 1.8}
        points = [(row["at"], row["stock_quantity"]) for row in told]
        steps(stock, points, span, label=_with_last(shown(told[-1]), points), **look)
        steps(days, [(row["at"], row["delivery_days"]) for row in told], span, **look)
    name_axis(stock, "pieces", f"Stock at the suppliers{_of_all(len(suppliers))}; a gap: not in the file, or no number")
    if threshold:
        stock.axhline(threshold, color=INK, linewidth=1.2, linestyle="--", label=f"the policy asks for {threshold} now")
        stock.set_ylim(0, max(stock.get_ylim()[1], threshold * 1.15))
    name_axis(days, "days", "Delivery days that they name")
    explain_lines(stock)
    _strip(shop, switched, span)
    for axes in (stock, days):
        for row in switched.rows:
            axes.axvline(row["at"], color=_colour(row["is_on"]), linewidth=1, linestyle=":", alpha=0.8)
    return figure


def _switched(axes: Axes, runs: Sequence[Row]) -> None:
    """Bars up for what a run switched on and what got another text only, down for what it switched off."""
    known = [row for row in runs if row["changed"] is not None]
    times = [row["started_at"] for row in known]
    on, off = ([row[name] or 0 for row in known] for name in ("enabled", "disabled"))
    others = [max(row["changed"] - up - down, 0) for row, up, down in zip(known, on, off, strict=True)]
    look: dict[str, Any] = {"linewidth": 1.8}
    axes.vlines(times, 0, on, color=ON, label=f"switched on: {sum(on):,}", **look)
    above = [up + other for up, other in zip(on, others, strict=True)]
    axes.vlines(times, on, above, color="#B8B8B8", label=f"another text only: {sum(others):,}", **look)
    axes.vlines(times, [-down for down in off], 0, color=OFF, label=f"switched off: {sum(off):,}", **look)
    axes.axhline(0, color="#999999", linewidth=0.8)
    name_axis(axes, "products", "What each run changed (below the line: switched off)", both_ways=True)


def _strip(axes: Axes, switched: Switched, span: Span) -> None:
    """When the shop let the product be ordered: one band, in a colour a state."""
    moments = [(span.since, switched.was_on), *((row["at"], row["is_on"]) for row in switched.rows)]
    for (since, is_on), (until, _) in pairwise([*moments, (span.until, None)]):
        axes.axvspan(since, until, color=_colour(is_on), linewidth=0)
    words = {True: "can be ordered", False: "can't be ordered", None: "not written by us"}
    for is_on in dict.fromkeys(is_on for _, is_on in moments):
        axes.plot([], [], color=_colour(is_on), linewidth=7, label=words[is_on])
    axes.set_title("In the shop", loc="left", fontsize=10, color=INK)
    axes.set_yticks([])
    axes.grid(visible=False)
    explain_lines(axes)


def _colour(is_on: bool | None) -> str:
    return UNKNOWN if is_on is None else ON if is_on else OFF


def _mark_failed(axes: Axes, times: Sequence[datetime]) -> None:
    if times:
        label = f"not completed: {len(times)} runs"
        axes.plot(times, [0] * len(times), "x", color=INK, markersize=7, clip_on=False, label=label)  # type: ignore[arg-type]


def _with_last(words: str, points: Sequence[tuple[datetime, int | None]]) -> str:
    """Name a line with its newest value, which a reader looks for first."""
    last = points[-1][1] if points else None
    return words if last is None else f"{words}: {last:,} now"


def _of_all(suppliers: int) -> str:
    """Say so where more suppliers are in the table than can be told apart by colour."""
    return f" ({len(LINES)} of {suppliers}; all of them in the table)" if suppliers > len(LINES) else ""


def _largest(suppliers: Sequence[Row]) -> list[int]:
    """The suppliers that can be told apart by colour: those with most products, as of the last run."""
    last = {row["supplier"]: row["on"] for row in suppliers}
    return sorted(last, key=lambda supplier: (-last[supplier], supplier))[: len(LINES)]
