"""What was written to a shop and is to be told: a file a change set, from before its first write until it is told.

It stands in the archive: whatever dies in between, the next run finds it. Too much is told rather than too little.
"""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from tasks.archive import archive_root

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
    path = _path(notice)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        file.write(notice.model_dump_json())
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)


def waiting(integration_id: int) -> list[Notice]:
    """The notices of a shop, the oldest first; one that failed comes last, or it would be in the way of all others."""
    notices = [_read(path, integration_id) for path in _folder(integration_id).glob("*.json")]
    return sorted(notices, key=lambda notice: (notice.failed, notice.begun_at))


def end(notice: Notice) -> None:
    """Forget a notice: everybody knows."""
    _path(notice).unlink(missing_ok=True)


def _read(path: Path, integration_id: int) -> Notice:
    try:
        return Notice.model_validate_json(path.read_bytes())
    except ValidationError:  # a damaged disk: its name says enough to tell it from the beginning
        return Notice(integration_id=integration_id, change_set_id=path.stem)


def _folder(integration_id: int) -> Path:
    return archive_root() / KIND / str(integration_id)


def _path(notice: Notice) -> Path:
    return _folder(notice.integration_id) / f"{notice.change_set_id}.json"
