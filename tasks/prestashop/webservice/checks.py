"""Is a shop set up right for the Webservice? Each finding in an operator's words, with how to fix it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blocks import PrestashopWebservice
from tasks.errors import RexbitError
from tasks.prestashop.checking import (
    check_catalogue_mode,
    check_currency,
    check_failed,
    check_features,
    check_languages,
    check_stock_management,
    check_switched_on,
    check_texts,
    check_version,
)
from tasks.prestashop.model import ShopInfo
from tasks.prestashop.scopes import scope_of
from tasks.prestashop.webservice import permissions
from tasks.prestashop.webservice.answers import PERMISSIONS, TICKS
from tasks.prestashop.webservice.client import Api, open_api
from tasks.prestashop.webservice.info import read_info
from tasks.prestashop.webservice.permissions import Need
from tasks.summaries import Check


def checks(block: PrestashopWebservice) -> list[Check]:
    """Look at everything a sync of this shop relies on; a finding that makes the next ones impossible ends the list."""
    try:
        with open_api(block) as api:
            return list(_all(api, block))
    except RexbitError as error:
        return [check_failed("connection", "a PrestaShop Webservice that lets us in", error)]


def _all(api: Api, block: PrestashopWebservice) -> Iterator[Check]:
    found = f"{api.where} (PrestaShop {api.version_text})"
    yield Check(name="connection", ok=True, expected="an answer", found=found)
    info: ShopInfo | None = None
    problem: Check | None = None
    try:
        info = read_info(api, block)
    except RexbitError as error:
        problem = check_failed("shop", f"a PrestaShop with id_shop {block.id_shop}", error)
    yield _needed(api, info, block)
    yield _not_needed(api)
    if info is None:
        # where a permission lacks, the rest can't be known, and that is said already
        if problem and not permissions.lacking(api, permissions.reads()):
            yield problem
        return
    yield check_version(info)
    yield check_languages(info, block)
    yield check_texts(info, block)
    yield _stock_rows(api, info)
    yield check_stock_management(info)
    yield check_catalogue_mode(info)
    if block.policy.has_margin:
        yield check_currency(info, f"Tick {TICKS['GET']} of `currencies` {PERMISSIONS}.")
    yield check_features(info, f"Tick {TICKS['GET']} of {_resources_of_features(api)} {PERMISSIONS}, if you want them.")
    yield check_switched_on(block)


def _needed(api: Api, info: ShopInfo | None, block: PrestashopWebservice) -> Check:
    lacking = permissions.lacking(api, permissions.needs(api, info, block))
    return Check(
        name="permissions needed",
        ok=not lacking,
        expected="View of what is read, Modify of what is written",
        found=f"missing: {_listed(lacking)}" if lacking else "all there",
        fix=f"Tick {_listed(lacking)} {PERMISSIONS}." if lacking else "",
    )


def _not_needed(api: Api) -> Check:
    """Reading more than needed works and is shown to be looked at; writing more is to be fixed."""
    surplus = list(permissions.surplus(api))
    writing = any(method not in permissions.HARMLESS for _, method in surplus)
    found = _listed([Need(resource, (method,)) for resource, method in surplus])
    return Check(
        name="permissions not needed",
        ok=not surplus or (False if writing else None),
        expected="no right to write anything else, or to read customers and orders",
        found=found or "none",
        fix=f"Untick {found} {PERMISSIONS}." if surplus else "",
    )


def _listed(needs: Sequence[Need]) -> str:
    ticks: dict[str, list[str]] = {}
    for need in needs:
        words = " or ".join(TICKS.get(method, method) for method in need.methods)
        ticks.setdefault(words, []).append(f"`{need.resource}`")
    return "; ".join(f"{words} of {', '.join(resources)}" for words, resources in ticks.items())


def _resources_of_features(api: Api) -> str:
    lacking = [name for name in (*permissions.CODES, permissions.BRANDS) if not api.may(name, "GET")]
    return ", ".join(f"`{name}`" for name in lacking)


def _stock_rows(api: Api, info: ShopInfo) -> Check:
    scope = scope_of(info)
    filters = {"id_shop": str(scope.stock_shop), "id_shop_group": str(scope.stock_group), "id_product_attribute": "0"}
    any_there = bool(list(api.listed("stock_availables", (), filters, first=1)))
    whose = f"group {info.id_shop_group} (shared)" if info.share_stock else f"shop {info.id_shop}"
    return Check(
        name="stock rows",
        ok=True if any_there else None,
        expected=f"stock rows of {whose}: {scope.stock_rows}",
        found="there" if any_there else "none",
        fix=""
        if any_there
        else "No product has a stock row here. Is `Shop number` right? Save a product in the back office.",
    )
