-- One row per product (attribute 0) and per combination, in the order of their ids.
-- Switches of the product hold for its combinations; the name and the brand too, and its price is what theirs begin at.

CREATE TABLE supplier_codes AS
WITH named AS (  -- of two suppliers with one name the first counts: a key of the object must be there once
  SELECT * FROM supplier_references
  WHERE id_supplier IN (SELECT min(id_supplier::BIGINT)::VARCHAR FROM supplier_references GROUP BY trim(supplier))
)
SELECT id_product::BIGINT AS id_product, id_product_attribute::BIGINT AS id_product_attribute,
  '{' || array_to_string(list_sort(list(to_json(trim(supplier)) || ':' || to_json(reference))), ',') || '}' AS codes
FROM named
GROUP BY ALL;

CREATE TABLE sold AS
SELECT
  id_product::BIGINT AS id_product,
  reference, ean13, p.name,
  active = '1' AS active,
  is_virtual = '1' AS is_virtual,
  is_pack = '1' AS is_pack,
  available_date,
  coalesce(depends_on_stock = '1', false) AS depends_on_stock,
  quantity::INTEGER AS quantity,
  minimal_quantity::INTEGER AS minimal_quantity,
  available_for_order = '1' AS available_for_order,
  visibility,
  price::DECIMAL(20,6) AS price,
  nullif(trim(m.name), '') AS brand
FROM products AS p
LEFT JOIN manufacturers AS m ON m.id_manufacturer = p.id_manufacturer;

CREATE TABLE catalogue AS
WITH items AS (
  SELECT
    id_product, 0::BIGINT AS id_product_attribute, reference, ean13, name, active, is_virtual,
    is_pack, available_date, depends_on_stock, quantity, minimal_quantity, available_for_order, visibility, price,
    brand
  FROM sold
  UNION ALL
  SELECT
    s.id_product, c.id_product_attribute::BIGINT, c.reference, c.ean13, s.name, s.active,
    s.is_virtual, s.is_pack, c.available_date, s.depends_on_stock, c.quantity::INTEGER, c.minimal_quantity::INTEGER,
    s.available_for_order, s.visibility, s.price + c.price::DECIMAL(20,6), s.brand
  FROM combinations AS c
  JOIN sold AS s ON s.id_product = c.id_product::BIGINT
)
SELECT
  i.id_product,
  i.id_product_attribute,
  nullif(i.reference, '') AS reference,
  nullif(i.ean13, '') AS ean13,
  i.name,
  k.codes AS supplier_references,
  i.active,
  i.is_virtual,
  i.is_pack,
  TRY_CAST(nullif(i.available_date, '0000-00-00') AS DATE) AS available_date,
  i.depends_on_stock,
  i.quantity,
  i.quantity IS NOT NULL AS has_stock_row,
  i.minimal_quantity,
  i.available_for_order,
  i.visibility,
  i.price::DECIMAL(20,6) AS price,
  i.brand
FROM items AS i
LEFT JOIN supplier_codes AS k
  ON k.id_product = i.id_product AND k.id_product_attribute = i.id_product_attribute
ORDER BY i.id_product, i.id_product_attribute;
