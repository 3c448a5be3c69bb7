"""Is a shop set up right? Each finding in an operator's words, with how to fix it. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterator

from blocks import PrestashopDatabase
from tasks.errors import RexbitError, UnreachableError, WrongSettingsError
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
from tasks.prestashop.database.address import address_of
from tasks.prestashop.database.capabilities import (
    engines,
    key_fix,
    key_text,
    prefixes,
    read_info,
    unique_key,
    written_tables,
)
from tasks.prestashop.database.connection import explained
from tasks.prestashop.database.rights import check_too_few, check_too_many, rights_of
from tasks.prestashop.database.session import Session
from tasks.prestashop.database.shop import LOCK_WAIT_SECONDS, TRANSACTIONAL
from tasks.prestashop.database.touching import check_zone
from tasks.prestashop.model import ShopInfo
from tasks.prestashop.scopes import scope_of
from tasks.summaries import Check


def checks(block: PrestashopDatabase) -> list[Check]:
    """Look at everything a sync of this shop relies on; a finding that makes the next ones impossible ends the list."""
    try:
        address = address_of(block)
        session = Session(address, block.table_prefix, LOCK_WAIT_SECONDS)
    except (WrongSettingsError, UnreachableError) as error:
        return [check_failed("connection", "a MySQL or MariaDB server that lets us in", error)]
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
        yield check_failed("shop", f"a PrestaShop with id_shop {block.id_shop}", error)
    rights = rights_of(session, info, block)
    yield check_too_few(rights)
    yield check_too_many(rights)
    if info is None:
        return
    yield check_version(info)
    yield check_languages(info, block)
    yield check_texts(info, block)
    yield _stock_rows(session, info)
    for table in written_tables(info):
        yield _key(session, table)
    yield _engine(session, info)
    yield check_stock_management(info)
    yield check_catalogue_mode(info)
    if block.policy.has_margin:
        yield check_currency(
            info, "Grant SELECT on the table `currency`, or choose a default currency in the back office."
        )
    if block.touch_date_upd:
        yield check_zone(session, info)
    yield check_features(info, "Grant SELECT on the table of the feature if you want it.")
    yield check_switched_on(block)


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
