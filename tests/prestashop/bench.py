"""A shop on a test's own database: plain SQL beside the room that is tested."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Literal

from prefect_sqlalchemy import ConnectionComponents, SqlAlchemyConnector
from pydantic import SecretStr

from blocks import AvailabilityPolicy, LanguageTexts, PrestashopDatabase
from demo.grants import grant_sync_user
from demo.servers import MariaDb
from tasks.prestashop.database.checks import checks
from tasks.prestashop.database.shop import DatabaseShop, open_database
from tasks.prestashop.model import USUAL_FIELDS, Asked, Change, Field, Outcome
from tasks.prestashop.windows import Window, apply_changes
from tasks.summaries import Check
from tests.parquet import read, write

CHANGES = """product_id BIGINT, id_product BIGINT, id_product_attribute BIGINT, id_lang INTEGER, field VARCHAR,
  before VARCHAR, after VARCHAR, reason_code VARCHAR, reason_args VARCHAR"""
TEXTS = AvailabilityPolicy(texts=[LanguageTexts(language="pl"), LanguageTexts(language="en")])


class Bench:
    """One shop database on a server; `sql` is the administrator's look past the room."""

    def __init__(self, server: MariaDb, database: str, folder: Path) -> None:
        self.server = server
        self.database = database
        self.folder = folder
        self.user = server.user
        self.password = server.password

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run one statement as administrator, committed."""
        with self.server.connect(self.database, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute("SET sql_mode = ''")
            cursor.execute(statement, values or None)
            return list(cursor.fetchall())

    def one(self, statement: str, *values: Any) -> Any:
        """The only value of a query."""
        ((value,),) = self.sql(statement, *values)
        return value

    def as_sync_user(self) -> Bench:
        """Come as a user with the grants of a sync and no more."""
        with self.server.connect(autocommit=True) as connection:
            grant_sync_user(connection, self.database, "ps_", f"{self.database}_sync", "sync-password")
        self.user, self.password = f"{self.database}_sync", "sync-password"
        return self

    def block(self, **settings: Any) -> PrestashopDatabase:
        """The shop's block; `host`, `port`, `database`, `username`, `password`, `query` change its connection."""
        connection = ConnectionComponents(
            driver="mysql+pymysql",
            host=settings.pop("host", self.server.host),
            port=settings.pop("port", self.server.port),
            database=settings.pop("database", self.database),
            username=settings.pop("username", self.user),
            password=SecretStr(settings.pop("password", self.password)),
            query=settings.pop("query", None),
        )
        values = {"integration_id": 7, "product_listing_enabled": True, "policy": TEXTS, **settings}
        return PrestashopDatabase(connection=SqlAlchemyConnector(connection_info=connection), **values)

    def open(self, *, lock_wait_seconds: int = 1, **settings: Any) -> AbstractContextManager[DatabaseShop]:
        """Open the shop; rows that others hold are waited for one second."""
        return open_database(self.block(**settings), lock_wait_seconds)

    def catalogue(self, shop: DatabaseShop, limit: int | None = None, *asked: Asked) -> list[dict[str, Any]]:
        """The rows of `read_catalogue`."""
        return read(shop.read_catalogue(self.folder / "catalogue.parquet", limit, asked))

    def rows(
        self, shop: DatabaseShop, products: Path | None = None, fields: Collection[Field] = USUAL_FIELDS
    ) -> list[dict[str, Any]]:
        """The rows of `read_rows`."""
        return read(shop.read_rows(self.folder / "rows.parquet", products, fields))

    def text(self, id_product: int, id_lang: int = 1) -> str | None:
        """What `available_later` holds."""
        where = "id_product = %s AND id_lang = %s AND id_shop = 1"
        value: str | None = self.one(f"SELECT available_later FROM ps_product_lang WHERE {where}", id_product, id_lang)
        return value

    def set_text(self, id_product: int, text: str | None, id_lang: int = 1) -> None:
        """Let `available_later` hold a text."""
        where = "id_product = %s AND id_lang = %s AND id_shop = 1"
        self.sql(f"UPDATE ps_product_lang SET available_later = %s WHERE {where}", text, id_product, id_lang)

    def flags(self, id_product: int, id_shop: int = 1, id_shop_group: int = 0) -> dict[int, int]:
        """The flag of each combination (0 = the product) in a scope."""
        return self.stock("out_of_stock", id_product, id_shop, id_shop_group)

    def stock(self, column: str, id_product: int, id_shop: int = 1, id_shop_group: int = 0) -> dict[int, int]:
        """A column of the stock rows of each combination (0 = the product) in a scope."""
        where = "id_product = %s AND id_shop = %s AND id_shop_group = %s"
        return dict(
            self.sql(
                f"SELECT id_product_attribute, {column} FROM ps_stock_available WHERE {where}",
                id_product,
                id_shop,
                id_shop_group,
            )
        )

    def set_stock(self, id_product: int, **columns: int) -> None:
        """Let all stock rows of a product hold something."""
        for column, value in columns.items():
            self.sql(f"UPDATE ps_stock_available SET {column} = %s WHERE id_product = %s", value, id_product)


def looked(bench: Bench, **settings: Any) -> dict[str, Check]:
    """What the checks find, by their names."""
    return {check.name: check for check in checks(bench.block(**settings))}


class Apply:
    """Applies changes: judged row by row (`apply_window`), or as a change set, written together if possible."""

    def __init__(self, *, together: bool, folder: Path) -> None:
        self.together = together
        self._folder = folder

    def __call__(self, shop: DatabaseShop, *changes: Change) -> list[Outcome]:
        """An outcome for each change, in their order."""
        if not self.together:
            return shop.apply_window(changes)
        told: dict[tuple[Any, ...], Outcome] = {}

        def on_window(_: Window, outcomes: list[Outcome]) -> None:
            told.update((outcome[:4], outcome) for outcome in outcomes)

        apply_changes(shop, change_set(self._folder, changes), on_window, lambda: None)
        return [told.get(change[:4]) or Outcome(*change[:4], _as_planned(change)) for change in changes]

    def words(self, shop: DatabaseShop, *changes: Change) -> list[str]:
        """What came of each change, in a word."""
        return [outcome.outcome for outcome in self(shop, *changes)]


def _as_planned(change: Change) -> Literal["written", "already"]:
    return "already" if change.before == change.after else "written"


def text_change(
    id_product: int, before: str | None, after: str | None, id_lang: int = 1, id_product_attribute: int = 0
) -> Change:
    """A change of `available_later`."""
    return Change(id_product, id_product_attribute, id_lang, "available_later", before, after)


def flag_change(id_product: int, before: str, after: str, id_product_attribute: int = 0) -> Change:
    """A change of the flag."""
    return Change(id_product, id_product_attribute, None, "out_of_stock", before, after)


def now_change(id_product: int, before: str | None, after: str | None, id_product_attribute: int = 0) -> Change:
    """A change of `available_now` in the first language."""
    return Change(id_product, id_product_attribute, 1, "available_now", before, after)


def quantity_change(id_product: int, before: int, after: int, id_product_attribute: int = 0) -> Change:
    """A change of the quantity."""
    return Change(id_product, id_product_attribute, None, "quantity", str(before), str(after))


def all_changes(rows: Iterable[dict[str, Any]]) -> list[Change]:
    """Change everything that was read: other flags, more pieces, another text everywhere."""
    return [
        Change(
            row["id_product"],
            row["id_product_attribute"],
            row["id_lang"],
            row["field"],
            row["value"],
            _another(row),
        )
        for row in rows
    ]


def _another(row: dict[str, Any]) -> str:
    match row["field"]:
        case "out_of_stock":
            return {"0": "1", "1": "0", "2": "1"}[row["value"]]
        case "quantity":
            return str(abs(int(row["value"])) + row["id_product"] % 3 + 1)
        case "available_now":
            return f"Już jest, ostatnie {row['id_product'] % 4 + 1} szt."
        case _:
            return f"Wysyłka za {row['id_product'] % 5 + 2} dni"


def as_rows(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Changes as rows of a change set."""
    return [{"product_id": change.id_product, **change._asdict(), "reason_args": '{"stock": 9}'} for change in changes]


def change_set(folder: Path, changes: Iterable[Change]) -> Path:
    """Changes as the Parquet file that is planned, archived and applied."""
    return write(folder / "changes.parquet", CHANGES, as_rows(changes))
