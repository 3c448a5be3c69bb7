INSERT INTO recent SELECT offer_key, last_available_at, went_off_in FROM read_parquet($path);
