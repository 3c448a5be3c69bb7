-- One window in the form that the shop's server takes at once: a JSON array a column, in the order of its table's key.
-- On the desk: ordered_changes. Gives: kind (of the table), field; rows: [[two ids of the key, before, after], ...]; how many are given;
-- how many are new to the shop.
WITH placed AS (
  SELECT before, after, field,
         CASE WHEN field IN ('out_of_stock', 'quantity') THEN 'stock' WHEN id_product_attribute = 0 THEN 'texts'
              ELSE 'labels' END AS kind,
         CASE WHEN kind = 'labels' THEN id_product_attribute ELSE id_product END AS first_id,
         CASE WHEN kind = 'stock' THEN id_product_attribute ELSE id_lang END AS second_id
  FROM ordered_changes WHERE id_product BETWEEN $first AND $last
)
SELECT kind, field, to_json(list(json_array(first_id, second_id, before, after) ORDER BY first_id, second_id))::VARCHAR AS rows,
       count(*) AS given, count(*) FILTER (before IS DISTINCT FROM after) AS new
FROM placed GROUP BY kind, field
