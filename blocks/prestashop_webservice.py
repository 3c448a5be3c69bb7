"""A PrestaShop shop reached through its Webservice."""

from __future__ import annotations

from urllib.parse import urlsplit

from prefect.blocks.core import Block
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from blocks.keys import certificate
from blocks.own_network import is_own_network
from blocks.secret import refuse_mask
from blocks.shop import ShopNumber, ShopSettings

KEY_LENGTH = 32


class WebserviceAccess(BaseModel):
    """The way to a shop's Webservice."""

    base_url: str = Field(
        title="Shop's address",
        description="Of the shop's home page, exactly as the shop itself writes it (with or without `www.`), for"
        " example `https://www.sklep.pl/`.",
    )
    api_key: SecretStr = Field(
        title="Webservice key",
        description="From the back office, Advanced parameters, Webservice: 32 characters.",
    )
    max_connections: int = Field(
        4,
        ge=1,
        le=16,
        title="Most connections",
        description="Requests at once, at most; how many are best for the shop is found out while it works.",
    )
    answer_seconds: float = Field(
        60, gt=0, le=600, title="Longest silence (s)", description="How long the shop may say nothing."
    )
    ca_certificate: str | None = Field(
        None,
        title="Trusted certificate",
        description="Only for a shop whose certificate no known authority signed: that certificate, or its authority's,"
        " from `-----BEGIN CERTIFICATE-----` to `END`.",
    )

    @field_validator("base_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        """Give the address with one slash at its end, without `api/`."""
        parts = urlsplit(value)
        try:
            host, _ = parts.hostname, parts.port
        except ValueError:
            host = None
        if parts.scheme not in {"http", "https"} or not host or any(sign.isspace() for sign in value):
            raise ValueError("expected the shop's address, such as `https://www.sklep.pl/`")
        if "@" in parts.netloc or parts.query or parts.fragment:
            raise ValueError(
                "expected the shop's address alone: no key, user, `?` or `#` in it. The key has a field of its own"
            )
        if parts.scheme == "http" and not is_own_network(host):
            raise ValueError(
                f"expected https: over http://{host} anybody on the way could read the key and change answers. Only a"
                " shop in your own network may be reached by http"
            )
        folders = [folder for folder in parts.path.split("/") if folder]
        if folders and folders[-1] == "api":
            folders.pop()
        return "/".join([f"{parts.scheme}:/", parts.netloc.lower(), *folders, ""])

    @field_validator("api_key")
    @classmethod
    def _a_key(cls, value: SecretStr) -> SecretStr:
        refuse_mask(value)
        key = value.get_secret_value()
        if len(key) != KEY_LENGTH or not key.isascii() or not key.isprintable() or " " in key or ":" in key:
            raise ValueError(
                f"expected a key of {KEY_LENGTH} letters and digits, got {len(key)} characters or other signs. Copy it"
                " anew from the back office, Advanced parameters, Webservice"
            )
        return value

    @field_validator("ca_certificate")
    @classmethod
    def _a_certificate(cls, value: str | None) -> str | None:
        return certificate(value) if value else None


# of several bases the form shows the last one's fields first
class PrestashopWebservice(ShopSettings, WebserviceAccess, ShopNumber, Block):
    """A PrestaShop shop, read and written through its Webservice."""

    _block_type_name = "PrestaShop Webservice"
    _block_type_slug = "prestashop-webservice"
    _description = (
        "A PrestaShop shop (1.6 to 9.1), read and written through its Webservice, where its database is shut."
    )

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)
