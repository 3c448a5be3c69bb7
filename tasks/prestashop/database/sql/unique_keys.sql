SELECT index_name, column_name
FROM information_schema.statistics
WHERE table_schema = database() AND table_name = %(table)s AND non_unique = 0
ORDER BY index_name, seq_in_index
