-- The columns of a table as they are; `demanded`: a row can't be added without a value.
SELECT a.attname AS name,
       format_type(a.atttypid, a.atttypmod) AS type,
       a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AND a.attgenerated = '' AS demanded
  FROM pg_attribute AS a
 WHERE a.attrelid = to_regclass(quote_ident(:table))
   AND a.attnum > 0
   AND NOT a.attisdropped
 ORDER BY a.attnum
