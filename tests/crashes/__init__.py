"""Processes that are killed in the middle; run by `make verify`."""
