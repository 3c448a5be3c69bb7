"""What the database user of a sync may do: which grants it needs, and the checks that compare them with what it has."""

from __future__ import annotations

from typing import NamedTuple

from tasks.prestashop.capabilities import COMBINATION_TEXTS, FLAGS, LABELS, TEXTS
from tasks.prestashop.grants import (
    Grant,
    Need,
    grant_statements,
    missing,
    parse_grants,
    revoke_statements,
    surplus,
    without,
)
from tasks.prestashop.model import FLAG, LATER, NOW, ShopInfo
from tasks.prestashop.session import Session
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
    FLAGS,
)
# single features read these; nobody has to grant them, and granting them is not too much
MAY_READ = (
    "shop_url",
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


def rights_of(session: Session, info: ShopInfo | None) -> Rights:
    """Read the user's grants; `info` None: the shop could not be looked at, so nothing about its texts is assumed."""
    _, database, user, _, _ = session.rows("server")[0]
    prefix = session.prefix
    labels = info is not None and (info.combination_labels or COMBINATION_TEXTS in info.switched_off)
    read = [*READ, LABELS] if labels else list(READ)
    texts = [TEXTS, LABELS] if labels else [TEXTS]
    nothing: frozenset[str] = frozenset()
    selects = [Need("SELECT", nothing, prefix + table) for table in read]
    flag = Need("UPDATE", frozenset({FLAG}), prefix + FLAGS)
    return Rights(
        grants=parse_grants(str(row[0]) for row in session.rows("grants")),
        user=str(user),
        database=str(database),
        prefix=prefix,
        needs=[*selects, flag, *(Need("UPDATE", frozenset({LATER}), prefix + table) for table in texts)],
        allowed=[
            *selects,
            *(Need("SELECT", nothing, prefix + table) for table in MAY_READ),
            flag,
            *(Need("UPDATE", frozenset({LATER, NOW}), prefix + table) for table in (TEXTS, LABELS)),
        ],
    )


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
