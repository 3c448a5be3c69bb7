"""Why is this product off, or on? One cause, and every fact that led to it; nothing is ever written from here."""

from __future__ import annotations

from blocks import ShopBlock, load_shop, saved_shops
from tasks.errors import Refused
from tasks.explaining.answering import Place, explain, none_or_several, words_of
from tasks.explaining.model import Explanation
from tasks.explaining.words import Language
from tasks.linking import Found, find_products
from tasks.report import line
from tasks.run import Run
from tasks.station import station
from tasks.summaries import ExplainSummary

__all__ = ["Explanation", "Language", "choose_shop", "explain_found", "find_meant"]


@station("choose shop", io=True)
def choose_shop(run: Run[ExplainSummary], product: str, shop: ShopBlock | str | None) -> ShopBlock:
    """The shop that is meant; without a word the only one there is, or the only one that sells the product."""
    if shop is not None:
        return load_shop(shop)
    names = saved_shops()
    if not names:
        raise Refused("shop: expected a saved shop, found none. Create its block (`python -m blocks.apply FILE`)")
    blocks = {name: load_shop(name) for name in names}
    if len(names) > 1:
        blocks = {name: block for name, block in blocks.items() if _sells(run, product, block)} or blocks
    if len(blocks) > 1:
        raise Refused(
            f"shop: expected one shop, got none, where several may sell `{product}`: {', '.join(blocks)}. Name the one"
            " that you mean"
        )
    return next(iter(blocks.values()))


def _sells(run: Run[ExplainSummary], product: str, block: ShopBlock) -> bool:
    return any(found.item for found in find_products(run.state, product, block.integration_id))


@station("find product", io=True)
def find_meant(run: Run[ExplainSummary], product: str, block: ShopBlock) -> list[Found]:
    """All products that a text may mean; see `find_products`."""
    found = find_products(run.state, product, block.integration_id)
    sold = [one for one in found if one.item]
    return sold if len(sold) == 1 else found


@station("explain product", io=True)
def explain_found(
    run: Run[ExplainSummary], product: str, block: ShopBlock, found: list[Found], language: Language
) -> Explanation:
    """Read, decide, name the cause, and show it all as the run's artifact."""
    if len(found) == 1:
        told = explain(Place(run.state, block, run.folder, run.started_at), found[0], language)
    else:
        told = none_or_several(words_of(block, language), product, found, block.integration_id)
    run.count(product_id=told.item.product_id if told.item else None, code=told.code, cause=told.cause)
    _, _, below = told.text.partition("\n")
    run.told = f"# {line(told.cause)}\n\n{below}"
    run.say("%s", told.cause)
    return told
