SELECT engine
FROM information_schema.tables
WHERE table_schema = database() AND table_name = %(table)s
