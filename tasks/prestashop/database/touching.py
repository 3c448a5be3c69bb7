"""`date_upd` of written products, by the shop's own clock: for exporters that take what changed since."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tasks.errors import WrongSettingsError
from tasks.prestashop.database.connection import Ids
from tasks.prestashop.database.session import Session
from tasks.prestashop.model import ShopInfo
from tasks.summaries import Check

DATED = ("product", "product_shop")
DATE = "date_upd"
ADVICE = "Choose it in the back office (International, Localization), or turn `Set the date of change` off in the block"


def shop_zone(session: Session, info: ShopInfo) -> ZoneInfo:
    """The zone whose local time PrestaShop writes; WrongSettingsError where it has none, or one that nobody knows."""
    shop = {"id_shop": info.id_shop, "id_shop_group": info.id_shop_group}
    found = session.rows("time_zone", shop)
    name = str(found[-1][0] or "") if found else ""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # no name, a folder of zones, none that is known
        raise WrongSettingsError(
            f"{session.address}: expected the shop's time zone (`PS_TIMEZONE` in `{session.prefix}configuration`), "
            f"found `{name}`. {ADVICE}"
        ) from None


def touch(session: Session, info: ShopInfo, zone: ZoneInfo, ids: Ids) -> None:
    """Let products have changed now, by the server's clock in the shop's zone: two statements, two transactions."""
    ahead = datetime.now(zone).utcoffset() or timedelta()
    values = {"ids": ids, "id_shop": info.id_shop, "ahead": int(ahead.total_seconds())}
    session.write("touch_products", values)
    session.write("touch_shop_products", values)


def check_zone(session: Session, info: ShopInfo) -> Check:
    """Whether the shop's clock is known."""
    expected = "the shop's time zone, for the date of change"
    try:
        return Check(name="time zone", ok=True, expected=expected, found=shop_zone(session, info).key)
    except WrongSettingsError as error:
        return Check(name="time zone", ok=False, expected=expected, found=str(error), fix=f"{ADVICE}.")
