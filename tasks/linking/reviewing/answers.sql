-- What a person's answers mean, and what is wrong with them.
-- On the desk: answers (row, and the texts offer_key, decision, product, pack_size, note, decided_by), offers, links,
-- products, decided, unmatched; the macros of keys.sql. Leaves: given (answers understood), faults, wanted.

-- As a spreadsheet gives a text back: without doubled spaces, and without the `'` that keeps a formula a text.
CREATE OR REPLACE MACRO as_given(text) AS
  nullif(regexp_replace(trim(regexp_replace(text, '\s+', ' ', 'g')), '^''([=+\-@])', '\1'), '');

CREATE TABLE known_offers AS
SELECT * FROM (
  SELECT coalesce(supplier_sku, sku, ean) AS offer_key, sku, ean, name, 1 AS place FROM offers
  UNION ALL
  SELECT offer_key, sku, ean, name, 2 FROM decided
  UNION ALL
  SELECT coalesce(external_product_id, sku, ean), sku, ean, NULL, 3 FROM links
)
WHERE offer_key IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY offer_key ORDER BY place, sku, ean, name) = 1;

CREATE TABLE known_products AS
SELECT id AS product_id, sku_key(sku) AS sku_key, true AS is_there FROM products
UNION ALL
SELECT product_id, NULL, false FROM links WHERE product_id NOT IN (SELECT id FROM products);

CREATE TABLE filled AS
SELECT row, as_given(offer_key) AS offer_key, lower(as_given(decision)) AS word, as_given(product) AS product,
       lower(as_given(decision)) IN ('brak', 'none') AS is_nothing_of_ours, as_given(pack_size) AS pack_text, as_given(note) AS note, as_given(decided_by) AS decided_by,
       try_cast(replace(as_given(pack_size), ',', '.') AS DECIMAL(18, 4)) AS pack_size,
       try_cast(regexp_extract(lower(as_given(product)), '^(?:id: ?)?(\d+)$', 1) AS BIGINT) AS as_id,
       CASE WHEN NOT starts_with(lower(as_given(product)), 'id:') THEN sku_key(as_given(product)) END AS as_sku
FROM answers WHERE as_given(decision) IS NOT NULL;

CREATE TABLE named AS
SELECT f.row, p.product_id, p.is_there FROM filled f JOIN known_products p ON p.product_id = f.as_id
WHERE NOT f.is_nothing_of_ours
UNION
SELECT f.row, p.product_id, p.is_there FROM filled f JOIN known_products p ON p.sku_key = f.as_sku
WHERE NOT f.is_nothing_of_ours;

CREATE TABLE given AS
WITH products AS (
  SELECT row, list(product_id ORDER BY product_id) AS ids, bool_and(is_there) AS is_there FROM named GROUP BY row
)
SELECT f.* REPLACE (CASE WHEN NOT is_nothing_of_ours THEN product END AS product), coalesce(n.ids, []) AS ids, coalesce(n.is_there, false) AS is_there, n.ids[1] AS product_id,
       k.offer_key AS known_key, k.sku, k.ean, k.name,
       CASE WHEN word IN ('tak', 'yes') THEN 'linked' WHEN word IN ('nie', 'no', 'brak', 'none') THEN 'refused' END AS judgement
FROM filled f LEFT JOIN products n USING (row) LEFT JOIN known_offers k ON as_given(k.offer_key) = f.offer_key;

CREATE TABLE linked_by_person AS
SELECT product_id, coalesce(external_product_id, sku, ean) AS offer_key FROM links WHERE is_manual
UNION
SELECT product_id, offer_key FROM decided WHERE judgement = 'linked';

CREATE TABLE faults AS
WITH found AS (
  SELECT row, 'decision' AS field, '`tak` (yes), `nie` (no) or `brak` (none)' AS expected, word AS got FROM given WHERE judgement IS NULL
  UNION ALL
  SELECT row, 'offer_key', 'the key of one of the items, as the review has it (a spreadsheet drops zeros and '
         || 'shortens long numbers: use the XLSX file, or paste the lines)', offer_key FROM given WHERE known_key IS NULL
  UNION ALL
  SELECT row, 'product', 'a product beside `' || word || '`: `id:` and its number, or its SKU (`brak`: it is no product of yours)', NULL
  FROM given WHERE product IS NULL AND judgement IS NOT NULL AND NOT is_nothing_of_ours
  UNION ALL
  SELECT row, 'product', 'a product that we know: `id:` and its number, or its SKU', product
  FROM given WHERE product IS NOT NULL AND (len(ids) = 0 OR (judgement = 'linked' AND NOT is_there))
  UNION ALL
  SELECT row, 'product', 'one product; this names ' || list_aggregate(list_transform(ids, lambda id: 'id:' || id), 'string_agg', ', ')
         || ': write the one that you mean', product
  FROM given WHERE len(ids) > 1
  UNION ALL
  SELECT row, 'pack_size', 'a number above 0, such as 10', pack_text
  FROM given WHERE pack_text IS NOT NULL AND NOT coalesce(pack_size > 0, false)
  UNION ALL
  SELECT row, 'pack_size', 'nothing beside `nie` or `brak`', pack_text FROM given WHERE pack_text IS NOT NULL AND judgement = 'refused'
  UNION ALL
  SELECT row, 'pack_size', 'nothing: a shop sells pieces', pack_text FROM given WHERE pack_text IS NOT NULL AND NOT $packs
  UNION ALL
  SELECT g.row, 'product', 'a product that no person linked to another item; answer `nie` for that item first, or in this review',
         g.product || ', which is linked to `' || l.offer_key || '`'
  FROM given g JOIN linked_by_person l ON l.product_id = g.product_id AND l.offer_key <> g.known_key
  WHERE g.judgement = 'linked' AND NOT EXISTS (
    FROM given o WHERE o.known_key = l.offer_key AND
      (o.judgement = 'refused' AND coalesce(o.product_id, l.product_id) = l.product_id
       OR o.judgement = 'linked' AND o.product_id <> l.product_id))
  UNION ALL
  SELECT b.row, 'decision', 'what row ' || min(a.row) || ' says of the same item, `' || b.known_key || '`', any_value(b.word)
  FROM given a JOIN given b ON a.known_key = b.known_key AND a.row < b.row
  WHERE a.judgement = 'linked' AND b.judgement = 'linked'
          AND (a.product_id <> b.product_id OR a.pack_size IS DISTINCT FROM b.pack_size)
     OR a.judgement <> b.judgement
          AND (a.product IS NULL OR b.product IS NULL OR a.product_id = b.product_id)
  GROUP BY b.row, b.known_key
  UNION ALL
  SELECT b.row, 'product', 'a product of one item; row ' || min(a.row) || ' gives it to another', any_value(b.product)
  FROM given a JOIN given b ON a.product_id = b.product_id AND a.known_key <> b.known_key AND a.row < b.row
  WHERE a.judgement = 'linked' AND b.judgement = 'linked'
  GROUP BY b.row
)
SELECT row, field, expected, got FROM found ORDER BY row, field, expected;

CREATE TABLE wanted AS
SELECT min(g.row) AS row, known_key AS offer_key, CASE WHEN product IS NOT NULL THEN product_id END AS product_id, judgement,
       any_value(pack_size) AS pack_size, any_value(sku) AS sku, any_value(ean) AS ean, any_value(name) AS name,
       any_value(note) AS reason, any_value(decided_by) AS decided_by
FROM given g GROUP BY 2, 3, 4;
