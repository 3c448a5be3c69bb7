"""Tests of the room that explains."""
