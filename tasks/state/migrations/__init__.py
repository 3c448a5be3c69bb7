"""Changes of our tables over time (Alembic); `HEAD` is the newest, known without importing Alembic."""

HEAD = "0009"
VERSION_TABLE = "rexbit_flows_version"
