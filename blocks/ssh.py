"""The way through an SSH server to a database that nothing else reaches."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from blocks import keys
from blocks.secret import Secret


class SshTunnel(BaseModel):
    """An SSH server that leads to the database; it has to prove who it is before it gets any secret."""

    model_config = ConfigDict(title="SSH tunnel", extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    host: str = Field(min_length=1, title="SSH server", description="Its name or address, for example `ssh.host.pl`.")
    port: int = Field(22, ge=1, le=65535, title="SSH port")
    username: str = Field(min_length=1, title="SSH user")
    password: Secret = Field(
        None, title="SSH password", description="The user's, or what opens the private key if there is one."
    )
    private_key: Secret = Field(
        None,
        title="SSH private key",
        description="Instead of a password, from `-----BEGIN … PRIVATE KEY-----` to `END`.",
    )
    host_key: str | None = Field(
        None,
        title="SSH host key",
        description="How the server proves who it is: its fingerprint `SHA256:…` or its public key `ssh-ed25519 AAAA…`."
        " Without it the check of the shop says which one it met; ask the host about it.",
    )

    @field_validator("host_key")
    @classmethod
    def _a_host_key(cls, value: str | None) -> str | None:
        return keys.host_key(value)

    @field_validator("private_key")
    @classmethod
    def _a_private_key(cls, value: SecretStr | None) -> SecretStr | None:
        return SecretStr(keys.private_key(value.get_secret_value())) if value and value.get_secret_value() else None

    @model_validator(mode="after")
    def _some_way_in(self) -> Self:
        if not self.private_key and not (self.password and self.password.get_secret_value()):
            raise ValueError("expected a password or a private key for the SSH server, got neither")
        return self
