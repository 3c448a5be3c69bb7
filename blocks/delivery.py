"""When something ordered now leaves: a supplier's days, hours and closed weeks, and what the shop adds to them."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal, Self

import holidays
from holidays import registry
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
EVERY_DAY: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WORKING_WEEK = EVERY_DAY[:5]
MOST_DAYS = 365
COUNTRIES = {code for names in registry.COUNTRIES.values() for code in names if len(code) == 2}


def known_country(value: str | None) -> str | None:
    """A country whose public holidays are known: `PL`, or with its part `DE-BY`; empty is None."""
    if not value:
        return None
    country, _, part = value.upper().partition("-")
    if country not in COUNTRIES:
        raise ValueError(f"expected a country such as `PL`, `CZ`, `DE-BY`, or nothing, got `{value}`")
    if not part:
        return country
    known = holidays.country_holidays(country).subdivisions  # this loads all countries, 80 ms: only where it must
    if part not in (names := {name.upper(): name for name in known}):
        raise ValueError(f"expected a part of {country} ({', '.join(known) or 'it has none'}), got `{part}`")
    return f"{country}-{names[part]}"


Country = Annotated[str | None, AfterValidator(known_country)]


class Closed(BaseModel):
    """Days on which nothing leaves, the first and the last of them included."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    closed_from: date = Field(title="From", description="The first day.")
    closed_to: date = Field(title="To", description="The last day.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.closed_to < self.closed_from:
            raise ValueError(f"expected the last day not before {self.closed_from}, got {self.closed_to}")
        return self


def ends_some_day(value: list[Closed]) -> list[Closed]:
    """Closed days that are no way to say "never again": not over a year at a stretch."""
    since = until = date.min
    for one in sorted(value, key=lambda one: one.closed_from):
        if (one.closed_from - until).days > 1:
            since = one.closed_from
        until = max(until, one.closed_to)
        if (until - since).days >= MOST_DAYS:
            raise ValueError(
                f"expected an open day within {MOST_DAYS} days, got closed from {since} to {until}; who sends no more"
                " is switched off"
            )
    return value


ClosedDays = Annotated[list[Closed], AfterValidator(ends_some_day)]


class SupplierDelivery(BaseModel):
    """How a supplier's delivery days are to be read. Left as it is, they are calendar days, from any day on."""

    model_config = ConfigDict(title="Delivery", extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    days_are: Literal["calendar", "working"] = Field(
        "calendar", title="Days are", description="What the feed's delivery days count: calendar or working days."
    )
    route: Literal["dropship", "via_us"] = Field(
        "dropship",
        title="Sent by",
        description="`dropship`: the supplier sends to your customer; `via_us`: to you, and you send it on.",
    )
    handling_days: int = Field(
        0, ge=0, le=60, title="Handling days", description="Working days that you need to send it on (`via_us`)."
    )
    cut_off: str | None = Field(
        None,
        title="Cut-off",
        description="`14:00`, in the supplier's time zone: from then on orders count from the next day.",
    )
    working_days: list[Weekday] = Field(
        default_factory=lambda: list(WORKING_WEEK), title="Working days", description="On which the supplier sends."
    )
    holidays: Country = Field(
        "PL", title="Public holidays", description="`PL`, `CZ`, `DE-BY`; empty: works on public holidays."
    )
    closed: ClosedDays = Field(
        default_factory=list, title="Closed", description="Holidays, stocktaking: nothing leaves on these days."
    )

    @model_validator(mode="after")
    def _can_be_kept(self) -> Self:
        if self.cut_off and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", self.cut_off):
            raise ValueError(f"cut_off: expected an hour such as `14:00`, got `{self.cut_off}`")
        if not self.working_days:
            raise ValueError("working_days: expected at least one day")
        return self


class ShopDelivery(BaseModel):
    """What the shop adds to a supplier's days, and how it counts them for its customers."""

    model_config = ConfigDict(title="Delivery", extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    extra_days: int = Field(0, ge=0, le=60, title="Extra days", description="Added to every supplier's days.")
    count: Literal["calendar", "working"] = Field(
        "calendar",
        title="Customers read",
        description="`calendar`: 3 dni; `working`: 3 dni robocze, and weekends and holidays are not counted.",
    )
    working_days: list[Weekday] = Field(
        default_factory=lambda: list(WORKING_WEEK), min_length=1, title="Working days", description="On which you send."
    )
    holidays: Country = Field("PL", title="Public holidays", description="`PL`, `CZ`, `DE-BY`; empty: none.")
    closed: ClosedDays = Field(
        default_factory=list, title="Closed", description="Your own closed weeks: nothing leaves on these days."
    )
