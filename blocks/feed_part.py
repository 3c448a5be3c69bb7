"""One of several files of a supplier, put together item by item."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Says = Literal["stock", "delivery", "price", "codes"]


class FeedPart(BaseModel):
    """Which file of a supplier this is, and what is taken from it. Left as it is, the file is the only one."""

    model_config = ConfigDict(title="Part", extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    name: str = Field(
        "",
        pattern=r"^[a-z0-9-]{0,40}$",
        title="Part",
        description="Its name among the supplier's files, for example `prices`. The blocks of all of them have the same"
        " integration number, and items meet by the supplier's code (without one: SKU, EAN).",
    )
    provides: list[Says] = Field(
        default_factory=list,
        title="Says",
        description="What is taken from this file: `stock`, `delivery`, `price`, `codes` (SKU, EAN, name). Empty: all.",
    )
    delta: bool = Field(
        False, title="Changes only", description="The file holds only what changed; what it leaves out stays as it was."
    )
    decides_absence: bool = Field(
        True,
        title="Missing counts",
        description="Whether an item that is missing from this file counts as missing. Never so where the file holds"
        " changes only, or says nothing about stock.",
    )

    def says(self, what: Says) -> bool:
        """Whether it is taken from this file."""
        return not self.provides or what in self.provides

    @property
    def counts_absence(self) -> bool:
        """Whether an item may be missing because this file does not have it."""
        return self.decides_absence and not self.delta and self.says("stock")
