-- What the shop's links name, and the rules that hold for each of it.
-- On the desk: links (of every integration), catalogue, written, exceptions (place, supplier, brand, product, ...), pins.
-- Leaves: items, linked_twice, rules (a row an item), named_exceptions, exception_rules, open_pins.

-- An item is a row of the shop's stock: a product (attribute 0) or one of its combinations.
CREATE TABLE named_items AS
SELECT product_id, try_cast(split_part(external_product_id, '-', 1) AS BIGINT) AS id_product,
       coalesce(try_cast(nullif(split_part(external_product_id, '-', 2), '') AS BIGINT), 0) AS id_product_attribute
FROM links WHERE integration_id = $integration_id;

-- Two of our products are linked to one item (nothing in an adopted database forbids it): which of them is it?
CREATE TABLE linked_twice AS
SELECT id_product FROM named_items GROUP BY id_product, id_product_attribute HAVING count(*) > 1;

CREATE TABLE items AS
SELECT n.*, c.id_product IS NOT NULL AS in_shop, c.reference, c.ean13, c.brand, c.price,
       greatest(coalesce(c.minimal_quantity, 1), 1) AS minimal_quantity
FROM named_items n LEFT JOIN catalogue c USING (id_product, id_product_attribute)
WHERE n.id_product IS NOT NULL AND n.id_product NOT IN (FROM linked_twice WHERE id_product IS NOT NULL);

CREATE TABLE open_pins AS
SELECT * FROM pins WHERE until IS NULL OR until > $now::TIMESTAMP;

-- Hysteresis: what we switched off comes on again from more pieces. Where we write pieces the flag says nothing, and a
-- combination is off at 0 of ours.
CREATE TABLE written_pieces AS
SELECT id_product, id_product_attribute, value = '0' AS is_off
FROM written WHERE field = 'quantity' AND id_product_attribute > 0;

CREATE TABLE switched_off AS
SELECT id_product FROM written
WHERE field = 'out_of_stock' AND id_product_attribute = 0 AND value = '0'
  AND id_product NOT IN (SELECT id_product FROM written_pieces WHERE $quantities OR NOT is_off);

-- What each exception names: items, a brand or a supplier.
CREATE TABLE named_exceptions AS
(SELECT i.id_product, i.id_product_attribute, NULL AS brand, NULL AS supplier, e.* EXCLUDE (product, brand, supplier)
 FROM items i JOIN exceptions e ON upper(trim(i.reference)) = upper(e.product)
 UNION
 SELECT i.id_product, i.id_product_attribute, NULL, NULL, e.* EXCLUDE (product, brand, supplier)
 FROM items i JOIN exceptions e ON i.ean13 = e.product)
UNION ALL
SELECT NULL, NULL, upper(brand), supplier, * EXCLUDE (product, brand, supplier) FROM exceptions WHERE product IS NULL;

-- Of several exceptions for one thing the first that says something counts. Whoever names the least stock and not the
-- stock to come back means one number for both.
CREATE TABLE exception_rules AS
SELECT id_product, id_product_attribute, brand, supplier, arg_min(min_stock_threshold, place) AS least,
       arg_min(coalesce(resume_threshold, min_stock_threshold), place) AS resume,
       arg_min(min_margin_percent, place) AS margin, arg_min(own_stock_only, place) AS own_stock_only
FROM named_exceptions GROUP BY ALL;

-- A combination's own exception beats its product's, that one the brand's.
CREATE TABLE rules AS
SELECT i.product_id, CASE WHEN $quantities THEN i.product_id ELSE i.id_product END AS comes_back_with,
       i.minimal_quantity, i.price,
       coalesce(o.least, p.least, b.least) AS least, coalesce(o.resume, p.resume, b.resume) AS resume,
       coalesce(o.margin, p.margin, b.margin) AS margin,
       coalesce(o.own_stock_only, p.own_stock_only, b.own_stock_only) AS own_stock_only,
       coalesce(w.is_off, s.id_product IS NOT NULL) AS was_off
FROM items i
LEFT JOIN exception_rules o ON o.id_product = i.id_product AND o.id_product_attribute = i.id_product_attribute
LEFT JOIN exception_rules p ON p.id_product = i.id_product AND p.id_product_attribute = 0
LEFT JOIN exception_rules b ON b.brand = upper(trim(i.brand))
LEFT JOIN switched_off s ON s.id_product = i.id_product
LEFT JOIN written_pieces w ON w.id_product = i.id_product AND w.id_product_attribute = i.id_product_attribute
  AND $quantities;
