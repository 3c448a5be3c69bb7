-- What we wrote last into the flag and the quantity of one row of a shop's stock.
SELECT field, value, written_at FROM shop_written
WHERE integration_id = :integration_id AND id_product = :id_product AND id_product_attribute = :id_product_attribute
  AND id_lang = 0 AND field IN ('out_of_stock', 'quantity')
