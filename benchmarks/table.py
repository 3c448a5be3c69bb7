"""The results as Markdown tables, ready for docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.sizes import Measured

WRITING = ("write links", "write changes")
RUNS = {"first": "first run", "unchanged": "no change", "changed": "5 % changed"}


def _markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def sizes_table(sizes: Sequence[Measured]) -> str:
    """Seconds without Prefect beside the row-by-row way."""
    head = (
        "products",
        "first run",
        "row by row",
        "ratio",
        "writing",
        "row by row",
        "ratio",
        "no change",
        "5 % changed",
    )
    return _markdown((*head, "peak memory"), [_size(size) for size in sizes])


def _size(size: Measured) -> tuple[str, ...]:
    first, rows = size["first"], size["row_by_row"]
    writing = sum(first["steps"][step] for step in WRITING)
    peak = max(size[name]["megabytes"] for name in RUNS)
    return (
        f"{size['products']:,}",
        f"{first['seconds']:.2f} s",
        f"{rows['seconds']:.2f} s",
        f"{rows['seconds'] / first['seconds']:.1f}x",
        f"{writing:.2f} s",
        f"{rows['writing']:.2f} s",
        f"{rows['writing'] / writing:.1f}x",
        f"{size['unchanged']['seconds']:.2f} s",
        f"{size['changed']['seconds']:.2f} s",
        f"{peak:.0f} MB",
    )


def steps_table(sizes: Sequence[Measured]) -> str:
    """Where the time of each first run goes."""
    head = ("step of the first run", *[f"{size['products']:,}" for size in sizes])
    names = sorted(sizes[-1]["first"]["steps"], key=lambda name: -sizes[-1]["first"]["steps"][name])
    return _markdown(head, [(name, *[f"{size['first']['steps'][name]:.2f} s" for size in sizes]) for name in names])


def row_by_row_table(sizes: Sequence[Measured]) -> str:
    """The row-by-row way by kind of statement."""
    head = ("row by row", *[f"{size['products']:,}" for size in sizes])
    kinds = sizes[-1]["row_by_row"]["statements"]
    rows = [size["row_by_row"] for size in sizes]
    return _markdown(
        head,
        [(kind, *[f"{row['statements'][kind]:,} in {row['by_kind'][kind]:.2f} s" for row in rows]) for kind in kinds],
    )


def flow_runs_table(measured: Measured) -> str:
    """Seconds of the flow runs."""
    head = (f"{measured['products']:,} as flow runs", "import", "sync", "both", "from asking to the end")
    lines = []
    for name, title in RUNS.items():
        imported, synced = measured[name]["imported"], measured[name]["synced"]
        seconds = (imported["running"], synced["running"], imported["running"] + synced["running"])
        asked = imported["asked"] + synced["asked"]
        lines.append((title, *[f"{second:.2f} s" for second in (*seconds, asked)]))
    return _markdown(head, lines)
