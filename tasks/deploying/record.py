"""What was agreed between files and server at the last deploy: fingerprints, kept on the server itself."""

from __future__ import annotations

import secrets
from typing import cast

from prefect.blocks.core import Block
from pydantic import Field, SecretStr

from tasks.deploying.deciding import Agreed

NAME = "last"


class DeployRecord(Block):
    """What `python -m tasks.deploying` applied last; kept by that command, not to be edited."""

    _block_type_name = "Deploy Record"
    _block_type_slug = "deploy-record"
    _description = "What `python -m tasks.deploying` applied last; kept by that command, not to be edited."

    # the fingerprints cover secrets: without the key nobody can try passwords against them
    key: SecretStr = Field(default_factory=lambda: SecretStr(secrets.token_hex(32)))
    agreed: dict[str, Agreed] = Field(default_factory=dict)


def load_record() -> DeployRecord:
    """The server's record; an empty one before the first deploy."""
    try:
        return cast("DeployRecord", DeployRecord.load(NAME, _sync=True))  # type: ignore[call-arg]
    except ValueError as error:
        if "Unable to find block document" not in str(error):
            raise
        return DeployRecord()


def save_record(record: DeployRecord) -> None:
    """Keep it for the next deploy."""
    record.save(NAME, overwrite=True, _sync=True)  # type: ignore[call-arg]
