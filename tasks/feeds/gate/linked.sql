INSERT INTO linked SELECT DISTINCT offer_key FROM read_parquet($path) WHERE offer_key IS NOT NULL;
