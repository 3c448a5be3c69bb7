"""From a product to its explanation: read what concerns it, decide as a sync would, name the cause and say it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from blocks import ShopBlock
from tasks.errors import Refused, UnreachableError, WrongSettingsError
from tasks.explaining.causes import find_cause
from tasks.explaining.deciding import Decided, decide
from tasks.explaining.facts import Facts
from tasks.explaining.holding import shop_holds
from tasks.explaining.model import Cause, Explanation, Item, ShopHolds
from tasks.explaining.records import Known, last_run, read_known, rows
from tasks.explaining.showing import body
from tasks.explaining.suppliers import feeds_and_links
from tasks.explaining.words import Language, Words
from tasks.explaining.writing import last_write, not_written
from tasks.linking import Found
from tasks.prestashop import ProductLook, look_at_product
from tasks.state import Session, StateDatabase

SYNC = "sync-availability"
SHOWN = 5


class Place(NamedTuple):
    """Where it is looked: our database, the shop, a folder for files in between, and what time it is."""

    state: StateDatabase
    shop: ShopBlock
    folder: Path
    now: datetime


def explain(place: Place, found: Found, language: Language) -> Explanation:
    """Explain one product of a shop; nothing is written anywhere."""
    return say(gather(place, found), place.shop, language)


def gather(place: Place, found: Found) -> Facts:
    """All that is known of a product, out of our database, the archive and the shop."""
    item = item_of(found)
    look, problem = _look(place, item)
    with place.state.session(read_only=True) as session:
        return _facts(session, place, item, look, problem)


def say(facts: Facts, shop: ShopBlock, language: Language) -> Explanation:
    """Name the cause and put everything into words."""
    words = words_of(shop, language)
    told = _told(words, facts, find_cause(facts), shop.integration_id)
    told.text = f"{told.cause}\n\n{body(words, facts, told)}"
    return told


def words_of(shop: ShopBlock, language: Language) -> Words:
    """The words of a language, with the shop's time zone."""
    return Words(language, ZoneInfo(shop.timezone))


def none_or_several(words: Words, product: str, found: Sequence[Found], shop: int) -> Explanation:
    """What is said where a text is no product that we know, or several."""
    if not found:
        cause = Cause(code="not_known", values={"product": product}, can_be_ordered=False)
    else:
        listed = "; ".join(one.shown for one in found[:SHOWN]) + ("; …" if len(found) > SHOWN else "")
        values = {"product": product, "count": len(found), "listed": listed, "example": f"#{found[0].product_id}"}
        cause = Cause(code="several_products", values=values)
    sentence = words.sentence(cause)
    told = cause.can_be_ordered
    return Explanation(cause=sentence, code=cause.code, can_be_ordered=told, shop=shop, text=f"{sentence}\n")


def item_of(found: Found) -> Item:
    """The product with its place in the shop."""
    id_product, _, attribute = (found.item or "").partition("-")
    codes = found.model_dump(include={"product_id", "sku", "ean", "name"})
    return Item(**codes, id_product=int(id_product) if id_product else None, attribute=int(attribute or 0))


def _look(place: Place, item: Item) -> tuple[ProductLook | None, str | None]:
    if item.id_product is None:
        return None, None
    try:
        return look_at_product(place.shop, item.id_product, place.folder), None
    except (UnreachableError, WrongSettingsError) as error:
        return None, str(error)


def _facts(session: Session, place: Place, item: Item, look: ProductLook | None, problem: str | None) -> Facts:
    shop = place.shop.integration_id
    attributes = [row["id_product_attribute"] for row in rows(look.catalogue)] if look else []
    ageing = place.shop.policy.ageing.is_on
    known = read_known(session, shop, item, attributes, place.folder, ageing=ageing)
    feeds, links = feeds_and_links(session, item, known, place.folder)
    decided, refused = _decided(place, item, known, look)
    holds = shop_holds(item, known, look, problem, decided.wanted if decided else [], place.now)
    languages = {one.id_lang: one.iso_code for one in look.info.languages} if look else {}
    return Facts(
        item=item,
        is_enabled=place.shop.product_listing_enabled,
        respects_existing=place.shop.policy.respect_existing,
        keeps_flags=place.shop.policy.manual_edits.flags != "repair",
        restores=place.shop.policy.no_offer == "restore",
        feeds=feeds,
        links=links,
        rule=decided.rule if decided else None,
        refused=refused,
        holds=holds,
        not_written=not_written(session, shop, item),
        last_sync=last_run(session, shop, SYNC),
        last_write=last_write(session, shop, item, holds, languages),
    )


def _decided(place: Place, item: Item, known: Known, look: ProductLook | None) -> tuple[Decided | None, str | None]:
    """The decision, or why a sync would refuse to make any."""
    if item.id_product is None:
        return None, None
    try:
        return decide(place.shop, item, known, look, place.now, place.folder), None
    except Refused as refused:
        return None, str(refused)


def _told(words: Words, facts: Facts, cause: Cause, shop: int) -> Explanation:
    holds: ShopHolds = facts.holds
    flag = facts.flag
    return Explanation(
        cause=words.sentence(cause, recorded=holds.problem is not None),
        code=cause.code,
        can_be_ordered=cause.can_be_ordered,
        item=facts.item,
        shop=shop,
        feeds=facts.feeds,
        link=facts.links,
        rule=facts.rule,
        last_write=facts.last_write,
        not_written=facts.not_written,
        shop_holds=holds,
        since=flag.written_at if flag and not flag.is_drift else None,
        text="",
    )
