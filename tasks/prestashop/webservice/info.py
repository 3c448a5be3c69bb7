"""What this shop is and can do, as its Webservice tells: where it can be by what is there, not by its version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from blocks import PrestashopWebservice
from tasks.errors import WrongSettingsError
from tasks.prestashop.model import BRANDS, LATER, SUPPLIER_REFERENCES, ShopInfo, ShopLanguage
from tasks.prestashop.webservice import permissions
from tasks.prestashop.webservice.answers import PERMISSIONS, TICKS
from tasks.prestashop.webservice.client import Api
from tasks.prestashop.webservice.pages import one_of
from tasks.prestashop.webservice.xml import Entity

SETTINGS = (
    "PS_LANG_DEFAULT",
    "PS_STOCK_MANAGEMENT",
    "PS_CATALOG_MODE",
    "PS_CURRENCY_DEFAULT",
    "PS_ORDER_OUT_OF_STOCK",
)
TEXT_LENGTH = 255  # of `available_later`, in all versions; the Webservice refuses longer ones by itself
FOUR_BYTE_TEXTS_SINCE = LOCALES_SINCE = (1, 7)
FIRST_ASKED = ("languages", "shops", "shop_groups", "configurations", "combinations")
DEFAULT_PORTS = {"http": 80, "https": 443}


def read_info(api: Api, block: PrestashopWebservice) -> ShopInfo:
    """Find out what the shop is; WrongSettingsError if the key or the shop's number are not what was said."""
    if missing := permissions.lacking(api, permissions.reads()):
        raise WrongSettingsError(
            f"{api.where}: the key may not read {', '.join(need.resource for need in missing)}. Tick"
            f" {TICKS['GET']} of each {PERMISSIONS}"
        )
    found: dict[str, list[Entity]] = dict(api.each(lambda name: (name, list(_asked(api, name))), FIRST_ASKED))
    languages = list(map(_language, found["languages"]))
    api.languages = tuple(language.id_lang for language in languages)
    id_shop_group = _group_of(found["shops"], block.id_shop, api.where)
    groups = found["shop_groups"]
    shares = any(group.id == id_shop_group and group.text("share_stock") == "1" for group in groups)
    settings = _settings(found["configurations"], block.id_shop, id_shop_group)
    labels = LATER in found["combinations"][0].fields
    return ShopInfo(
        version=api.version_text,
        server=f"its Webservice ({api.where})",
        id_shop=block.id_shop,
        id_shop_group=id_shop_group,
        share_stock=shares,
        languages=languages,
        default_id_lang=_default_language(api, settings),
        combination_labels=labels,
        # the Webservice doesn't tell; 1.6 installs itself so, and what a table can't hold is cut or refused without a
        # word. In a later shop that was upgraded from 1.6 a lost sign shows when it is read back
        utf8mb3=api.version < FOUR_BYTE_TEXTS_SINCE,
        text_length=TEXT_LENGTH,
        stock_management=settings.get("PS_STOCK_MANAGEMENT") == "1",
        catalogue_mode=settings.get("PS_CATALOG_MODE") == "1",
        orders_out_of_stock=settings.get("PS_ORDER_OUT_OF_STOCK") == "1",
        default_currency=_currency(api, settings.get("PS_CURRENCY_DEFAULT")),
        physical_quantity=False,  # the shop's own program keeps it
        identity=_identity(block.base_url),
        switched_off=list(_switched_off(api)),
        plain_texts=True,
    )


def _group_of(shops: list[Entity], id_shop: int, where: str) -> int:
    for shop in shops:
        if shop.id == id_shop:
            return int(shop.text("id_shop_group"))
    found = ", ".join(str(shop.id) for shop in shops) or "no shop"
    raise WrongSettingsError(
        f"{where}: expected a shop with id_shop {id_shop}, found {found}. Correct `Shop number` in the block"
    )


def _asked(api: Api, resource: str) -> Iterator[Entity]:
    """What is asked at once; of combinations what a blank one has."""
    match resource:
        case "languages":
            locale = ["locale"] if api.version >= LOCALES_SINCE else []
            yield from api.listed(resource, ["iso_code", "language_code", "active", *locale])
        case "shops":
            yield from api.listed(resource, ["id_shop_group"])
        case "shop_groups":
            yield from api.listed(resource, ["share_stock"])
        case "configurations":
            fields = ["name", "value", "id_shop", "id_shop_group"]
            yield from api.listed(resource, fields, {"name": one_of(SETTINGS)})
        case "combinations":
            yield api.blank(resource)


def _settings(found: list[Entity], id_shop: int, id_shop_group: int) -> Mapping[str, str]:
    """The shop's settings: a row of the shop stands before one of its group, and that before one of all shops."""
    rows: list[tuple[int, int, int, Entity]] = []
    for entity in found:
        of_shop, of_group = (int(entity.text(field) or 0) for field in ("id_shop", "id_shop_group"))
        if of_shop == id_shop or (of_shop == 0 and of_group in {0, id_shop_group}):
            rows.append((of_shop, of_group, entity.id, entity))
    # one after the other: the last of a name stays
    return {entity.text("name"): entity.text("value") for *_, entity in sorted(rows, key=lambda row: row[:3])}


def _default_language(api: Api, settings: Mapping[str, str]) -> int:
    value = settings.get("PS_LANG_DEFAULT", "")
    if not value.isdecimal():
        raise WrongSettingsError(
            f"{api.where}: expected `PS_LANG_DEFAULT` in the shop's `configurations`, found nothing. Is this a"
            " PrestaShop shop that was installed to the end?"
        )
    return int(value)


def _language(entity: Entity) -> ShopLanguage:
    return ShopLanguage(
        id_lang=entity.id,
        iso_code=entity.text("iso_code"),
        locale=entity.text("locale") or entity.text("language_code"),
        active=entity.text("active") == "1",
    )


def _currency(api: Api, id_currency: str | None) -> str | None:
    if not id_currency or not id_currency.isdecimal() or not api.may(permissions.CURRENCIES, "GET"):
        return None
    found = list(api.listed_by(permissions.CURRENCIES, ["iso_code"], "id", [int(id_currency)]))
    return found[0].text("iso_code").upper() or None if found else None


def _identity(base_url: str) -> str:
    """Host and path: two blocks of one PrestaShop are known as such by the same address."""
    parts = urlsplit(base_url)
    port = f":{parts.port}" if parts.port and parts.port != DEFAULT_PORTS[parts.scheme] else ""
    return f"webservice {parts.hostname}{port}{parts.path}"


def _switched_off(api: Api) -> Iterator[str]:
    """The features whose resources the key may not read."""
    if not all(api.may(resource, "GET") for resource in permissions.CODES):
        yield SUPPLIER_REFERENCES
    if not api.may(permissions.BRANDS, "GET"):
        yield BRANDS
