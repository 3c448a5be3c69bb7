-- The verdict on each offer, and the best one of each product.
-- On the desk: offers_said, promises (supplier, days, available_from, ship_on, in_days). Leaves: offers.

CREATE TABLE verdicts AS
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
      WHEN stock_quantity < off_below THEN 'below_threshold'
      WHEN stock_quantity < minimal_quantity AND minimal_quantity > 1 THEN 'below_minimal_quantity'
      WHEN own_stock_only THEN 'own_stock_only'
      WHEN price > 0 AND price < round(piece_price * (1 + margin / 100), 4) THEN 'below_margin'
      WHEN aged_hours >= $deny_after_hours THEN 'not_confirmed'
      WHEN stock_quantity IS NULL THEN 'available'
      ELSE 'enough_stock' END AS reason_code
  FROM dated
)
SELECT *, reason_code IN ('available', 'enough_stock') AS is_enough FROM judged;

-- A product that was off comes back as a whole: once one of its offers has what it takes to come back, the others count
-- from the least stock again. Else the next sync, to which the product is on, would decide otherwise.
CREATE TABLE back AS
SELECT DISTINCT comes_back_with FROM verdicts
WHERE is_enough AND threshold > off_below AND (stock_quantity >= threshold OR stock_quantity IS NULL);

CREATE TABLE offers AS
WITH settled AS (
  SELECT v.* EXCLUDE (threshold, reason_code),
         CASE WHEN b.comes_back_with IS NULL THEN v.threshold ELSE v.off_below END AS threshold,
         is_enough AND (b.comes_back_with IS NOT NULL OR coalesce(stock_quantity >= v.threshold, true)) AS allowed,
         CASE WHEN is_enough AND NOT allowed THEN 'below_threshold' ELSE v.reason_code END AS reason_code
  FROM verdicts v LEFT JOIN back b USING (comes_back_with)
),
ranked AS (
  SELECT *,
         -- Those that can be ordered before the others; then as the policy says; then the fastest, the largest stock, the
         -- place among the suppliers, the lowest number. What is not known comes last.
         row(NOT allowed,
             CASE $best_offer WHEN 'cheapest' THEN piece_price WHEN 'priority' THEN place
               WHEN 'largest_stock' THEN -coalesce(stock_quantity, threshold) END,
             days, -stock_quantity, place, supplier) AS rank
  FROM (SELECT *, coalesce(list_position($supplier_priority::BIGINT[], supplier), 1000000) AS place FROM settled)
),
best AS (SELECT product_id, arg_min(supplier, rank) AS supplier FROM ranked GROUP BY product_id)
SELECT r.product_id, r.supplier, r.contractor_id, r.stock_quantity, r.is_available, r.ship_on, r.days, r.purchase_price,
       r.currency, CASE WHEN is_plain_text(r.own_text, $only_bmp) THEN r.own_text END AS own_text, r.threshold,
       r.allowed, r.reason_code, r.aged_hours, r.supplier = b.supplier AS is_best
FROM ranked r JOIN best b USING (product_id);
