-- A shop of $products items and the offers of $suppliers suppliers for each of them; one product in ten has two sizes.
CREATE TABLE shop_items AS
SELECT n AS product_id,
       CASE WHEN n % 10 < 7 THEN n ELSE n - (n % 10) + 7 END AS id_product,
       CASE WHEN n % 10 IN (8, 9) THEN n ELSE 0 END AS id_product_attribute
FROM range(1, $products + 1) r(n);

CREATE TABLE catalogue AS
SELECT id_product, id_product_attribute, 'REF-' || product_id AS reference, NULL::VARCHAR AS ean13, 'Name' AS name,
       NULL::VARCHAR AS supplier_references, true AS active, false AS is_virtual, false AS is_pack,
       NULL::DATE AS available_date, false AS depends_on_stock, 0::INTEGER AS quantity, true AS has_stock_row,
       1::INTEGER AS minimal_quantity, true AS available_for_order, 'both' AS visibility,
       (10 + product_id % 90)::DECIMAL(20, 6) AS price, 'Brand ' || (product_id % 100) AS brand
FROM shop_items ORDER BY id_product, id_product_attribute;

CREATE TABLE links AS
SELECT $shop::BIGINT AS integration_id, product_id,
       id_product || CASE WHEN id_product_attribute > 0 THEN '-' || id_product_attribute ELSE '' END AS external_product_id,
       NULL::VARCHAR AS sku, NULL::VARCHAR AS ean, NULL::VARCHAR AS metadata, NULL::VARCHAR AS supplier_availability
FROM shop_items
UNION ALL
SELECT $first + s, i.product_id, 'S' || i.product_id, NULL, NULL, NULL,
       json_object('contractor_id', 5, 'stock_quantity', (i.product_id * 31 + s * 7) % 60,
         'delivery_days', (i.product_id + s) % 14, 'purchase_price', ((i.product_id + s) % 80 + 10)::DECIMAL(18, 4),
         'is_available', NULL, 'supplier_sku', 'S' || i.product_id, 'available_later', NULL, 'available_from', NULL,
         'currency', 'PLN', 'warehouses', NULL, 'sets_product_price', NULL,
         'last_status_change_at', '2026-11-20T10:00:00Z')::VARCHAR
FROM shop_items i, range($suppliers) t(s);

CREATE TABLE written AS
SELECT id_product, id_product_attribute, 0::INTEGER AS id_lang, 'out_of_stock' AS field, (product_id % 2)::VARCHAR AS value,
       '2' AS original
FROM shop_items WHERE id_product_attribute = 0;
