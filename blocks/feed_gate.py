"""When a feed is not believed: from which size on a change is reported, or stopped until a person approves it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


def _share(default: float, title: str, description: str) -> float:
    field: float = Field(default, ge=0, le=1, title=title, description=description)
    return field


class FeedGate(BaseModel):
    """From which size on a change of the feed is reported, or stopped until a person approves it."""

    model_config = ConfigDict(title="Gate", extra="forbid", hide_input_in_errors=True)

    warn_share: float = _share(0.05, "Report from", "Share of available items that went, to be reported.")
    quarantine_share: float = _share(0.10, "Stop from", "Share of available items that went, to be stopped.")
    day_share: float = _share(0.20, "Stop from, in 24 hours", "The same against the most that 24 hours have seen.")
    week_share: float = _share(0.30, "Stop from, in 7 days", "The same against the most that 7 days have seen.")
    gain_share: float = _share(
        0.20, "Stop what comes from", "Items that became available, as a share; those of the last 14 days don't count."
    )
    price_share: float = _share(0.30, "Stop prices from", "How far the prices moved, taken at their median.")
    learn: bool = Field(
        True,
        title="Learn",
        description="Stop earlier, down to `Report from`, where the feed's own history is calmer than these figures.",
    )
    second_look: bool = Field(
        True,
        title="Look twice",
        description="A loss between `Report from` and `Stop from` waits until a second, different file shows it too.",
    )
    min_available: int = Field(
        1, ge=1, title="Fewest items", description="With fewer available items a feed is always stopped, the first too."
    )
    max_rejected_share: float = _share(
        0.20, "Unreadable rows", "Above this share of rejected rows the file is refused."
    )
    min_affected: int = Field(
        20,
        ge=0,
        title="Small changes",
        description="When fewer linked items are affected, a change is only reported.",
    )
