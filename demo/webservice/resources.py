"""The resources that the stand-in holds, and the names of the others, which it knows but doesn't hold."""

from __future__ import annotations

from functools import cache

from demo.webservice.fields import Association, Field, Resource, Version
from demo.webservice.product_fields import PRODUCTS

SEVEN, EIGHT, NINE = (1, 7), (8,), (9,)
LABELS = (8, 1)

COMBINATIONS = Resource(
    "combinations",
    "combination",
    "product_attribute",
    "id_product_attribute",
    "The product combinations",
    (
        Field("id_product", "int", "both", "id", required=True, link="products"),
        Field("location", check="generic", size=64, until=EIGHT),
        Field("ean13", check="ean13", size=13, until=NINE),
        Field("ean13", check="gtin", size=20, since=NINE),
        Field("isbn", check="isbn", size=32, since=SEVEN),
        Field("upc", check="upc", size=12),
        Field("mpn", size=40, since=SEVEN),
        Field("quantity", "int", check="int", until=EIGHT),
        Field("reference", size=32, until=SEVEN),
        Field("reference", size=64, since=SEVEN),
        Field("supplier_reference", size=64),
        *(Field(name, "float", "shop", "signed price") for name in ("wholesale_price", "price")),
        Field("ecotax", "float", "shop", "price"),
        Field("weight", "float", "shop", "signed price"),
        Field("unit_price_impact", "float", "shop", "signed price"),
        Field("minimal_quantity", "int", "shop", "id", required=True),
        Field("low_stock_threshold", "int", "shop", "int", nullable=True, since=SEVEN),
        Field("low_stock_alert", "bool", "shop", "bool", since=SEVEN),
        Field("default_on", "bool", "shop", "bool", nullable=True),
        Field("available_date", "date", "shop", "date"),
        Field("available_now", "string", "lang", "generic", 255, since=LABELS),
        Field("available_later", "string", "lang", "generic", 255, since=LABELS),
    ),
    "shop",
    "per language",
    (Association("product_option_values", "product_option_value"), Association("images", "image")),
)

STOCK_AVAILABLES = Resource(
    "stock_availables",
    "stock_available",
    "stock_available",
    "id_stock_available",
    "Available quantities",
    (
        Field("id_product", "int", check="id", required=True, link="products"),
        Field("id_product_attribute", "int", check="id", required=True, link="combinations"),
        Field("id_shop", "int", check="id", link="shops"),
        Field("id_shop_group", "int", check="id", link="shop_groups"),
        Field("quantity", "int", check="int", required=True),
        Field("depends_on_stock", "bool", check="bool", required=True),
        Field("out_of_stock", "int", check="int", required=True),
        Field("location", size=255, since=SEVEN),
    ),
    "row",
)

LANGUAGES = Resource(
    "languages",
    "language",
    "lang",
    "id_lang",
    "Shop languages",
    (
        Field("name", check="generic", size=32, required=True),
        Field("iso_code", size=2, required=True),
        Field("locale", size=5, since=SEVEN),
        Field("language_code", size=5),
        Field("active", "bool", check="bool"),
        Field("is_rtl", "bool", check="bool"),
        Field("date_format_lite", size=32, required=True),
        Field("date_format_full", size=32, required=True),
    ),
    "shop",
)

SHOPS = Resource(
    "shops",
    "shop",
    "shop",
    "id_shop",
    "Shops from multi-shop feature",
    (
        Field("id_shop_group", "int", required=True),
        Field("id_category", "int", required=True),
        Field("active", "bool", check="bool"),
        Field("deleted", "bool", check="bool"),
        Field("name", check="generic", size=64, required=True),
        Field("color", since=NINE),
        Field("theme_name"),
    ),
)

SHOP_GROUPS = Resource(
    "shop_groups",
    "shop_group",
    "shop_group",
    "id_shop_group",
    "Shop groups from multi-shop feature",
    (
        Field("name", check="generic", size=64, required=True),
        Field("color", since=NINE),
        *(Field(name, "bool", check="bool") for name in ("share_customer", "share_order", "share_stock")),
        Field("active", "bool", check="bool"),
        Field("deleted", "bool", check="bool"),
    ),
)

CONFIGURATIONS = Resource(
    "configurations",
    "configuration",
    "configuration",
    "id_configuration",
    "Shop configuration",
    (
        Field("value"),
        Field("name", size=254, required=True),
        Field("id_shop_group", "int"),
        Field("id_shop", "int"),
        Field("date_add", "date", check="date"),
        Field("date_upd", "date", check="date"),
    ),
)

_DATED = (Field("date_add", "date", check="date"), Field("date_upd", "date", check="date"))
_NAMED = (Field("name", check="name", size=64, required=True), Field("active", "bool"), *_DATED)
SUPPLIERS = Resource("suppliers", "supplier", "supplier", "id_supplier", "The product suppliers", _NAMED, "shop")
MANUFACTURERS = Resource(
    "manufacturers", "manufacturer", "manufacturer", "id_manufacturer", "The product brands", _NAMED, "shop"
)

PRODUCT_SUPPLIERS = Resource(
    "product_suppliers",
    "product_supplier",
    "product_supplier",
    "id_product_supplier",
    "Product Suppliers",
    (
        Field("id_product", "int", check="id", required=True, link="products"),
        Field("id_product_attribute", "int", check="id", required=True, link="combinations"),
        Field("id_supplier", "int", check="id", required=True, link="suppliers"),
        Field("id_currency", "int", check="id", link="currencies"),
        Field("product_supplier_reference", check="reference", size=64),
        Field("product_supplier_price_te", "float", check="price"),
    ),
)

CURRENCIES = Resource(
    "currencies",
    "currency",
    "currency",
    "id_currency",
    "The currencies",
    (
        Field("name", check="generic", size=64, required=True),
        Field("iso_code", size=3, required=True),
        Field("conversion_rate", "float", required=True),
        Field("deleted", "bool"),
        Field("active", "bool"),
    ),
    "shop",
)

HELD = (
    COMBINATIONS,
    CONFIGURATIONS,
    CURRENCIES,
    LANGUAGES,
    MANUFACTURERS,
    PRODUCT_SUPPLIERS,
    PRODUCTS,
    SHOP_GROUPS,
    SHOPS,
    STOCK_AVAILABLES,
    SUPPLIERS,
)
OTHERS = (
    "addresses carriers cart_rules carts categories contacts countries customers deliveries employees groups guests"
    " image_types images messages order_details order_histories order_states orders price_ranges product_features"
    " product_feature_values product_option_values product_options search shop_urls specific_prices states stocks"
    " stores tags tax_rule_groups tax_rules taxes translated_configurations warehouses weight_ranges zones"
)
KNOWN = frozenset(OTHERS.split()) | {resource.name for resource in HELD}
FORBIDDEN = {"stock_availables": ("POST", "DELETE"), "search": ("PUT", "POST", "PATCH", "DELETE")}


@cache
def resources(version: Version) -> dict[str, Resource]:
    """The resources held, by name, as they are in a version."""
    return {resource.name: resource.in_version(version) for resource in HELD}
