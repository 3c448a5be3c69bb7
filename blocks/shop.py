"""What every shop's block holds, whichever way the shop is reached."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from blocks.after_sync import AfterSync
from blocks.policy import AvailabilityPolicy
from blocks.shop_gate import ChangeGate


class ColumnDefault(BaseModel):
    """A value for a column that your own `products` table demands and we don't know."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    column: str = Field(pattern=r"^[a-z_][a-z0-9_]{0,62}$", title="Column", description="For example `user_id`.")
    value: str = Field(title="Value", description="What new products get there, for example `1`.")


class ShopNumber(BaseModel):
    """Which of our integrations a shop is: the first field of its form."""

    integration_id: int = Field(gt=0, title="Integration number", description="The shop's number, for example 7.")


class WhatIsWritten(BaseModel):
    """What is written to a shop, when, and in which words: the same whichever way it is reached."""

    id_shop: int = Field(1, gt=0, title="Shop number", description="`id_shop`; 1 unless you run several shops.")
    languages: list[str] | None = Field(
        None,
        title="Languages",
        description="Two-letter codes to write; empty = every active language of the shop.",
    )
    product_listing_enabled: bool = Field(
        False, title="Switched on", description="Off: nothing is written to this shop."
    )
    texts_only: bool = Field(
        False,
        title="Texts only",
        description="Another block writes flags and combinations' texts: where shops share them, one block may.",
    )
    combination_texts: bool = Field(
        True,
        title="Combinations' texts",
        description="Off: another block writes them. All shops of one PrestaShop share them (8.1 and later).",
    )
    sync_only_changed: bool = Field(
        True, title="Only what changed", description="Off: every row is compared with the shop at each run."
    )
    policy: AvailabilityPolicy = Field(
        default_factory=AvailabilityPolicy,
        title="Policy",
        description="When a product can be ordered, and what the customer reads.",
    )
    gate: ChangeGate = Field(
        default_factory=ChangeGate,
        title="Gate",
        description="How many products may be switched in 24 hours before a person has to approve.",
    )
    product_defaults: list[ColumnDefault] = Field(
        default_factory=list,
        title="Values for new products",
        description="Only for an existing Rexbit database whose `products` demand more columns, such as `user_id`.",
    )
    timezone: str = Field("Europe/Warsaw", title="Time zone", description="The shop's; days are counted in it.")

    @property
    def leaves_labels(self) -> bool:
        """Whether another block writes combinations' texts."""
        return self.texts_only or not self.combination_texts


# of several bases the form shows the last one's fields first
class ShopSettings(AfterSync, WhatIsWritten):
    """The settings of every shop."""
