"""Settings and secrets: what the operator fills in, as Prefect blocks and the models inside them."""

from blocks.delivery import Closed, ShopDelivery, SupplierDelivery
from blocks.feed import SupplierFeed
from blocks.feed_columns import FeedMapping, Meaning, SkuCodes
from blocks.feed_gate import FeedGate
from blocks.loading import load_feed, load_integration, load_shop, load_source, refuse_taken, save_new, saved_shops
from blocks.manual_edits import ManualEdits
from blocks.policy import Ageing, AvailabilityPolicy, LanguageTexts
from blocks.policy_exception import PolicyException
from blocks.prestashop_database import PrestashopDatabase
from blocks.prestashop_webservice import PrestashopWebservice
from blocks.shop import ColumnDefault
from blocks.shop_gate import ChangeGate
from blocks.shops import SHOP_KINDS, ShopBlock
from blocks.ssh import SshTunnel

__all__ = [
    "SHOP_KINDS",
    "Ageing",
    "AvailabilityPolicy",
    "ChangeGate",
    "Closed",
    "ColumnDefault",
    "FeedGate",
    "FeedMapping",
    "LanguageTexts",
    "ManualEdits",
    "Meaning",
    "PolicyException",
    "PrestashopDatabase",
    "PrestashopWebservice",
    "ShopBlock",
    "ShopDelivery",
    "SkuCodes",
    "SshTunnel",
    "SupplierDelivery",
    "SupplierFeed",
    "load_feed",
    "load_integration",
    "load_shop",
    "load_source",
    "refuse_taken",
    "save_new",
    "saved_shops",
]
