-- One piece less.
UPDATE ps_stock_available SET quantity = quantity - 1 WHERE id_stock_available IN %(rows)s
