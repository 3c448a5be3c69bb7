"""Who is this product: for a supplier's offers and for a shop's catalogue."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from blocks import ShopBlock, SkuCodes, SupplierFeed
from tasks.duck import has_rows
from tasks.feeds import Snapshot, believe, fetch_feed
from tasks.linking import shop, supplier
from tasks.linking.finding import Found, find_product, find_products
from tasks.linking.report import (
    show_ambiguous,
    show_decisions,
    show_links,
    show_stale_items,
    show_unmatched,
    warn_of_supplier,
)
from tasks.linking.reused import Codes, is_reused
from tasks.linking.reviewing import answers, asking, showing
from tasks.prestashop import Look
from tasks.report import leave, started_by
from tasks.run import Ahead, Run
from tasks.station import station
from tasks.summaries import CatalogueSummary, ImportSummary, InspectSummary, LinkSummary

Integration = SupplierFeed | ShopBlock

__all__ = [
    "Codes",
    "Found",
    "ask_person",
    "begin_reading_known",
    "begin_reading_links",
    "find_product",
    "find_products",
    "is_reused",
    "join_new_items",
    "knows_products_of",
    "link_again",
    "link_catalogue",
    "link_offers",
    "measure_match_rate",
    "read_review",
    "recognise_catalogue",
    "show_link_plan",
    "write_links",
]


def begin_reading_known(run: Run[ImportSummary], feed: SupplierFeed) -> Ahead[None]:
    """Begin to read what `link_offers` needs of our database, while the file is read and judged."""
    return run.ahead(partial(supplier.read_known, run.state, feed.integration_id, run.folder, supplier.Keys.of(feed)))


@station("link offers", io=True)
def link_offers(
    run: Run[ImportSummary], feed: SupplierFeed, snapshot: Snapshot, known: Ahead[None], limit: int | None
) -> supplier.LinkPlan:
    """Match a snapshot's offers with our products and plan what the supplier's links become."""
    counts_absence = limit is None and not snapshot.is_good and snapshot.counts_absence
    scope = supplier.Scope(limit=limit, counts_absence=counts_absence)
    known.result()
    matched, plan = supplier.match_and_plan(run.state, feed, snapshot, scope, run.started_at, run.folder)
    supplier.refuse_unknown(feed, matched)
    run.count(
        matched=matched.found,
        unmatched=matched.offers - matched.found,
        absent=plan.absent,
        sold_out=plan.sold_out,
        stale=plan.stale,
    )
    if plan.stale:
        run.warn(
            f"{plan.stale} links are in doubt since the catalogue or the feed changed; none was moved. Look at them:"
            " `Links that need a person` in the summary"
        )
    run.count(created=plan.created, updated=plan.updated, unchanged=plan.links - plan.created - plan.in_feed_updated)
    run.count(prices_updated=plan.prices)
    if feed.sync_purchase_price:
        run.say("Purchase prices: %d change, %d are left as they are", plan.prices, sum(plan.prices_left.values()))
    show_links(run, plan)
    show_unmatched(run, matched)
    warn_of_supplier(run, feed, matched)
    return plan


@station("write links", io=True)
def write_links(run: Run[ImportSummary], plan: supplier.LinkPlan, snapshot: Snapshot) -> None:
    """Write the plan and what was made of its snapshot, in one transaction."""
    run.check_lease()
    verdict = partial(believe, snapshot=snapshot, run_id=run.id, now=run.started_at)
    supplier.apply_links(run.state, plan, after=[verdict] if snapshot.archived and plan.whole else [])
    if not plan.changed:
        run.count(status="unchanged")


@station("read review", io=True)
def read_review(run: Run[LinkSummary], review: str | None) -> Path | None:
    """A person's answers: pasted lines, or the path or address of a file; None where none were given."""
    if review is None or not review.strip():
        return None
    to = run.folder / "answers.parquet"
    if answers.is_pasted(review):
        return answers.lay_answers(review, None, to)
    return answers.lay_answers(None, fetch_feed(run, review.strip()).path, to)


@station("link again", io=True)
def link_again(
    run: Run[LinkSummary], feed: SupplierFeed, snapshot: Snapshot, product_ids: list[int], review: Path | None = None
) -> None:
    """Match the last good snapshot once more, for products without a link and for those asked for.

    `review`: a person's answers, which come first. All of it is written in one transaction, or nothing.
    """
    supplier.read_known(run.state, feed.integration_id, run.folder, supplier.Keys.of(feed))
    decided = _decide(run, snapshot.offers, review, packs=True) if review else None
    asked_for = product_ids + (decided.products if decided else [])
    scope = supplier.Scope(counts_absence=False, only_new=True, asked_for=asked_for)
    matched, plan = supplier.match_and_plan(run.state, feed, snapshot, scope, run.started_at, run.folder)
    unmatched, refused = (matched.by_cause.get(cause, 0) for cause in ("no_product", "refused"))
    run.count(
        products=matched.offers,
        linked=plan.created,
        updated=plan.updated,
        unchanged=matched.found - plan.created - plan.updated,
        unmatched=unmatched,
        refused=refused,
        stale=plan.stale,
    )
    run.count(ambiguous=matched.offers - matched.found - unmatched - refused)
    show_links(run, plan)
    show_unmatched(run, matched)
    warn_of_supplier(run, feed, matched)
    if not run.summary.dry_run:
        run.check_lease()
        supplier.apply_links(run.state, plan, before=[partial(answers.write, review=decided)] if decided else [])
        if not plan.changed and not (decided and decided.changed):
            run.count(status="unchanged")


def _decide(run: Run[LinkSummary], offers: Path, review: Path, *, packs: bool) -> answers.Review:
    values = {
        "packs": packs,
        "integration_id": run.integration_id,
        "run_id": run.id,
        "now": run.started_at,
        "decided_by": started_by() or "review",
    }
    try:
        decided = answers.decide(review, offers, values, run.folder)
    except answers.WrongAnswersError as wrong:
        run.show("What is wrong in the review", wrong.faults, "Nothing of it was applied.")
        raise
    run.count(decisions=decided.linked + decided.refused, links_ended=decided.links_ended)
    run.say(
        "Review: %d answers; new are %d linked and %d refused; %d rows were left open",
        *(decided.answered, decided.linked, decided.refused, decided.left_open),
    )
    show_decisions(run, decided)
    return decided


@station("ask a person", io=True)
def ask_person(run: Run[LinkSummary], block: Integration, offers: Path) -> None:
    """Leave what needs a person as a review: in the archive, and as an artifact that can be answered from the UI."""
    codes = block.sku_codes if isinstance(block, SupplierFeed) else SkuCodes()
    questions = asking.ask(offers, supplier.codes_around(codes), run.folder)
    run.count(to_review=questions.to_review)
    if not questions.open:
        return
    name = None if run.summary.dry_run else asking.keep(questions, run.integration_id, run.folder)
    run.count(review_id=name)
    rows = asking.first_rows(questions, min(showing.MOST_SHOWN, questions.to_review))
    text = showing.as_markdown(run.title, questions, rows, name, of_shop=isinstance(block, ShopBlock))
    leave(f"review-{run.title}", text, f"{questions.to_review} items need a person")
    run.say("%d items need a person: see the artifact `review-%s`", questions.to_review, run.title)


@station("recognise catalogue", io=True)
def recognise_catalogue(run: Run[CatalogueSummary], block: ShopBlock, look: Look, limit: int | None = None) -> None:
    """Recognise a shop's items as our products, make the others, and write the shop's links."""
    plan = _recognise(run, block, look.catalogue, limit, codes=look.info.tells_supplier_codes)
    run.count(products_read=plan.items, created=plan.created, linked=plan.recognised, updated=plan.updated)
    run.count(ambiguous=plan.ambiguous)
    run.count(unchanged=plan.items - plan.created - plan.recognised - plan.updated - plan.ambiguous)
    run.count(stale=plan.stale)
    show_ambiguous(run, plan)
    show_stale_items(run, plan)
    if not plan.changed:
        run.count(status="unchanged")


@station("link a shop's products", io=True)
def link_catalogue(run: Run[LinkSummary], block: ShopBlock, look: Look, review: Path | None = None) -> Path:
    """The same for `link_products`, counted in its words, a person's answers first; returns the items as offers."""
    known = shop.read_known(run.state, run.folder, block.integration_id)
    offers = shop.items_as_offers(look.catalogue, run.folder)
    decided = _decide(run, offers, review, packs=False) if review else None
    codes = look.info.tells_supplier_codes
    plan = shop.plan_catalogue(look.catalogue, known, block.integration_id, codes=codes, offers=offers)
    if (plan.changed or decided) and not run.summary.dry_run:
        _apply(run, block, plan, [partial(answers.write, review=decided)] if decided else [])
    linked = plan.created + plan.recognised
    run.count(products=plan.items, linked=linked, ambiguous=plan.ambiguous)
    run.count(unchanged=plan.items - linked - plan.ambiguous)
    run.count(stale=plan.stale)
    show_ambiguous(run, plan)
    show_stale_items(run, plan)
    if not plan.changed and not (decided and decided.changed):
        run.count(status="unchanged")
    return offers


def begin_reading_links(run: Run[Any]) -> Ahead[shop.Known]:
    """Begin to read what `join_new_items` needs of our database, while the shop is looked at."""
    return run.ahead(partial(shop.read_known, run.state, run.folder, run.integration_id, links_of_all=True))


@station("join new items", io=True)
def join_new_items(run: Run[Any], block: ShopBlock, catalogue: Path, ahead: Ahead[shop.Known]) -> Path:
    """The same before a sync, so that new products join by themselves; returns the links of all integrations."""
    known = ahead.take()
    plan = _recognise(run, block, catalogue, known=known, codes=False)
    if plan.created or plan.recognised:
        run.say(
            "New in the shop: %d items, %d of them known already",
            plan.created + plan.recognised,
            plan.recognised,
        )
    return shop.read_links(run.state, run.folder) if plan.changed else known.links


def _recognise(
    run: Run[Any],
    block: ShopBlock,
    catalogue: Path,
    limit: int | None = None,
    known: shop.Known | None = None,
    *,
    codes: bool = True,
) -> shop.CataloguePlan:
    known = known or shop.read_known(run.state, run.folder, block.integration_id)
    plan = shop.plan_catalogue(catalogue, known, block.integration_id, limit, codes=codes)
    if plan.changed and not run.summary.dry_run:
        _apply(run, block, plan)
    return plan


def _apply(run: Run[Any], block: ShopBlock, plan: shop.CataloguePlan, before: shop.Steps = ()) -> None:
    run.check_lease()
    shop.apply_catalogue(run.state, plan, block.integration_id, block.product_defaults, before)


@station("look for products", io=True)
def knows_products_of(run: Run[Any], block: ShopBlock) -> bool:
    """Whether any product of this shop is known, for an offer to be."""
    links = run.folder / "links_of_shop.parquet"
    ours = {"integration_id": block.integration_id}
    return has_rows(run.state.read("integration_product_links", links, ("product_id",), ours))


@station("measure match rate", io=True)
def measure_match_rate(run: Run[InspectSummary], feed: SupplierFeed, offers: Path) -> None:
    """How much of a file would find a product, and why the rest would not; no link is looked at or made."""
    keys = supplier.Keys.of(feed)
    supplier.read_known(run.state, None, run.folder, keys)
    if not has_rows(run.folder / "products.parquet"):
        words = "No product is known yet, so nothing can match: give `shop` too, or run import-catalog first"
        run.warn(words)
        run.show("How much would find a product: unknown", None, words)
        return
    matched = supplier.match_offers(offers, keys, run.folder)
    share = matched.found / max(1, matched.offers)
    run.count(match_rate=round(share, 4), unmatched_by_cause=matched.by_cause)
    words = f"{100 * share:.1f} % of {matched.offers:,} offers are exactly one product of ours"
    run.say("%s", words)
    run.show("How much would find a product", None, words)
    show_unmatched(run, matched)
    warn_of_supplier(run, feed, matched)


@station("plan links", io=True)
def show_link_plan(run: Run[InspectSummary], feed: SupplierFeed, snapshot: Snapshot) -> None:
    """What an import of this snapshot would change in the supplier's links now; nothing is written."""
    supplier.read_known(run.state, feed.integration_id, run.folder, supplier.Keys.of(feed))
    scope = supplier.Scope(counts_absence=snapshot.counts_absence)
    _, plan = supplier.match_and_plan(run.state, feed, snapshot, scope, run.started_at, run.folder)
    words = (
        f"{plan.created:,} links made, {plan.updated:,} changed; {plan.absent:,} products missing, {plan.sold_out:,} of"
        f" them taken off; {plan.stale:,} links in doubt"
    )
    run.count(links_created=plan.created, links_updated=plan.updated)
    run.say("Links, if the newest file came read like this: %s", words)
    run.show("Links, if the newest file came read like this", None, words)
    show_links(run, plan)
