"""`date_upd` of products, set by PrestaShop itself when a product is saved, with nothing changed in it."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from tasks.errors import UnreachableError
from tasks.prestashop.webservice.answers import RowRefusedError, UnknownAnswerError
from tasks.prestashop.webservice.client import Api
from tasks.prestashop.webservice.writing_rows import PRODUCTS, RowWriter

logger = logging.getLogger(__name__)


def touch(api: Api, products: Sequence[int]) -> None:
    """Save products as they are: a request each, two where there is no PATCH.

    One that the shop sells no more is left out: PrestaShop would make it anew there. One that PrestaShop doesn't take
    keeps its date, as it would in the back office. Errors: UnreachableError (for some nobody knows: once more does no
    harm).
    """
    rows = RowWriter(api)
    sold = [entity.id for entity in api.listed_by(PRODUCTS, [], "id", products)]

    def save(id_product: int) -> str | None:
        try:
            rows.save(id_product)
        except RowRefusedError as error:
            logger.warning("product %d keeps its date of change: %s", id_product, error)
        except UnknownAnswerError as error:
            return str(error)
        return None

    unknown = [why for why in api.each(save, sold) if why]
    if unknown:
        raise UnreachableError(f"the dates of {len(unknown)} products may not be set: {unknown[0]}")
