-- Purchase prices of linked products that differ from what our products hold. On the desk: matched, offers, product_prices
-- (id, purchase_price_net). $currency: other currencies are not compared. Leaves: changed_prices.
CREATE TABLE changed_prices AS
SELECT p.id, o.purchase_price AS purchase_price_net
FROM matched m JOIN offers o USING (row_number) JOIN product_prices p ON p.id = m.product_id
WHERE o.purchase_price IS NOT NULL AND o.currency = $currency AND o.purchase_price IS DISTINCT FROM p.purchase_price_net
  AND ($limit IS NULL OR o.row_number IN (SELECT row_number FROM offers ORDER BY row_number LIMIT $limit))
ORDER BY p.id;
