-- One row per product (attribute 0) and per combination, in the order of their ids.
-- Switches of the product hold for its combinations; the name too.

CREATE TABLE supplier_codes AS
SELECT
  id_product::BIGINT AS id_product,
  id_product_attribute::BIGINT AS id_product_attribute,
  id_supplier::BIGINT AS id_supplier,
  reference
FROM supplier_references;

CREATE TABLE sold AS
SELECT
  id_product::BIGINT AS id_product,
  reference, ean13, name, supplier_reference,
  active = '1' AS active,
  is_virtual = '1' AS is_virtual,
  is_pack = '1' AS is_pack,
  available_date,
  coalesce(depends_on_stock = '1', false) AS depends_on_stock,
  quantity::INTEGER AS quantity,
  id_supplier::BIGINT AS id_supplier
FROM products;

CREATE TABLE catalogue AS
WITH items AS (
  SELECT
    id_product, 0::BIGINT AS id_product_attribute, reference, ean13, name, supplier_reference, active, is_virtual,
    is_pack, available_date, depends_on_stock, quantity, id_supplier
  FROM sold
  UNION ALL
  SELECT
    s.id_product, c.id_product_attribute::BIGINT, c.reference, c.ean13, s.name, c.supplier_reference, s.active,
    s.is_virtual, s.is_pack, c.available_date, s.depends_on_stock, c.quantity::INTEGER, s.id_supplier
  FROM combinations AS c
  JOIN sold AS s ON s.id_product = c.id_product::BIGINT
)
SELECT
  i.id_product,
  i.id_product_attribute,
  nullif(i.reference, '') AS reference,
  nullif(i.ean13, '') AS ean13,
  i.name,
  -- the code of the product's default supplier; the product's own column where that table is not readable
  coalesce(k.reference, nullif(i.supplier_reference, '')) AS supplier_reference,
  i.active,
  i.is_virtual,
  i.is_pack,
  TRY_CAST(nullif(i.available_date, '0000-00-00') AS DATE) AS available_date,
  i.depends_on_stock,
  i.quantity,
  i.quantity IS NOT NULL AS has_stock_row
FROM items AS i
LEFT JOIN supplier_codes AS k
  ON k.id_product = i.id_product AND k.id_product_attribute = i.id_product_attribute AND k.id_supplier = i.id_supplier
ORDER BY i.id_product, i.id_product_attribute;
