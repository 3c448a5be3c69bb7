"""From a fetched file to offers: read by its format, judged by the grammar, refused if it can't be a feed."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Field

from blocks import SupplierFeed
from tasks.duck import Desk, desk
from tasks.errors import Refused, WrongSettingsError
from tasks.feeds.formats.csv_rows import read_csv
from tasks.feeds.formats.json_rows import read_json
from tasks.feeds.formats.look import kind_of
from tasks.feeds.formats.xlsx_rows import read_xlsx
from tasks.feeds.formats.xml_rows import read_xml
from tasks.feeds.presets import completed
from tasks.feeds.sources.address import shown

READERS = {"csv": read_csv, "xml": read_xml, "json": read_json, "xlsx": read_xlsx}


class FeedRead(BaseModel):
    """What a file held. `rows_read` = `offers_count` + `rows_rejected` + `rows_summed`.

    `rows_rejected`: records that are no offer, duplicates too; `rows_summed`: those whose stock is part of another's.
    `offers`, `rejects`: Parquet; `rejected_by_reason` counts records and single fields; `columns`: all there are.
    """

    offers: Path
    rejects: Path
    rows_read: int
    rows_rejected: int
    rows_summed: int
    offers_count: int
    encoding: str
    format: str
    delimiter: str | None = None
    columns: list[str] = Field(default_factory=list)
    rejected_by_reason: dict[str, int] = Field(default_factory=dict)


def read_feed(feed: SupplierFeed, raw: Path, folder: Path) -> FeedRead:
    """Read `raw` into `folder/offers.parquet` and `folder/rejects.parquet`.

    offers: row_number BIGINT (CSV: the record's first line; XML: its number), supplier_sku, sku, ean VARCHAR,
    stock_quantity BIGINT (pieces), is_available BOOLEAN, delivery_days INTEGER, available_from DATE,
    purchase_price DECIMAL(18,4), currency, available_later, name VARCHAR, contractor_id BIGINT (NULL: the block's),
    warehouses (a list of delivery_days and stock_quantity; NULL where the feed has one stock); one row a key
    (supplier_sku, else sku, else ean), of several by the block's `duplicates`. rejects: row_number, key, field, value,
    reason_code, reason, scope ('row': no offer, 'field': only that field is gone, 'summed': no offer, its stock is part
    of another record's).
    Raises Refused where the file is no whole, readable feed, or more of it is rejected than the gate's
    `max_rejected_share`; its `summary` is then the FeedRead. A well-formed file without records is read: 0 offers.
    """
    feed = _what_it_says(completed(feed))
    kind = kind_of(feed, raw)
    with desk() as table:
        sheet = READERS[kind](table, feed, raw, folder)
        values = {
            "decimal": feed.decimal,
            "currency": feed.currency,
            "default_delivery_days": feed.default_delivery_days,
            "duplicates": feed.duplicates,
            "needs_stock": feed.part.says("stock"),
            "needs_codes": feed.part.says("codes") and not feed.shop_supplier,
        }
        table.run("feeds/offers/words.sql")
        table.run("feeds/offers/values.sql")
        _lay_stock(table, feed)
        _give_meanings(table, feed)
        table.run("feeds/offers/numbers.sql", values)
        _refuse_mixed_decimals(table, feed)
        table.run("feeds/offers/judged.sql", values)
        if feed.warehouses:
            table.run("feeds/offers/warehouses.sql")
        if feed.mapping.contractor:
            known = {one.text: one.contractor_id for one in feed.contractors}
            table.run("feeds/offers/contractors.sql", {"texts": list(known), "ids": list(known.values())})
        table.run("feeds/offers/offers.sql", values)
        if feed.duplicates == "sum":
            table.run("feeds/offers/summed.sql")
        reasons = table.rows("SELECT reason_code, count(*) AS n FROM rejects GROUP BY ALL ORDER BY n DESC, reason_code")
        lost = table.rows(
            "SELECT count(DISTINCT row_number) FILTER (scope = 'row') AS rejected,"
            " count(DISTINCT row_number) FILTER (scope = 'summed') AS summed FROM rejects"
        )[0]
        read = FeedRead(
            offers=table.save("offers", folder / "offers.parquet", to_keep=True),
            rejects=table.save("rejects", folder / "rejects.parquet", to_keep=True),
            rows_read=sheet.rows_read,
            rows_rejected=lost["rejected"],
            rows_summed=lost["summed"],
            offers_count=sheet.rows_read - lost["rejected"] - lost["summed"],
            encoding=sheet.encoding,
            format=sheet.format,
            delimiter=sheet.delimiter,
            columns=sheet.columns,
            rejected_by_reason={row["reason_code"]: row["n"] for row in reasons},
        )
        _refuse_too_many_rejects(table, feed, read)
    return read


def _what_it_says(feed: SupplierFeed) -> SupplierFeed:
    """Leave out what a part of a feed does not say: a column that nobody takes must not spoil a row either."""
    if not feed.part.name:
        return feed
    mapping = feed.mapping.model_copy(update=dict.fromkeys(feed.part.leaves_out()))
    warehouses = feed.warehouses if feed.part.says("stock") else []
    lacking = mapping.lacking(feed.part, has_warehouses=bool(warehouses), known_by=feed.shop_supplier)
    if lacking:  # what a preset leaves empty too
        raise WrongSettingsError(f"{shown(feed.source)}: {lacking}")
    return feed.model_copy(update={"mapping": mapping, "warehouses": warehouses})


def _give_meanings(table: Desk, feed: SupplierFeed) -> None:
    if not feed.meanings:
        return
    table.connection.execute(
        "CREATE OR REPLACE TABLE meanings AS"
        " SELECT unnest($fields) AS field, squeezed(unnest($texts)) AS word, unnest($means) AS means",
        {
            "fields": [one.field for one in feed.meanings],
            "texts": [one.text for one in feed.meanings],
            "means": [one.means for one in feed.meanings],
        },
    )
    table.run("feeds/offers/meanings.sql")
    if feed.warehouses:
        table.run("feeds/offers/warehouse_meanings.sql")


def _lay_stock(table: Desk, feed: SupplierFeed) -> None:
    """Lay the texts that say how many there are: of the one column, or of all warehouses."""
    if not feed.warehouses:
        table.connection.execute(
            "CREATE OR REPLACE VIEW stock_texts AS"
            " SELECT row_number, 'stock_quantity' AS field, stock_quantity AS raw FROM rows"
        )
        return
    table.connection.execute(
        "CREATE OR REPLACE TABLE warehouse_columns AS SELECT unnest($places) AS place, unnest($fields) AS field,"
        " unnest($names) AS column_name, unnest($days) AS delivery_days",
        {
            "places": list(range(len(feed.warehouses))),
            "fields": list(feed.warehouse_columns()),
            "names": [warehouse.column for warehouse in feed.warehouses],
            "days": [warehouse.delivery_days for warehouse in feed.warehouses],
        },
    )
    table.run("feeds/offers/warehouse_texts.sql")


def _refuse_mixed_decimals(table: Desk, feed: SupplierFeed) -> None:
    warehouses = feed.warehouse_columns()
    for column in table.rows("SELECT * FROM decimals WHERE is_mixed"):
        name = warehouses.get(column["field"], column["field"])
        raise Refused(
            f"{shown(feed.source)}: expected one decimal sign in the column of {name}, got both:"
            f" `{column['comma_example']}` (row {column['comma_row']:,}) and `{column['point_example']}`"
            f" (row {column['point_row']:,}). Ask the supplier which is meant, or set the feed's decimal sign"
            " (values with the other one are then rejected)"
        )


def _refuse_too_many_rejects(table: Desk, feed: SupplierFeed, read: FeedRead) -> None:
    most = feed.gate.max_rejected_share
    if not read.rows_read or read.rows_rejected / read.rows_read <= most:
        return
    examples = table.rows(
        "SELECT reason_code, any_value(reason) AS reason, count(DISTINCT row_number) AS n,"
        " min(row_number) AS row_number, arg_min(field, row_number) AS field, arg_min(value, row_number) AS value"
        " FROM rejects WHERE scope = 'row' GROUP BY reason_code ORDER BY n DESC, reason_code LIMIT 3"
    )
    words = "; ".join(
        f"{row['n']:,} x {row['reason']} ({row['field']} `{row['value'] or ''}` in row {row['row_number']:,})"
        for row in examples
    )
    raise Refused(
        f"{shown(feed.source)}: expected at most {most:.0%} rejected rows, got {read.rows_rejected:,} of"
        f" {read.rows_read:,}: {words}. Correct the feed's mapping and settings, or ask the supplier what"
        " changed",
        summary=read,
    )
