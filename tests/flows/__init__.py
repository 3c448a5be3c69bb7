"""Tests of the flows: the whole way, on a real Prefect server, a real MariaDB and both state databases."""
