"""Settings and secrets: what the operator fills in, as Prefect blocks and the models inside them."""

from blocks.feed import SupplierFeed
from blocks.feed_columns import FeedMapping, Meaning, SkuCodes
from blocks.feed_gate import FeedGate
from blocks.loading import load_feed, load_integration, load_shop, load_source, refuse_taken, save_new
from blocks.policy import AvailabilityPolicy, LanguageTexts
from blocks.shop import ColumnDefault, PrestashopDatabase

__all__ = [
    "AvailabilityPolicy",
    "ColumnDefault",
    "FeedGate",
    "FeedMapping",
    "LanguageTexts",
    "Meaning",
    "PrestashopDatabase",
    "SkuCodes",
    "SupplierFeed",
    "load_feed",
    "load_integration",
    "load_shop",
    "load_source",
    "refuse_taken",
    "save_new",
]
