-- One decision for each item and each product of the shop that we manage.
-- On the desk: items, best_offers, supplier_offers, catalogue, written (what we wrote to this shop).
-- Leaves: item_decisions, decisions, left_alone.

-- Managed: linked in the shop, and has a supplier link or had one when we wrote.
CREATE TABLE managed AS
SELECT DISTINCT i.id_product FROM items i
WHERE i.in_shop
  AND (i.product_id IN (SELECT product_id FROM supplier_offers)
       OR i.id_product IN (SELECT id_product FROM written))
  AND ($contractor IS NULL OR i.id_product IN (
        SELECT s.id_product FROM items s JOIN supplier_offers o USING (product_id) WHERE o.contractor_id = $contractor));

CREATE TABLE left_alone AS
WITH heads AS (SELECT * FROM catalogue WHERE id_product_attribute = 0)
SELECT m.id_product,
  CASE WHEN h.is_virtual THEN 'virtual'
       WHEN h.is_pack THEN 'pack'
       WHEN h.depends_on_stock THEN 'depends_on_stock'
       WHEN h.available_date > $today::DATE THEN 'available_date'
       WHEN NOT h.has_stock_row THEN 'no_stock_row' END AS reason
FROM managed m JOIN heads h USING (id_product)
WHERE h.is_virtual OR h.is_pack OR h.depends_on_stock OR coalesce(h.available_date > $today::DATE, false)
   OR NOT h.has_stock_row
UNION ALL
SELECT DISTINCT id_product, 'not_in_shop' FROM items
WHERE NOT in_shop AND id_product_attribute = 0 AND product_id IN (SELECT product_id FROM supplier_offers);

-- A combination's link beats its product's; the rest inherit the product's.
CREATE TABLE item_decisions AS
WITH shop_items AS (
  SELECT c.id_product, c.id_product_attribute, i.product_id
  FROM catalogue c JOIN managed m USING (id_product) LEFT JOIN items i USING (id_product, id_product_attribute)
  WHERE c.id_product NOT IN (SELECT id_product FROM left_alone)
),
own AS (
  SELECT s.*, o.product_id IS NOT NULL AS has_own, o.allowed, o.days, o.reason_code, o.stock_quantity,
         o.integration_id AS supplier
  FROM shop_items s LEFT JOIN best_offers o USING (product_id)
)
SELECT i.id_product, i.id_product_attribute, i.product_id, i.has_own,
       coalesce(i.has_own OR p.has_own, false) AS is_decided,
       CASE WHEN i.has_own THEN i.allowed ELSE p.allowed END AS allowed,
       CASE WHEN i.has_own THEN i.days ELSE p.days END AS days,
       CASE WHEN i.has_own THEN i.reason_code ELSE p.reason_code END AS reason_code,
       CASE WHEN i.has_own THEN i.stock_quantity ELSE p.stock_quantity END AS stock_quantity,
       CASE WHEN i.has_own THEN i.supplier ELSE p.supplier END AS supplier
FROM own i LEFT JOIN own p ON p.id_product = i.id_product AND p.id_product_attribute = 0;

-- What counts for a product: its combinations where it has any, else itself.
CREATE TABLE decisions AS
WITH voting AS (
  SELECT d.*, count(*) FILTER (id_product_attribute > 0) OVER (PARTITION BY id_product) AS combinations
  FROM item_decisions d
),
voters AS (SELECT * FROM voting WHERE (combinations > 0) = (id_product_attribute > 0)),
votes AS (
  SELECT id_product, any_value(combinations) AS combinations,
         count(*) FILTER (is_decided) AS decided, count(*) FILTER (is_decided AND allowed) AS allowed_items,
         count(*) AS items,
         -- the promise must hold whichever allowed combination is chosen: the slowest; none if one names no days
         CASE WHEN bool_or(allowed AND days IS NULL) THEN NULL ELSE max(days) FILTER (allowed) END AS days,
         arg_max(reason_code, (coalesce(allowed, false)::INTEGER, stock_quantity, -supplier)) AS reason_code,
         arg_max(stock_quantity, (coalesce(allowed, false)::INTEGER, stock_quantity, -supplier)) AS stock_quantity,
         arg_max(supplier, (coalesce(allowed, false)::INTEGER, stock_quantity, -supplier)) AS supplier
  FROM voters GROUP BY id_product
)
SELECT v.id_product, head.product_id, v.combinations, v.items, v.allowed_items, v.days, v.stock_quantity, v.supplier,
       CASE WHEN $combinations = 'all' THEN v.allowed_items = v.items ELSE v.allowed_items > 0 END AS allowed,
       CASE WHEN v.decided = 0 THEN 'no_offer'
            WHEN $combinations = 'all' AND v.allowed_items BETWEEN 1 AND v.items - 1 THEN 'combination_missing'
            ELSE v.reason_code END AS reason_code
FROM votes v JOIN item_decisions head ON head.id_product = v.id_product AND head.id_product_attribute = 0;
