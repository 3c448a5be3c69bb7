-- Purchase prices of linked products, as the column of our products keeps them ($decimals), and which of them change.
-- On the desk: matched, offers, product_prices (id, purchase_price_net), price_links (the links of all suppliers).
-- $currency: other currencies are not compared. Of several suppliers who set a product's price the one with the lowest
-- number does, so that imports don't fight. Leaves: prices (with the reason why one is left), changed_prices.
CREATE TABLE prices AS
WITH others AS (
  SELECT DISTINCT product_id FROM price_links
  WHERE integration_id < $integration_id AND supplier_availability IS NOT NULL
    AND try_cast(json_extract_string(supplier_availability, 'sets_product_price') AS BOOLEAN)
),
packs AS (
  SELECT product_id, try_cast(json_extract_string(supplier_availability, 'pack_size') AS DECIMAL(18, 4)) AS pack_size
  FROM price_links WHERE integration_id = $integration_id
),
offered AS (  -- of a pack the price of one of the shop's units
  SELECT m.product_id AS id, o.currency,
    CASE WHEN k.pack_size > 0 THEN round(o.purchase_price / k.pack_size, $decimals)::DECIMAL(18, 4)
         ELSE round(o.purchase_price, $decimals)::DECIMAL(18, 4) END AS purchase_price_net
  FROM matched m JOIN offers o USING (row_number) LEFT JOIN packs k USING (product_id)
  WHERE o.purchase_price IS NOT NULL
    AND ($limit IS NULL OR o.row_number IN (SELECT row_number FROM offers ORDER BY row_number LIMIT $limit))
)
SELECT o.id, o.purchase_price_net, p.purchase_price_net AS held,
  CASE WHEN o.currency <> $currency THEN 'another currency'
       WHEN o.purchase_price_net = 0 THEN 'a price of 0'
       WHEN o.purchase_price_net >= $least_too_large THEN 'too large for the column'
       WHEN o.id IN (SELECT product_id FROM others) THEN 'set by another supplier' END AS reason
FROM offered o JOIN product_prices p USING (id);

CREATE TABLE changed_prices AS
SELECT id, purchase_price_net FROM prices
WHERE reason IS NULL AND purchase_price_net IS DISTINCT FROM held
ORDER BY id;
