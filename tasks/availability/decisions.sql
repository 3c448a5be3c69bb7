-- One decision for each item and each product of the shop that we manage.
-- On the desk: items, offers, catalogue, open_pins, written (what we wrote to this shop).
-- Leaves: item_decisions, decisions, left_alone.

-- Managed: linked in the shop, and has a supplier link or had one when we wrote.
CREATE TABLE managed AS
SELECT DISTINCT i.id_product FROM items i
WHERE i.in_shop
  AND (i.product_id IN (SELECT product_id FROM offers)
       OR i.id_product IN (SELECT id_product FROM written))
  AND ($contractor IS NULL OR i.id_product IN (
        SELECT s.id_product FROM items s JOIN offers o USING (product_id) WHERE o.contractor_id = $contractor));

-- A combination's flag is its product's, so one that is held holds the whole product.
CREATE TABLE held_products AS
SELECT i.id_product, CASE WHEN bool_or(p.kind = 'hold') THEN 'held' ELSE 'released' END AS reason
FROM open_pins p JOIN items i USING (product_id)
WHERE p.kind IN ('hold', 'released')
GROUP BY i.id_product;

CREATE TABLE left_alone AS
WITH heads AS (SELECT * FROM catalogue WHERE id_product_attribute = 0),
told AS (
  SELECT m.id_product,
    CASE WHEN p.id_product IS NOT NULL THEN p.reason
         WHEN h.is_virtual AND NOT list_contains($also::VARCHAR[], 'virtual') THEN 'virtual'
         WHEN h.is_pack AND NOT list_contains($also::VARCHAR[], 'pack') THEN 'pack'
         WHEN h.depends_on_stock AND NOT list_contains($also::VARCHAR[], 'depends_on_stock') THEN 'depends_on_stock'
         WHEN h.available_date > $today::DATE AND NOT list_contains($also::VARCHAR[], 'available_date')
           THEN 'available_date'
         WHEN NOT h.has_stock_row THEN 'no_stock_row' END AS reason
  FROM managed m JOIN heads h USING (id_product) LEFT JOIN held_products p USING (id_product)
)
FROM told WHERE reason IS NOT NULL
UNION ALL
SELECT DISTINCT id_product, 'not_in_shop' FROM items
WHERE NOT in_shop AND id_product_attribute = 0 AND product_id IN (SELECT product_id FROM offers)
UNION ALL
SELECT DISTINCT id_product, 'linked_twice' FROM linked_twice WHERE id_product IN (SELECT id_product FROM catalogue);

-- A combination's link beats its product's; the rest inherit the product's. So does a person's word.
CREATE TABLE item_decisions AS
WITH shop_items AS (
  SELECT c.id_product, c.id_product_attribute, i.product_id, pin.kind AS pinned
  FROM catalogue c JOIN managed m USING (id_product) LEFT JOIN items i USING (id_product, id_product_attribute)
  LEFT JOIN open_pins pin ON pin.product_id = i.product_id AND pin.kind IN ('on', 'off')
  WHERE c.id_product NOT IN (SELECT id_product FROM left_alone)
),
own AS (
  SELECT s.*, o.product_id IS NOT NULL AS has_own, o.allowed, o.ship_on, o.days, o.reason_code, o.stock_quantity,
         o.supplier, o.threshold, o.own_text
  FROM shop_items s LEFT JOIN (FROM offers WHERE is_best) o USING (product_id)
),
inherited AS (
  SELECT i.id_product, i.id_product_attribute, i.product_id, i.has_own, p.pinned AS product_pinned,
         CASE WHEN p.pinned IS NULL THEN i.pinned ELSE p.pinned END AS pinned,
         CASE WHEN i.has_own THEN i ELSE p END AS o
  FROM own i LEFT JOIN own p ON p.id_product = i.id_product AND p.id_product_attribute = 0
)
SELECT id_product, id_product_attribute, product_id, has_own,
       coalesce(o.has_own OR pinned IS NOT NULL, false) AS is_decided,
       CASE pinned WHEN 'on' THEN true WHEN 'off' THEN false ELSE o.allowed END AS allowed,
       -- who is on against all offers promises no days
       CASE WHEN pinned = 'off' OR NOT o.allowed THEN NULL ELSE o.ship_on END AS ship_on,
       CASE WHEN pinned = 'off' OR NOT o.allowed THEN NULL ELSE o.days END AS days,
       CASE pinned WHEN 'on' THEN 'pinned_on' WHEN 'off' THEN 'pinned_off' ELSE coalesce(o.reason_code, 'no_offer') END
         AS reason_code,
       o.stock_quantity AS stock_quantity, o.supplier AS supplier, o.threshold AS threshold,
       CASE WHEN o.allowed THEN o.own_text END AS own_text
FROM inherited;

-- What counts for a product: its combinations where it has any, else itself.
CREATE TABLE decisions AS
WITH families AS (
  SELECT id_product, count(*) AS combinations FROM item_decisions WHERE id_product_attribute > 0 GROUP BY id_product
),
voters AS (
  SELECT d.*, coalesce(f.combinations, 0) AS combinations
  FROM item_decisions d LEFT JOIN families f USING (id_product)
  WHERE d.id_product_attribute > 0 OR f.combinations IS NULL
),
votes AS (
  SELECT id_product, any_value(combinations) AS combinations,
         count(*) FILTER (is_decided) AS decided, count(*) FILTER (is_decided AND allowed) AS allowed_items,
         count(*) AS items, count(*) FILTER (has_own AND id_product_attribute > 0) AS own_items,
         -- the promise must hold whichever allowed combination is chosen: the slowest; none if one names no days
         CASE WHEN bool_or(allowed AND ship_on IS NULL) THEN NULL ELSE max(ship_on) FILTER (allowed) END AS ship_on,
         CASE WHEN bool_or(allowed AND ship_on IS NULL) THEN NULL ELSE min(ship_on) FILTER (allowed) END AS ship_from,
         CASE WHEN bool_or(allowed AND ship_on IS NULL) THEN NULL ELSE max(days) FILTER (allowed) END AS days,
         arg_max((reason_code, stock_quantity, supplier, threshold),
                 (coalesce(allowed, false)::INTEGER, stock_quantity, -supplier)) FILTER (is_decided) AS top,
         -- a supplier's own text speaks for the product where it is that of every size that can be had
         CASE WHEN count(own_text) FILTER (allowed) = count(*) FILTER (allowed) AND min(own_text) = max(own_text)
              THEN min(own_text) END AS own_text
  FROM voters GROUP BY id_product
)
SELECT v.id_product, head.product_id, v.combinations, v.items, v.allowed_items, v.own_items, v.ship_on, v.ship_from, v.days,
       v.top[2] AS stock_quantity, v.top[3] AS supplier, v.top[4] AS threshold, v.own_text,
       CASE WHEN $combinations = 'all' THEN v.allowed_items = v.items ELSE v.allowed_items > 0 END AS allowed,
       CASE WHEN v.decided = 0 THEN 'no_offer'
            WHEN $combinations = 'all' AND v.allowed_items BETWEEN 1 AND v.items - 1 THEN 'combination_missing'
            ELSE coalesce(v.top[1], 'no_offer') END AS reason_code
FROM votes v JOIN item_decisions head ON head.id_product = v.id_product AND head.id_product_attribute = 0;
