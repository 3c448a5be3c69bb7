-- columns of one table that the user may see, and what may be done with each
SELECT column_name, privileges, character_set_name, character_maximum_length
FROM information_schema.columns
WHERE table_schema = database() AND table_name = %(table)s
