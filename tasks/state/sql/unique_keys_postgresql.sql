-- The column lists by which a table's rows are unique.
SELECT array_agg(a.attname::text) AS columns
  FROM pg_index AS i
  JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
 WHERE i.indrelid = to_regclass(quote_ident(:table))
   AND i.indisunique
   AND i.indisvalid
   AND i.indpred IS NULL
   AND i.indexprs IS NULL
 GROUP BY i.indexrelid
