"""From a name to a saved block: flows take a block or the name of one."""

from __future__ import annotations

import re
from http import HTTPStatus

from prefect.blocks.core import Block
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import BlockDocument
from prefect.exceptions import PrefectHTTPStatusError

from blocks.feed import SupplierFeed
from blocks.shops import SHOP_KINDS, ShopBlock

Integration = SupplierFeed | ShopBlock
SHOPS: tuple[type[Block], ...] = SHOP_KINDS
FEEDS: tuple[type[Block], ...] = (SupplierFeed,)


def _load(wanted: Block | str, kinds: tuple[type[Block], ...]) -> Block:
    if isinstance(wanted, Block):
        return wanted
    slug, _, name = wanted.rpartition("/")
    candidates = [kind for kind in kinds if slug in {"", kind.get_block_type_slug()}]
    found: list[Block] = []
    for kind in candidates:
        try:
            # in a notebook, whose event loop runs, Prefect would give back a coroutine
            found.append(kind.load(name, _sync=True))  # type: ignore[arg-type, call-arg]
        except ValueError as error:
            if "Unable to find block document" not in str(error):
                raise
    slugs = ", ".join(kind.get_block_type_slug() for kind in kinds)
    if not found:
        raise ValueError(
            f"expected the name of a saved block ({slugs}), got `{wanted}`, which does not exist."
            " Look at Blocks in the Prefect UI, or create it with `python -m blocks.apply FILE`"
        )
    if len(found) > 1:
        raise ValueError(f"the name `{wanted}` stands for blocks of several kinds; write KIND/{name} ({slugs})")
    return found[0]


def load_feed(feed: SupplierFeed | str) -> SupplierFeed:
    """The feed itself, or the saved one of that name (`acme` or `supplier-feed/acme`)."""
    block = _load(feed, FEEDS)
    assert isinstance(block, SupplierFeed)  # noqa: S101
    return block


def save_new(block: SupplierFeed, name: str) -> str:
    """Save a feed under a name that no feed has yet; returns `supplier-feed/NAME`. Raises ValueError otherwise."""
    refuse_taken(name)
    SupplierFeed.register_type_and_schema()
    block.save(name, _sync=True)  # type: ignore[call-arg]  # Prefect refuses a name that was taken since
    return f"{SupplierFeed.get_block_type_slug()}/{name}"


def refuse_taken(name: str) -> None:
    """Raise ValueError for a name that a feed has already, or that no block can have."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise ValueError(f"save_as: expected small letters, digits and dashes (`acme-stock`), got `{name}`")
    try:
        SupplierFeed.load(name, _sync=True)  # type: ignore[call-arg]
    except ValueError as error:
        if "Unable to find block document" in str(error):
            return
        raise
    raise ValueError(
        f"save_as: expected a name that no feed has, got `{name}`, which there is already. Take another name, or"
        " correct that block in the Prefect UI; nothing was saved"
    )


def load_shop(shop: ShopBlock | str) -> ShopBlock:
    """The shop itself, or the saved one of that name."""
    block = _load(shop, SHOPS)
    assert isinstance(block, ShopBlock)  # noqa: S101
    return block


def saved_shops() -> list[str]:
    """The names of all saved shops, in order."""
    with get_client(sync_client=True) as client:
        found = [document.name for kind in SHOPS for document in _saved(client, kind.get_block_type_slug())]
    return sorted(name for name in found if name)


def _saved(client: SyncPrefectClient, slug: str) -> list[BlockDocument]:
    try:
        return client.read_block_documents_by_type(slug, include_secrets=False)
    except PrefectHTTPStatusError as error:
        if error.response.status_code != HTTPStatus.NOT_FOUND:
            raise
        return []  # a kind that this server does not know yet


def load_integration(integration: Integration | str) -> Integration:
    """A feed or a shop, or the saved one of that name; a name that both have needs its kind before it."""
    block = _load(integration, FEEDS + SHOPS)
    assert isinstance(block, SupplierFeed | ShopBlock)  # noqa: S101
    return block


def load_source(source: SupplierFeed | str) -> SupplierFeed | str:
    """A feed, the saved one of that name, or the address or path itself where no feed has it as its name."""
    if isinstance(source, str) and ("://" in source or "." in source or source.startswith("/")):
        return source
    return load_feed(source)
