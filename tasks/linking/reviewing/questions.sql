-- What a person is asked, a row an offer, sorted so that one answer settles the rows of its group.
-- On the desk: asked, scored (see candidates.sql). Leaves: questions.
CREATE TABLE questions AS
WITH listed AS (
  SELECT row_number, max(score) AS best, arg_min(product_id, place) AS product_id,
         list('id:' || product_id || concat(' | ' || sku, ' | ' || name) || ' | ' || score || ' % | ' || why ORDER BY place)
           AS texts
  FROM scored GROUP BY row_number
),
grouped AS (
  SELECT a.*, l.product_id, l.texts, coalesce(l.best, 0) AS best,
         coalesce(a.candidates, l.product_id::VARCHAR, a.offer_key) AS asks_about,
         list_position(['code_reused', 'ean_moved', 'several_candidates', 'linked_elsewhere', 'several_offers',
                        'several_items', 'several_products', 'keys_disagree', 'no_product'], a.cause) AS cause_place
  FROM asked a LEFT JOIN listed l USING (row_number)
),
ranked AS (SELECT *, max(best) OVER (PARTITION BY cause, asks_about) AS best_of_group FROM grouped)
SELECT dense_rank() OVER (ORDER BY cause_place, best_of_group DESC, cause, asks_about) AS "group", cause, offer_key, sku, ean,
       name, NULL::VARCHAR AS decision, 'id:' || product_id AS product, NULL::VARCHAR AS pack_size, NULL::VARCHAR AS note,
       texts[1] AS candidate_1, texts[2] AS candidate_2, texts[3] AS candidate_3, texts[4] AS candidate_4,
       texts[5] AS candidate_5
FROM ranked ORDER BY "group", best DESC, row_number LIMIT $most;
