"""What a run shows of its links: the changes by field, and the offers and items nobody could decide on."""

from __future__ import annotations

from typing import Any

from blocks import SupplierFeed
from tasks.duck import desk
from tasks.linking.reviewing.answers import Review
from tasks.linking.shop import CataloguePlan
from tasks.linking.supplier import LinkPlan, Matched
from tasks.report import MOST_ROWS
from tasks.run import Run

SAMPLE = 20
OF_EACH_CAUSE = 5
STALE = (
    "`code_reused`: the supplier's code stands for an item with other codes now; where SKU and EAN both differ, the old"
    " item counts as missing, unless a person made the link. `ean_moved`: the EAN by which the item was known"
    " belongs to another product now. `several_candidates`: its codes are no longer clear. `product_deleted`: our"
    " product is gone. Nothing was moved; decide in a review (`link-products`)."
)


def show_links(run: Run[Any], plan: LinkPlan) -> None:
    """The link changes: how many of each field, and the first of them."""
    with desk() as table:
        table.show(changes=plan.folder / "link_changes.parquet")
        fields = table.rows(
            "SELECT field, reason_code AS reason, count(*) AS links FROM changes GROUP BY ALL ORDER BY ALL"
        )
        first = table.rows(
            "SELECT product_id AS product, field, before, after, reason_code AS reason FROM changes"
            " WHERE before IS NOT NULL ORDER BY product_id, field LIMIT $most",
            {"most": SAMPLE},
        )
        table.show(stale=plan.folder / "stale_links.parquet")
        stale = table.rows(
            "SELECT kind, product_id AS product, offer_key AS item FROM stale ORDER BY ALL LIMIT $most",
            {"most": SAMPLE},
        )
    run.show("What changed in links that were there", fields, f"Made anew: {plan.created:,} links, not in this table.")
    if plan.prices_left:
        left = [{"reason": reason, "offers": count} for reason, count in plan.prices_left.items()]
        run.show("Purchase prices that were not written to your products", left)
    if stale:
        run.show("Links that need a person", stale, STALE)
    if first:
        run.show("Some of the changes", first)


def show_decisions(run: Run[Any], review: Review) -> None:
    """What is new of a review: decisions, and links that they end."""
    with desk() as table:
        table.show(made=review.folder / "new_decisions.parquet", ended=review.folder / "ended_links.parquet")
        decisions = table.rows(
            "SELECT offer_key AS item, judgement, product_id AS product, pack_size AS 'pack size',"
            " decided_by AS 'decided by', reason AS note FROM made ORDER BY id LIMIT $most",
            {"most": MOST_ROWS},
        )
        ended = table.rows(
            "SELECT product_id AS product, external_product_id AS item, matched_by AS 'was linked by' FROM ended"
            " ORDER BY ALL LIMIT $most",
            {"most": SAMPLE},
        )
    run.show("What the review decides", decisions)
    if ended:
        run.show("Links that it ends", ended)


def show_unmatched(run: Run[Any], matched: Matched) -> None:
    """Offers without a product, by cause, and the first of each cause."""
    run.show(
        "Offers without a product",
        [
            {"cause": cause, "offers": count, "share": f"{count / max(1, matched.offers):.1%}"}
            for cause, count in matched.by_cause.items()
        ],
    )
    with desk() as table:
        table.show(unmatched=matched.unmatched)
        first = table.rows(
            "SELECT cause, row_number AS row, sku, ean, name, candidates AS 'candidate products' FROM unmatched"
            " QUALIFY row_number() OVER (PARTITION BY cause ORDER BY row_number) <= $most ORDER BY cause, row",
            {"most": OF_EACH_CAUSE},
        )
    if first:
        run.show(
            "The first of them, by cause", first, "`no_product`: not sold by the shop; the others are for a person."
        )


def warn_of_supplier(run: Run[Any], feed: SupplierFeed, matched: Matched) -> None:
    """Warn where the block names a supplier of the shop whose codes no product has."""
    if matched.other_suppliers is None:
        return
    others = ", ".join(f"`{name}`" for name in matched.other_suppliers) or "none"
    run.warn(
        f"shop_supplier: expected supplier references of `{feed.shop_supplier}` in the catalogue, found suppliers:"
        f" {others}. Correct the name in the feed's block, or import the shop's catalogue anew (`import-catalog`)"
    )


def show_stale_items(run: Run[Any], plan: CataloguePlan) -> None:
    """Links of a shop whose item, or whose product, is gone."""
    if not plan.stale:
        return
    with desk() as table:
        table.show(items=plan.folder / "stale_items.parquet")
        first = table.rows(
            "SELECT kind, external_id AS item, product_id AS product, sku, name FROM items ORDER BY ALL LIMIT $most",
            {"most": SAMPLE},
        )
    run.show(
        "Links in doubt",
        first,
        "`gone_from_shop`: the shop has no such item any more. `product_deleted`: our product is gone. They were left.",
    )


def show_ambiguous(run: Run[Any], plan: CataloguePlan) -> None:
    """Items of the shop that could be more than one of our products."""
    if not plan.ambiguous:
        return
    with desk() as table:
        table.show(items=plan.folder / "ambiguous_items.parquet")
        first = table.rows(
            "SELECT external_id AS item, sku, ean, name, cause, candidates AS 'candidate products' FROM items"
            " ORDER BY external_id LIMIT $most",
            {"most": SAMPLE},
        )
    run.show("Several candidates: nothing was made", first, "Decide with `link-products`, the shop as `integration`.")
