"""The ways to a shop, by name: a block of any of these kinds is a shop."""

from __future__ import annotations

from typing import TypeAlias

from blocks.prestashop_database import PrestashopDatabase
from blocks.prestashop_webservice import PrestashopWebservice

ShopBlock: TypeAlias = PrestashopDatabase | PrestashopWebservice
SHOP_KINDS = (PrestashopDatabase, PrestashopWebservice)
