"""Our database, on SQLite and PostgreSQL."""
