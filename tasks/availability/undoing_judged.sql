-- Which rows of an undone change set are put back. On the desk: beside, written (shop_written of this shop), change_sets (of
-- this shop), pins (open ones), links (of the shop). In: $integration_id, $begun_at (of the undone one), $has_outcomes.
-- Leaves: judged.

-- Who gave a product back ended our record of it. A crash leaves no record either, so that the pins are asked too.
CREATE TABLE released AS
SELECT DISTINCT try_cast(split_part(l.external_product_id, '-', 1) AS BIGINT) AS id_product
FROM links l JOIN pins p USING (product_id) WHERE l.integration_id = $integration_id AND p.kind = 'released';

CREATE TABLE told AS
WITH recorded AS (
  SELECT b.*, w.id_product IS NOT NULL AS is_recorded, w.value AS recorded, c.id AS later
  FROM beside b
  LEFT JOIN written w
    ON w.id_product = b.id_product AND w.id_product_attribute = b.id_product_attribute AND w.id_lang = b.id_lang
   AND w.field = b.field
  LEFT JOIN change_sets c ON c.run_id = w.run_id AND c.begun_at > $begun_at::TIMESTAMP AND w.value IS NOT DISTINCT FROM b.held
)
SELECT * EXCLUDE (why),
  CASE WHEN why IS NOT NULL THEN why
       -- follows the combinations, below
       WHEN field = 'quantity' AND id_product_attribute = 0 THEN NULL
       WHEN (NOT is_recorded AND $has_outcomes) OR id_product IN (SELECT id_product FROM released) THEN 'given_back'
       WHEN held IS NOT DISTINCT FROM value THEN NULL
       WHEN field = 'out_of_stock' AND value NOT IN ('0', '1', '2') THEN 'original_never_written'
       WHEN held IS NOT DISTINCT FROM ours THEN NULL
       WHEN later IS NOT NULL THEN 'changed_by_a_later_run'
       ELSE 'changed_by_another' END AS why,
  -- as before and recorded so: only after a crash the shop holds what the record doesn't know
  held IS NOT DISTINCT FROM value AND (NOT is_recorded OR recorded IS NOT DISTINCT FROM held) AS is_done
FROM recorded;

-- A later run decided about the whole product: half of each would be a promise that nobody made. And all flags of a
-- product hold the same, or its page lets a size be ordered that its checkout refuses.
CREATE TABLE judged AS
WITH of_product AS (
  SELECT *, max(later) FILTER (why = 'changed_by_a_later_run') OVER of_product AS newer,
         bool_or(field = 'out_of_stock' AND why LIKE 'changed_by_%') OVER of_product AS flags_stay,
         bool_or(field = 'quantity' AND id_product_attribute > 0 AND why IS NULL AND NOT is_done) OVER of_product AS has_pieces
  FROM told WINDOW of_product AS (PARTITION BY id_product)
)
SELECT * EXCLUDE (why, later),
       CASE WHEN why IS NULL AND NOT is_done AND newer IS NOT NULL THEN 'changed_by_a_later_run'
            WHEN why IS NULL AND NOT is_done AND flags_stay AND field = 'out_of_stock' THEN 'flags_go_together'
            ELSE why END AS why_kept,
       CASE WHEN why_kept = 'changed_by_a_later_run' THEN coalesce(later, newer) END AS changed_by
FROM of_product
WHERE field <> 'quantity' OR id_product_attribute > 0 OR has_pieces;
