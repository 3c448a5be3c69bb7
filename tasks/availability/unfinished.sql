-- The changes of one change set that a crash cut short. In: $place, its place among them in time; $path. Adds to: unfinished.
INSERT INTO unfinished
SELECT $place, id_product, id_product_attribute, id_lang, field, before, after FROM read_parquet($path);
