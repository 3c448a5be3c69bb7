"""stub"""

from blocks import PrestashopDatabase
from tasks.prestashop.model import Check


def checks(block: PrestashopDatabase) -> list[Check]:
    return []
