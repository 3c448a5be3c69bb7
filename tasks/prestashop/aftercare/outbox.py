"""What was written to a shop and is to be told: a file a change set, from before its first write until it is told.

It stands in the archive: whatever dies in between, the next run finds it. Too much is told rather than too little.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from pydantic import BaseModel, Field, ValidationError

from tasks import archive

KIND = "untold"


class Notice(BaseModel):
    """A change set that is to be told.

    `key` is new with each writing; `told`: who knows already; `parts`: how many parts of it the webhook took; `failed`:
    how often somebody would not hear of it.
    """

    integration_id: int
    change_set_id: str
    run_id: str = ""
    key: str = Field(default_factory=lambda: uuid.uuid4().hex)
    begun_at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    told: list[str] = Field(default_factory=list)
    parts: int = 0
    failed: int = 0


def keep(notice: Notice) -> None:
    """Store a notice, in place of an older one of the same change set; it survives a power cut."""
    archive.put_note(KIND, notice.integration_id, notice.change_set_id, notice.model_dump_json().encode())


def waiting(integration_id: int) -> list[Notice]:
    """The notices of a shop, the oldest first; one that failed comes last, or it would be in the way of all others."""
    notices = [_read(content, integration_id, name) for name, content in archive.notes(KIND, integration_id).items()]
    return sorted(notices, key=lambda notice: (notice.failed, notice.begun_at))


def end(notice: Notice) -> None:
    """Forget a notice: everybody knows."""
    archive.end_note(KIND, notice.integration_id, notice.change_set_id)


def _read(content: bytes, integration_id: int, change_set_id: str) -> Notice:
    try:
        return Notice.model_validate_json(content)
    except ValidationError:  # a damaged disk: its name says enough to tell it from the beginning
        return Notice(integration_id=integration_id, change_set_id=change_set_id)
