"""Small Parquet files for tests: the rooms' shapes with only the columns a test cares about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tasks.duck import scratch

OFFERS = """row_number BIGINT, supplier_sku VARCHAR, sku VARCHAR, ean VARCHAR, stock_quantity BIGINT,
  is_available BOOLEAN, delivery_days INTEGER, available_from DATE, purchase_price DECIMAL(18,4), currency VARCHAR,
  available_later VARCHAR, name VARCHAR, contractor_id BIGINT,
  warehouses STRUCT(delivery_days INTEGER, stock_quantity BIGINT)[]"""
REJECTS = """row_number BIGINT, key VARCHAR, field VARCHAR, value VARCHAR, reason_code VARCHAR, reason VARCHAR,
  scope VARCHAR"""
CATALOGUE = """id_product BIGINT, id_product_attribute BIGINT, reference VARCHAR, ean13 VARCHAR, name VARCHAR,
  supplier_references VARCHAR, active BOOLEAN, is_virtual BOOLEAN, is_pack BOOLEAN, available_date DATE,
  depends_on_stock BOOLEAN, quantity INTEGER, has_stock_row BOOLEAN, minimal_quantity INTEGER,
  available_for_order BOOLEAN, visibility VARCHAR, price DECIMAL(20,6), brand VARCHAR"""
PRODUCTS = "id BIGINT, sku VARCHAR, ean VARCHAR, name VARCHAR"
LINKS = """id BIGINT, integration_id BIGINT, product_id BIGINT, external_product_id VARCHAR, sku VARCHAR, ean VARCHAR,
  matched_by VARCHAR, is_manual BOOLEAN, metadata VARCHAR, supplier_availability VARCHAR"""
ABSENCES = """integration_id BIGINT, product_id BIGINT, first_missing_at TIMESTAMP, contents INTEGER,
  last_content_hash VARCHAR"""
UNMATCHED = """integration_id BIGINT, offer_key VARCHAR, sku VARCHAR, ean VARCHAR, name VARCHAR, cause VARCHAR,
  candidates VARCHAR, row_number BIGINT, first_seen_at TIMESTAMP, last_snapshot_id VARCHAR"""
DECIDED = """offer_key VARCHAR, product_id BIGINT, judgement VARCHAR, pack_size DECIMAL(18,4), sku VARCHAR, ean VARCHAR,
  name VARCHAR"""
WRITTEN = """integration_id BIGINT, id_product BIGINT, id_product_attribute BIGINT, id_lang INTEGER, field VARCHAR,
  value VARCHAR, original VARCHAR, written_at TIMESTAMP, run_id VARCHAR"""
EDITS = """id_product BIGINT, id_product_attribute BIGINT, id_lang INTEGER, field VARCHAR, run_id VARCHAR,
  found VARCHAR, ours VARCHAR, wanted VARCHAR, found_at TIMESTAMP, was VARCHAR,
  kept_until TIMESTAMP, ended_at TIMESTAMP"""
SUPPLIERS = "integration_id BIGINT, name VARCHAR, delivery VARCHAR, timezone VARCHAR, price_kind VARCHAR"
PINS = """product_id BIGINT, supplier_id BIGINT, kind VARCHAR, reason VARCHAR, until TIMESTAMP, decided_by VARCHAR,
  decided_at TIMESTAMP"""
SHOP_ROWS = "id_product BIGINT, id_product_attribute BIGINT, id_lang INTEGER, field VARCHAR, value VARCHAR"


def write(path: Path, columns: str, rows: Iterable[Mapping[str, Any]] = ()) -> Path:
    """Write rows as Parquet; a column that a row leaves out is NULL."""
    with scratch() as connection:
        connection.execute(f"CREATE TEMP TABLE t ({columns})")
        for row in rows:
            names, marks = ", ".join(row), ", ".join("?" for _ in row)
            connection.execute(f"INSERT INTO t ({names}) VALUES ({marks})", list(row.values()))
        connection.table("t").write_parquet(str(path))
    return path


def read(path: Path) -> list[dict[str, Any]]:
    """All rows of a Parquet file as dicts."""
    with scratch() as connection:
        cursor = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
