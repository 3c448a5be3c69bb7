-- One offer an item out of all parts of a supplier's feed: each group of fields from the newest part that says it.
-- On the desk: said (the offers of every part; part, said_at, is_delta, says_stock, says_delivery, says_price, says_codes).
-- What a file with changes only said is over as soon as a newer whole file says the same group of fields.
-- Leaves: merged, as offers, with when each group was said; an item of whose stock no part says anything is none.
CREATE TABLE merged AS
WITH keyed AS (
    SELECT *, coalesce(supplier_sku, sku, ean) AS offer_key, {'said_at': said_at, 'part': part} AS place,
        max(said_at) FILTER (says_stock AND NOT is_delta) OVER () AS whole_stock_at,
        max(said_at) FILTER (says_delivery AND NOT is_delta) OVER () AS whole_delivery_at,
        max(said_at) FILTER (says_price AND NOT is_delta) OVER () AS whole_price_at
    FROM said
),
newest AS (
    SELECT offer_key,
        arg_max({'quantity': stock_quantity, 'is_available': is_available, 'warehouses': warehouses, 'said_at': said_at}, place)
            FILTER (says_stock AND (NOT is_delta OR coalesce(said_at > whole_stock_at, true))) AS stock,
        arg_max({'days': delivery_days, 'from': available_from, 'text': available_later, 'said_at': said_at}, place)
            FILTER (says_delivery AND (NOT is_delta OR coalesce(said_at > whole_delivery_at, true))) AS delivery,
        arg_max({'price': purchase_price, 'currency': currency, 'said_at': said_at}, place)
            FILTER (says_price AND (NOT is_delta OR coalesce(said_at > whole_price_at, true))) AS price,
        arg_max({'supplier_sku': supplier_sku, 'sku': sku, 'ean': ean, 'name': name, 'contractor_id': contractor_id,
                 'said_at': said_at}, {'says': says_codes, 'said_at': said_at, 'part': part}) AS codes
    FROM keyed GROUP BY offer_key
)
SELECT row_number() OVER (ORDER BY offer_key) AS row_number,
    codes.supplier_sku, codes.sku, codes.ean,
    stock.quantity AS stock_quantity, stock.is_available, delivery.days AS delivery_days,
    delivery."from" AS available_from, price.price AS purchase_price, price.currency, delivery.text AS available_later,
    codes.name, codes.contractor_id, stock.warehouses,
    stock.said_at AS stock_at, delivery.said_at AS delivery_at, price.said_at AS price_at, codes.said_at AS codes_at
FROM newest WHERE stock IS NOT NULL
ORDER BY row_number;
