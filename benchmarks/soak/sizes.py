"""How large a soak is."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """`pace`: at most so many runs are begun a minute. `archive`: where feeds and change sets go; None: a folder."""

    suppliers: int = 20
    imports: int = 6
    shops: int = 3
    syncs: int = 12
    products: int = 2_000
    pace: float = 8.0 * (os.cpu_count() or 2)
    kill: bool = True
    archive: str | None = None

    @property
    def supplier_names(self) -> list[str]:
        """Feed blocks, and their deployments."""
        return [f"s{number:02d}" for number in range(1, self.suppliers + 1)]

    @property
    def shop_names(self) -> list[str]:
        """Shop blocks, and their deployments."""
        return [f"shop{number}" for number in range(1, self.shops + 1)]

    @property
    def killed(self) -> tuple[str, int] | None:
        """At which version of which supplier's feed its worker dies: one in the middle."""
        return (self.supplier_names[self.suppliers // 2], self.imports // 2 + 1) if self.kill else None

    @property
    def overlapped(self) -> list[tuple[str, int]]:
        """At which versions of which feeds a second run of the same deployment is wanted: every fourth supplier's."""
        return [(name, max(1, self.imports // 2)) for name in self.supplier_names[::4]]
