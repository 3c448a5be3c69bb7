"""From a shop's block to the open shop, by whichever way the block goes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from blocks import PrestashopDatabase, ShopBlock
from tasks.prestashop.database.checks import checks as database_checks
from tasks.prestashop.database.shop import open_database
from tasks.prestashop.model import Shop
from tasks.summaries import Check

__all__ = ["checks", "open_shop"]


def checks(block: ShopBlock) -> list[Check]:
    """Look at everything a sync of this shop relies on; a finding that makes the next ones impossible ends the list."""
    if not isinstance(block, PrestashopDatabase):
        raise NotImplementedError
    return database_checks(block)


@contextmanager
def open_shop(block: ShopBlock) -> Iterator[Shop]:
    """Open the shop of a block and find out what it is.

    Errors: WrongSettingsError (address, user or key, shop id, rights), UnreachableError.
    """
    if not isinstance(block, PrestashopDatabase):
        raise NotImplementedError
    with open_database(block) as shop:
        yield shop
