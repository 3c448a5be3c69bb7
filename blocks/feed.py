"""A supplier's feed: where it comes from, how to read it, which of its columns mean what."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from prefect.blocks.core import Block
from pydantic import ConfigDict, Field, SecretStr, field_validator, model_validator

from blocks.delivery import SupplierDelivery
from blocks.feed_columns import Contractor, FeedMapping, Meaning, SkuCodes, Warehouse, repeated
from blocks.feed_gate import FeedGate
from blocks.feed_part import FeedPart
from blocks.fetching import Fetching
from blocks.keys import private_key
from blocks.secret import Secret

SOURCE_KINDS = ("file", "http", "https", "ftp", "ftps", "sftp", "s3", "gs", "gcs", "az", "abfs", "memory")


class Absence(StrEnum):
    """What it means when an item is missing from a passed snapshot."""

    SOLD_OUT = "sold_out"
    UNCERTAIN = "uncertain"
    KEEP = "keep"


class MatchBy(StrEnum):
    """By which key an offer finds its product."""

    SKU = "sku"
    EAN = "ean"
    SKU_OR_EAN = "sku_or_ean"


class SupplierFeed(Block):
    """A supplier's file (CSV, XML, JSON, XLSX) with stock, delivery days and prices."""

    _block_type_name = "Supplier Feed"
    _block_type_slug = "supplier-feed"
    _description = "A supplier's file (CSV, XML, JSON, XLSX) with stock, delivery days and prices."

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    integration_id: int = Field(gt=0, title="Integration number", description="The supplier's number, for example 6.")
    contractor_id: int | None = Field(
        None, gt=0, title="Contractor number", description="The supplier's number among your contractors."
    )
    enabled: bool = Field(
        True,
        title="Switched on",
        description="Off: an import does nothing, links keep what they hold. Inspecting, checking, a dry run work.",
    )
    source: str = Field(
        min_length=1,
        title="Source",
        description="A path, or an address: http(s)://, ftp://, ftps://, sftp://, s3://, gs://, az://. `{token}`"
        " in it is replaced by the token below.",
    )
    username: str | None = Field(None, title="User name", description="For HTTP Basic, FTP, SFTP or storage.")
    password: Secret = Field(None, title="Password", description="Of that user.")
    token: Secret = Field(None, title="Token", description="Replaces `{token}` in the source.")
    header_name: str | None = Field(
        None, pattern=r"^[A-Za-z0-9-]+$", title="Header name", description="For example `X-Api-Key`."
    )
    header_value: Secret = Field(None, title="Header value", description="What that header holds.")
    private_key: Secret = Field(
        None,
        title="SFTP private key",
        description="Instead of a password: the key from `-----BEGIN` to `END…-----`. The password then opens the key.",
    )
    fetching: Fetching = Field(
        default_factory=Fetching, title="Fetching", description="Which file, proofs and limits; mostly empty."
    )
    preset: str | None = Field(
        None,
        title="Known format",
        description="For example `ceneo`, `iof`, `google-rss`: fills what you leave empty below. Inspect a feed and it"
        " is proposed; docs/feeds.md lists them.",
    )
    format: Literal["auto", "csv", "xml", "json", "xlsx"] = Field(
        "auto", title="Format", description="`auto` looks at the content, not at the file's name."
    )
    delimiter: str | None = Field(
        None, min_length=1, max_length=1, title="Delimiter", description="CSV: empty = found by looking."
    )
    quote: str | None = Field(
        None,
        pattern=r"^(none|[^\w\s])$",
        title="Quote",
        description="CSV: the sign around texts; empty = found by looking, `none` = there is no such sign.",
    )
    encoding: str | None = Field(None, title="Encoding", description="For example `cp1250`; empty = found by looking.")
    decimal: Literal["auto", "comma", "point"] = Field(
        "auto",
        title="Decimal sign",
        description="`auto` looks at each column; one that mixes both is refused.",
    )
    has_header: bool = Field(True, title="Has a header", description="CSV: the first line holds the column names.")
    skip_rows: int = Field(
        0,
        ge=0,
        le=100,
        title="Lines to skip",
        description="CSV, XLSX: lines above the header; title lines are found without it.",
    )
    record_path: str | None = Field(
        None,
        title="Record path",
        description="XML, JSON: where one item stands, for example `offer/products/product`; XLSX: the sheet's name.",
    )
    variant_path: str | None = Field(
        None,
        title="Variants",
        description="XML, JSON: where an item's sizes or options stand inside it, for example `sizes/size`. Each of"
        " them is read as an item; what it does not say itself is taken from the item around it.",
    )
    mapping: FeedMapping = Field(
        default_factory=FeedMapping, title="Columns", description="Which column or path holds what."
    )
    warehouses: list[Warehouse] = Field(
        default_factory=list,
        title="Warehouses",
        description="Instead of the one column `Stock`: several, each with its own delivery days. The fastest by which"
        " enough pieces can be had decides the days that your customer reads.",
    )
    contractors: list[Contractor] = Field(
        default_factory=list,
        title="Contractors",
        description="What the column `Contractor` may hold. Empty: it holds the numbers themselves.",
    )
    duplicates: Literal["last", "first", "sum", "max", "reject"] = Field(
        "last",
        title="Repeated items",
        description="Where an item's code is there several times: the `last` or `first` record counts, the one with the"
        " most stock (`max`), the stock of all of them (`sum`, the rest from the last), or none of them (`reject`).",
    )
    sync_purchase_price: bool = Field(
        False,
        title="Keep purchase prices",
        description="Writes the net price of linked items into your products; only prices in the currency below, which"
        " must be yours. Of several suppliers of a product the one with the lowest integration number sets it.",
    )
    meanings: list[Meaning] = Field(
        default_factory=list, title="Words of this supplier", description="What is not understood by itself."
    )
    part: FeedPart = Field(
        default_factory=FeedPart,
        title="Part",
        description="Where the supplier has several files; mostly left as it is.",
    )
    match_by: MatchBy = Field(MatchBy.SKU_OR_EAN, title="Match by", description="How items find your products.")
    sku_codes: SkuCodes = Field(
        default_factory=SkuCodes,
        title="SKU rules",
        description="Where the supplier's SKUs differ from your references.",
    )
    shop_supplier: str | None = Field(
        None,
        title="Supplier's name in the shop",
        description="As PrestaShop lists it under Suppliers. The supplier references of your products are then a key,"
        " compared with the supplier's code, or with the SKU where the feed has no such column.",
    )
    unknown_products: Literal["skip", "error"] = Field(
        "skip", title="Items you don't sell", description="`error` refuses the import if there is one."
    )
    default_delivery_days: int | None = Field(
        None, ge=0, le=365, title="Usual delivery days", description="Where the feed gives none."
    )
    delivery: SupplierDelivery = Field(
        default_factory=SupplierDelivery,
        title="Delivery",
        description="Working days, cut-off hour, holidays and closed weeks of this supplier.",
    )
    absence: Absence = Field(
        Absence.UNCERTAIN,
        title="Missing items",
        description="`sold_out`: missing once means sold out; `uncertain`: missing from two different files and for six"
        " hours; `keep`: stays as it was.",
    )
    gate: FeedGate = Field(default_factory=FeedGate, title="Gate", description="When a feed is not believed.")
    currency: str = Field("PLN", pattern=r"^[A-Z]{3}$", title="Currency", description="Where the feed names none.")
    price_kind: Literal["net", "gross"] = Field("net", title="Prices are", description="Net or gross.")
    timezone: str = Field("Europe/Warsaw", title="Time zone", description="The supplier's; dates are read in it.")

    @field_validator("source")
    @classmethod
    def _known_kind(cls, value: str) -> str:
        kind = re.match(r"([A-Za-z][A-Za-z0-9+.-]*)://", value)
        if kind and kind[1].lower() not in SOURCE_KINDS:
            raise ValueError(f"expected a path or an address with {', '.join(SOURCE_KINDS)}, got `{kind[1]}://`")
        return value

    @field_validator("private_key")
    @classmethod
    def _a_private_key(cls, value: SecretStr | None) -> SecretStr | None:
        return SecretStr(private_key(value.get_secret_value())) if value and value.get_secret_value() else None

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"expected a time zone such as `Europe/Warsaw`, got `{value}`")
        return value

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str | None) -> str | None:
        if value:
            try:
                "".encode(value)
            except LookupError:
                raise ValueError(f"expected an encoding such as `cp1250` or `utf-8`, got `{value}`") from None
        return value or None

    @model_validator(mode="after")
    def _credentials_fit(self) -> Self:
        if "{token}" in self.source and not self.token:
            raise ValueError("token: the source holds `{token}`, so the token must be given")
        if bool(self.header_name) != bool(self.header_value):
            raise ValueError("header_name, header_value: give both or none")
        return self

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        lacking = self.mapping.lacking(self.part, has_warehouses=bool(self.warehouses), known_by=self.shop_supplier)
        if lacking and not self.preset:
            raise ValueError(lacking)
        if self.warehouses and (self.mapping.stock_quantity or self.mapping.delivery_days):
            raise ValueError(
                "warehouses: expected stock and delivery days from them, got columns for `stock_quantity` or"
                " `delivery_days` as well; clear those, or the warehouses"
            )
        if self.contractors and not self.mapping.contractor:
            raise ValueError("contractors: expected a column for `contractor` in the mapping, got none")
        if several := repeated(one.text for one in self.contractors):
            raise ValueError(f"contractors: expected each text once, got several for {several}")
        if self.sync_purchase_price and self.price_kind == "gross":
            raise ValueError("sync_purchase_price: expected net prices, got `price_kind` gross; your products hold net")
        has_prices = self.part.says("price") and (self.mapping.purchase_price or self.preset)
        if self.sync_purchase_price and not has_prices:
            raise ValueError(
                "sync_purchase_price: expected a column for `purchase_price` in a file of prices, got none"
            )
        return self

    def columns(self) -> dict[str, str]:
        """Target field -> column or path, those of the warehouses too."""
        return {**self.mapping.columns(), **self.warehouse_columns()}

    def warehouse_columns(self) -> dict[str, str]:
        """The same for the warehouses alone: `warehouse_1` and so on."""
        return {f"warehouse_{place}": warehouse.column for place, warehouse in enumerate(self.warehouses, 1)}

    @property
    def zone(self) -> ZoneInfo:
        """The supplier's time zone."""
        return ZoneInfo(self.timezone)
