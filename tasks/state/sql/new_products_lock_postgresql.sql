-- Runs that make products take turns, to the end of their transaction. (On SQLite whoever may write is alone anyway.)
SELECT pg_advisory_xact_lock(7269787813)
