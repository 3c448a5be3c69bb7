"""Tests of the housekeeping room."""
