"""What the shop promises: from how many pieces a product can be ordered, and with which words."""

from __future__ import annotations

import re
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

PLACEHOLDERS = ("days", "days_text")
LONGEST_TEXT = 255


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
        description="With delivery days. `{days_text}` becomes `1 dzień`, `3 dni`; `{days}` the number alone.",
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


class AvailabilityPolicy(BaseModel):
    """When a product can be ordered from a supplier, and what the customer reads."""

    model_config = ConfigDict(title="Policy", extra="forbid", hide_input_in_errors=True)

    min_stock_threshold: int = Field(
        20,
        ge=0,
        title="Least stock",
        description="From this many pieces at the supplier the product can be ordered.",
    )
    combinations: Literal["any", "all"] = Field(
        "any",
        title="Sizes and colours",
        description="`any`: the product can be ordered if one of its combinations can; `all`: only if each can.",
    )
    texts: list[LanguageTexts] = Field(
        default_factory=lambda: [LanguageTexts(language="pl")],
        title="Texts",
        description="One entry for each language of the shop.",
    )

    @model_validator(mode="after")
    def _one_entry_a_language(self) -> Self:
        seen = [entry.language for entry in self.texts]
        double = sorted({language for language in seen if seen.count(language) > 1})
        if double:
            raise ValueError(f"texts: expected one entry a language, got several for {', '.join(double)}")
        return self
