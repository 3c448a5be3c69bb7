"""A shop reached through its Webservice: the driver of the prestashop room for shops whose database is shut."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from blocks import PrestashopWebservice
from tasks.errors import WrongSettingsError
from tasks.prestashop.model import USUAL_FIELDS, Asked, Change, Field, Outcome, ShopInfo, Together
from tasks.prestashop.refusals import refuse_unwritable
from tasks.prestashop.webservice.client import Api, open_api
from tasks.prestashop.webservice.info import read_info
from tasks.prestashop.webservice.reading import read_catalogue, read_rows
from tasks.prestashop.webservice.touching import touch
from tasks.prestashop.webservice.writing import Writer

WINDOW_PRODUCTS = 100  # half a minute of a slow shop; more are no quicker


class WebserviceShop:
    """An open shop; `info` says what it is. Made by `open_webservice`."""

    window_products = WINDOW_PRODUCTS
    apply_together: Callable[[Together], bool] | None = None

    def __init__(self, api: Api, info: ShopInfo, *, writable: bool) -> None:
        self.api = api
        self.info = info
        self._writable = writable
        self._writer = Writer(api, info)

    @contextmanager
    def lock(self, wait_seconds: int = 0) -> Iterator[None]:  # noqa: ARG002 - others wait
        """Do nothing: a Webservice has no lock; the lease in our own database keeps other runs out."""
        yield

    def read_catalogue(
        self, to: Path, limit: int | None = None, asked: Collection[Asked] = (), only: int | None = None
    ) -> Path:
        """Write what the shop sells as Parquet; the columns are those of `DatabaseShop.read_catalogue`."""
        return read_catalogue(self.api, self.info, to, limit, asked, only)

    def read_rows(self, to: Path, products: Path | None = None, fields: Collection[Field] = USUAL_FIELDS) -> Path:
        """Write the shop's current values as Parquet; the columns are those of `DatabaseShop.read_rows`.

        A text that is NULL is '', and one without a row too.
        """
        return read_rows(self.api, self.info, to, products, fields)

    def refuse_unwritable(self, changes: Sequence[Change]) -> None:
        """Raise Refused naming the changes that this shop can't hold, or that are never made."""
        refuse_unwritable(changes, self.info)

    def apply_window(self, changes: Sequence[Change]) -> list[Outcome]:
        """Apply the changes of some products; an outcome for each, in their order."""
        self._require_writable()
        refuse_unwritable(changes, self.info)
        return self._writer.window(changes)

    def touch(self, products: Sequence[int]) -> None:
        """Let PrestaShop set `date_upd` of products: it does so when it saves one, be anything changed in it or not."""
        self._require_writable()
        touch(self.api, products)

    def _require_writable(self) -> None:
        if not self._writable:
            raise WrongSettingsError(
                f"{self.api.where}: the shop is switched off for writing. Set `product_listing_enabled` (Switched on)"
                " in its block when it shall be written to"
            )


@contextmanager
def open_webservice(block: PrestashopWebservice) -> Iterator[WebserviceShop]:
    """Ask the shop of a block what it is.

    Errors: WrongSettingsError (address, key, permission, shop id), UnreachableError.
    """
    with open_api(block) as api:
        yield WebserviceShop(api, read_info(api, block), writable=block.product_listing_enabled)
