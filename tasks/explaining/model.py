"""What is told of one product: facts by where they come from, each readable by a program as well."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from tasks.feeds import SupplierSays

Code = str


class Item(BaseModel):
    """A product of ours as the shop has it: `attribute` 0 is the product itself, more is one of its combinations."""

    product_id: int
    sku: str | None = None
    ean: str | None = None
    name: str | None = None
    id_product: int | None = None
    attribute: int = 0

    @property
    def shown(self) -> str | None:
        """Its number in the shop: `12`, or `12-34` of a combination."""
        if self.id_product is None:
            return None
        return f"{self.id_product}-{self.attribute}" if self.attribute else str(self.id_product)


class Doing(BaseModel):
    """A run: what it was, when, and how it ended (`running`: it has not, or died)."""

    run_id: str
    flow: str
    started_at: datetime
    ended_at: datetime | None = None
    status: str
    message: str | None = None


class Feed(BaseModel):
    """A supplier: what its files say of the product, and how its imports go."""

    supplier: int
    name: str
    says: SupplierSays
    last_import: Doing | None = None


class Link(BaseModel):
    """What joins the product with a supplier's item, and why; `cause`: why nothing does (see words, `link_...`).

    `holds`: what the supplier said last, as a decision reads it. `changed_at`: since when it is on, or off.
    `missing_since`: since when the supplier's file has not had it. `doubt`: what speaks against the link.
    """

    supplier: int
    name: str
    product_id: int | None = None
    key: str | None = None
    sku: str | None = None
    ean: str | None = None
    matched_by: str | None = None
    is_manual: bool = False
    holds: dict[str, Any] = {}
    changed_at: datetime | None = None
    missing_since: datetime | None = None
    doubt: Code | None = None
    cause: Code | None = None
    candidates: list[int] = []
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None


class Offer(BaseModel):
    """A supplier's offer as it was judged: see `offers.sql` and `best_offer.sql`."""

    product_id: int
    supplier: int
    stock_quantity: int | None
    is_available: bool | None
    ship_on: date | None
    days: int | None
    purchase_price: Decimal | None
    currency: str | None
    threshold: int | None
    allowed: bool
    reason_code: Code
    aged_hours: int | None
    is_best: bool


class Pin(BaseModel):
    """A person's word about the product: kind on, off, hold, released."""

    product_id: int | None
    supplier_id: int | None
    kind: str
    reason: str
    until: datetime | None
    decided_by: str
    decided_at: datetime


class Value(BaseModel):
    """A flag or text of the shop: what it holds, what we wrote last, what is wanted, what it held before us.

    `is_read`, `is_written`, `is_wanted`: whether there is such a value at all, as each may be empty. `left`: a sync
    found that somebody else set it (first at `left_at`) and leaves it so: `kept` by the policy, `contested` as another
    program writes it; `left_until` None: until something else is to be written.
    """

    attribute: int
    language: str | None
    field: str
    holds: str | None = None
    is_read: bool = False
    written: str | None = None
    is_written: bool = False
    written_at: datetime | None = None
    run_id: str | None = None
    original: str | None = None
    wanted: str | None = None
    is_wanted: bool = False
    left: str | None = None
    left_at: datetime | None = None
    left_until: datetime | None = None

    @property
    def is_drift(self) -> bool:
        """Whether somebody else changed it since we wrote it."""
        return self.is_read and self.is_written and self.holds != self.written

    @property
    def is_due(self) -> bool:
        """Whether something else is wanted than the shop (as far as we know) holds."""
        held = self.holds if self.is_read else self.written
        return self.is_wanted and (self.is_read or self.is_written) and held != self.wanted


class Rule(BaseModel):
    """The decision of a sync that would run now. `allowed` None: there is none, as the product is not managed.

    `threshold_from`: `policy`, `resume`, or the exception (`supplier`, `brand`, `product`) and its name.
    """

    allowed: bool | None = None
    item_allowed: bool | None = None
    reason_code: Code | None = None
    supplier: int | None = None
    stock_quantity: int | None = None
    threshold: int | None = None
    threshold_from: tuple[Code, str | None] = ("policy", None)
    days: int | None = None
    ship_on: date | None = None
    best_offer: str = "fastest"
    combinations: str = "any"
    items: int = 1
    allowed_items: int = 0
    left_alone: Code | None = None
    offers: list[Offer] = []
    pins: list[Pin] = []
    is_assumed: bool = False  # the shop could not be read: its own switches were taken as set to sell


class Changed(BaseModel):
    """A value that a change set changed, and why: `reason_args` as a sync kept them."""

    attribute: int
    language: str | None
    field: str
    before: str | None
    after: str | None
    reason_code: Code
    reason_args: dict[str, Any] = {}


class LastWrite(BaseModel):
    """The newest write of ours to the product; `values` is empty where the archive holds the change set no more."""

    written_at: datetime
    run: Doing | None = None
    run_id: str
    change_set_id: str | None = None
    values: list[Changed] = []


class NotWritten(BaseModel):
    """A value that the newest change set planned and did not write: `left` (somebody else's) or `failed`."""

    change_set_id: str
    field: str
    outcome: str
    found: str | None = None
    message: str | None = None


class ShopHolds(BaseModel):
    """What the shop holds now; `problem`: why it could not be asked. `flag_default`: what flag 2 stands for."""

    problem: str | None = None
    exists: bool = False
    active: bool = True
    available_for_order: bool = True
    visibility: str = "both"
    minimal_quantity: int | None = None
    quantity: int | None = None
    available_date: date | None = None
    catalogue_mode: bool = False
    stock_management: bool = True
    flag_default: bool = False
    values: list[Value] = []


class Cause(BaseModel):
    """The one reason, as a code of words with what fills it; `can_be_ordered` None: that can't be said."""

    code: Code
    values: dict[str, Any] = {}
    can_be_ordered: bool | None = None


class Explanation(BaseModel):
    """Why a product can or can't be ordered: `cause` in one line, all of it as Markdown in `text`, which `str()` gives.

    `code`: the cause for a program. `since`: when its flag got into this state by our hand; None: never, or unknown.
    """

    cause: str
    code: Code
    can_be_ordered: bool | None = None
    item: Item | None = None
    shop: int | None = None
    feeds: list[Feed] = []
    link: list[Link] = []
    rule: Rule | None = None
    last_write: LastWrite | None = None
    not_written: list[NotWritten] = []
    shop_holds: ShopHolds | None = None
    since: datetime | None = None
    text: str

    def __str__(self) -> str:
        return self.text
