  AND out_of_stock = %(before)s
