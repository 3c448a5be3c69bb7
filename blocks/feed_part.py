"""One of several files of a supplier, put together item by item."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Says = Literal["stock", "delivery", "price", "codes"]

# The columns that a file must have to say it: one of them.
COLUMNS: dict[Says, tuple[str, ...]] = {
    "stock": ("stock_quantity", "is_available"),
    "delivery": ("delivery_days", "available_later"),
    "price": ("purchase_price",),
    "codes": ("sku", "ean"),
}


class FeedPart(BaseModel):
    """Which file of a supplier this is, and what is taken from it. Left as it is, the file is the only one."""

    model_config = ConfigDict(title="Part", extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    name: str = Field(
        "",
        pattern=r"^[a-z0-9-]{0,40}$",
        title="Part",
        description="Its name among the supplier's files, for example `prices`; empty: it is the only one. The blocks"
        " of all of them have the same integration number; items meet by the supplier's code (without one: SKU, EAN).",
    )
    provides: list[Says] = Field(
        default_factory=list,
        title="Says",
        description="What is taken from this file: `stock`, `delivery`, `price`, `codes` (SKU, EAN, name). Empty: all.",
    )
    delta: bool = Field(
        False, title="Changes only", description="The file holds only what changed; what it leaves out stays as it was."
    )
    decides_absence: bool | None = Field(
        None,
        title="Missing counts",
        description="Whether an item that is missing from this file counts as missing; of one file only. Empty: yes for"
        " the whole file with stock, if there is only one.",
    )
    replaces: list[str] = Field(
        default_factory=list,
        title="In the place of",
        description="Names of files that are read no more, for example after renaming one: what they said is over.",
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if not self.name and (self.provides or self.delta or self.replaces):
            raise ValueError(
                "part: expected a name, for example `stock`, where a file is one of several; got none. A file without a"
                " name is the supplier's only one"
            )
        if self.name in self.replaces:
            raise ValueError(f"part: expected names of other files in `replaces`, got its own, `{self.name}`")
        if self.decides_absence and self.delta:
            raise ValueError(
                "part: a file with changes only (`delta`) leaves out what did not change, so it can't decide that an"
                " item is missing; empty `decides_absence`"
            )
        if self.decides_absence and not self.says("stock"):
            raise ValueError(
                "part: expected `stock` among what a file says that decides that an item is missing, got"
                f" {', '.join(self.provides)}; empty `decides_absence`"
            )
        return self

    def says(self, what: Says) -> bool:
        """Whether it is taken from this file."""
        return not self.provides or what in self.provides

    def leaves_out(self) -> set[str]:
        """Columns of the mapping that are not taken from this file, and don't name the item."""
        return {
            column for what, columns in COLUMNS.items() if what != "codes" and not self.says(what) for column in columns
        }
