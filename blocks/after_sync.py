"""What follows a sync that wrote to a shop: whom it is told, and whether exporters see it by the products' dates."""

from __future__ import annotations

from typing import Annotated

import httpx
from pydantic import AfterValidator, BaseModel, Field, SecretStr

from blocks.own_network import is_own_network
from blocks.secret import Secret

SHORTEST_SECRET = 16
LAST_PORT = 65_535


def _takes_posts(secret: SecretStr | None) -> SecretStr | None:
    """Refuse an address that is none, or that would send ids and token in clear through the world; never shows it."""
    if secret is None or not secret.get_secret_value().strip():
        return None
    text = secret.get_secret_value().strip()
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        raise ValueError("expected an address such as `https://shop.example/hook`, got none") from None
    if url.scheme not in {"http", "https"} or not url.host or (url.port or 0) > LAST_PORT:
        raise ValueError("expected an address that begins with `https://` and names a host, got another one")
    if url.userinfo:
        raise ValueError(
            "expected an address without user and password. Put a token into its query, or check `Webhook secret`"
        )
    if url.scheme == "http" and not is_own_network(url.host):
        raise ValueError(
            f"expected `https://`, got `http://` to {url.host}: what goes there could be read on the way. `http://` is"
            " taken for localhost, a private address (10.…, 192.168.…) and a name without a dot"
        )
    return SecretStr(text)


def _is_long_enough(secret: SecretStr | None) -> SecretStr | None:
    value = secret.get_secret_value() if secret else ""
    if value and len(value) < SHORTEST_SECRET:
        raise ValueError(f"expected at least {SHORTEST_SECRET} characters: a shorter secret can be guessed")
    return secret if value else None


class AfterSync(BaseModel):
    """What follows a run that wrote to the shop; whatever fails of it, the shop is written and the run stays good.

    Not a part of its own in the block: Prefect hides secrets of a block's own fields alone.
    """

    webhook_url: Annotated[Secret, AfterValidator(_takes_posts)] = Field(
        None,
        title="Webhook",
        description="Gets the numbers of the written products by POST, to clear caches or start an export. `https://`,"
        " or `http://` within your own network. Kept secret: it may hold a token.",
    )
    webhook_secret: Annotated[Secret, AfterValidator(_is_long_enough)] = Field(
        None,
        title="Webhook secret",
        description=f"Each POST is signed with it (HMAC-SHA256), so that its receiver knows it is from here. At least"
        f" {SHORTEST_SECRET} characters.",
    )
    touch_date_upd: bool = Field(
        False,
        title="Set the date of change",
        description="Sets `date_upd` of written products to the shop's time, for exporters that take what changed since"
        " their last run. Needs two more rights: see check-integration.",
    )
