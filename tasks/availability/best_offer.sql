-- The verdict on each offer, and the best one of each product.
-- On the desk: offers_said, promises (supplier, days, available_from, ship_on, in_days). Leaves: offers.

CREATE TABLE offers AS
WITH dated AS (
  SELECT o.*, p.ship_on, p.in_days AS days
  FROM offers_said o LEFT JOIN promises p
    ON p.supplier = o.supplier AND p.days IS NOT DISTINCT FROM o.days_said
   AND p.available_from IS NOT DISTINCT FROM o.available_from
),
judged AS (
  SELECT *, CASE
      WHEN is_available IS false THEN 'not_available'
      WHEN stock_quantity IS NULL AND is_available IS NULL THEN 'no_stock_given'
      WHEN stock_quantity < threshold THEN 'below_threshold'
      WHEN stock_quantity < minimal_quantity AND minimal_quantity > 1 THEN 'below_minimal_quantity'
      WHEN own_stock_only THEN 'own_stock_only'
      WHEN price > 0 AND price < piece_price * (1 + margin / 100) THEN 'below_margin'
      WHEN aged_hours >= $deny_after_hours THEN 'not_confirmed'
      WHEN stock_quantity IS NULL THEN 'available'
      ELSE 'enough_stock' END AS reason_code
  FROM dated
),
ranked AS (
  SELECT *, reason_code IN ('available', 'enough_stock') AS allowed,
         -- Those that can be ordered before the others; then as the policy says; then the fastest, the largest stock, the
         -- place among the suppliers, the lowest number. What is not known comes last.
         row(reason_code NOT IN ('available', 'enough_stock'),
             CASE $best_offer WHEN 'cheapest' THEN piece_price WHEN 'priority' THEN place
               WHEN 'largest_stock' THEN -coalesce(stock_quantity, threshold) END,
             days, -stock_quantity, place, supplier) AS rank
  FROM (SELECT *, coalesce(list_position($supplier_priority::BIGINT[], supplier), 1000000) AS place FROM judged)
),
best AS (SELECT product_id, min(rank) AS rank FROM ranked GROUP BY product_id)
SELECT r.product_id, r.supplier, r.contractor_id, r.stock_quantity, r.is_available, r.ship_on, r.days, r.purchase_price,
       r.currency, CASE WHEN is_plain_text(r.own_text, $only_bmp) THEN r.own_text END AS own_text, r.threshold,
       r.allowed, r.reason_code, r.aged_hours, r.rank = b.rank AS is_best
FROM ranked r JOIN best b USING (product_id);
