-- Which products an offer that needs a person could be, up to five, best first.
-- On the desk: unmatched (with its cause and the products that its codes name), matched, offers, products, links, stale
-- (links in doubt), decided; the macros of keys.sql. Leaves: asked, scored.
-- Names are compared by the share of words that they have in common (of the measures tried on names with words missing,
-- added, misspelt and in another order it put the right product first most often); codes by what is left of them when all
-- but letters and digits is taken away. Only products that share a rare word, two words that are rare together, or such a
-- code are looked at, so 100,000 offers against 100,000 products stay a few million pairs.

CREATE OR REPLACE MACRO bare(code) AS nullif(ltrim(regexp_replace(sku_key(code), '[^\p{L}\d]', '', 'g'), '0'), '');

CREATE OR REPLACE MACRO digits(code) AS nullif(ltrim(regexp_replace(code, '\D', '', 'g'), '0'), '');

-- Words in small letters without accents; `500ml` is `500` and `ml`.
CREATE OR REPLACE MACRO words_of(name) AS
  list_distinct(regexp_extract_all(translate(strip_accents(lower(name)), 'ł', 'l'), '\d+|\p{L}+'));

-- Products that a person gave to an offer are nobody else's.
CREATE TABLE given_away AS
SELECT product_id FROM links WHERE is_manual
UNION
SELECT product_id FROM decided WHERE judgement = 'linked';

-- Not asked: what a person said no to, and what is settled because its product was given to another offer.
CREATE TABLE asked AS
WITH unclear AS (
  SELECT row_number, offer_key, sku, ean, name, cause, candidates, gtin_key(ean) AS gtin,
         own_key(sku_key(sku), $remove_prefix, $remove_suffix, $add_prefix, $add_suffix) AS sku_key
  FROM unmatched WHERE cause <> 'refused' AND offer_key NOT IN (SELECT offer_key FROM stale)
),
gone AS (SELECT sku_key(p.sku) AS sku_key, gtin_key(p.ean) AS gtin FROM products p JOIN given_away g ON g.product_id = p.id),
settled AS (
  SELECT row_number FROM unclear SEMI JOIN gone USING (sku_key) WHERE cause = 'no_product'
  UNION
  SELECT row_number FROM unclear SEMI JOIN gone USING (gtin) WHERE cause = 'no_product'
)
SELECT * EXCLUDE (gtin, sku_key) FROM unclear ANTI JOIN settled USING (row_number)
UNION ALL
SELECT o.row_number, s.offer_key, o.sku, o.ean, o.name, s.kind, to_json([s.product_id])::VARCHAR
FROM stale s JOIN offers o ON coalesce(o.supplier_sku, o.sku, o.ean) = s.offer_key
WHERE s.kind <> 'product_deleted'
QUALIFY row_number() OVER (PARTITION BY s.offer_key ORDER BY s.product_id) = 1;

CREATE TABLE free_products AS
SELECT id AS product_id, sku, ean, name, gtin_key(ean) AS gtin FROM products
WHERE id NOT IN (SELECT product_id FROM given_away) AND id NOT IN (SELECT product_id FROM matched);

CREATE TABLE product_words AS
SELECT product_id, unnest(words_of(name)) AS word FROM free_products;

CREATE TABLE word_counts AS
SELECT word, count(*) AS products FROM product_words GROUP BY word;

CREATE TABLE offer_words AS
WITH split AS (SELECT row_number, unnest(words_of(name)) AS word FROM asked)
SELECT s.row_number, s.word, w.products FROM split s LEFT JOIN word_counts w USING (word);

-- Two words together are rarer than each of them: for names of common words only.
CREATE TABLE product_twos AS
WITH common AS (SELECT product_id, word FROM product_words JOIN word_counts USING (word) WHERE products > $most_sharing),
twos AS (
  SELECT a.product_id, hash(a.word, b.word) AS two FROM common a JOIN common b ON b.product_id = a.product_id AND b.word > a.word
)
SELECT two, list(product_id) AS product_ids FROM twos GROUP BY two HAVING count(*) <= $most_sharing;

CREATE TABLE pairs AS
WITH product_codes AS (
  SELECT product_id, unnest([{kind: 'sku', code: bare(sku)}, {kind: 'digits', code: digits(sku)},
                             {kind: 'ean', code: digits(ean)[:-2]}], recursive := true) FROM free_products
),
few AS (
  SELECT * FROM product_codes WHERE length(code) >= CASE kind WHEN 'sku' THEN 3 WHEN 'digits' THEN 5 ELSE 7 END
  QUALIFY count(*) OVER (PARTITION BY kind, code) <= $most_sharing
),
offer_codes AS (
  SELECT row_number, unnest([{kind: 'sku', code: bare(sku)}, {kind: 'digits', code: digits(sku)},
                             {kind: 'ean', code: digits(ean)[:-2]}], recursive := true) FROM asked
),
rare AS (
  SELECT row_number, word FROM offer_words WHERE products <= $most_sharing
  QUALIFY row_number() OVER (PARTITION BY row_number ORDER BY products, word) <= 3
),
offer_twos AS (
  SELECT a.row_number, hash(a.word, b.word) AS two
  FROM offer_words a JOIN offer_words b ON b.row_number = a.row_number AND b.word > a.word
  WHERE a.products > $most_sharing AND b.products > $most_sharing
),
rare_twos AS (
  SELECT row_number, product_ids FROM offer_twos JOIN product_twos USING (two)
  QUALIFY row_number() OVER (PARTITION BY row_number ORDER BY len(product_ids), two) <= 3
),
found AS (
  SELECT row_number, product_id, false AS by_rule FROM offer_codes JOIN few USING (kind, code)
  UNION ALL
  SELECT row_number, product_id, false FROM rare JOIN product_words USING (word)
  UNION ALL
  SELECT row_number, unnest(product_ids), false FROM rare_twos
  UNION ALL
  SELECT row_number, unnest(from_json(candidates, '["BIGINT"]')), true FROM asked WHERE candidates IS NOT NULL
)
SELECT f.row_number, f.product_id, bool_or(f.by_rule) AS by_rule
FROM found f JOIN asked a USING (row_number)
ANTI JOIN (SELECT * FROM decided WHERE judgement = 'refused') r ON r.offer_key = a.offer_key AND r.product_id = f.product_id
GROUP BY f.row_number, f.product_id;

CREATE TABLE scored AS
WITH shared AS (
  SELECT p.row_number, p.product_id, count(*) AS words
  FROM pairs p JOIN offer_words o USING (row_number) JOIN product_words w ON w.product_id = p.product_id AND w.word = o.word
  GROUP BY p.row_number, p.product_id
),
offer_sizes AS (SELECT row_number, count(*) AS words FROM offer_words GROUP BY row_number),
product_sizes AS (SELECT product_id, count(*) AS words FROM product_words GROUP BY product_id),
facts AS (
  SELECT p.row_number, p.product_id, p.by_rule, t.sku, t.ean, t.name,
         coalesce(2 * s.words / (os.words + ps.words), 0) AS by_name,
         coalesce(own_key(sku_key(a.sku), $remove_prefix, $remove_suffix, $add_prefix, $add_suffix) = sku_key(t.sku), false)
           AS same_sku,
         coalesce(bare(a.sku) = bare(t.sku) AND length(bare(t.sku)) >= 3, false) AS alike_sku,
         coalesce(digits(a.sku) = digits(t.sku) AND length(digits(t.sku)) >= 5, false) AS same_digits,
         coalesce(gtin_key(a.ean) = gtin_key(t.ean), false) AS same_ean,
         coalesce(digits(a.ean)[:-2] = digits(t.ean)[:-2] AND length(digits(t.ean)) >= 8, false) AS alike_ean,
         coalesce(gtin_key(a.ean) <> gtin_key(t.ean), false) AS other_ean,
         l.offer_key AS linked_to
  FROM pairs p JOIN asked a USING (row_number) JOIN products t ON t.id = p.product_id
  LEFT JOIN shared s USING (row_number, product_id) LEFT JOIN offer_sizes os USING (row_number)
  LEFT JOIN product_sizes ps USING (product_id)
  LEFT JOIN (SELECT product_id, coalesce(external_product_id, sku, ean) AS offer_key FROM links) l USING (product_id)
),
judged AS (
  SELECT *, (1 - (1 - by_name) * (1 - CASE WHEN same_ean THEN 0.95 WHEN same_sku THEN 0.9 WHEN alike_sku OR alike_ean THEN 0.7
                                         WHEN same_digits THEN 0.6 ELSE 0 END))
            * CASE WHEN other_ean AND NOT same_sku THEN 0.6 ELSE 1 END AS score
  FROM facts
)
SELECT row_number, product_id, sku, ean, name, round(100 * score)::INTEGER AS score,
       concat_ws(', ', CASE WHEN same_ean THEN 'same EAN' WHEN alike_ean THEN 'EAN alike' WHEN other_ean THEN 'another EAN' END,
                 CASE WHEN same_sku THEN 'same SKU' WHEN alike_sku THEN 'SKU alike' WHEN same_digits THEN 'same digits in SKU' END,
                 CASE WHEN by_name > 0 THEN 'name ' || round(100 * by_name)::INTEGER || ' %' END,
                 CASE WHEN linked_to IS NOT NULL THEN 'linked to ' || linked_to || ' now' END) AS why,
       row_number() OVER (PARTITION BY facts_row ORDER BY score DESC, product_id) AS place
FROM (SELECT *, row_number AS facts_row FROM judged)
WHERE by_rule OR score >= 0.6
QUALIFY place <= 5;
