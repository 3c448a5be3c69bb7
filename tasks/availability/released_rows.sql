-- Products of the shop that we wrote to: one of them, or all. On the desk: written, unfinished. In: $id_product, or NULL.
-- Leaves: chosen.
CREATE TABLE chosen AS
SELECT DISTINCT id_product FROM (SELECT id_product FROM written UNION ALL SELECT id_product FROM unfinished)
WHERE $id_product IS NULL OR id_product = $id_product ORDER BY id_product;
