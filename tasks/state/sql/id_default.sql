-- Where a table's ids come from: its owned sequence (serial or identity), else what its default says.
SELECT coalesce(
         'nextval(''' || pg_get_serial_sequence(quote_ident(:table), 'id') || ''')',
         (SELECT pg_get_expr(d.adbin, d.adrelid)
            FROM pg_attrdef AS d
            JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
           WHERE d.adrelid = to_regclass(quote_ident(:table)) AND a.attname = 'id')
       ) AS id_default
