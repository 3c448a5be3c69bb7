"""From a shop's block to the open shop, by whichever way the block goes."""

from __future__ import annotations

from contextlib import AbstractContextManager

from blocks import PrestashopWebservice, ShopBlock
from tasks.prestashop.database import checks as of_database
from tasks.prestashop.database.shop import open_database
from tasks.prestashop.model import Shop
from tasks.prestashop.webservice import checks as of_webservice
from tasks.prestashop.webservice.shop import open_webservice
from tasks.summaries import Check

__all__ = ["checks", "open_shop"]


def checks(block: ShopBlock) -> list[Check]:
    """Look at everything a sync of this shop relies on; a finding that makes the next ones impossible ends the list."""
    if isinstance(block, PrestashopWebservice):
        return of_webservice.checks(block)
    return of_database.checks(block)


def open_shop(block: ShopBlock) -> AbstractContextManager[Shop]:
    """Open the shop of a block and find out what it is.

    Errors: WrongSettingsError (address, user or key, shop id, rights), UnreachableError.
    """
    return open_webservice(block) if isinstance(block, PrestashopWebservice) else open_database(block)
