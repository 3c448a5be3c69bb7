SELECT count(*)
FROM JSON_TABLE(%(rows)s, '$[*]' COLUMNS (
  first_id BIGINT PATH '$[0]', second_id BIGINT PATH '$[1]',
  old VARCHAR(11) CHARACTER SET utf8mb4 PATH '$[2]', new VARCHAR(11) CHARACTER SET utf8mb4 PATH '$[3]'
)) c
STRAIGHT_JOIN {prefix}stock_available t FORCE INDEX ({key:stock_available})
  ON t.id_product = c.first_id AND t.id_product_attribute = c.second_id
  AND t.id_shop = %(stock_shop)s AND t.id_shop_group = %(stock_group)s
WHERE t.{column} = c.new
