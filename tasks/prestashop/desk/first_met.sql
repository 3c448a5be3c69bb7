-- What the rows of a change set held before it. On the desk: unfinished (a change set). Leaves: first_met.
-- `written_at` stays empty until something of ours is known to stand there.
CREATE OR REPLACE TABLE first_met AS
SELECT $integration_id::BIGINT AS integration_id, id_product, id_product_attribute, coalesce(id_lang, 0) AS id_lang,
       field, before AS value, before AS original, $run_id AS run_id
FROM unfinished;
DROP TABLE unfinished;
