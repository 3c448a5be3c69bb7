"""Rows as pandas DataFrames: which columns there are, and of which type. Nothing else here knows of pandas.

Times are UTC with a zone, counts and flags have a type that knows "not known" (`<NA>`), which is never 0 or False.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

TIME, COUNT, FLAG, TEXT, DAY = "datetime64[us, UTC]", "Int64", "boolean", "string", "datetime64[s]"
RUN = {"run_id": TEXT, "started_at": TIME, "ended_at": TIME, "status": TEXT}
SYNC = {
    **RUN,
    **dict.fromkeys(("on", "off", "changed", "written", "enabled", "disabled", "left", "failed"), COUNT),
    "message": TEXT,
}
SUPPLIER = {
    "run_id": TEXT,
    "started_at": TIME,
    "supplier": COUNT,
    "supplier_name": TEXT,
    **dict.fromkeys(("on", "off", "changed"), COUNT),
}
IMPORT = {
    **RUN,
    "part": TEXT,
    "snapshot_id": TEXT,
    **dict.fromkeys(("rows_read", "rows_rejected", "offers", "available", "matched", "unmatched"), COUNT),
    **dict.fromkeys(("created", "updated", "unchanged", "absent", "sold_out"), COUNT),
    "message": TEXT,
}
PRODUCT = {
    "at": TIME,
    "confirmed_at": TIME,
    "supplier": COUNT,
    "supplier_name": TEXT,
    "is_listed": FLAG,
    "stock_quantity": COUNT,
    "is_available": FLAG,
    "delivery_days": COUNT,
    "available_from": DAY,
    "snapshot_id": TEXT,
}
SWITCH = {
    "at": TIME,
    "shop": COUNT,
    "was_on": FLAG,
    "is_on": FLAG,
    "reason_code": TEXT,
    "change_set_id": TEXT,
    "run_id": TEXT,
}


def frame(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], left_out: int = 0) -> pd.DataFrame:
    """Return rows with these columns and types; `attrs["left_out"]`: archived entries that could not be looked at.

    Errors: ImportError where pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise ImportError(
            "a DataFrame needs pandas, which is not installed here. Install it with: pip install 'rexbit-flows[charts]'"
        ) from error
    made = pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=kind) for name, kind in columns.items()})
    made.attrs["left_out"] = left_out
    return made
