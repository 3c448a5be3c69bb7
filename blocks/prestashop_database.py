"""A PrestaShop shop reached through its MySQL or MariaDB database."""

from __future__ import annotations

from typing import Any, Self

from prefect.blocks.core import Block
from prefect_sqlalchemy import ConnectionComponents, SqlAlchemyConnector
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from blocks.secret import refuse_mask
from blocks.shop import ShopNumber, ShopSettings
from blocks.ssh import SshTunnel


def _nothing_first(schema: dict[str, Any]) -> None:
    """Let a form begin with none: it shows the first of several kinds, whatever the default is."""
    schema["anyOf"].reverse()


class DatabaseAccess(BaseModel):
    """The way to a shop's database."""

    connection: SqlAlchemyConnector = Field(
        title="Connection", description="The saved database connection (driver `mysql+pymysql`)."
    )
    ssh: SshTunnel | None = Field(
        None,
        title="SSH tunnel",
        description="Only where the database is reached through an SSH server; host and port of the connection are then"
        " those that this server sees, such as `127.0.0.1` and 3306.",
        json_schema_extra=_nothing_first,
    )
    table_prefix: str = Field(
        "ps_",
        pattern=r"^[A-Za-z0-9_]{0,32}$",
        title="Table prefix",
        description="`ps_` unless you changed it.",
    )

    @field_validator("ssh", mode="before")
    @classmethod
    def _left_empty(cls, given: Any) -> Any:
        """A form that was left empty is no tunnel."""
        empty = isinstance(given, dict) and not any(value for name, value in given.items() if name != "port")
        return None if empty else given


# of several bases the form shows the last one's fields first
class PrestashopDatabase(ShopSettings, DatabaseAccess, ShopNumber, Block):
    """A PrestaShop shop, read and written through its database."""

    _block_type_name = "PrestaShop Database"
    _block_type_slug = "prestashop-database"
    _description = "A PrestaShop shop (1.6 to 9.1), read and written through its MySQL or MariaDB database."

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    @model_validator(mode="after")
    def _connection_fits(self) -> Self:
        info = self.connection.connection_info
        if not isinstance(info, ConnectionComponents):
            raise ValueError(  # noqa: TRY004  (pydantic turns ValueError into a message that names the field)
                "connection: expected the parts of an address (driver, host, database, user, password), got an address"
                " as one text; a password inside it would be shown in logs. Fill in the parts"
            )
        if not str(getattr(info.driver, "value", info.driver)).startswith("mysql"):
            raise ValueError(f"connection: expected the driver `mysql+pymysql`, got `{info.driver}`")
        refuse_mask(info.password)
        return self
