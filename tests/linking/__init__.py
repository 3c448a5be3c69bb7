"""Tests of the room tasks/linking."""
