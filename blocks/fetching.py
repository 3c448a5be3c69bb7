"""How a feed's file is fetched: which file, who the other side must prove to be, and within which limits."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator

from blocks.keys import certificate, host_key


class Fetching(BaseModel):
    """What a source needs beyond its address, user name and secrets; most feeds need nothing of it."""

    model_config = ConfigDict(title="Fetching", extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    file_pattern: str | None = Field(
        None,
        pattern=r"^[^/\\]+$",
        title="File name pattern",
        description="When the source is a folder: the newest file named like this is taken, for example `stock_*.csv`.",
    )
    archive_member: str | None = Field(
        None,
        title="File inside a zip",
        description="When a zip holds several files: the name of the one to read, or a pattern such as `*.csv`.",
    )
    host_key: str | None = Field(
        None,
        title="SFTP host key",
        description="How the supplier's SFTP server proves who it is: its fingerprint `SHA256:…` or its public key"
        " `ssh-ed25519 AAAA…`. Without it the check of the feed says which one it met; ask the supplier about it.",
    )
    ca_certificate: str | None = Field(
        None,
        title="Trusted certificate",
        description="HTTPS, FTPS: only for a supplier whose certificate no known authority signed: that certificate, or"
        " its authority's, from `-----BEGIN CERTIFICATE-----` to `END`.",
    )
    endpoint: str | None = Field(
        None,
        pattern=r"^https?://[^\s@]+$",
        title="Storage service",
        description="Object storage: the address of a service other than Amazon's, for example `https://s3.example.com`.",
    )
    ask_for_changes: bool = Field(
        True,
        title="Ask for changes only",
        description="HTTP: lets the supplier answer `not changed` instead of sending the same file again.",
    )
    max_megabytes: int = Field(
        2048, ge=1, le=65536, title="Largest size (MB)", description="A larger file, also unpacked, is refused."
    )
    max_seconds: float = Field(
        900, gt=0, le=14400, title="Longest time (s)", description="For fetching the whole file."
    )
    answer_seconds: float = Field(
        60, gt=0, le=600, title="Longest silence (s)", description="How long the supplier may say nothing."
    )
    settle_seconds: float = Field(
        2,
        ge=0,
        le=300,
        title="Unchanged for (s)",
        description="Files and folders: a file that changed less long ago is looked at twice, as it may still be"
        " growing.",
    )

    @field_validator("host_key")
    @classmethod
    def _a_host_key(cls, value: str | None) -> str | None:
        return host_key(value)

    @field_validator("ca_certificate")
    @classmethod
    def _a_certificate(cls, value: str | None) -> str | None:
        return certificate(value) if value else None
