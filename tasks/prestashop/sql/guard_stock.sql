  AND {column} = %(before)s
