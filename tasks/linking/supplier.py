"""A supplier's offers against our products: who is who, what its links hold then, and writing exactly that."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pydantic import BaseModel

from blocks import SkuCodes, SupplierFeed
from blocks.feed import MatchBy
from tasks.duck import Desk, desk
from tasks.errors import Refused
from tasks.feeds import Snapshot
from tasks.linking.decisions import DECIDED, lay_decided, read_decided
from tasks.linking.prices import plan_prices
from tasks.linking.shop import PRODUCT_COLUMNS, Steps

if TYPE_CHECKING:
    from tasks.state import StateDatabase

SHOP_LINK_COLUMNS = ("integration_id", "product_id", "external_product_id")


class Keys(BaseModel):
    """By what offers find products: the feed block's settings of these names."""

    match_by: MatchBy = MatchBy.SKU_OR_EAN
    sku_codes: SkuCodes = SkuCodes()
    shop_supplier: str | None = None

    @classmethod
    def of(cls, feed: SupplierFeed) -> Self:
        return cls(match_by=feed.match_by, sku_codes=feed.sku_codes, shop_supplier=feed.shop_supplier)


class Matched(BaseModel):
    """Files `matched` (row_number, product_id, method) and `unmatched` (with cause and candidates), and counts.

    `other_suppliers`: where no product has a code of the supplier that the block names, those whose codes there are.
    """

    matched: Path
    unmatched: Path
    offers: int
    found: int
    by_cause: dict[str, int]
    other_suppliers: list[str] | None = None


class Scope(BaseModel):
    """Which of the matched offers may be applied, and whether this file is evidence of absence."""

    limit: int | None = None
    counts_absence: bool = True
    only_new: bool = False
    asked_for: list[int] = []


class LinkPlan(BaseModel):
    """What a supplier's links become: one Parquet file a kind of change, and the counts."""

    folder: Path
    links: int
    created: int
    updated: int
    in_feed_updated: int
    absent: int
    stale: int  # links that a change of the catalogue or of the feed has put in doubt
    sold_out: int
    whole: bool  # a limit cut nothing
    prices: int = 0  # products whose purchase price changes
    prices_left: dict[str, int] = {}  # offers whose price is not written to their product, by reason

    @property
    def changed(self) -> bool:
        """Whether applying it writes any link or price."""
        return bool(self.created or self.updated or self.prices)


def read_known(state: StateDatabase, integration_id: int | None, folder: Path, keys: Keys | None = None) -> None:
    """Lay what the state database knows into `folder`: products, links, absences and known of this supplier (or none).

    Beside them `shop_links`: which product is which item of a shop, for products that are combinations of another, and
    where `keys` name a supplier of the shop with the codes that it knows.
    """
    ours = {"integration_id": integration_id}
    of_shops = {"supplier_availability": None}
    columns = (*SHOP_LINK_COLUMNS, "metadata") if keys and keys.shop_supplier else SHOP_LINK_COLUMNS
    state.read("integration_product_links", folder / "shop_links.parquet", columns, of_shops)
    state.read("products", folder / "products.parquet", columns=PRODUCT_COLUMNS)
    state.read("integration_product_links", folder / "links.parquet", where=ours)
    state.read("absences", folder / "absences.parquet", where=ours)
    state.read("unmatched_offers", folder / "known.parquet", where=ours)
    if integration_id is not None:
        read_decided(state, integration_id, folder)


def match_offers(offers: Path, keys: Keys, folder: Path) -> Matched:
    """Decide which offer is which product (see match.sql) over what `read_known` laid into `folder`."""
    with desk() as table:
        table.show(offers=offers, **{name: folder / f"{name}.parquet" for name in ("products", "links", "shop_links")})
        lay_decided(table, folder)
        table.run("linking/keys.sql")
        table.run("linking/combinations.sql")
        other_suppliers = _lay_supplier_codes(table, keys.shop_supplier)
        table.run("linking/match.sql", {"match_by": keys.match_by.value, **keys_around(table, keys.sku_codes)})
        table.run("linking/stale.sql")
        table.save("stale_links", folder / "stale_links.parquet")
        causes = table.rows("SELECT cause, count(*) AS n FROM unmatched GROUP BY cause ORDER BY cause")
        return Matched(
            matched=table.save("matched", folder / "matched.parquet"),
            unmatched=table.save("unmatched", folder / "unmatched.parquet"),
            offers=table.count("offers"),
            found=table.count("matched"),
            by_cause={row["cause"]: row["n"] for row in causes},
            other_suppliers=other_suppliers,
        )


def _lay_supplier_codes(table: Desk, shop_supplier: str | None) -> list[str] | None:
    """Lay `supplier_codes`; if there are none of this supplier, return the names of those of whom there are some."""
    if not shop_supplier:
        table.run("linking/no_supplier_codes.sql")
        return None
    table.run("linking/supplier_codes.sql", {"shop_supplier": shop_supplier})
    if table.count("supplier_codes"):
        return None
    return [row["name"] for row in table.rows("SELECT name FROM known_suppliers ORDER BY name LIMIT 20")]


def keys_around(table: Desk, codes: SkuCodes) -> dict[str, str]:
    """What stands around SKUs, in the form in which SKUs are compared."""
    keys = ", ".join(f"coalesce(sku_key(${name}), '') AS {name}" for name in SkuCodes.model_fields)
    (row,) = table.rows(f"SELECT {keys}", codes.model_dump())
    return row


def codes_around(codes: SkuCodes) -> dict[str, str]:
    """The same, for who has no desk with the macros yet."""
    with desk() as table:
        table.run("linking/keys.sql")
        return keys_around(table, codes)


def refuse_unknown(feed: SupplierFeed, matched: Matched) -> None:
    """Raise Refused for a feed with unknown products, if its block says so."""
    unknown = matched.by_cause.get("no_product", 0)
    if feed.unknown_products == "error" and unknown:
        raise Refused(
            f"Expected every offer to be a product of ours (`Items you don't sell` is `error`), got {unknown} that are"
            " not. Nothing was written; set the field to `skip`, or add the products."
        )


def match_and_plan(
    state: StateDatabase, feed: SupplierFeed, snapshot: Snapshot, scope: Scope, now: datetime, folder: Path
) -> tuple[Matched, LinkPlan]:
    """Match a snapshot's offers over what `read_known` laid into `folder`, and plan the links; nothing is written."""
    matched = match_offers(snapshot.offers, Keys.of(feed), folder)
    plan = plan_links(feed, snapshot, scope, now, folder)
    if feed.sync_purchase_price and not scope.only_new:
        plan.prices, plan.prices_left = plan_prices(state, feed, snapshot.offers, scope.limit, folder)
    return matched, plan


def plan_links(feed: SupplierFeed, snapshot: Snapshot, scope: Scope, now: datetime, folder: Path) -> LinkPlan:
    """Decide what the links become (see links.sql, unmatched.sql) over what stands in `folder`."""
    values = {
        "integration_id": feed.integration_id,
        "contractor_id": feed.contractor_id,
        "says_price": feed.part.says("price"),
        "sets_price": feed.sync_purchase_price,
        "currency": feed.currency,
        "absence": feed.absence.value,
        "snapshot_id": snapshot.id,
        "content_hash": snapshot.content_hash,
        "is_part": bool(snapshot.part.name),
        "now": now,
        **scope.model_dump(),
    }
    with desk() as table:
        table.load(offers=snapshot.offers, rejects=snapshot.rejects)
        table.load(
            **{name: folder / f"{name}.parquet" for name in ("links", "absences", "known", "matched", "unmatched")}
        )
        table.show(stale_links=folder / "stale_links.parquet")
        table.run("linking/links.sql", values)
        if (folder / DECIDED).exists():
            lay_decided(table, folder)
            table.run("linking/pack_sizes.sql")
        table.run("linking/unmatched.sql", values)
        for name in (
            "new_links",
            "changed_links",
            "absent_now",
            "absences_gone",
            "unmatched_rows",
            "settled",
        ):
            table.save(name, folder / f"{name}.parquet")
        table.save("link_changes", folder / "link_changes.parquet")
        return LinkPlan(
            folder=folder,
            links=table.count("present"),
            created=table.count("new_links"),
            updated=table.count("changed_links"),
            in_feed_updated=table.count("changed_links", "product_id IN (SELECT product_id FROM present)"),
            absent=table.count("absent_now"),
            stale=table.count("stale_links"),
            whole=scope.limit is None,
            sold_out=table.count("sold_out", "product_id IN (SELECT product_id FROM link_changes)"),
        )


def apply_links(state: StateDatabase, plan: LinkPlan, before: Steps = (), after: Steps = ()) -> None:
    """Write a plan, and what must stand or fall with it (`before` and `after`), in one transaction."""
    folder = plan.folder
    with state.session() as session:
        for step in before:
            step(session)
        if plan.created:
            session.insert("integration_product_links", folder / "new_links.parquet")
        if plan.updated:
            key = ("integration_id", "product_id")
            session.update("integration_product_links", folder / "changed_links.parquet", key=key)
        if plan.prices:
            session.update("products", folder / "changed_prices.parquet", key=("id",))
        session.delete("absences", folder / "absences_gone.parquet", key=("integration_id", "product_id"))
        session.upsert("absences", folder / "absent_now.parquet", key=("integration_id", "product_id"))
        session.delete("unmatched_offers", folder / "settled.parquet", key=("integration_id", "offer_key"))
        session.upsert("unmatched_offers", folder / "unmatched_rows.parquet", key=("integration_id", "offer_key"))
        for step in after:
            step(session)
