"""What the shop promises: when a product can be ordered, from which supplier, and with which words."""

from __future__ import annotations

import re
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from blocks.delivery import ShopDelivery
from blocks.manual_edits import ManualEdits
from blocks.policy_exception import PolicyException

PLACEHOLDERS = ("days", "days_text", "date", "min", "max")
LONGEST_TEXT = 255
Kind = Literal["virtual", "pack", "depends_on_stock", "available_date"]


class LanguageTexts(BaseModel):
    """The texts of one shop language."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    language: str = Field(
        pattern=r"^[a-z]{2}$", title="Language", description="The shop's two-letter code: pl, en, de, cs."
    )
    available: str = Field(
        "Dostępny u dostawcy",
        title="Available",
        description="When the supplier has it and names no delivery days.",
    )
    unavailable: str = Field("Produkt niedostępny", title="Not available", description="When it can't be ordered.")
    delivery: str = Field(
        "Wysyłka za {days_text}",
        title="Delivery",
        description="With delivery days. `{days_text}` becomes `1 dzień`, `3 dni`; `{days}` the number alone; `{date}`"
        " the day; `{min}` and `{max}` the days of the fastest and of the slowest size.",
    )
    same_day: str = Field("Wysyłka dzisiaj", title="Same day", description="When delivery takes 0 days.")

    @field_validator("available", "unavailable", "delivery", "same_day")
    @classmethod
    def _plain_text(cls, value: str) -> str:
        words = re.sub(r"\{(" + "|".join(PLACEHOLDERS) + r")\}", "", value)
        if len(words) > LONGEST_TEXT:
            raise ValueError(f"expected at most {LONGEST_TEXT} characters, got {len(words)}")
        if re.search(r"[<>{}=]", words):
            known = ", ".join("{" + name + "}" for name in PLACEHOLDERS)
            raise ValueError(f"expected plain text with no placeholders but {known}, got `{value}`")
        return value

    @field_validator("available", "unavailable", "same_day")
    @classmethod
    def _names_no_days(cls, value: str) -> str:
        if found := re.search(r"\{(" + "|".join(PLACEHOLDERS) + r")\}|:days\b", value):
            raise ValueError(
                f"expected a text without days, which there are none of here, got `{found[0]}` in `{value}`;"
                " placeholders belong into `delivery`"
            )
        return value


class Ageing(BaseModel):
    """What becomes of an offer that its feed does not confirm, though the feed itself is well. Empty: nothing."""

    model_config = ConfigDict(title="Ageing", extra="forbid", hide_input_in_errors=True)

    longer_after_hours: int | None = Field(
        None, ge=1, title="Longer after (hours)", description="From then on the promise is longer."
    )
    longer_days: int = Field(0, ge=0, le=60, title="Longer by (days)", description="So many days.")
    deny_after_hours: int | None = Field(
        None, ge=1, title="Off after (hours)", description="From then on the offer can't be ordered."
    )

    @property
    def is_on(self) -> bool:
        """Whether the age of an offer matters at all."""
        return bool(self.longer_after_hours or self.deny_after_hours)


class AvailabilityPolicy(BaseModel):
    """When a product can be ordered from a supplier, and what the customer reads."""

    model_config = ConfigDict(title="Policy", extra="forbid", hide_input_in_errors=True)

    min_stock_threshold: int = Field(
        20,
        ge=0,
        title="Least stock",
        description="From this many pieces at the supplier the product can be ordered.",
    )
    resume_threshold: int | None = Field(
        None,
        ge=0,
        title="Stock to come back",
        description="A product that went off comes on again from this many pieces; empty: as above.",
    )
    best_offer: Literal["fastest", "cheapest", "largest_stock", "priority"] = Field(
        "fastest",
        title="Best offer",
        description="Of several suppliers who have enough: which one's days your customer reads.",
    )
    supplier_priority: list[int] = Field(
        default_factory=list,
        title="Order of suppliers",
        description="Integration numbers, the first one first: for `priority`, and where offers are equal.",
    )
    min_margin_percent: float | None = Field(
        None,
        ge=0,
        le=1000,
        title="Least margin (%)",
        description="Off when the shop's net price is below the purchase price and this much; empty: not looked at.",
    )
    combinations: Literal["any", "all", "quantities"] = Field(
        "any",
        title="Sizes and colours",
        description="`any`: the product can be ordered if one of its combinations can; `all`: only if each can;"
        " `quantities`: each by itself, by writing the supplier's stock as its quantity.",
    )
    no_offer: Literal["deny", "restore"] = Field(
        "deny",
        title="No supplier any more",
        description="`deny`: it can't be ordered; `restore`: flag and texts as they were before our first write.",
    )
    respect_existing: bool = Field(
        False,
        title="Respect what is there",
        description="Leaves products alone that had a text or flag of their own before our first write.",
    )
    manual_edits: ManualEdits = Field(
        default_factory=ManualEdits,
        title="Changes by hand",
        description="What becomes of flags and texts that somebody changed in the shop after we wrote them.",
    )
    also: list[Kind] = Field(
        default_factory=list,
        title="Also",
        description="Kinds of products that are left alone otherwise: virtual ones, packs, those that follow their"
        " stock, those with a future date.",
    )
    exceptions: list[PolicyException] = Field(
        default_factory=list,
        title="Exceptions",
        description="Other rules for a supplier, a brand or a product; a product's beat a brand's, those a supplier's.",
    )
    ageing: Ageing = Field(
        default_factory=Ageing, title="Ageing", description="Offers that their feed does not confirm; empty: nothing."
    )
    delivery: ShopDelivery = Field(
        default_factory=ShopDelivery, title="Delivery", description="What you add to a supplier's days."
    )
    texts: list[LanguageTexts] = Field(
        default_factory=lambda: [LanguageTexts(language="pl")],
        title="Texts",
        description="One entry for each language of the shop.",
    )
    supplier_text_language: str | None = Field(
        None,
        pattern=r"^[a-z]{2}$",
        title="Supplier's own text in",
        description="The language in which a supplier's own text (`available_later`) takes the place of the delivery"
        " text; empty: it is not shown.",
    )

    @property
    def has_margin(self) -> bool:
        """Whether the shop's prices matter, to any product."""
        margins = [self.min_margin_percent, *(exception.min_margin_percent for exception in self.exceptions)]
        return any(margin is not None for margin in margins)

    @property
    def has_brands(self) -> bool:
        """Whether it matters who made a product."""
        return any(exception.brand for exception in self.exceptions)

    @model_validator(mode="after")
    def _one_entry_a_language(self) -> Self:
        seen = [entry.language for entry in self.texts]
        double = sorted({language for language in seen if seen.count(language) > 1})
        if double:
            raise ValueError(f"texts: expected one entry a language, got several for {', '.join(double)}")
        return self

    @model_validator(mode="after")
    def _thresholds_in_order(self) -> Self:
        if self.resume_threshold is not None and self.resume_threshold < self.min_stock_threshold:
            raise ValueError(
                f"resume_threshold: expected at least min_stock_threshold ({self.min_stock_threshold}), got"
                f" {self.resume_threshold}"
            )
        if self.best_offer == "priority" and not self.supplier_priority:
            raise ValueError("supplier_priority: expected the suppliers in their order, because best_offer is priority")
        if len(set(self.supplier_priority)) < len(self.supplier_priority):
            raise ValueError("supplier_priority: expected each supplier once")
        return self
