"""From a shop's block to the open shop, by whichever way the block goes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from blocks import ShopBlock
from tasks.prestashop.database.checks import checks
from tasks.prestashop.database.shop import open_database
from tasks.prestashop.model import Shop

__all__ = ["checks", "open_shop"]


@contextmanager
def open_shop(block: ShopBlock) -> Iterator[Shop]:
    """Open the shop of a block and find out what it is.

    Errors: WrongSettingsError (address, user or key, shop id, rights), UnreachableError.
    """
    with open_database(block) as shop:
        yield shop
