"""Processes that are killed in the middle; run by `make verify`."""

import pytest

pytest.register_assert_rewrite(
    *(f"tests.crashes.{name}" for name in ("arena", "life", "matrix", "model"))
)  # what fails beside the tests themselves is told as well
