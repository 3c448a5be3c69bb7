"""What a way to a shop has to tell to be struck."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from blocks import ShopBlock
from tests.crashes.place import Place
from tests.crashes.points import Point

PRISTINE = "pristine"
STOPS_NOBODY = {"stop_off_percent": 100, "stop_on_percent": 100}


@dataclass(frozen=True)
class Driver:
    """`inside`: the points that only this driver has. `set_up` is called in the child before it begins.

    `block` makes the block of the place's shop. `cut` ends every connection of a run to its shop. `rest` waits until
    the shop is done with whatever a run asked of it. `is_whole`: a product is written in one transaction, so that no
    crash leaves half of it. `tells_null`: NULL and an empty text are two. `version`: of a shop of its
    own, which has a web server; None: it writes the first shop.
    """

    name: str
    inside: tuple[Point, ...]
    block: Callable[[Place], ShopBlock]
    set_up: Callable[[], None]
    cut: Callable[[Place], None]
    rest: Callable[[Place], None]
    is_whole: bool = True
    tells_null: bool = True
    version: str | None = None

    @property
    def pristine(self) -> str:
        """The start at which nobody has ever written to its shop."""
        return PRISTINE if self.version is None else f"{PRISTINE}_{self.version.replace('.', '_')}"
