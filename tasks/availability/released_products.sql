-- Products of the shop that only one supplier offers, over all their combinations.
-- On the desk: links (of every integration), pins (open ones of the shop). In: $integration_id, $supplier.
-- Leaves: chosen (id_product), pinned (id_product): those of them that a person pinned, who stay in our care.
CREATE TABLE items AS
SELECT product_id, try_cast(split_part(external_product_id, '-', 1) AS BIGINT) AS id_product
FROM links WHERE integration_id = $integration_id;

CREATE TABLE offered AS
SELECT i.id_product, bool_or(l.integration_id = $supplier) AS by_it, bool_or(l.integration_id <> $supplier) AS by_others
FROM items i JOIN links l USING (product_id)
WHERE l.supplier_availability IS NOT NULL AND l.integration_id <> $integration_id
  AND l.integration_id NOT IN (
    SELECT supplier_id FROM pins WHERE kind = 'released' AND supplier_id IS NOT NULL AND supplier_id <> $supplier)
GROUP BY i.id_product;

CREATE TABLE pinned AS
SELECT DISTINCT i.id_product FROM items i JOIN pins p USING (product_id) JOIN offered o USING (id_product)
WHERE o.by_it AND NOT o.by_others AND p.kind <> 'released';

CREATE TABLE chosen AS
SELECT id_product FROM offered WHERE by_it AND NOT by_others AND id_product NOT IN (SELECT id_product FROM pinned)
ORDER BY id_product;
