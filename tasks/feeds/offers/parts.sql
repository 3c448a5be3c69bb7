-- One offer an item out of all parts of a supplier's feed: each group of fields from the newest part that says it, of
-- two of one moment from the one whose name is later.
-- On the desk: said (the offers of every part; part, said_at, is_delta, says_stock, says_delivery, says_price, says_codes).
-- $current: the part whose row numbers stay; $contractor_id, $delivery_days: where no part says another.
-- Leaves: merged, as offers, with when each group was said (an item of whose stock no part says anything is none), and
-- met: of each part how many items it has and how many of them are offers.

-- What a file with changes only said of an item that no whole file has is over as soon as a newer whole file says the
-- same group of fields: there the item would be, if it still were.
CREATE MACRO newest_said(value, place, says, is_delta, said_at, whole_at) AS
    CASE WHEN bool_or(says AND NOT is_delta) THEN arg_max(value, place) FILTER (says)
         ELSE arg_max(value, place) FILTER (says AND coalesce(said_at > whole_at, true)) END;

CREATE TABLE newest AS
WITH wholes AS (
    SELECT max(said_at) FILTER (says_stock) AS stock_at, max(said_at) FILTER (says_delivery) AS delivery_at,
        max(said_at) FILTER (says_price) AS price_at
    FROM said WHERE NOT is_delta
),
keyed AS (
    SELECT *, coalesce(supplier_sku, sku, ean) AS offer_key, {'said_at': said_at, 'part': part} AS place FROM said
)
SELECT offer_key, min(row_number) FILTER (part = $current) AS row_number,
    newest_said({'quantity': stock_quantity, 'is_available': is_available, 'warehouses': warehouses,
                 'contractor_id': contractor_id, 'said_at': said_at},
                place, says_stock, is_delta, said_at, wholes.stock_at) AS stock,
    newest_said({'days': delivery_days, 'from': available_from, 'text': available_later, 'said_at': said_at},
                place, says_delivery, is_delta, said_at, wholes.delivery_at) AS delivery,
    newest_said({'price': purchase_price, 'currency': currency, 'said_at': said_at},
                place, says_price, is_delta, said_at, wholes.price_at) AS price,
    arg_max({'supplier_sku': supplier_sku, 'sku': sku, 'ean': ean, 'name': name, 'contractor_id': contractor_id,
             'said_at': said_at}, {'says': says_codes, 'said_at': said_at, 'part': part}) AS codes
FROM keyed, wholes GROUP BY offer_key;

CREATE TABLE merged AS
SELECT coalesce(row_number, (SELECT coalesce(max(row_number), 0) FROM newest) + row_number() OVER (ORDER BY offer_key))
        AS row_number,
    codes.supplier_sku, codes.sku, codes.ean,
    stock.quantity AS stock_quantity, stock.is_available,
    CASE WHEN delivery."from" IS NULL THEN coalesce(delivery.days, $delivery_days::INTEGER) END AS delivery_days,
    delivery."from" AS available_from, price.price AS purchase_price, price.currency, delivery.text AS available_later,
    codes.name, coalesce(codes.contractor_id, stock.contractor_id, $contractor_id::BIGINT) AS contractor_id,
    stock.warehouses,
    stock.said_at AS stock_at, delivery.said_at AS delivery_at, price.said_at AS price_at, codes.said_at AS codes_at
FROM newest WHERE stock IS NOT NULL
ORDER BY row_number;

CREATE TABLE met AS
SELECT part, count(*) AS items,
    count(*) FILTER (coalesce(supplier_sku, sku, ean) IN (SELECT offer_key FROM newest WHERE stock IS NOT NULL)) AS offers
FROM said GROUP BY part;
