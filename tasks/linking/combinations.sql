-- Which products a shop sells as combinations of another. On the desk: shop_links (integration_id, product_id,
-- external_product_id: `12`, or `12-5` for a combination of 12). Leaves: combinations.
CREATE TABLE combinations AS
SELECT DISTINCT c.product_id, p.product_id AS parent_id
FROM shop_links c JOIN shop_links p
  ON p.integration_id = c.integration_id AND p.external_product_id = split_part(c.external_product_id, '-', 1)
WHERE regexp_full_match(c.external_product_id, '\d+-\d+');
