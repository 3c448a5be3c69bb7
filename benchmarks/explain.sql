-- What our database holds after a year with one shop and three suppliers, made by the server itself.
-- %(products)s products; %(shop)s, %(first)s: integration numbers of the shop and of the first supplier.
INSERT INTO products (id, sku, ean, name)
SELECT n, 'REF-' || n, lpad((5900000000000 + n)::text, 13, '0'), 'Product ' || n FROM generate_series(1, %(products)s) n;

INSERT INTO integration_product_links (integration_id, product_id, external_product_id, sku, ean, matched_by, is_manual)
SELECT %(shop)s, n, n::text, 'REF-' || n, lpad((5900000000000 + n)::text, 13, '0'), 'created', false
FROM generate_series(1, %(products)s) n;

INSERT INTO integration_product_links
  (integration_id, product_id, external_product_id, sku, ean, matched_by, is_manual, supplier_availability)
SELECT %(first)s + s, n, 'S' || s || '-' || n, 'REF-' || n, lpad((5900000000000 + n)::text, 13, '0'), 'sku+ean', false,
       jsonb_build_object('stock_quantity', (n * 7 + s * 13) %% 40, 'delivery_days', 1 + s, 'contractor_id', 5,
                          'last_status_change_at', '2026-11-01T05:00:00Z')
FROM generate_series(1, %(products)s) n, generate_series(0, 2) s;

INSERT INTO shop_written (integration_id, id_product, id_product_attribute, id_lang, field, value, original, written_at, run_id)
SELECT %(shop)s, n, 0, l, CASE l WHEN 0 THEN 'out_of_stock' ELSE 'available_later' END,
       CASE l WHEN 0 THEN '1' ELSE 'Wysyłka za 3 dni' END, CASE l WHEN 0 THEN '2' ELSE '' END,
       now() AT TIME ZONE 'UTC' - (n %% 17520) * interval '30 minutes', 'sync-' || n %% 17520
FROM generate_series(1, %(products)s) n, generate_series(0, 2) l;

INSERT INTO suppliers (integration_id, name, delivery, timezone, price_kind, run_id)
SELECT %(first)s + s, 'Supplier ' || s, '{}', 'Europe/Warsaw', 'net', 'r' FROM generate_series(0, 2) s;

INSERT INTO feed_health (integration_id, part, confirmed_at)
SELECT %(first)s + s, '', now() AT TIME ZONE 'UTC' FROM generate_series(0, 2) s;

INSERT INTO feed_snapshots (id, integration_id, content_hash, settings_hash, fetched_at, verdict, rows_read, rows_rejected,
  offers, available, run_id, folder)
SELECT 'f' || s || '-' || k, %(first)s + s, 'c' || k, 's', now() AT TIME ZONE 'UTC' - k * interval '30 minutes',
       CASE WHEN s = 0 AND k = 0 THEN 'quarantined' ELSE 'passed' END, %(products)s, 0, %(products)s, 0, 'r', ''
FROM generate_series(0, 17519) k, generate_series(0, 2) s;

INSERT INTO runs (id, flow, integration_id, started_at, ended_at, status, summary)
SELECT flow || '-' || i || '-' || k, flow, i, at, at, 'completed', '{"status": "completed", "dry_run": false}'
FROM generate_series(0, 17519) k,
  LATERAL (SELECT now() AT TIME ZONE 'UTC' - k * interval '30 minutes' AS at) t,
  (VALUES ('sync-availability', %(shop)s), ('import-feed', %(first)s), ('import-feed', %(first)s + 1),
          ('import-feed', %(first)s + 2)) AS f (flow, i);

INSERT INTO change_sets (id, integration_id, run_id, begun_at, ended_at)
SELECT 'c' || k, %(shop)s, 'sync-' || k, at - interval '1 minute', at
FROM generate_series(0, 17519) k, LATERAL (SELECT now() AT TIME ZONE 'UTC' - k * interval '30 minutes' AS at) t;

INSERT INTO unmatched_offers (integration_id, offer_key, cause, first_seen_at, last_snapshot_id)
SELECT %(first)s + s, 'U' || n, 'no_product', now(), 'f' FROM generate_series(1, %(products)s / 5) n, generate_series(0, 2) s;

ANALYZE;
