-- what is on the shelf is what may be sold and what is ordered already; a row whose quantity stays is not touched
UPDATE JSON_TABLE(%(rows)s, '$[*]' COLUMNS (
  first_id BIGINT PATH '$[0]', second_id BIGINT PATH '$[1]',
  old VARCHAR(11) CHARACTER SET utf8mb4 PATH '$[2]', new VARCHAR(11) CHARACTER SET utf8mb4 PATH '$[3]'
)) c
STRAIGHT_JOIN {prefix}stock_available t FORCE INDEX ({key:stock_available})
  ON t.id_product = c.first_id AND t.id_product_attribute = c.second_id
  AND t.id_shop = %(stock_shop)s AND t.id_shop_group = %(stock_group)s
SET t.quantity = c.new, t.physical_quantity = c.new + t.reserved_quantity
WHERE t.quantity = c.old AND c.old <> c.new
