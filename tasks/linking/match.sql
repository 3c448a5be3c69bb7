-- Which offer is which product.
-- On the desk: offers, products, links (of this supplier), combinations (product_id, parent_id: what a shop sells as a
-- combination of another product), supplier_codes (product_id, code: what the shop says this supplier calls a product),
-- decided (a person's decisions that hold). Leaves: matched, unmatched, let_go (links whose item is another one now).
-- Three keys: the SKU, the EAN, and the supplier's own code where the shop knows it.
-- A person's link comes first and is never touched; one offer is one product and one product one offer; where two
-- candidates remain, an existing link decides, else nobody.

CREATE TABLE offer_keys AS
WITH keyed AS (
  SELECT row_number, coalesce(supplier_sku, sku, ean) AS offer_key, sku, ean, name, sku_key(sku) AS suppliers_sku,
         gtin_key(ean) AS any_gtin, sku_key(coalesce(supplier_sku, sku)) AS code
  FROM offers
)
SELECT *, CASE WHEN $match_by IN ('sku', 'sku_or_ean')
            THEN own_key(suppliers_sku, $remove_prefix, $remove_suffix, $add_prefix, $add_suffix) END AS sku_key,
       CASE WHEN $match_by IN ('ean', 'sku_or_ean') THEN any_gtin END AS gtin
FROM keyed;

CREATE TABLE product_keys AS
SELECT id AS product_id, sku_key(sku) AS sku_key, gtin_key(ean) AS gtin FROM products;

CREATE TABLE all_links AS
SELECT product_id, external_product_id AS offer_key, sku_key(sku) AS sku_key, gtin_key(ean) AS gtin, is_manual
FROM links;

-- The supplier's code stands for another item now: its SKU and its EAN are both known, then and now, and both differ. One of
-- them alone may have been corrected.
CREATE TABLE let_go AS
SELECT l.product_id FROM all_links l JOIN offer_keys k USING (offer_key)
WHERE NOT l.is_manual AND k.suppliers_sku <> l.sku_key AND k.any_gtin <> l.gtin;

CREATE TABLE live_links AS FROM all_links ANTI JOIN let_go USING (product_id);

-- A person's word: a link made by hand; else a decision whose link was lost, which names its offer by its code only.
CREATE TABLE persons_links AS
SELECT product_id, offer_key, sku_key, gtin FROM live_links WHERE is_manual
UNION ALL
SELECT d.product_id, d.offer_key, NULL, NULL FROM decided d JOIN product_keys USING (product_id)
WHERE d.judgement = 'linked' AND d.product_id NOT IN (SELECT product_id FROM live_links WHERE is_manual)
  AND d.offer_key NOT IN (SELECT offer_key FROM live_links WHERE is_manual AND offer_key IS NOT NULL);

-- A person's no: to a product, or (NULL) to all of them. A link that a person made by hand later counts more.
CREATE TABLE refused AS
SELECT o.row_number, d.product_id FROM decided d JOIN offer_keys o USING (offer_key) WHERE d.judgement = 'refused';

-- A person's link names its offer by the supplier's code, else by SKU (as the supplier writes it), else by EAN: the first
-- that finds one.
CREATE TABLE by_person AS
WITH by_codes AS (
  SELECT l.product_id, o.row_number, 2 AS rank FROM persons_links l JOIN offer_keys o ON o.suppliers_sku = l.sku_key
  UNION ALL
  SELECT l.product_id, o.row_number, 3 FROM persons_links l JOIN offer_keys o ON o.any_gtin = l.gtin
),
finds AS (
  SELECT l.product_id, o.row_number, 1 AS rank FROM persons_links l JOIN offer_keys o ON o.offer_key = l.offer_key
  UNION ALL
  SELECT b.* FROM by_codes b
  ANTI JOIN refused r ON r.row_number = b.row_number AND coalesce(r.product_id, b.product_id) = b.product_id
),
first_way AS (SELECT * FROM finds QUALIFY rank = min(rank) OVER (PARTITION BY product_id))
SELECT product_id, min(row_number) AS row_number FROM first_way GROUP BY product_id HAVING count(*) = 1;

CREATE TABLE candidates AS
WITH free_offers AS (SELECT * FROM offer_keys WHERE row_number NOT IN (SELECT row_number FROM by_person)),
free_products AS (
  SELECT * FROM product_keys WHERE product_id NOT IN (SELECT product_id FROM persons_links)
),
by_ean AS (SELECT o.row_number, p.product_id FROM free_offers o JOIN free_products p ON p.gtin = o.gtin),
by_code AS (
  SELECT o.row_number, c.product_id
  FROM free_offers o JOIN supplier_codes c USING (code) SEMI JOIN free_products p ON p.product_id = c.product_id
),
finds AS (
  SELECT o.row_number, p.product_id, 'sku' AS found_by FROM free_offers o JOIN free_products p ON p.sku_key = o.sku_key
  UNION ALL
  SELECT row_number, product_id, 'ean' FROM by_ean
  UNION ALL
  SELECT row_number, product_id, 'code' FROM by_code
),
candidates AS (
  SELECT row_number, product_id, bool_or(found_by = 'sku') AS same_sku, bool_or(found_by = 'ean') AS same_ean,
         bool_or(found_by = 'code') AS same_code, count(*) AS keys_agree
  FROM finds GROUP BY row_number, product_id
)
-- A reference that a product shares with its combinations names the family, and the EAN or the supplier's code which of
-- them: unless two of its own keys agree, the product itself is then no candidate.
SELECT c.* FROM candidates c
ANTI JOIN refused r ON r.row_number = c.row_number AND coalesce(r.product_id, c.product_id) = c.product_id
WHERE c.keys_agree > 1 OR NOT EXISTS (
  FROM (FROM by_ean UNION ALL FROM by_code) e JOIN combinations f ON f.product_id = e.product_id
  WHERE e.row_number = c.row_number AND f.parent_id = c.product_id
);

-- What the keys of one offer say together: the product that all of them name which name any. One that names another
-- product contradicts. `rank`: the fewer keys agree, the higher.
CREATE TABLE opinions AS
WITH counted AS (
  SELECT row_number, bool_or(same_sku)::INTEGER + bool_or(same_ean)::INTEGER + bool_or(same_code)::INTEGER AS keys,
         concat_ws('+', CASE WHEN bool_or(same_sku) THEN 'sku' END, CASE WHEN bool_or(same_ean) THEN 'ean' END,
                   CASE WHEN bool_or(same_code) THEN 'code' END) AS method,
         max(keys_agree) AS most_agree,
         [count_if(keys_agree = 1), count_if(keys_agree = 2), count_if(keys_agree = 3)] AS products_by_keys
  FROM candidates GROUP BY row_number
)
SELECT row_number, method, keys, 4 - keys AS rank,
       CASE WHEN most_agree < keys THEN 'keys_disagree' WHEN products_by_keys[keys] > 1 THEN 'several_products'
            ELSE 'clear' END AS opinion
FROM counted;

CREATE TABLE proposals AS
SELECT c.row_number, c.product_id, o.method, o.rank
FROM candidates c JOIN opinions o ON o.row_number = c.row_number AND o.keys = c.keys_agree
WHERE o.opinion = 'clear'
UNION ALL
-- A duplicated product in the shop must not take the first one off sale: the link that exists stays.
SELECT c.row_number, c.product_id, 'kept', 3
FROM candidates c JOIN opinions o USING (row_number)
  JOIN offer_keys k USING (row_number) JOIN live_links l ON l.product_id = c.product_id AND l.offer_key = k.offer_key
WHERE o.opinion = 'several_products'
UNION ALL
-- A renamed reference, or another way of matching, must not either: nothing speaks against the link that exists.
SELECT k.row_number, l.product_id, 'kept', 3
FROM offer_keys k JOIN live_links l ON l.offer_key = k.offer_key JOIN product_keys p ON p.product_id = l.product_id
ANTI JOIN refused r ON r.row_number = k.row_number AND coalesce(r.product_id, l.product_id) = l.product_id
WHERE l.product_id NOT IN (SELECT product_id FROM persons_links) AND k.row_number NOT IN (SELECT row_number FROM candidates)
  AND k.row_number NOT IN (SELECT row_number FROM by_person);

-- What a link holds together no rule takes apart as long as both are there: a person does.
CREATE TABLE held AS
SELECT k.row_number, l.product_id
FROM live_links l JOIN offer_keys k USING (offer_key) JOIN product_keys USING (product_id)
ANTI JOIN refused r ON r.row_number = k.row_number AND coalesce(r.product_id, l.product_id) = l.product_id;

CREATE TABLE claims AS
SELECT p.*, coalesce(k.offer_key = l.offer_key, false) AS is_incumbent,
       count(*) OVER (PARTITION BY p.product_id, p.rank) AS rivals,
       count(*) FILTER (coalesce(k.offer_key = l.offer_key, false)) OVER (PARTITION BY p.product_id, p.rank)
         AS incumbents
FROM proposals p JOIN offer_keys k USING (row_number) LEFT JOIN live_links l ON l.product_id = p.product_id
WHERE coalesce(k.offer_key = l.offer_key, false)
   OR (p.row_number NOT IN (SELECT row_number FROM held) AND p.product_id NOT IN (SELECT product_id FROM held))
QUALIFY p.rank = min(p.rank) OVER (PARTITION BY p.product_id);

CREATE TABLE matched AS
SELECT row_number, product_id, 'manual' AS method FROM by_person
UNION ALL
SELECT row_number, product_id, method FROM claims WHERE rivals = 1 OR (is_incumbent AND incumbents = 1);

CREATE TABLE unmatched AS
WITH listed AS (
  SELECT row_number, to_json(list(product_id ORDER BY product_id)[:5])::VARCHAR AS candidates
  FROM candidates GROUP BY row_number
)
SELECT k.row_number, k.offer_key, k.sku, k.ean, k.name, l.candidates,
  CASE
    WHEN k.row_number IN (SELECT row_number FROM refused WHERE product_id IS NULL) THEN 'refused'
    WHEN o.opinion IS NULL THEN 'no_product'
    WHEN o.opinion IN ('keys_disagree', 'several_products') THEN o.opinion
    WHEN k.row_number IN (SELECT row_number FROM held) THEN 'linked_elsewhere'
    ELSE 'several_offers'
  END AS cause
FROM offer_keys k LEFT JOIN opinions o USING (row_number) LEFT JOIN listed l USING (row_number)
WHERE k.row_number NOT IN (SELECT row_number FROM matched);
