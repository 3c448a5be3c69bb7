"""Pictures with something in them: in the shop's days, small enough for a page, and never asked for by other flows."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from matplotlib.dates import num2date
from matplotlib.figure import Figure
from matplotlib.image import imread

from demo.orchestra import ROOT
from tasks.history import canvas, pictures
from tasks.history.by_day import local, of_days, of_offers
from tasks.history.switches import Switched

WARSAW = ZoneInfo("Europe/Warsaw")
END = datetime(2026, 10, 28, 12, tzinfo=UTC)  # three days after the clocks went back
SPAN = canvas.Span(END - timedelta(days=10), END, WARSAW)


def run(at: datetime, on: int | None = 90, status: str = "completed") -> dict[str, Any]:
    counts = {"on": on, "off": 100 - on if on else None, "changed": 5, "enabled": 2, "disabled": 1}
    return {"started_at": at, "status": status, **counts}


def offer(hours: float, stock: int | None, days: int | None = 2, supplier: int = 6) -> dict[str, Any]:
    at = END - timedelta(hours=hours)
    said = {"stock_quantity": stock, "delivery_days": days, "is_listed": stock is not None, "is_available": None}
    return {"at": at, "supplier": supplier, "supplier_name": f"S{supplier}", **said}


def shop_picture(runs: list[dict[str, Any]] | None = None) -> Figure:
    runs = runs or [run(END - timedelta(hours=n), 90 - n) for n in range(40, 0, -1)]
    done = [one for one in runs if one["on"] is not None]
    suppliers = [{"supplier": 6, "supplier_name": "Acme", **one} for one in done]
    return pictures.of_shop("sklep", runs, suppliers, SPAN)


def product_picture(switched: Switched | None = None) -> Figure:
    offers = [offer(200, 30), offer(90, 5, 9), offer(100, 7, supplier=8), offer(50, None, None, supplier=8)]
    return pictures.of_product("Wiertarka", offers, switched or Switched([], True, 0), SPAN, 20)


def points(figure: Figure, panel: int, line: int = 0) -> list[tuple[datetime, float]]:
    drawn = figure.axes[panel].get_lines()[line]
    return [(num2date(x), float(y)) for x, y in zip(drawn.get_xdata(orig=False), drawn.get_ydata(), strict=True)]  # type: ignore[arg-type, no-untyped-call]


@pytest.mark.parametrize("figure", [shop_picture(), product_picture()])
def test_a_picture_is_a_png_with_something_in_it(figure: Figure) -> None:
    png = canvas.as_png(figure)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    assert (width > 800, height > 500) == (True, True)
    seen = imread(io.BytesIO(png))[:, :, :3]
    assert 0.02 < (seen < 0.95).any(axis=2).mean() < 0.5  # neither an empty page nor a black one


def test_a_month_of_runs_every_half_hour_fits_into_a_page() -> None:
    span = canvas.Span(END - timedelta(days=30), END, WARSAW)
    runs = [run(END - timedelta(hours=n / 2), 30 + n * 7919 % 61) for n in range(1440, 0, -1)]
    png = canvas.as_png(pictures.of_shop("sklep", runs, [], span))
    assert len(canvas.in_markdown(png, "words")) < 300_000


def test_lines_hold_to_the_next_value_and_to_the_end() -> None:
    assert points(product_picture(), 0)[0] == (END - timedelta(hours=200), 30)
    assert points(product_picture(), 0)[-1] == (END, 5)


def test_not_listed_is_a_gap() -> None:
    values = [value for _, value in points(product_picture(), 0, line=1)]
    assert values[0] == 7
    assert values[-1] != values[-1]  # not a number


def test_a_run_that_failed_is_marked_and_leaves_no_hole() -> None:
    figure = shop_picture([run(END - timedelta(hours=2), 90), run(END - timedelta(hours=1), None, "failed")])
    assert points(figure, 0)[-1] == (END, 90)
    assert "not completed: 1 runs" in figure.axes[0].get_legend_handles_labels()[1]


def test_what_was_not_counted_is_not_drawn_as_zero() -> None:
    figure = shop_picture([run(END - timedelta(hours=2), None), run(END - timedelta(hours=1), 90)])
    assert [value for _, value in points(figure, 0) if value == value] == [90, 90]


def test_axes_say_what_they_are_and_in_which_zone() -> None:
    for figure in (shop_picture(), product_picture()):
        assert all(axes.get_ylabel() or axes.get_title(loc="left") == "In the shop" for axes in figure.axes)
        assert figure.axes[-1].get_xlabel() == "date, 2026-10-18 to 2026-10-28 (Europe/Warsaw)"


def test_days_begin_at_the_shops_midnight_on_both_sides_of_the_change_of_clocks() -> None:
    ticks = [num2date(tick).astimezone(WARSAW) for tick in shop_picture().axes[-1].get_xticks()]  # type: ignore[no-untyped-call]
    assert {tick.hour for tick in ticks} == {0}
    assert {tick.utcoffset() for tick in ticks} == {timedelta(hours=1), timedelta(hours=2)}


def test_more_suppliers_than_colours() -> None:
    offers = [offer(9, number, supplier=number) for number in range(1, 9)]
    stock = pictures.of_product("Wiertarka", offers, Switched([], True, 0), SPAN, None).axes[0]
    assert len(stock.get_lines()) == len(canvas.LINES)
    assert "6 of 8; all of them in the table" in stock.get_title(loc="left")


def test_the_band_shows_when_it_could_be_ordered() -> None:
    moments = [{"at": END - timedelta(hours=48), "is_on": False}, {"at": END - timedelta(hours=24), "is_on": True}]
    band = product_picture(Switched(moments, True, 0)).axes[2]
    assert band.get_legend_handles_labels()[1] == ["can be ordered", "can't be ordered"]
    assert len(band.patches) == 3


def test_a_run_after_midnight_counts_for_the_shops_day() -> None:
    at = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)  # 0:30 on the 25th in Warsaw
    later = datetime(2026, 10, 25, 22, 30, tzinfo=UTC)  # 23:30 on the 25th, which has 25 hours
    days = of_days([run(at, 90), run(later, 80)], WARSAW)
    assert [(f"{day['day']}", day["runs"], day["can be ordered"]) for day in days] == [("2026-10-25", 2, 80)]


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    first, second = (local(datetime(2026, 10, 25, hour, 30, tzinfo=UTC), WARSAW) for hour in (0, 1))
    assert (first, second) == ("2026-10-25 02:30 CEST", "2026-10-25 02:30 CET")


def test_only_changes_stand_in_the_table() -> None:
    told = of_offers([offer(9, 30), offer(8, 30), offer(7, 12)], WARSAW)
    assert [(row["stock before"], row["stock"]) for row in told] == [(30, 12), ("", 30)]


def test_no_flow_imports_what_only_a_picture_needs() -> None:
    """It would cost time and memory in every run."""
    code = "import sys, flows; print([name for name in ('matplotlib', 'pandas') if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
