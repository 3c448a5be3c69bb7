-- What 1.7.8 has otherwise than 8.x: no labels of combinations, quantities in dead columns too.
DROP TABLE `ps_product_attribute_lang`;
ALTER TABLE `ps_product_attribute`
  ADD quantity int NOT NULL DEFAULT 0,
  ADD location varchar(255) NOT NULL DEFAULT '';
