-- What came of each labelled offer. On the desk: answers, offers, matched, unmatched, products. Leaves: kinds, wrong_links.
CREATE TABLE results AS
SELECT a.kind, a.product_id AS really, o.sku, o.ean, o.name, m.product_id AS linked, m.method,
       CASE WHEN m.product_id IS NOT NULL THEN CASE WHEN m.product_id = a.product_id THEN 'right' ELSE 'wrong' END
            WHEN u.cause <> 'no_product' THEN 'open' ELSE 'none' END AS result
FROM answers a LEFT JOIN offers o USING (supplier_sku)
  LEFT JOIN matched m ON m.row_number = o.row_number LEFT JOIN unmatched u ON u.row_number = o.row_number;

CREATE TABLE kinds AS
SELECT kind, count(*) AS offers, count(*) FILTER (result = 'right') AS "right", count(*) FILTER (result = 'wrong') AS wrong,
       count(*) FILTER (result = 'open') AS open, count(*) FILTER (result = 'none') AS "none"
FROM results GROUP BY kind;

CREATE TABLE wrong_links AS
SELECT r.kind, r.sku, r.ean, r.name, r.method, l.name AS linked, p.name AS really
FROM results r JOIN products l ON l.id = r.linked LEFT JOIN products p ON p.id = r.really
WHERE r.result = 'wrong' ORDER BY ALL;
