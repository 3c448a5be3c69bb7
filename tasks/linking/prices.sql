-- Purchase prices of linked products that differ from what our products hold. On the desk: matched, offers, product_prices
-- (id, purchase_price_net), links: of a pack the price of one of the shop's units counts. $currency: other currencies are not compared. Leaves: changed_prices.
CREATE TABLE changed_prices AS
WITH packs AS (
  SELECT product_id, try_cast(json_extract_string(supplier_availability, 'pack_size') AS DECIMAL(18, 4)) AS pack_size FROM links
),
priced AS (
  SELECT p.id, p.purchase_price_net AS before, o.row_number,
         round(o.purchase_price / coalesce(k.pack_size, 1), 4)::DECIMAL(18, 4) AS purchase_price_net
  FROM matched m JOIN offers o USING (row_number) JOIN product_prices p ON p.id = m.product_id
  LEFT JOIN packs k ON k.product_id = m.product_id
  WHERE o.purchase_price IS NOT NULL AND o.currency = $currency
)
SELECT id, purchase_price_net FROM priced
WHERE purchase_price_net IS DISTINCT FROM before
  AND ($limit IS NULL OR row_number IN (SELECT row_number FROM offers ORDER BY row_number LIMIT $limit))
ORDER BY id;
