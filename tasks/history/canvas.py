"""An empty picture and what all of ours have in common; matplotlib is imported only where one is drawn.

The ground is light and the writing dark whatever the page around is, so that it can be read in light and dark mode.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_BYTES = 220_000  # as text in a page a third more
SHARPNESS = (130, 100, 75, 50)  # dots an inch: the first that is small enough
INK, GRID, GROUND = "#333333", "#E3E3E3", "#FFFFFF"
ON, OFF, UNKNOWN = "#2A7F62", "#C0504D", "#D9D9D9"
LINES = ("#0072B2", "#E08214", "#8E44AD", "#56B4E9", "#7A5C3E", "#E377C2")  # none like on or off
DATES = ["%Y", "%b %Y", "%d %b", "%H:%M", "%H:%M", "%H:%M:%S"]  # of years, months, days, hours, minutes, seconds
MISSING = (
    "Pictures need matplotlib, which is not installed where this run worked (`pip install 'rexbit-flows[charts]'`)."
    " The tables below say the same."
)


class Span(NamedTuple):
    """The time that a picture shows, and in which zone its days begin."""

    since: datetime
    until: datetime
    zone: ZoneInfo


def can_draw() -> bool:
    """Whether matplotlib is installed."""
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError:
        return False
    return True


def sheet(title: str, heights: Sequence[float], span: Span) -> tuple[Figure, list[Axes]]:
    """Return an empty figure with panels below each other that share the time."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 1 + sum(heights)), facecolor=GROUND, layout="constrained")
    figure.suptitle(title, color=INK, fontsize=13, fontweight="bold", x=0.01, ha="left")
    panels = figure.subplots(len(heights), 1, sharex=True, squeeze=False, height_ratios=list(heights))[:, 0].tolist()
    locator = AutoDateLocator(minticks=4, maxticks=10, tz=span.zone)  # type: ignore[no-untyped-call]
    dates = ConciseDateFormatter(locator, span.zone, DATES, show_offset=False)  # type: ignore[no-untyped-call]
    for axes in panels:
        axes.set_facecolor(GROUND)
        axes.grid(color=GRID, linewidth=0.8)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[["left", "bottom"]].set_color("#999999")
        axes.tick_params(colors=INK, labelsize=9)
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(dates)
    panels[-1].set_xlim(span.since, span.until)
    first, last = (at.astimezone(span.zone).date() for at in (span.since, span.until))
    panels[-1].set_xlabel(f"date, {first} to {last} ({span.zone.key})", color=INK)
    return figure, panels


def name_axis(axes: Axes, words: str, title: str, *, both_ways: bool = False) -> None:
    """Say what a panel's numbers are; they begin at 0, so that heights can be compared."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.set_ylabel(words, color=INK)
    axes.set_title(title, loc="left", fontsize=10, color=INK)
    low, high = axes.get_ylim()
    axes.set_ylim(min(low, -1) if both_ways else 0, max(high, 1))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{abs(value):,.0f}"))


def steps(axes: Axes, points: Sequence[tuple[datetime, float | None]], span: Span, **look: Any) -> None:
    """Draw a value that holds until the next one, up to the end; None is a gap."""
    if not points:
        return
    times = [max(at, span.since) for at, _ in points] + [span.until]
    values = [float("nan") if value is None else float(value) for _, value in [*points, points[-1]]]
    axes.step(times, values, where="post", **look)  # type: ignore[arg-type]  # matplotlib takes times


def explain_lines(axes: Axes) -> None:
    """Name the lines of a panel beside it, where they hide nothing."""
    if axes.get_legend_handles_labels()[1]:
        axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False, fontsize=9, labelcolor=INK)


def as_png(figure: Figure) -> bytes:
    """Return the picture, less sharp where it would be too large for a page."""
    for dots in SHARPNESS:
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=dots, facecolor=GROUND)
        if buffer.tell() <= MOST_BYTES:
            break
    return buffer.getvalue()


def in_markdown(png: bytes, words: str) -> str:
    """Return a picture as a piece of Markdown that needs no file beside it; `words` for who can't see it."""
    return f"![{words}](data:image/png;base64,{base64.b64encode(png).decode()})"
