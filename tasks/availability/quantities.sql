-- Quantities of combinations that only a supplier has, where each shall be ordered by itself; taken back where not.
-- On the desk: item_decisions, catalogue, written. Leaves: pieces (of sizes, with whose they are), wanted_quantities (with
-- `held`, what they are compared with).

CREATE TABLE our_quantities AS
SELECT id_product, id_product_attribute, try_cast(value AS BIGINT) AS value
FROM written WHERE field = 'quantity' AND id_product_attribute > 0;

-- Ours is what had nothing before our first write, and never more since than we wrote: what is more is own stock.
CREATE TABLE pieces AS
SELECT i.id_product, i.id_product_attribute, i.product_id, i.reason_code, c.quantity, w.value AS written,
       $quantities AND i.allowed AND (i.has_own OR i.reason_code = 'pinned_on') AS is_supplied,
       CASE WHEN w.value IS NULL THEN c.quantity <= 0 ELSE c.quantity <= w.value END AS is_ours,
       -- always on, or available without a number: never sold out, so always filled up to what is asked for
       i.reason_code IN ('pinned_on', 'available') AS is_filled_up,
       CASE WHEN i.reason_code = 'pinned_on' THEN greatest(i.stock_quantity, i.threshold, 1)
            ELSE coalesce(i.stock_quantity, greatest(i.threshold, 1)) END AS supplied
FROM item_decisions i
JOIN catalogue c USING (id_product, id_product_attribute)
LEFT JOIN our_quantities w USING (id_product, id_product_attribute)
WHERE i.id_product_attribute > 0 AND c.has_stock_row
  AND (w.value IS NOT NULL OR ($quantities AND (i.has_own OR i.reason_code = 'pinned_on')));

CREATE TABLE supplied AS
SELECT id_product, id_product_attribute, product_id, reason_code,
       CASE WHEN is_supplied THEN supplied ELSE 0 END AS wanted,
       CASE WHEN written IS NULL OR (is_supplied AND is_filled_up) THEN quantity ELSE written END AS held
FROM pieces WHERE is_ours;

CREATE TABLE wanted_quantities AS
SELECT product_id, id_product, id_product_attribute, wanted AS value, held, reason_code FROM supplied
UNION ALL
-- row 0 is the sum of the combinations' rows; the shop keeps it so itself, and so do we
SELECT any_value(h.product_id), c.id_product, 0,
       least(sum(CASE WHEN s.wanted IS DISTINCT FROM s.held THEN coalesce(s.wanted, c.quantity) ELSE c.quantity END),
             2147483647),
       any_value(head.quantity), any_value(h.reason_code)
FROM catalogue c
JOIN decisions h USING (id_product)
JOIN catalogue head ON head.id_product = c.id_product AND head.id_product_attribute = 0
LEFT JOIN supplied s ON s.id_product = c.id_product AND s.id_product_attribute = c.id_product_attribute
WHERE c.id_product_attribute > 0 AND c.has_stock_row AND c.id_product IN (SELECT id_product FROM supplied)
GROUP BY c.id_product;
