"""What a shop is, what is to be changed in it and what came of it: the words that every shop driver shares."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal, NamedTuple, Protocol, get_args

from pydantic import BaseModel, ConfigDict

from blocks import AvailabilityPolicy

Field = Literal["available_now", "available_later", "quantity", "out_of_stock"]
"""What is written to a shop, in the columns of these names: texts by language, and what a stock row says."""

FLAG: Field = "out_of_stock"
QUANTITY: Field = "quantity"
LATER: Field = "available_later"
NOW: Field = "available_now"
ALL_FIELDS: tuple[Field, ...] = get_args(Field)
STOCK_FIELDS = frozenset({QUANTITY, FLAG})  # they have no language
USUAL_FIELDS = frozenset({LATER, FLAG})
SUPPLIER_REFERENCES = "supplier references"  # a feature that may be switched off
BRANDS = "brands"  # another one
FLAG_VALUES = frozenset({"0", "1", "2"})  # deny, allow, as the shop's default says
LARGEST_QUANTITY = 2**31 - 1


Asked = Literal["codes", "prices", "brands"]
"""What a catalogue tells only if asked: the suppliers' codes of its items, their net prices, their makers' names."""


def asked_by(policy: AvailabilityPolicy) -> set[Asked]:
    """Return what a policy has to know of a catalogue besides; nothing, usually."""
    asked: set[Asked] = set()
    if policy.has_margin:
        asked.add("prices")
    if policy.has_brands:
        asked.add("brands")
    return asked


def fields_of(policy: AvailabilityPolicy) -> frozenset[Field]:
    """Return the fields that a policy has written."""
    return frozenset(ALL_FIELDS) if policy.combinations == "quantities" else USUAL_FIELDS


class ShopLanguage(BaseModel):
    """A language of the shop; `locale` is `pl-PL` (1.6: `pl`), `iso_code` is `pl`."""

    model_config = ConfigDict(frozen=True)

    id_lang: int
    iso_code: str
    locale: str
    active: bool


class ShopInfo(BaseModel):
    """What the shop is and can do, found out when it is opened.

    `share_stock`: stock rows belong to the shop group, not to the shop. `combination_labels`: combinations have texts
    of their own (PrestaShop 8.1 and later). `utf8mb3`: its text columns can't hold 4-byte characters such as emoji.
    `text_length`: the longest text in characters. `stock_management`: off means that everything can be ordered,
    whatever is written. `catalogue_mode`: the shop only shows, nothing can be ordered. `orders_out_of_stock`: what
    the flag 2 stands for. `default_currency`: the code
    (`PLN`) of its prices, None where the user may not read `currency`. `physical_quantity`: stock rows hold beside the
    quantity what is on the shelf (since 1.7). `switched_off`: features that the user or key may not read, by name.
    `identity`: what tells this shop from others, the same by whichever way the connection came there.
    `plain_texts`: PrestaShop itself checks the texts, and refuses some signs.
    """

    model_config = ConfigDict(frozen=True)

    version: str
    server: str
    id_shop: int
    id_shop_group: int
    share_stock: bool
    languages: list[ShopLanguage]
    default_id_lang: int
    combination_labels: bool
    utf8mb3: bool
    text_length: int
    stock_management: bool
    catalogue_mode: bool
    orders_out_of_stock: bool = False
    default_currency: str | None
    physical_quantity: bool
    identity: str
    switched_off: list[str] = []
    plain_texts: bool = False

    @property
    def tells_supplier_codes(self) -> bool:
        """Whether what the shop's suppliers call its products can be read."""
        return SUPPLIER_REFERENCES not in self.switched_off

    @property
    def tells_brands(self) -> bool:
        """Whether the makers of its products can be read."""
        return BRANDS not in self.switched_off


class Change(NamedTuple):
    """A value to be written: `field` of a product (attribute 0) or combination, in a language or (None) a stock row."""

    id_product: int
    id_product_attribute: int
    id_lang: int | None
    field: str
    before: str | None
    after: str | None


class Outcome(NamedTuple):
    """What came of a change.

    `written`: the shop held `before` and now holds `after`, read back. `already`: it held `after`. `left`: it holds a
    third value, someone else's, and keeps it. `failed`: see `message`. `found`: what it holds instead.
    """

    id_product: int
    id_product_attribute: int
    id_lang: int | None
    field: str
    outcome: Literal["written", "already", "left", "failed"]
    found: str | None = None
    message: str | None = None


Kind = Literal["texts", "labels", "stock"]
"""The tables that are written: texts of products, texts of combinations, stock rows."""


class Part(NamedTuple):
    """A window's changes of one column: JSON `[[first id, second id, before, after], ...]`, how many, how many new."""

    rows: str
    given: int
    new: int


class Together(NamedTuple):
    """A window of the products `first` to `last` in the form that is written at once."""

    first: int
    last: int
    parts: Mapping[tuple[Kind, Field], Part]


class Shop(Protocol):
    """What flows need of a shop, whichever way it is reached."""

    @property
    def info(self) -> ShopInfo: ...

    def lock(self, wait_seconds: int = 0) -> AbstractContextManager[None]:
        """Keep other runs out of this shop; Busy if one is inside."""

    def read_catalogue(
        self, to: Path, limit: int | None = None, asked: Collection[Asked] = (), only: int | None = None
    ) -> Path:
        """Write what the shop sells as Parquet; see `DatabaseShop.read_catalogue` for the columns."""

    def read_rows(self, to: Path, products: Path | None = None, fields: Collection[Field] = USUAL_FIELDS) -> Path:
        """Write the current values of some fields as Parquet; see `DatabaseShop.read_rows` for the columns."""

    def refuse_unwritable(self, changes: Sequence[Change]) -> None:
        """Raise Refused naming the changes that this shop can't hold, or that are never made."""

    @property
    def window_products(self) -> int:
        """How many products are applied before the lease is looked at again and what came of them is recorded."""

    @property
    def apply_together(self) -> Callable[[Together], bool] | None:
        """Apply a window at once if all of its rows hold `before`; False: nothing was written, `apply_window` it.

        None: this shop takes no window at once.
        """

    def apply_window(self, changes: Sequence[Change]) -> list[Outcome]:
        """Apply the changes of some products; an outcome for each, in their order.

        A value is written only where the shop holds exactly `before`, and `written` only after it was read back.
        Errors: Refused (a change that the shop can't hold; nothing is written), those of the way to the shop.
        """

    def touch(self, products: Sequence[int]) -> None:
        """Let programs that take what changed since their last run find some products.

        Promised: afterwards `date_upd` of each product, and of its row of this shop where there is one, is no earlier
        than the call, in the shop's own time; the date of a product is shared by all shops that sell it. Nothing else
        changes, and once more does no harm. A driver whose writes set the date by themselves (the Webservice's of a
        product, not those of its stock) has to see only to those that don't.
        """
