"""Columns by their names: made stable, and found by what a mapping calls them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

OR = " | "


def names_of(header: Iterable[str]) -> list[str]:
    """Make stable names: trimmed; blank -> `column_3`; a repeated one -> `name_2`."""
    names: list[str] = []
    for number, cell in enumerate(header, start=1):
        wanted = tidy(cell) or f"column_{number}"
        name, turn = wanted, 1
        while name in names:
            turn += 1
            name = f"{wanted}_{turn}"
        names.append(name)
    return names


def tidy(name: str) -> str:
    """Give a column's name without BOM and with single spaces."""
    return " ".join(name.replace("\ufeff", "").split())


def may_lack(wanted: str) -> bool:
    """`stock?`: a file without it is still whole."""
    return wanted.rstrip().endswith("?")


def alternatives(wanted: str) -> list[str]:
    """`a | b?` -> both names, in their order."""
    return [part.strip() for part in wanted.rstrip(" ?").split(OR)]


def column_of(wanted: str, columns: Collection[str]) -> str | None:
    """The column that a mapping means: the one of that name, else the first of its alternatives that there is.

    Small and capital letters make no difference where only one column is meant by it.
    """
    names = [tidy(wanted), *map(tidy, alternatives(wanted))]
    found = next((name for name in names if name in columns), None)
    if found is None:
        folded = [[column for column in columns if column.casefold() == name.casefold()] for name in names]
        found = next((alike[0] for alike in folded if len(alike) == 1), None)
    return found


def lacking(wanted: Mapping[str, str], columns: Collection[str]) -> dict[str, str]:
    """Field -> what the mapping calls it, for what must be there and is not."""
    return {field: name for field, name in wanted.items() if column_of(name, columns) is None and not may_lack(name)}


def found_columns(wanted: Mapping[str, str], columns: Collection[str]) -> int:
    """How many of the wanted ones there are."""
    return sum(column_of(name, columns) is not None for name in wanted.values())
