"""What the database user of a sync may do: which grants it needs, and the checks that compare them with what it has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from blocks import PrestashopDatabase
from tasks.prestashop.database.capabilities import COMBINATION_TEXTS, LABELS, STOCK, TEXTS
from tasks.prestashop.database.grants import (
    Grant,
    Need,
    grant_statements,
    missing,
    parse_grants,
    revoke_statements,
    surplus,
    without,
)
from tasks.prestashop.database.session import Session
from tasks.prestashop.database.touching import DATE, DATED
from tasks.prestashop.model import FLAG, LATER, NOW, QUANTITY, STOCK_FIELDS, ShopInfo, asked_by, fields_of
from tasks.summaries import Check

READ = (
    "configuration",
    "shop",
    "shop_group",
    "lang",
    "lang_shop",
    "product",
    "product_shop",
    "product_attribute",
    "product_attribute_shop",
    TEXTS,
    STOCK,
)
# single features read these; nobody has to grant them, and granting them is not too much
MAY_READ = (
    "shop_url",
    "currency",
    "product_supplier",
    "supplier",
    "manufacturer",
    "pack",
    "product_attribute_combination",
    "attribute_lang",
    LABELS,
)


class Rights(NamedTuple):
    """What a user has, and what it needs and may have at most, for one shop."""

    grants: list[Grant]
    user: str
    database: str
    prefix: str
    needs: list[Need]
    allowed: list[Need]


def rights_of(session: Session, info: ShopInfo | None, block: PrestashopDatabase) -> Rights:
    """Read the user's grants; `info` None: the shop could not be looked at, so nothing about its tables is assumed."""
    _, database, user, _, _ = session.rows("server")[0]
    prefix = session.prefix
    reads = [_select(prefix, table) for table in _read_tables(info, block)]
    writes = list(_writes(prefix, info, block))
    return Rights(
        grants=parse_grants(str(row[0]) for row in session.rows("grants")),
        user=str(user),
        database=str(database),
        prefix=prefix,
        needs=[*reads, *writes],
        allowed=[
            *reads,
            *(_select(prefix, table) for table in MAY_READ),
            *writes,
            _update(prefix, STOCK, FLAG),
            *(_update(prefix, table, LATER, NOW) for table in (TEXTS, LABELS)),
        ],
    )


def _read_tables(info: ShopInfo | None, block: PrestashopDatabase) -> Iterator[str]:
    yield from READ
    if _has_labels(info):
        yield LABELS
    asked = asked_by(block.policy)
    if "prices" in asked:
        yield "currency"
    if "brands" in asked:
        yield "manufacturer"


def _writes(prefix: str, info: ShopInfo | None, block: PrestashopDatabase) -> Iterator[Need]:
    """The columns that this block has written: those of stock rows and combinations only where no other block does."""
    fields = fields_of(block.policy)
    stock, texts = [field for field in fields if field in STOCK_FIELDS], fields - STOCK_FIELDS
    if not block.texts_only:
        physical = ["physical_quantity"] if QUANTITY in fields and info and info.physical_quantity else []
        yield _update(prefix, STOCK, *stock, *physical)
    yield _update(prefix, TEXTS, *texts)
    if _has_labels(info) and not block.leaves_labels:
        yield _update(prefix, LABELS, *texts)
    if block.touch_date_upd:
        for table in DATED:
            yield _update(prefix, table, DATE)


def _has_labels(info: ShopInfo | None) -> bool:
    return info is not None and (info.combination_labels or COMBINATION_TEXTS in info.switched_off)


def _select(prefix: str, table: str) -> Need:
    return Need("SELECT", frozenset(), prefix + table)


def _update(prefix: str, table: str, *columns: str) -> Need:
    return Need("UPDATE", frozenset(columns), prefix + table)


def check_too_few(rights: Rights) -> Check:
    """Compare with the grants that a sync needs; the fix is the GRANT statements."""
    lacking = missing(rights.grants, rights.needs, rights.database)
    return Check(
        name="grants needed",
        ok=not lacking,
        expected="SELECT on the tables that are read, UPDATE of the columns that are written",
        found=f"missing: {_listed(lacking)}" if lacking else "all there",
        fix=_statements(grant_statements(lacking, rights.database, rights.user)),
    )


def check_too_many(rights: Rights) -> Check:
    """Compare with the grants that a sync may have; the fix revokes, and grants what would then be missing.

    Reading more than needed works and is shown to be looked at; writing more is to be fixed.
    """
    excess = surplus(rights.grants, rights.allowed, rights.database, rights.prefix)
    left = missing(without(rights.grants, excess), rights.needs, rights.database)
    before = missing(rights.grants, rights.needs, rights.database)
    fix = [
        *revoke_statements(excess),
        *grant_statements([need for need in left if need not in before], rights.database, rights.user),
    ]
    writing = any(grant.privilege != "SELECT" for grant in excess)
    return Check(
        name="grants not needed",
        ok=not excess or (False if writing else None),
        expected="no right to write anything else, or to read customers and orders",
        found="; ".join(f"{grant.what} on {grant.place}" for grant in excess) or "none",
        fix=_statements(fix),
    )


def _listed(needs: list[Need]) -> str:
    return "; ".join(
        need.privilege + (f" ({', '.join(sorted(need.columns))})" if need.columns else "") + f" on {need.table}"
        for need in needs
    )


def _statements(statements: list[str]) -> str:
    return "Run as an administrator of the database:\n" + "\n".join(statements) if statements else ""
