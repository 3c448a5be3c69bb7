"""The flow tests' world, larger: a change set of more than two windows."""

from __future__ import annotations

from tests.flows.conftest import home, orchestra, prefect_api, shop_database

__all__ = ["home", "orchestra", "prefect_api", "shop_database"]
