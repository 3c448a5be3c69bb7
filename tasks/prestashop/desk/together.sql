-- One window in the form that the shop's server takes at once: a JSON array a table, in the order of its key.
-- On the desk: ordered_changes. Gives: target; rows: [[two ids of the key, before, after], ...]; how many are given;
-- how many are new to the shop.
WITH placed AS (
  SELECT before, after,
         CASE WHEN field = 'out_of_stock' THEN 'flags' WHEN id_product_attribute = 0 THEN 'texts' ELSE 'labels' END
           AS target,
         CASE WHEN target = 'labels' THEN id_product_attribute ELSE id_product END AS first_id,
         CASE WHEN target = 'flags' THEN id_product_attribute ELSE id_lang END AS second_id
  FROM ordered_changes WHERE id_product BETWEEN $first AND $last
)
SELECT target, to_json(list(json_array(first_id, second_id, before, after) ORDER BY first_id, second_id))::VARCHAR AS rows,
       count(*) AS given, count(*) FILTER (before IS DISTINCT FROM after) AS new
FROM placed GROUP BY target
