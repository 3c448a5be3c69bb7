"""Which rows of a shop's database a block writes, and that no other block writes the same ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, Self
from zoneinfo import ZoneInfo

from blocks import ShopBlock
from tasks.errors import Refused
from tasks.prestashop.model import ShopInfo
from tasks.state import Session, StateDatabase

ALL_LABELS = "all"  # the table of combinations' texts knows no shop
KINDS = {"text_rows": "texts", "flag_rows": "flags", "label_rows": "combinations' texts"}


@dataclass(frozen=True)
class Scope:
    """Which rows are this shop's: texts by `id_shop`, stock rows by `stock_shop` and `stock_group`."""

    id_shop: int
    stock_shop: int
    stock_group: int

    @property
    def values(self) -> dict[str, int]:
        """The scope as values for a statement."""
        return {"id_shop": self.id_shop, "stock_shop": self.stock_shop, "stock_group": self.stock_group}

    @property
    def stock_rows(self) -> str:
        """The condition of the stock rows, as a person would write it."""
        return f"id_shop={self.stock_shop}, id_shop_group={self.stock_group}"


def scope_of(info: ShopInfo) -> Scope:
    """Return the shop's rows: a group that shares its stock owns the stock rows, else the shop does."""
    if info.share_stock:
        return Scope(info.id_shop, 0, info.id_shop_group)
    return Scope(info.id_shop, info.id_shop, 0)


class ShopRows(NamedTuple):
    """The rows of one block; None: left to another block. `text_rows` and `flag_rows` as SQL conditions."""

    shop_database: str
    text_rows: str
    flag_rows: str | None
    label_rows: str | None

    @classmethod
    def of(cls, block: ShopBlock, info: ShopInfo) -> Self:
        """The rows that a sync of this block writes."""
        rows = cls.within_reach(info)
        return rows._replace(
            flag_rows=None if block.texts_only else rows.flag_rows,
            label_rows=None if block.leaves_labels else rows.label_rows,
        )

    @classmethod
    def within_reach(cls, info: ShopInfo) -> Self:
        """The rows that a block of this shop could write, whatever it leaves to others."""
        scope = scope_of(info)
        return cls(
            info.identity,
            f"id_shop={info.id_shop}",
            scope.stock_rows,
            ALL_LABELS if info.combination_labels else None,
        )


class Shared(NamedTuple):
    """Rows of a `kind` (a key of `KINDS`) that another integration's block writes."""

    kind: str
    rows: str
    integration_id: int
    name: str


def read_scopes(session: Session, integration_id: int, rows: ShopRows) -> list[dict[str, Any]]:
    """What is known of who writes in the same database, and of this integration."""
    return session.execute("shop_scopes_of", {"integration_id": integration_id, "shop_database": rows.shop_database})


def shared_rows(known: list[dict[str, Any]], integration_id: int, rows: ShopRows) -> list[Shared]:
    """Those of `rows` that another integration writes."""
    return [
        Shared(kind, one[kind], one["integration_id"], one["name"])
        for one in known
        if one["integration_id"] != integration_id and one["shop_database"] == rows.shop_database
        for kind in KINDS
        if one[kind] is not None and one[kind] == getattr(rows, kind)
    ]


def claim(state: StateDatabase, known: list[dict[str, Any]], values: dict[str, Any], rows: ShopRows) -> bool:
    """Record that an integration writes these rows; False: that stood there already.

    `known`: what `read_scopes` told. `values`: integration_id, name, run_id. Raises Refused where another integration
    writes one of them: of two that come at once one finds the other's.
    """
    ours: int = values["integration_id"]
    name: str = values["name"]
    refuse_shared(shared_rows(known, ours, rows), ours, name)
    wanted = {**rows._asdict(), "integration_id": ours, "name": name}
    if wanted in known:
        return False
    with state.session() as session:
        if state.kind == "postgresql":
            session.execute("shop_scopes_lock_postgresql")
        refuse_shared(shared_rows(read_scopes(session, ours, rows), ours, rows), ours, name)
        session.execute("shop_scope_write", {**wanted, "run_id": values["run_id"]})
    return True


def refuse_shared(shared: list[Shared], integration_id: int, name: str) -> None:
    """Raise Refused naming both blocks, the rows, and the ways out."""
    if shared:
        raise Refused(f"Nothing was written to the shop. {told_of_shared(shared, integration_id, name)}")


def told_of_shared(shared: list[Shared], integration_id: int, name: str) -> str:
    """Who writes the same rows, and what to do about it."""
    others = "; ".join(
        f"{KINDS[one.kind]} ({one.rows}) are written by `{one.name}` (integration {one.integration_id}) as well"
        for one in shared
    )
    ways = []
    if any(one.kind == "text_rows" for one in shared):
        ways.append("give each block a `Shop number` (id_shop) of its own")
    if any(one.kind == "flag_rows" for one in shared):
        ways.append("set `Texts only` in all blocks but one, and sync those once before the one")
    elif any(one.kind == "label_rows" for one in shared):
        ways.append("turn `Combinations' texts` off in all blocks but one, and sync those once before the one")
    return (
        f"Expected rows that `{name}` (integration {integration_id}) writes alone, but {others}: two would overwrite"
        f" each other. Ways out: {'; '.join(ways)}; or, if the other block is given up, release its shop"
        " (release-products with `whole_shop`)"
    )


def told_of_whole_shop(integration_id: int, word: dict[str, Any], zone: ZoneInfo) -> str:
    """Why nothing of a shop is written: the word of the person who gave it back, or paused it until a time."""
    who = f"by {word['decided_by']} on {word['decided_at'].astimezone(zone):%Y-%m-%d}"
    if word["kind"] == "released":
        return (
            f"This shop (integration {integration_id}) was given back {who}: {word['reason']}. Nothing of it is written"
            " until release-products takes it back (`take_back` with `whole_shop`)"
        )
    until = f" until {word['until'].astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})" if word["until"] else ""
    return (
        f"This shop (integration {integration_id}) is paused{until}, {who}: {word['reason']}. No sync writes to it"
        " until then; to go on before, start release-products with `take_back` and `whole_shop`"
    )
