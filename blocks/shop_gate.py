"""When a change set is not believed: from how many switches on nothing is written until a person approves."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


def _percent(default: float, title: str, description: str) -> float:
    field: float = Field(default, ge=0, le=100, title=title, description=description)
    return field


class ChangeGate(BaseModel):
    """From how many products on that a shop's syncs switch in 24 hours a person has to approve."""

    model_config = ConfigDict(title="Gate", extra="forbid", hide_input_in_errors=True)

    enabled: bool = Field(
        True, title="On", description="Off: whatever was decided is written, however many products it switches."
    )
    stop_off_percent: float = _percent(
        5,
        "Stop what goes off (%)",
        "Nothing is written when more of the products in our care than this could be ordered 24 hours ago and shall"
        " not any more.",
    )
    stop_on_percent: float = _percent(
        20, "Stop what comes on (%)", "The same for products that could not be ordered 24 hours ago and now shall."
    )
    min_products: int = Field(
        20, ge=1, title="Small changes", description="Fewer products than this are never stopped, whatever their share."
    )
