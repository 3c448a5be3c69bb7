"""Where a shop's policy is another one: for one supplier, one brand, one product."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class PolicyException(BaseModel):
    """What holds for one supplier, one brand or one product; what is empty stays as the policy says."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    supplier: int | None = Field(None, gt=0, title="Supplier", description="Its integration number.")
    brand: str | None = Field(None, min_length=1, title="Brand", description="Its name in the shop.")
    product: str | None = Field(
        None, min_length=1, title="Product", description="Its SKU (reference) or EAN; of a combination its own."
    )
    min_stock_threshold: int | None = Field(None, ge=0, title="Least stock", description="Instead of the policy's.")
    resume_threshold: int | None = Field(None, ge=0, title="Stock to come back", description="Instead of the policy's.")
    min_margin_percent: float | None = Field(
        None, ge=0, le=1000, title="Least margin (%)", description="Instead of the policy's."
    )
    own_stock_only: bool | None = Field(
        None,
        title="Own stock only",
        description="Yes: can't be ordered from a supplier, whatever he has. No: can, against a brand's exception.",
    )

    @model_validator(mode="after")
    def _one_subject(self) -> Self:
        given = [name for name in ("supplier", "brand", "product") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"expected one of supplier, brand and product, got {', '.join(given) or 'none'}")
        values = (self.min_stock_threshold, self.resume_threshold, self.min_margin_percent, self.own_stock_only)
        if all(value is None for value in values):
            raise ValueError("expected something that is different for it, got nothing")
        if None not in values[:2] and self.resume_threshold < self.min_stock_threshold:  # type: ignore[operator]
            raise ValueError("resume_threshold: expected at least min_stock_threshold")
        return self
