-- The stock texts of the warehouses, a row each. In: rows (a column a warehouse), warehouse_columns (place, field,
-- column_name, delivery_days). Out: warehouse_texts, stock_texts.
CREATE OR REPLACE TABLE warehouse_texts AS
WITH texts AS (
    SELECT row_number, field, raw FROM (UNPIVOT rows ON COLUMNS('^warehouse_\d+$') INTO NAME field VALUE raw)
)
SELECT row_number, place, field, column_name, delivery_days, raw FROM texts JOIN warehouse_columns USING (field);

CREATE OR REPLACE VIEW stock_texts AS SELECT row_number, field, raw FROM warehouse_texts;
