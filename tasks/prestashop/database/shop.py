"""A PrestaShop shop in its MySQL or MariaDB database: what the rest of the project holds in its hands."""

from __future__ import annotations

import hashlib
import logging
import random
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

import pymysql

from blocks import PrestashopDatabase
from tasks.errors import UnreachableError, WrongSettingsError
from tasks.prestashop.database.address import address_of
from tasks.prestashop.database.capabilities import engines, read_info, take_keys
from tasks.prestashop.database.connection import CONNECTION_LOST, LOCKED, error_code, explained
from tasks.prestashop.database.reading import read_catalogue, read_rows
from tasks.prestashop.database.session import Session
from tasks.prestashop.database.targets import in_chunks
from tasks.prestashop.database.together import TogetherWriter
from tasks.prestashop.database.touching import shop_zone, touch
from tasks.prestashop.database.writing import Writer
from tasks.prestashop.model import USUAL_FIELDS, Asked, Change, Field, Outcome, ShopInfo, Together
from tasks.prestashop.refusals import refuse_unwritable
from tasks.prestashop.scopes import scope_of

LOCK_WAIT_SECONDS = 10  # for rows that a customer's order or the back office holds
ATTEMPTS = 4
FIRST_PAUSE_SECONDS = 0.1
TRANSACTIONAL = "InnoDB"
LONGEST_LOCK_NAME = 64  # MySQL's limit
WINDOW_PRODUCTS = 2_000  # a transaction: fewer cost time, of more customers would wait

R = TypeVar("R")

logger = logging.getLogger(__name__)


class DatabaseShop:
    """An open shop; `info` says what it is. Made by `open_database`."""

    window_products = WINDOW_PRODUCTS

    def __init__(self, session: Session, info: ShopInfo, *, writable: bool) -> None:
        self.session = session
        self.info = info
        self._writable = writable
        self._engines = engines(session, info)
        self._writer = Writer(session, scope_of(info), info.physical_quantity)
        self._together = TogetherWriter(session, scope_of(info), physical_quantity=info.physical_quantity)

    @contextmanager
    def lock(self, wait_seconds: int = 0) -> Iterator[None]:
        """Keep other runs out of this shop by the server's named lock; Busy if one is inside."""
        self.session.take_lock(self._lock_name(), wait_seconds)
        try:
            yield
        finally:
            self.session.release_lock()

    def read_catalogue(
        self, to: Path, limit: int | None = None, asked: Collection[Asked] = (), only: int | None = None
    ) -> Path:
        """Write what the shop sells as Parquet, a row per product and per combination, in the order of their ids.

        Columns: id_product BIGINT, id_product_attribute BIGINT (0 = the product), reference, ean13 (NULL if empty),
        name (in the shop's default language), supplier_references (JSON: supplier -> its code; NULL if none), active,
        is_virtual, is_pack BOOLEAN, available_date DATE (NULL if none), depends_on_stock BOOLEAN, quantity INTEGER,
        has_stock_row BOOLEAN (in the shop's scope), minimal_quantity INTEGER, available_for_order BOOLEAN, visibility
        (both, catalog, search, none), price DECIMAL(20,6) (net, in the shop's default currency, before discounts),
        brand. supplier_references, price and brand are NULL unless `asked` for.
        `limit`: the first products by id, with all their combinations. `only`: one product by its id, with its own.
        """
        return read_catalogue(self.session, self.info, to, limit, asked, only)

    def read_rows(self, to: Path, products: Path | None = None, fields: Collection[Field] = USUAL_FIELDS) -> Path:
        """Write the shop's current values as Parquet, a row per value: this shop's stock scope and languages only.

        `products`: a Parquet file with `id_product`; None = all that the shop sells. Columns: id_product,
        id_product_attribute BIGINT, id_lang INTEGER (NULL where a field has no language), field, value VARCHAR (NULL
        where NULL). What is not among `fields` is not read.
        """
        return read_rows(self.session, self.info, to, products, fields)

    def refuse_unwritable(self, changes: Sequence[Change]) -> None:
        """Raise Refused naming the changes that this shop can't hold, or that are never made."""
        refuse_unwritable(changes, self.info)

    def apply_together(self, window: Together) -> bool:
        """Apply a window in one statement a column and read back, if every row holds exactly `before`.

        False: nothing was written, or (after a lost connection) all of it: `apply_window` finds out. Errors as there.
        """
        self._require_writable()
        return self._tried(lambda: self._together.write(window), window.first, window.last)

    def apply_window(self, changes: Sequence[Change]) -> list[Outcome]:
        """Apply the changes in one transaction, read back; an outcome for each, in their order.

        A value is written only where the shop still holds exactly `before`. A deadlock, a lock wait and a lost
        connection are tried again as a whole: what was committed already is then found as `already`. Errors: Refused
        (a change the shop can't hold; nothing is written), UnreachableError (rows stay locked, server gone).
        """
        self._require_writable()
        refuse_unwritable(changes, self.info)
        ids = [change.id_product for change in changes]
        return self._tried(lambda: self._writer.window(changes), min(ids, default=0), max(ids, default=0))

    def touch(self, products: Sequence[int]) -> None:
        """Set `date_upd` of products, and of this shop's rows of them, to the shop's time; what is later already stays.

        Products that several shops sell share the first one. Errors: WrongSettingsError (no grant, no time zone),
        UnreachableError.
        """
        self._require_writable()
        with explained(self.session.address):
            zone = shop_zone(self.session, self.info)
        for ids in in_chunks(sorted(products)):
            self._tried(partial(touch, self.session, self.info, zone, ids), ids[0], ids[-1])

    def _tried(self, write: Callable[[], R], first: int, last: int) -> R:
        """Write the window of the products `first` to `last`, as often as another attempt may heal it."""
        with explained(self.session.address):
            for attempt in range(1, ATTEMPTS):
                try:
                    return write()
                except pymysql.MySQLError as error:
                    self._recover(error, attempt)
            try:
                return write()
            except pymysql.MySQLError as error:
                if error_code(error) in LOCKED:
                    raise UnreachableError(self._locked_text(first, last, error)) from error
                raise

    def _recover(self, error: pymysql.MySQLError, attempt: int) -> None:
        """Make ready for another attempt, or raise what no attempt can heal."""
        code = error_code(error)
        if code not in LOCKED | CONNECTION_LOST:
            raise error
        logger.warning("shop: window not written (%s), attempt %d of %d follows", error, attempt + 1, ATTEMPTS)
        time.sleep(FIRST_PAUSE_SECONDS * 2**attempt * random.uniform(0.5, 1.0))  # noqa: S311
        if code in CONNECTION_LOST:
            self.session.reconnect()

    def _locked_text(self, first: int, last: int, error: pymysql.MySQLError) -> str:
        return (
            f"{self.session.address}: the rows of products {first} to {last} stayed locked for {ATTEMPTS} attempts"
            f" ({error.args[-1]}). Nothing of them was written; look for a long transaction in the shop (SHOW ENGINE"
            " INNODB STATUS) and run again"
        )

    def _require_writable(self) -> None:
        if not self._writable:
            raise WrongSettingsError(
                f"{self.session.address}: the shop is switched off for writing. Set `product_listing_enabled`"
                " (Switched on) in its block when it shall be written to"
            )
        other = {table: engine for table, engine in self._engines.items() if engine != TRANSACTIONAL}
        if other:
            raise WrongSettingsError(
                f"{self.session.address}: expected {TRANSACTIONAL} tables, found {other}: a failed window could not be"
                " undone there. `check_integration` says how to change them"
            )

    def _lock_name(self) -> str:
        name = f"rexbit:{self.session.address.database}:{self.session.prefix}:{self.info.id_shop}"
        if len(name) <= LONGEST_LOCK_NAME:
            return name
        return "rexbit:" + hashlib.sha256(name.encode()).hexdigest()[:40]


@contextmanager
def open_database(block: PrestashopDatabase, lock_wait_seconds: int = LOCK_WAIT_SECONDS) -> Iterator[DatabaseShop]:
    """Connect to the shop of a block and find out what it is.

    `lock_wait_seconds`: how long a statement waits for rows that others hold. Errors: WrongSettingsError (user,
    database, prefix, shop id, grant, key), UnreachableError.
    """
    address = address_of(block)
    session = Session(address, block.table_prefix, lock_wait_seconds)
    try:
        with explained(address):
            info = read_info(session, block.id_shop)
            take_keys(session, info)
            shop = DatabaseShop(session, info, writable=block.product_listing_enabled)
        yield shop
    finally:
        session.release_lock()
        session.close()
