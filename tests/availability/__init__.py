"""Tests of the room tasks/availability."""
