-- Which item of a shop's catalogue is which product: by this shop's link, else as a person decided, else by unique SKU, else
-- by unique EAN among products that this shop has no link to, else it is a new product. Two candidates: ambiguous, nothing
-- is made.
-- On the desk: items and identities (see items.sql), products, links, decided; $codes: whether the catalogue was read with
-- the suppliers' codes. Leaves: recognised, ambiguous_items, new_products, changed_products, new_links, changed_links,
-- stale_items.

CREATE TABLE shop_links AS
SELECT product_id, external_product_id, sku, ean, metadata, json_extract_string(metadata, ['name', 'supplier_references']) AS held
FROM links WHERE integration_id = $integration_id;

-- What a shop's link holds of its item besides: the name, and by which code each of the shop's suppliers calls it.
CREATE MACRO remembered(name, supplier_references) AS
  json_merge_patch(json_object('name', name), json_object('supplier_references', supplier_references::JSON))::VARCHAR;

CREATE TABLE unlinked AS
SELECT *, sku_key(sku) AS sku_key, gtin_key(ean) AS gtin, remembered(name, supplier_references) AS metadata FROM identities
WHERE external_id NOT IN (SELECT external_product_id FROM shop_links WHERE external_product_id IS NOT NULL);

CREATE TABLE free_products AS
SELECT id AS product_id, sku_key(sku) AS sku_key, gtin_key(ean) AS gtin FROM products
WHERE id NOT IN (SELECT product_id FROM shop_links);

-- A person's word: which product an item is, which one it is not, or (NULL) that it is none of ours.
CREATE TABLE by_person AS
SELECT u.external_id, d.product_id, 'manual' AS method
FROM decided d JOIN unlinked u ON u.external_id = d.offer_key SEMI JOIN free_products p ON p.product_id = d.product_id
WHERE d.judgement = 'linked';

CREATE TABLE finds AS
WITH found AS (
  SELECT u.external_id, p.product_id, 'sku' AS method, 1 AS rank FROM unlinked u JOIN free_products p USING (sku_key)
  UNION ALL
  SELECT u.external_id, p.product_id, 'ean', 2 FROM unlinked u JOIN free_products p USING (gtin)
)
SELECT f.* FROM found f
ANTI JOIN (FROM decided WHERE judgement = 'refused') r
  ON r.offer_key = f.external_id AND coalesce(r.product_id, f.product_id) = f.product_id
WHERE f.external_id NOT IN (SELECT external_id FROM by_person)
  AND f.product_id NOT IN (SELECT product_id FROM decided WHERE judgement = 'linked');

CREATE TABLE first_way AS
SELECT *, count(*) OVER (PARTITION BY external_id) AS products_found, count(*) OVER (PARTITION BY product_id) AS items_found
FROM (SELECT * FROM finds QUALIFY rank = min(rank) OVER (PARTITION BY external_id));

CREATE TABLE ambiguous_items AS
SELECT u.external_id, u.sku, u.ean, u.name, to_json(list(f.product_id ORDER BY f.product_id)[:5])::VARCHAR AS candidates,
       CASE WHEN any_value(f.products_found) > 1 THEN 'several_products' ELSE 'several_items' END AS cause
FROM unlinked u JOIN first_way f USING (external_id)
WHERE f.products_found > 1 OR f.items_found > 1
GROUP BY ALL;

CREATE TABLE recognised AS
SELECT * FROM by_person
UNION ALL
SELECT external_id, product_id, method FROM first_way WHERE products_found = 1 AND items_found = 1;

-- New products get their ids from the state database: `place` is the n-th of the reserved ones.
CREATE TABLE new_items AS
SELECT u.*, row_number() OVER (ORDER BY id_product, id_product_attribute) AS place FROM unlinked u
WHERE external_id NOT IN (SELECT external_id FROM first_way UNION ALL SELECT external_id FROM by_person);

-- A product follows the shop's SKU, EAN and name as long as it still holds what this shop's link says it got from it.
CREATE TABLE followed AS
SELECT l.product_id, i.external_id, i.sku, i.ean, i.name, i.supplier_references, l.sku AS link_sku, l.ean AS link_ean,
       l.held[1] AS link_name, l.held[2] AS link_references, l.metadata, p.sku AS old_sku, p.ean AS old_ean, p.name AS old_name,
       CASE WHEN p.sku IS NOT DISTINCT FROM l.sku THEN i.sku ELSE p.sku END AS product_sku,
       CASE WHEN p.ean IS NOT DISTINCT FROM l.ean THEN i.ean ELSE p.ean END AS product_ean,
       CASE WHEN p.name IS NOT DISTINCT FROM l.held[1] THEN coalesce(i.name, p.name) ELSE p.name END
         AS product_name
FROM identities i JOIN shop_links l ON l.external_product_id = i.external_id JOIN products p ON p.id = l.product_id;

CREATE TABLE changed_products AS
SELECT product_id AS id, product_sku AS sku, product_ean AS ean, product_name AS name
FROM followed
WHERE product_sku IS DISTINCT FROM old_sku OR product_ean IS DISTINCT FROM old_ean
   OR product_name IS DISTINCT FROM old_name
ORDER BY id;

CREATE TABLE changed_links AS
SELECT $integration_id::BIGINT AS integration_id, product_id, sku, ean,
       -- where the codes were read, the old ones are taken away first: merging would keep the suppliers that are gone
       json_merge_patch(CASE WHEN $codes THEN json_merge_patch(coalesce(metadata, '{}')::JSON, '{"supplier_references": null}')
                             ELSE coalesce(metadata, '{}')::JSON END,
                        remembered(name, supplier_references)::JSON)::VARCHAR AS metadata
FROM followed
WHERE sku IS DISTINCT FROM link_sku OR ean IS DISTINCT FROM link_ean OR name IS DISTINCT FROM link_name
   OR ($codes AND supplier_references IS DISTINCT FROM link_references)
ORDER BY product_id;

CREATE TABLE new_links AS
SELECT $integration_id::BIGINT AS integration_id, r.product_id, i.external_id AS external_product_id, i.sku, i.ean,
       r.method AS matched_by, r.method = 'manual' AS is_manual, i.metadata
FROM recognised r JOIN unlinked i USING (external_id)
ORDER BY product_id;

-- Links in doubt: of items that the shop has no more, and of products of ours that are gone. None is removed.
CREATE TABLE stale_items AS
SELECT product_id, external_product_id AS external_id, sku, held[1] AS name,
       CASE WHEN product_id NOT IN (SELECT id FROM products) THEN 'product_deleted' ELSE 'gone_from_shop' END AS kind
FROM shop_links
WHERE $limit::BIGINT IS NULL
  AND (external_product_id NOT IN (SELECT external_id FROM items) OR product_id NOT IN (SELECT id FROM products));
