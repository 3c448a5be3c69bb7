-- Quantities of combinations that only a supplier has, where each shall be ordered by itself; taken back where not.
-- On the desk: item_decisions, catalogue, written. Leaves: wanted_quantities (with `held`, what they are compared with).

CREATE TABLE our_quantities AS
SELECT id_product, id_product_attribute, try_cast(value AS BIGINT) AS value
FROM written WHERE field = 'quantity' AND id_product_attribute > 0;

-- Ours is what had nothing before our first write, and never more since than we wrote: customers only take away.
CREATE TABLE supplied AS
SELECT i.id_product, i.id_product_attribute, i.product_id, i.reason_code, coalesce(w.value, c.quantity) AS held,
       CASE WHEN NOT ($quantities AND i.has_own AND i.allowed) THEN 0
            -- against its offers, or without a number: as many as are asked for
            WHEN i.reason_code = 'pinned_on' THEN greatest(i.stock_quantity, i.threshold, 1)
            ELSE coalesce(i.stock_quantity, greatest(i.threshold, 1)) END AS wanted
FROM item_decisions i
JOIN catalogue c USING (id_product, id_product_attribute)
LEFT JOIN our_quantities w USING (id_product, id_product_attribute)
WHERE i.id_product_attribute > 0
  AND CASE WHEN w.id_product IS NULL THEN $quantities AND i.has_own AND c.quantity = 0 ELSE c.quantity <= w.value END;

CREATE TABLE wanted_quantities AS
SELECT product_id, id_product, id_product_attribute, wanted AS value, held, reason_code FROM supplied
UNION ALL
-- row 0 is the sum of the combinations' rows; the shop keeps it so itself, and so do we
SELECT any_value(h.product_id), c.id_product, 0,
       sum(CASE WHEN s.wanted IS DISTINCT FROM s.held THEN coalesce(s.wanted, c.quantity) ELSE c.quantity END),
       any_value(head.quantity), any_value(h.reason_code)
FROM catalogue c
JOIN decisions h USING (id_product)
JOIN catalogue head ON head.id_product = c.id_product AND head.id_product_attribute = 0
LEFT JOIN supplied s ON s.id_product = c.id_product AND s.id_product_attribute = c.id_product_attribute
WHERE c.id_product_attribute > 0 AND c.has_stock_row AND c.id_product IN (SELECT id_product FROM supplied)
GROUP BY c.id_product;
