"""A shop of each version with its stand-in Webservice; most tests share them, each with products of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from typing import Any

import httpx
import pytest

from demo.servers import MariaDb
from demo.shop import make_shop
from demo.webservice import Webservice, start_webservice

OLD, SEVEN, EIGHT, NINE = VERSIONS = ("1.6.1.24", "1.7.8.11", "8.2.1", "9.1.4")
NUMBERS = count(1)
WARM = 40


class Shop:
    """A shop, asked over HTTP (`get`, `put`, `patch`) and looked at past the Webservice (`sql`, `one`)."""

    def __init__(self, version: str, server: MariaDb, database: str, service: Webservice) -> None:
        self.version = version
        self.server = server
        self.database = database
        self.service = service
        address = f"{service.url}api/"
        self.client = httpx.Client(base_url=address, auth=(service.key, ""), timeout=10, verify=False)

    def get(self, path: str, **parameters: str) -> httpx.Response:
        """Ask; `filter_id="3"` is `filter[id]=3`."""
        return self.client.get(
            path, params={re.sub(r"^filter_(.*)", r"filter[\1]", name): value for name, value in parameters.items()}
        )

    def json(self, path: str, **parameters: str) -> Any:
        return self.get(path, output_format="JSON", **parameters).json()

    def ids(self, path: str, **parameters: str) -> list[int]:
        found = self.json(path, **parameters)
        return [line["id"] for line in found[path]] if found else []

    def put(self, path: str, inner: str, **parameters: str) -> httpx.Response:
        return self.client.put(path, content=document(inner), params=parameters)

    def patch(self, path: str, inner: str, **parameters: str) -> httpx.Response:
        return self.client.patch(path, content=document(inner), params=parameters)

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.server.connect(self.database, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute("SET sql_mode = ''")
            cursor.execute(statement, values or None)
            return list(cursor.fetchall())

    def one(self, statement: str, *values: Any) -> Any:
        ((value,),) = self.sql(statement, *values)
        return value

    def stock_row(self, id_product: int, id_product_attribute: int = 0) -> int:
        query = "SELECT id_stock_available FROM ps_stock_available WHERE id_shop = 1 AND id_product = %s"
        return int(self.one(f"{query} AND id_product_attribute = %s", id_product, id_product_attribute))

    def row_that_does_not_count(self, id_product: int) -> None:
        """Make the stock row of the shop's group, which shares no stock."""
        columns = "id_product, id_product_attribute, id_shop, id_shop_group, quantity, depends_on_stock, out_of_stock"
        self.sql(f"INSERT IGNORE INTO ps_stock_available ({columns}) VALUES (%s, 0, 0, 1, 77, 0, 0)", id_product)

    def node(self, path: str) -> str:
        """What a GET shows of one entity, to be sent back."""
        return re.sub(r"(?s).*<prestashop[^>]*>\s*(.*)</prestashop>.*", r"\1", self.get(path).text)

    def product(self, id_product: int) -> str:
        """The same of a product, without what nobody may send."""
        return re.sub(
            r"(?s)<(manufacturer_name|quantity|position_in_category)\b.*?</\1>", "", self.node(f"products/{id_product}")
        )

    def texts(self, id_product: int, column: str = "available_later") -> dict[int, str | None]:
        where = "id_product = %s AND id_shop = 1"
        return dict(self.sql(f"SELECT id_lang, {column} FROM ps_product_lang WHERE {where}", id_product))


def document(inner: str) -> str:
    return f'<?xml version="1.0"?><prestashop xmlns:xlink="http://www.w3.org/1999/xlink">{inner}</prestashop>'


def codes(response: httpx.Response) -> list[int]:
    """The codes of the errors in an answer."""
    return [int(code) for code in re.findall(r"<code><!\[CDATA\[(\d+)", response.text)]


def labels(*texts: str, field: str = "available_later") -> str:
    """A text in the first languages."""
    lines = (f'<language id="{place}">{text}</language>' for place, text in enumerate(texts, start=1))
    return f"<{field}>{''.join(lines)}</{field}>"


@pytest.fixture(scope="session")
def shops(mariadb: MariaDb) -> Iterator[dict[str, Shop]]:
    """One shop of each version."""
    with ExitStack() as stack:
        made = {}
        for version in VERSIONS:
            name = f"webservice_{next(NUMBERS)}"
            mariadb.create_database(name)
            with mariadb.connect(name) as connection:
                make_shop(connection, WARM, version=version)
            made[version] = Shop(version, mariadb, name, stack.enter_context(start_webservice(mariadb, name)))
            stack.callback(made[version].client.close)
        yield made


@pytest.fixture
def shop(request: pytest.FixtureRequest, shops: dict[str, Shop]) -> Iterator[Shop]:
    """The shop of the version that the test names (8.2 if none), without faults of tests before."""
    shop = shops[getattr(request, "param", EIGHT)]
    shop.service.requests.clear()
    yield shop
    shop.service.fault = shop.service.capacity = None
    shop.service.delay = 0.0


def of(*versions: str) -> pytest.MarkDecorator:
    """The test is for shops of these versions; where they behave alike, `make test` takes only the newest but one."""
    quick = EIGHT if EIGHT in versions else versions[-1]
    others = [pytest.param(version, marks=pytest.mark.slow) for version in versions if version != quick]
    return pytest.mark.parametrize("shop", [quick, *others], indirect=True)


every = of(OLD, SEVEN, EIGHT, NINE)
modern = of(EIGHT, NINE)
older = of(OLD, SEVEN)
located = of(SEVEN, EIGHT, NINE)
differing = pytest.mark.parametrize("shop", VERSIONS, indirect=True)  # what is right depends on the version
