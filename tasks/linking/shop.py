"""A shop's catalogue against our products: recognise, make what is new, and keep this shop's links."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel

from blocks import ColumnDefault
from tasks.duck import Desk, desk
from tasks.errors import MovedOnError, WrongSettingsError
from tasks.linking.decisions import lay_decided, read_decided

if TYPE_CHECKING:
    from tasks.state import Session, StateDatabase

Steps = Sequence[Callable[["Session"], object]]

PRODUCT_COLUMNS = ("id", "sku", "ean", "name")
LINK_COLUMNS = (
    "integration_id",
    "product_id",
    "external_product_id",
    "sku",
    "ean",
    "metadata",
    "supplier_availability",
)
QUESTIONS = ("unmatched", "matched", "stale_links")
KINDS = ("new_items", "new_links", "changed_links", "changed_products", "ambiguous_items", "stale_items")


class CataloguePlan(BaseModel):
    """What becomes of a shop's links and our products: one Parquet file a kind of change, and the counts."""

    folder: Path
    items: int
    created: int
    recognised: int
    updated: int
    ambiguous: int
    stale: int = 0  # links of items that the shop has no more, or of products of ours that are gone
    newest_known: int = 0  # the highest id of our products that it was decided by

    @property
    def changed(self) -> bool:
        """Whether applying it writes anything."""
        return bool(self.created or self.recognised or self.updated)


class Known(NamedTuple):
    """What our database knows, as files."""

    links: Path
    products: Path


def read_known(state: StateDatabase, folder: Path, shop: int, *, links_of_all: bool = False) -> Known:
    """Our products, what a person decided about a shop's items, and its links: whole, or less of those of every one."""
    products = state.read("products", folder / "products.parquet", PRODUCT_COLUMNS)
    read_decided(state, shop, folder)
    if links_of_all:
        return Known(read_links(state, folder), products)
    ours = {"integration_id": shop}
    return Known(state.read("integration_product_links", folder / "links.parquet", where=ours), products)


def items_as_offers(catalogue: Path, folder: Path) -> Path:
    """A shop's items as a person is asked about a supplier's: row_number, supplier_sku, sku, ean, name."""
    with desk() as table:
        table.load(catalogue=catalogue)
        table.run("linking/keys.sql")
        table.run("linking/items.sql", {"limit": None})
        table.run("linking/items_as_offers.sql")
        return table.save("offers", folder / "offers.parquet")


def read_links(state: StateDatabase, folder: Path) -> Path:
    """All that a sync asks of the links of every integration, as `links.parquet` in `folder`."""
    return state.read("integration_product_links", folder / "links.parquet", LINK_COLUMNS)


def plan_catalogue(
    catalogue: Path,
    known: Known,
    integration_id: int,
    limit: int | None = None,
    *,
    codes: bool = True,
    offers: Path | None = None,
) -> CataloguePlan:
    """Decide which item is which product (see catalogue.sql); the plan lies beside the file of links.

    `codes`: whether the catalogue was read with what the shop's suppliers call its items. `offers`: the items as
    `items_as_offers` has them, where a person is to be asked about those that stay open.
    """
    folder = known.links.parent
    with desk() as table:
        table.load(catalogue=catalogue, products=known.products)
        table.show(links=known.links)
        lay_decided(table, folder)
        table.run("linking/keys.sql")
        table.run("linking/items.sql", {"limit": limit})
        table.run("linking/catalogue.sql", {"integration_id": integration_id, "codes": codes, "limit": limit})
        for name in KINDS:
            table.save(name, folder / f"{name}.parquet")
        if offers:
            table.load(offers=offers)
            table.run("linking/shop_questions.sql")
            for name in QUESTIONS:
                table.save(name, folder / f"{name}.parquet")
        return CataloguePlan(
            folder=folder,
            items=table.count("items"),
            created=table.count("new_items"),
            recognised=table.count("recognised"),
            updated=_updated(table),
            ambiguous=table.count("ambiguous_items"),
            stale=table.count("stale_items"),
            newest_known=_newest(table),
        )


def _updated(table: Desk) -> int:
    rows = table.rows(
        "SELECT count(*) AS n FROM (SELECT id FROM changed_products UNION SELECT product_id FROM changed_links)"
    )
    return int(rows[0]["n"])


def _newest(table: Desk) -> int:
    return int(table.rows("SELECT coalesce(max(id), 0) AS id FROM products")[0]["id"])


def apply_catalogue(
    state: StateDatabase, plan: CataloguePlan, integration_id: int, defaults: list[ColumnDefault], before: Steps = ()
) -> None:
    """Write a plan in one transaction: what comes `before` it, products, then the links that name them.

    Raises WrongSettingsError, before anything is written, when an existing `products` table demands columns
    that neither we nor the shop's `product_defaults` fill; MovedOnError when another shop's run made products since.
    """
    given = {default.column: default.value for default in defaults}
    if plan.created:
        lacking = [name for name in state.required_columns("products") if name not in given]
        if lacking:
            raise WrongSettingsError(
                f"The table `products` of {state.shown} demands values for {', '.join(lacking)}, which the catalogue"
                " import doesn't know. Fill in `Values for new products` in the shop's block, one entry a column."
            )
    folder = plan.folder
    with state.session() as session:
        if plan.created:
            _check_nobody_made_some(state, session, plan)
        for step in before:
            step(session)
        if plan.created:
            ids = session.reserve_ids("products", plan.created)
            _number_new_items(folder, ids, integration_id, given)
            session.insert("products", folder / "new_products.parquet")
            session.insert("integration_product_links", folder / "new_item_links.parquet")
        if plan.recognised:
            session.insert("integration_product_links", folder / "new_links.parquet")
        session.update("products", folder / "changed_products.parquet", key=("id",))
        key = ("integration_id", "product_id")
        session.update("integration_product_links", folder / "changed_links.parquet", key=key)


def _check_nobody_made_some(state: StateDatabase, session: Session, plan: CataloguePlan) -> None:
    """Of two shops that bring the same new item at a time, the second shall find the first one's product."""
    if state.kind == "postgresql":
        session.execute("new_products_lock_postgresql")
    if session.execute("products_newest")[0]["id"] > plan.newest_known:
        raise MovedOnError("Another shop's run made products meanwhile: looking again which of the new items are these")


def _number_new_items(folder: Path, ids: list[int], integration_id: int, given: dict[str, str]) -> None:
    with desk() as table:
        table.load(new_items=folder / "new_items.parquet")
        # a name is safe in the statement: the pattern of ColumnDefault allows only small letters, digits and `_`
        extra = "".join(f', $given_{column}::VARCHAR AS "{column}"' for column in given)
        table.connection.execute(
            "CREATE TABLE new_products AS SELECT ($ids::BIGINT[])[place] AS id, sku, ean, name"  # noqa: S608
            f"{extra} FROM new_items ORDER BY place",
            {"ids": ids, **{f"given_{column}": value for column, value in given.items()}},
        )
        table.run("linking/new_item_links.sql", {"ids": ids, "integration_id": integration_id})
        table.save("new_products", folder / "new_products.parquet")
        table.save("new_item_links", folder / "new_item_links.parquet")
