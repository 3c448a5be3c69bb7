-- What each supplier of a shop's products said last, with the threshold that counts for it.
-- On the desk: links, rules, exception_rules, open_pins, suppliers, absences, feed_health, imports (of all suppliers).
-- Leaves: offers_said.

-- Stretches between two imports that went well in which one did not: our fault or the source's, and no item's.
CREATE TABLE faults AS
WITH counted AS (
  SELECT integration_id, started_at, status IN ('completed', 'unchanged', 'waiting') AS is_good,
         count(*) FILTER (status NOT IN ('completed', 'unchanged', 'waiting'))
           OVER (PARTITION BY integration_id ORDER BY started_at) AS failed
  FROM imports
)
SELECT integration_id, began, ended FROM (
  SELECT integration_id, started_at AS ended, failed, lag(started_at) OVER one AS began, lag(failed) OVER one AS failed_before
  FROM counted WHERE is_good WINDOW one AS (PARTITION BY integration_id ORDER BY started_at)
) WHERE failed > failed_before;

CREATE TABLE offers_said AS
WITH parsed AS (
  SELECT product_id, integration_id AS supplier, json_extract_string(supplier_availability, ['stock_quantity',
           'is_available', 'delivery_days', 'available_from', 'contractor_id', 'warehouses', 'pack_size',
           'purchase_price', 'currency', 'available_later']) AS a
  FROM links
  WHERE supplier_availability IS NOT NULL AND integration_id <> $integration_id
    AND integration_id NOT IN (
      SELECT supplier_id FROM open_pins WHERE kind = 'released' AND supplier_id IS NOT NULL AND product_id IS NULL)
),
-- Quantities are the supplier's units; a pack says how many of the shop's are in one.
packed AS (
  SELECT *, try_cast(a[7] AS DECIMAL(18, 4)) AS pack_size, CASE WHEN a[6] IS NOT NULL
         THEN TRY(from_json(a[6], '[{"delivery_days": "INTEGER", "stock_quantity": "BIGINT"}]')) END AS warehouses
  FROM parsed
),
ruled AS (
  SELECT p.*, r.minimal_quantity, r.price, coalesce(r.least, s.least, $min_stock_threshold) AS off_below,
         CASE WHEN r.was_off THEN greatest(off_below, coalesce(r.resume, s.resume, $resume_threshold)) ELSE off_below
           END AS threshold,
         coalesce(r.margin, s.margin, $min_margin_percent) AS margin,
         coalesce(r.own_stock_only, s.own_stock_only, false) AS own_stock_only, r.comes_back_with
  FROM packed p JOIN rules r USING (product_id) LEFT JOIN exception_rules s ON s.supplier = p.supplier
),
-- By when enough can be had from the fastest warehouses together; one that is available without a number has enough.
promised AS (
  SELECT *, greatest(off_below, minimal_quantity, 1) AS needed,
         CASE WHEN warehouses IS NOT NULL THEN list_min([
           one.delivery_days FOR one IN warehouses
           IF list_sum([coalesce(try_cast(other.stock_quantity AS INTEGER)::DECIMAL(19, 4) * coalesce(pack_size, 1)::DECIMAL(19, 4),
                                 needed)
                        FOR other IN warehouses IF other.delivery_days <= one.delivery_days]) >= needed]) END
           AS promised_days
  FROM ruled
),
-- How long a feed that was well itself has not had the item: while it is held back or can't be fetched, no time passes.
missing AS (
  SELECT a.integration_id AS supplier, a.product_id, a.first_missing_at, h.confirmed_at
  FROM absences a JOIN (SELECT integration_id, max(confirmed_at) AS confirmed_at FROM feed_health GROUP BY ALL) h
    USING (integration_id)
  WHERE h.confirmed_at > a.first_missing_at
),
lost AS (
  SELECT m.supplier, m.product_id,
         sum(epoch(least(f.ended, m.confirmed_at)) - epoch(greatest(f.began, m.first_missing_at))) AS seconds
  FROM missing m JOIN faults f ON f.integration_id = m.supplier AND f.ended > m.first_missing_at
    AND f.began < m.confirmed_at
  GROUP BY ALL
),
ages AS (
  SELECT m.supplier, m.product_id,
         floor((epoch(m.confirmed_at) - epoch(m.first_missing_at) - coalesce(l.seconds, 0)) / 3600)::BIGINT AS aged_hours
  FROM missing m LEFT JOIN lost l USING (supplier, product_id)
),
-- What another program put there may be any number; the shop holds no larger one than this.
counted AS (
  SELECT *, CASE WHEN pack_size IS NULL THEN try_cast(a[1] AS DOUBLE)
                 ELSE (try_cast(a[1] AS DECIMAL(19, 4)) * pack_size::DECIMAL(19, 4))::DOUBLE END AS pieces,
         CASE WHEN said > 36500 THEN 36500 ELSE said END AS days
  FROM (SELECT *, coalesce(promised_days, try_cast(a[3] AS INTEGER)) AS said FROM promised)
)
SELECT p.product_id, p.supplier, try_cast(a[5] AS BIGINT) AS contractor_id,
       CASE WHEN NOT isnan(pieces) THEN floor(greatest(least(pieces, 2147483647), -2147483648)) END::BIGINT
         AS stock_quantity,
       try_cast(a[2] AS BOOLEAN) AS is_available,
       days + CASE WHEN g.aged_hours >= $longer_after_hours THEN $longer_days ELSE 0 END AS days_said,
       try_cast(a[4] AS DATE) + CASE WHEN g.aged_hours >= $longer_after_hours THEN $longer_days ELSE 0 END
         AS available_from,
       try_cast(a[8] AS DECIMAL(18, 4)) AS purchase_price, upper(a[9]) AS currency, nullif(trim(a[10]), '') AS own_text,
       -- what one piece of the shop costs, where it can be compared with the shop's prices
       CASE WHEN upper(a[9]) = $currency AND coalesce(s.price_kind, 'net') = 'net'
            THEN try_cast(a[8] AS DOUBLE) / coalesce(nullif(pack_size, 0), 1) END AS piece_price,
       p.threshold, p.off_below, p.comes_back_with, p.minimal_quantity, p.price, p.margin, p.own_stock_only, g.aged_hours
FROM counted p
LEFT JOIN suppliers s ON s.integration_id = p.supplier
LEFT JOIN ages g ON g.product_id = p.product_id AND g.supplier = p.supplier;
