"""Findings about a shop that are the same whichever way it is reached, each with how to fix it."""

from __future__ import annotations

from blocks import ShopBlock
from tasks.errors import RexbitError
from tasks.prestashop.model import ShopInfo
from tasks.prestashop.refusals import text_problems
from tasks.prestashop.versions import version_parts
from tasks.summaries import Check

FIRST_TESTED, LAST_TESTED = (1, 6, 1), (9, 1)


def check_failed(name: str, expected: str, error: RexbitError) -> Check:
    """What could not be looked at, in the error's words."""
    return Check(name=name, ok=False, expected=expected, found=str(error), fix="As said; then check again.")


def check_version(info: ShopInfo) -> Check:
    """Whether this PrestaShop is one that we know."""
    parts = version_parts(info.version)
    tested = parts[:3] >= FIRST_TESTED and parts[:2] <= LAST_TESTED
    return Check(
        name="version",
        ok=True if tested else None,
        expected="PrestaShop 1.6.1 to 9.1",
        found=f"{info.version}, shop {info.id_shop} in group {info.id_shop_group}",
        fix="" if tested else "Not tested with this version: begin with a dry run and a sync with a limit.",
    )


def check_languages(info: ShopInfo, block: ShopBlock) -> Check:
    """Whether the policy has texts for every language that is written."""
    active = {language.iso_code for language in info.languages if language.active}
    needed = set(block.languages) if block.languages else active
    given = {texts.language for texts in block.policy.texts}
    unknown, lacking = needed - active, needed - given
    fix = []
    if unknown:
        fix.append(f"Remove {_codes(unknown)} from `Languages`: the shop has no such active language.")
    if lacking - unknown:
        fix.append(f"Add an entry with the texts for {_codes(lacking - unknown)} to the policy.")
    return Check(
        name="languages",
        ok=not fix,
        expected=f"texts for {_codes(needed)}",
        found=f"texts for {_codes(given)}; active in the shop: {_codes(active)}",
        fix=" ".join(fix),
    )


def _codes(codes: set[str]) -> str:
    return ", ".join(sorted(codes)) or "none"


def check_texts(info: ShopInfo, block: ShopBlock) -> Check:
    """Whether the shop can hold the policy's texts."""
    problems = [
        f"{entry.language}: {problem}"
        for entry in block.policy.texts
        for text in (entry.available, entry.unavailable, entry.delivery, entry.same_day)
        for problem in text_problems(text, info)
    ]
    return Check(
        name="texts",
        ok=not problems,
        expected=f"at most {info.text_length} characters" + (", none of 4 bytes" if info.utf8mb3 else ""),
        found="; ".join(problems) or "all fit",
        fix="Change these texts in the policy." if problems else "",
    )


def check_stock_management(info: ShopInfo) -> Check:
    """Whether the shop looks at stock at all."""
    return Check(
        name="stock management",
        ok=info.stock_management,
        expected="switched on",
        found="on" if info.stock_management else "off: everything can be ordered, whatever is written",
        fix="" if info.stock_management else "Back office, Shop parameters, Product settings: Enable stock management.",
    )


def check_catalogue_mode(info: ShopInfo) -> Check:
    """Whether the shop sells."""
    on = info.catalogue_mode
    return Check(
        name="catalogue mode",
        ok=None if on else True,
        expected="switched off",
        found="on: the shop only shows its products, nothing can be ordered, whatever is written" if on else "off",
        fix="Back office, Shop parameters, Product settings: Catalog mode, if the shop shall sell." if on else "",
    )


def check_currency(info: ShopInfo, fix: str) -> Check:
    """Whether the currency of the shop's prices is known; `fix`: how it would be."""
    known = info.default_currency
    return Check(
        name="currency",
        ok=True if known else None,
        expected="the currency of the shop's prices, for the least margin",
        found=known or "not known: no margin is looked at",
        fix="" if known else fix,
    )


def check_features(info: ShopInfo, fix: str) -> Check:
    """What is switched off because it can't be read; `fix`: how it would be."""
    return Check(
        name="features",
        ok=None if info.switched_off else True,
        expected="everything readable that a single feature needs",
        found=f"switched off: {', '.join(info.switched_off)}" if info.switched_off else "all there",
        fix=fix if info.switched_off else "",
    )


def check_switched_on(block: ShopBlock) -> Check:
    """Whether the shop may be written to."""
    on = block.product_listing_enabled
    return Check(
        name="switched on",
        ok=True if on else None,
        expected="writing to the shop switched on",
        found="on" if on else "off: nothing is written to this shop",
        fix="" if on else "Turn `Switched on` on in the shop's block when it may be written to.",
    )
