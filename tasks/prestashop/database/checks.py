"""Is a shop set up right? Each finding in an operator's words, with how to fix it. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterator

from blocks import PrestashopDatabase
from tasks.errors import RexbitError, UnreachableError, WrongSettingsError
from tasks.prestashop.database.address import address_of
from tasks.prestashop.database.capabilities import (
    engines,
    key_fix,
    key_text,
    prefixes,
    read_info,
    unique_key,
    version_parts,
    written_tables,
)
from tasks.prestashop.database.connection import explained
from tasks.prestashop.database.rights import check_too_few, check_too_many, rights_of
from tasks.prestashop.database.session import Session
from tasks.prestashop.database.shop import LOCK_WAIT_SECONDS, TRANSACTIONAL
from tasks.prestashop.database.touching import check_zone
from tasks.prestashop.model import ShopInfo
from tasks.prestashop.refusals import text_problems
from tasks.prestashop.scopes import scope_of
from tasks.summaries import Check

FIRST_TESTED, LAST_TESTED = (1, 6, 1), (9, 1)


def checks(block: PrestashopDatabase) -> list[Check]:
    """Look at everything a sync of this shop relies on; a finding that makes the next ones impossible ends the list."""
    try:
        address = address_of(block)
        session = Session(address, block.table_prefix, LOCK_WAIT_SECONDS)
    except (WrongSettingsError, UnreachableError) as error:
        return [_check_failed("connection", "a MySQL or MariaDB server that lets us in", error)]
    try:
        with explained(address):
            return list(_all(session, block))
    finally:
        session.close()


def _all(session: Session, block: PrestashopDatabase) -> Iterator[Check]:
    server = str(session.rows("server")[0][0])
    yield Check(name="connection", ok=True, expected="an answer", found=f"{session.address} ({server})")
    yield _prefix(session)
    info: ShopInfo | None = None
    try:
        with explained(session.address):
            info = read_info(session, block.id_shop)
    except RexbitError as error:
        yield _check_failed("shop", f"a PrestaShop with id_shop {block.id_shop}", error)
    rights = rights_of(session, info, block)
    yield check_too_few(rights)
    yield check_too_many(rights)
    if info is None:
        return
    yield _version(info)
    yield _languages(info, block)
    yield _texts(info, block)
    yield _stock_rows(session, info)
    for table in written_tables(info):
        yield _key(session, table)
    yield _engine(session, info)
    yield _stock_management(info)
    yield _catalogue_mode(info)
    if block.policy.has_margin:
        yield _currency(info)
    if block.touch_date_upd:
        yield check_zone(session, info)
    yield _features(info)
    yield _switched_on(block)


def _check_failed(name: str, expected: str, error: RexbitError) -> Check:
    return Check(name=name, ok=False, expected=expected, found=str(error), fix="As said; then check again.")


def _prefix(session: Session) -> Check:
    found = prefixes(session)
    fits = session.prefix in found
    return Check(
        name="table prefix",
        ok=fits,
        expected=f"tables with the prefix `{session.prefix}`",
        found=", ".join(f"`{prefix}`" for prefix in found) or "no PrestaShop tables that this user may see",
        fix=""
        if fits
        else "Set `Table prefix` in the shop's block to one that was found; if none was, grant SELECT on the tables.",
    )


def _version(info: ShopInfo) -> Check:
    parts = version_parts(info.version)
    tested = parts[:3] >= FIRST_TESTED and parts[:2] <= LAST_TESTED
    return Check(
        name="version",
        ok=True if tested else None,
        expected="PrestaShop 1.6.1 to 9.1",
        found=f"{info.version}, shop {info.id_shop} in group {info.id_shop_group}",
        fix="" if tested else "Not tested with this version: begin with a dry run and a sync with a limit.",
    )


def _languages(info: ShopInfo, block: PrestashopDatabase) -> Check:
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


def _texts(info: ShopInfo, block: PrestashopDatabase) -> Check:
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


def _stock_rows(session: Session, info: ShopInfo) -> Check:
    scope = scope_of(info)
    own, others = (int(count) for count in session.rows("stock_rows", scope.values)[0])
    whose = f"group {info.id_shop_group} (shared)" if info.share_stock else f"shop {info.id_shop}"
    return Check(
        name="stock rows",
        ok=True if own else None,
        expected=f"stock rows of {whose}: {scope.stock_rows}",
        found=f"{own} products there, {others} rows elsewhere, which are left alone",
        fix=""
        if own
        else "No product has a stock row here. Is `Shop number` right? Save a product in the back office.",
    )


def _key(session: Session, table: str) -> Check:
    name = unique_key(session, table)
    return Check(
        name=f"key of {table}",
        ok=name is not None,
        expected=key_text(session, table),
        found=f"`{name}`" if name else "none",
        fix="" if name else key_fix(session, table),
    )


def _engine(session: Session, info: ShopInfo) -> Check:
    other = [table for table, engine in engines(session, info).items() if engine != TRANSACTIONAL]
    statements = " ".join(f"ALTER TABLE `{session.prefix}{table}` ENGINE = {TRANSACTIONAL};" for table in other)
    return Check(
        name="storage engine",
        ok=not other,
        expected=f"{TRANSACTIONAL}, which can undo a failed write",
        found=f"another for {', '.join(other)}" if other else TRANSACTIONAL,
        fix=f"Run as an administrator, at a quiet hour: {statements}" if other else "",
    )


def _stock_management(info: ShopInfo) -> Check:
    return Check(
        name="stock management",
        ok=info.stock_management,
        expected="switched on",
        found="on" if info.stock_management else "off: everything can be ordered, whatever is written",
        fix="" if info.stock_management else "Back office, Shop parameters, Product settings: Enable stock management.",
    )


def _catalogue_mode(info: ShopInfo) -> Check:
    on = info.catalogue_mode
    return Check(
        name="catalogue mode",
        ok=None if on else True,
        expected="switched off",
        found="on: the shop only shows its products, nothing can be ordered, whatever is written" if on else "off",
        fix="Back office, Shop parameters, Product settings: Catalog mode, if the shop shall sell." if on else "",
    )


def _currency(info: ShopInfo) -> Check:
    known = info.default_currency
    return Check(
        name="currency",
        ok=True if known else None,
        expected="the currency of the shop's prices, for the least margin",
        found=known or "not known: no margin is looked at",
        fix="" if known else "Grant SELECT on the table `currency`, or choose a default currency in the back office.",
    )


def _features(info: ShopInfo) -> Check:
    return Check(
        name="features",
        ok=None if info.switched_off else True,
        expected="every table readable that a single feature needs",
        found=f"switched off: {', '.join(info.switched_off)}" if info.switched_off else "all there",
        fix="Grant SELECT on the table of the feature if you want it." if info.switched_off else "",
    )


def _switched_on(block: PrestashopDatabase) -> Check:
    on = block.product_listing_enabled
    return Check(
        name="switched on",
        ok=True if on else None,
        expected="writing to the shop switched on",
        found="on" if on else "off: nothing is written to this shop",
        fix="" if on else "Turn `Switched on` on in the shop's block when it may be written to.",
    )
