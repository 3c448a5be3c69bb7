"""`python -m benchmarks.webservice [--products 1520] [--delay 0.05] [--capacity 4] [--version 8.2.1] [--sample 50]`.

A shop behind the stand-in Webservice, which works on `capacity` requests at once and takes `delay` seconds for each:
seconds and requests of a sync where everything changes and of one where nothing does, beside a client that reads and
writes each row by itself, one after the other (of `sample` products, and what that makes for all).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import duckdb
import httpx
from pydantic import SecretStr

from blocks import PrestashopWebservice
from demo.servers import start_mariadb
from demo.shop import make_shop
from demo.webservice import Webservice, start_webservice
from tasks.prestashop.webservice.shop import WebserviceShop, open_webservice
from tasks.prestashop.windows import apply_changes

DATABASE = "bench_webservice"
NEVER_SENT = ("manufacturer_name", "quantity", "position_in_category", "associations")
PLANNED = """COPY (
  SELECT id_product AS product_id, id_product, id_product_attribute, id_lang, field, value AS before,
         CASE WHEN field = 'out_of_stock' THEN CASE value WHEN '1' THEN '0' ELSE '1' END
              ELSE 'Wysyłka za ' || (id_product % 5 + 2) || ' dni' END AS after
  FROM '{rows}' WHERE NOT list_contains($left, id_product)
) TO '{changes}' (FORMAT parquet)"""


class Took(NamedTuple):
    """Seconds, requests, and how many of them were under way at once."""

    seconds: float
    requests: int
    at_once: int

    def __str__(self) -> str:
        return f"{self.seconds:8.1f} s {self.requests:8,d} requests {self.at_once:3d} at once"


def timed(service: Webservice, work: Callable[[], object]) -> Took:
    """Do some work and look what it cost."""
    service.requests.clear()
    started = time.perf_counter()
    work()
    return Took(time.perf_counter() - started, len(service.requests), service.requests.most_parallel())


def row_by_row(service: Webservice, changes: Path, products: int) -> None:
    """GET and PUT of each row of the first products, one after the other, as a plain client does."""
    planned = duckdb.read_parquet(str(changes)).project("id_product").distinct().order("id_product")
    ids = planned.limit(products).fetchall()
    with httpx.Client(base_url=f"{service.url}api/", auth=(service.key, ""), timeout=60) as client:
        for (id_product,) in ids:
            product = _put(client, f"products/{id_product}", lambda node: _set_texts(node, "Wysyłka za 9 dni"))
            for row in product.iterfind("associations/stock_availables/stock_available/id"):
                _put(client, f"stock_availables/{row.text}", lambda node: _set(node, "out_of_stock", "2"))


def _put(client: httpx.Client, path: str, change: Callable[[ET.Element], None]) -> ET.Element:
    answer = client.get(path)
    root = ET.fromstring(answer.raise_for_status().content)  # noqa: S314 - the stand-in's
    shown = ET.fromstring(answer.content)[0]  # noqa: S314
    change(root[0])
    for name in NEVER_SENT:
        if (found := root[0].find(name)) is not None and (path.startswith("products") or name == "associations"):
            root[0].remove(found)
    client.put(path, content=ET.tostring(root)).raise_for_status()
    return shown


def _set_texts(node: ET.Element, text: str) -> None:
    for line in node.iterfind("available_later/language"):
        line.text = text


def _set(node: ET.Element, name: str, text: str) -> None:
    found = node.find(name)
    if found is not None:
        found.text = text


def plan(shop: WebserviceShop, folder: Path, left: list[int]) -> Path:
    """A change set in which every flag and text changes."""
    rows, changes = shop.read_rows(folder / "rows.parquet"), folder / "changes.parquet"
    duckdb.execute(PLANNED.format(rows=rows, changes=changes), {"left": left})
    return changes


def measure(service: Webservice, folder: Path, left: list[int], window: int | None) -> tuple[Took, Took, Path]:
    """A sync where everything changes, and one where nothing does; the change set."""
    key = SecretStr(service.key)
    block = PrestashopWebservice(
        integration_id=7, base_url=service.url, api_key=key, product_listing_enabled=True, max_connections=8
    )
    with open_webservice(block) as shop:
        changes = plan(shop, folder, left)

    def look() -> None:
        with open_webservice(block) as shop:
            shop.read_catalogue(folder / "catalogue.parquet")

    def change() -> None:
        with open_webservice(block) as shop:
            shop.read_catalogue(folder / "catalogue.parquet")
            shop.read_rows(folder / "rows.parquet", changes)
            apply_changes(shop, changes, lambda *_: None, lambda: None, window)

    return timed(service, change), timed(service, look), changes


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.webservice", description=__doc__)
    parser.add_argument("--products", type=int, default=1_520)
    parser.add_argument("--delay", type=float, default=0.05, help="seconds that the shop takes for each request")
    parser.add_argument("--capacity", type=int, default=4, help="requests that the shop works on at once")
    parser.add_argument("--version", default="8.2.1")
    parser.add_argument("--sample", type=int, default=50, help="products of the row by row client")
    parser.add_argument("--window", type=int, help="products of a window; as the driver has them, if not said")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made, start_mariadb(Path(made) / "mariadb") as mariadb:
        mariadb.create_database(DATABASE)
        with mariadb.connect(DATABASE) as connection:
            make_shop(connection, given.products, version=given.version)
            with connection.cursor() as cursor:
                cursor.execute("SELECT DISTINCT id_product FROM ps_stock_available WHERE depends_on_stock")
                left = [row[0] for row in cursor.fetchall()]
        with start_webservice(mariadb, DATABASE) as service:
            service.delay, service.capacity = given.delay, given.capacity
            _tell(given, service, measure(service, Path(made), left, given.window))


def _tell(given: Any, service: Webservice, measured: tuple[Took, Took, Path]) -> None:
    changed, unchanged, changes = measured
    plain = timed(service, lambda: row_by_row(service, changes, given.sample))
    whole = plain.seconds / min(given.sample, given.products) * given.products
    print(f"PrestaShop {given.version}, {given.products:,} products, {given.delay * 1000:.0f} ms a request,")
    print(f"{given.capacity} at once at the shop's best")
    print(f"everything changes {changed}")
    print(f"nothing changes    {unchanged}")
    print(
        f"row by row         {plain} for {given.sample} products: {whole:.1f} s for all, {whole / changed.seconds:.1f}x"
    )


if __name__ == "__main__":
    main()
