"""What the demo shows at its end: the table of stages, and three products followed from feed to shop."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
from pymysql.connections import Connection
from pymysql.cursors import DictCursor

from demo.stage import Stage

ROWS_IN = ("rows_read", "products_read", "wanted")
CHANGED = ("created", "updated", "linked", "written")


def print_table(stages: Sequence[Stage]) -> None:
    """Stage, rows in, changed, rejected, seconds; then the rejected rows by reason."""
    print(f"\n{'run':>3}  {'stage':24}{'rows in':>9}{'changed':>9}{'rejected':>9}{'seconds':>9}")
    for stage in stages:
        rows = next((stage.summary[name] for name in ROWS_IN if name in stage.summary), 0)
        changed = sum(stage.summary.get(name, 0) for name in CHANGED)
        rejected = stage.summary.get("rows_rejected", 0)
        print(f"{stage.run:>3}  {stage.name:24}{rows:>9,}{changed:>9,}{rejected:>9,}{stage.seconds:>9.1f}")
    for stage in stages:
        reasons = stage.summary.get("rejected_by_reason")
        if stage.run == 1 and reasons:
            print(
                f"\nNot understood in {stage.name}: " + ", ".join(f"{count} {code}" for code, count in reasons.items())
            )


def explain_three(shop: Connection[Any], home: Path) -> None:
    """One product that can be ordered, one that can't, one with combinations: offer, link, decision, shop."""
    with sqlite3.connect(f"file:{home / 'rexbit.db'}?mode=ro", uri=True) as state:
        state.row_factory = sqlite3.Row
        for title, item in _choose(home):
            print(f"\n{title}")
            _explain(state, shop, item)


def _choose(home: Path) -> list[tuple[str, dict[str, Any]]]:
    """The first product of each kind, as its newest change set decided it."""
    with duckdb.connect() as duck:
        files = str(home / "archive" / "changes" / "7" / "*" / "changes.parquet")
        duck.execute((Path(__file__).parent / "sql" / "chosen.sql").read_text(encoding="utf-8"), {"files": files})
        chosen = dict(duck.fetchall())
    titles = {"on": "Can be ordered", "off": "Can't be ordered", "combinations": "With combinations"}
    return [(titles[kind], chosen[kind]) for kind in titles if kind in chosen]


def _explain(state: sqlite3.Connection, shop: Connection[Any], item: dict[str, Any]) -> None:
    product = state.execute("SELECT * FROM products WHERE id = ?", (item["product_id"],)).fetchone()
    print(f"  product   {product['sku']}  EAN {product['ean'] or '-'}  {product['name']}")
    links = state.execute(
        "SELECT l.*, p.sku AS product_sku FROM integration_product_links l JOIN products p ON p.id = l.product_id"
        " WHERE l.integration_id <> 7 AND l.product_id IN (SELECT product_id FROM integration_product_links"
        " WHERE integration_id = 7 AND (external_product_id = ? OR external_product_id LIKE ?))",
        (str(item["id_product"]), f"{item['id_product']}-%"),
    ).fetchall()
    for link in links:
        print(
            f"  supplier {link['integration_id']} offers {link['external_product_id']}, linked by {link['matched_by']}"
        )
        print(f"            {link['supplier_availability']}")
    print(f"  decision  {'can be ordered' if item['flag'] == '1' else 'denied'}: {item['reason']} {item['args']}")
    with shop.cursor(DictCursor) as cursor:
        cursor.execute(
            "SELECT id_product_attribute, out_of_stock FROM ps_stock_available WHERE id_product = %s ORDER BY 1",
            (item["id_product"],),
        )
        rows = cursor.fetchall()
        shown = ", ".join(f"{row['id_product_attribute']}: {row['out_of_stock']}" for row in rows)
        print(f"  shop row  ps_stock_available of {item['id_product']}: out_of_stock {{{shown}}}")
        cursor.execute(
            "SELECT l.iso_code, p.available_later FROM ps_product_lang p JOIN ps_lang l USING (id_lang)"
            " WHERE p.id_product = %s AND p.id_shop = 1 ORDER BY 1",
            (item["id_product"],),
        )
        for row in cursor.fetchall():
            print(f"            available_later ({row['iso_code']}): {row['available_later']}")
