SELECT iso_code FROM {prefix}currency WHERE id_currency = %(id_currency)s
