-- What of a shop's catalogue needs a person, in the form of a supplier's. On the desk: what catalogue.sql leaves, offers.
-- Leaves: unmatched, matched (products that are settled), stale_links (none).
CREATE TABLE unmatched AS
SELECT o.row_number, a.external_id AS offer_key, a.sku, a.ean, a.name, a.cause, a.candidates
FROM ambiguous_items a JOIN offers o ON o.supplier_sku = a.external_id;

CREATE TABLE matched AS SELECT product_id FROM shop_links UNION SELECT product_id FROM recognised;

CREATE TABLE stale_links (product_id BIGINT, offer_key VARCHAR, kind VARCHAR);
