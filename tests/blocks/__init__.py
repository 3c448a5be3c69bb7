"""Tests of the blocks: what an operator fills in, and what is refused."""
