SELECT count(*)
FROM JSON_TABLE(%(rows)s, '$[*]' COLUMNS (
  first_id BIGINT PATH '$[0]', second_id BIGINT PATH '$[1]',
  old VARCHAR(255) CHARACTER SET utf8mb4 PATH '$[2]', new VARCHAR(255) CHARACTER SET utf8mb4 PATH '$[3]'
)) c
STRAIGHT_JOIN {prefix}product_attribute_lang t FORCE INDEX ({key:product_attribute_lang})
  ON t.id_product_attribute = c.first_id AND t.id_lang = c.second_id
WHERE CAST(CONVERT(t.{column} USING utf8mb4) AS BINARY) <=> CAST(c.new AS BINARY)
