"""What becomes of a flag or text that somebody changed in the shop after we wrote it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Keep = Literal["repair", "until_decision_changes", "for_days"]


class ManualEdits(BaseModel):
    """Whether what a person (or another program) set in the shop stays; texts and flags each by a rule of its own."""

    model_config = ConfigDict(title="Changes by hand", extra="forbid", hide_input_in_errors=True)

    texts: Keep = Field(
        "repair",
        title="Texts",
        description="`repair`: ours is written again; `until_decision_changes`: theirs stays until we would write"
        " another one than before; `for_days`: it stays for the days below, whatever we would write.",
    )
    flags: Keep = Field(
        "repair",
        title="Flags",
        description="The same for whether a product can be ordered. One that stays on is sold whatever the supplier"
        " has.",
    )
    days: int = Field(
        14, ge=1, le=366, title="Days", description="For `for_days`: counted from when the change was first found."
    )
