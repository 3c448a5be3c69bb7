-- What is usually not there, empty: changes by others, change sets that a crash cut short.
CREATE TABLE IF NOT EXISTS edits (id_product BIGINT, id_product_attribute BIGINT, id_lang INTEGER, field VARCHAR,
  run_id VARCHAR, found VARCHAR, ours VARCHAR, wanted VARCHAR, found_at TIMESTAMP, was VARCHAR, kept_until TIMESTAMP,
  ended_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS unfinished (id_product BIGINT, id_product_attribute BIGINT, id_lang INTEGER, field VARCHAR,
  after VARCHAR);
