-- What the shops say this supplier calls their products: the supplier references of PrestaShop, by the supplier's name.
-- On the desk: shop_links with their metadata, combinations; the macros of keys.sql. Leaves: supplier_codes (product_id, code), and
-- known_suppliers (name): whose codes there are.
CREATE TABLE codes_of_all AS
WITH listed AS (
  SELECT product_id, unnest(map_entries(TRY_CAST(metadata -> 'supplier_references' AS MAP(VARCHAR, VARCHAR)))) AS pair
  FROM shop_links
)
SELECT product_id, trim(pair.key) AS supplier, sku_key(pair.value) AS code FROM listed WHERE sku_key(pair.value) IS NOT NULL;

-- PrestaShop gives a product with combinations the code of its first one too: it is the combination's.
CREATE TABLE supplier_codes AS
WITH ours AS (SELECT DISTINCT product_id, code FROM codes_of_all WHERE sku_key(supplier) = sku_key($shop_supplier))
SELECT o.* FROM ours o
ANTI JOIN (SELECT f.parent_id, c.code FROM ours c JOIN combinations f USING (product_id)) taken
  ON taken.parent_id = o.product_id AND taken.code = o.code;

CREATE TABLE known_suppliers AS SELECT DISTINCT supplier AS name FROM codes_of_all;
