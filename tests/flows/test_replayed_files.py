"""Archived files read by other settings: what those would change, before they go live; nothing is written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from blocks import Meaning, SupplierFeed
from flows import import_catalog, import_feed, inspect_feed
from tasks import archive
from tasks.archive import archive_root
from tasks.errors import WrongSettingsError
from tests.flows.test_switched_off import held
from tests.flows.world import AT_ONCE, World

pytestmark = pytest.mark.slow


def priced(world: World, day: int, *, decimal: str = "auto") -> SupplierFeed:
    """A file whose stock has a point that may be of thousands, and the block that reads it."""
    lines = [f"{reference};1.{500 + day};2" for reference in world.references()[:10]]
    Path(world.feed.source).write_text("\n".join(["Symbol;Stan;Termin", *lines, ""]), encoding="utf-8")
    mapping = {"sku": "Symbol", "stock_quantity": "Stan", "delivery_days": "Termin"}
    return SupplierFeed(integration_id=6, source=world.feed.source, mapping=mapping, decimal=decimal, fetching=AT_ONCE)


def test_archived_files_show_what_another_setting_would_change(world: World) -> None:
    import_catalog(world.shop)
    for day in range(3):
        import_feed(priced(world, day, decimal="comma"))  # 1.500 pieces are fifteen hundred
    same = inspect_feed(priced(world, 2, decimal="comma"), replay=2).replayed
    assert [(one["offers_now"], one["other_stock"], one["switched_off"]) for one in same] == [(10, 0, 0), (10, 0, 0)]
    other = inspect_feed(priced(world, 2, decimal="point"), replay=5).replayed
    assert [(one["offers_now"], one["other_stock"], one["gone"]) for one in other] == [(10, 10, 0)] * 3
    assert other[0]["verdict"]
    assert import_feed(priced(world, 2, decimal="comma")).status == "unchanged"  # nothing was kept of it


def test_a_file_that_is_not_kept_or_not_read_is_said(world: World) -> None:
    import_catalog(world.shop)
    for day in range(2):
        imported = import_feed(priced(world, day, decimal="comma"))
    (archive.find("feeds", 6, str(imported.snapshot_id)) / "raw.zst").unlink()
    feed = priced(world, 1).model_copy(update={"delimiter": "|"})
    faults = [one["fault"] for one in inspect_feed(feed, replay=5).replayed]
    assert faults[0] == "the file itself is not kept any more"
    assert faults[1].startswith("would be refused: ")


def feed_of(world: World, lines: list[str], **settings: object) -> SupplierFeed:
    """A file of `Symbol;Kod;Stan;Dost;Termin`, and a block that reads it by these settings."""
    Path(world.feed.source).write_text("\n".join(["Symbol;Kod;Stan;Dost;Termin", *lines, ""]), encoding="utf-8")
    mapping = {"sku": "Symbol", "stock_quantity": "Stan", "delivery_days": "Termin"}
    return SupplierFeed(
        **{"integration_id": 6, "source": world.feed.source, "mapping": mapping, "fetching": AT_ONCE, **settings}
    )


def test_nothing_is_written(world: World, home: Path) -> None:
    import_catalog(world.shop)
    for day in range(2):
        import_feed(priced(world, day, decimal="comma"))
    before, files = held(home), sorted(archive_root().rglob("*"))
    inspect_feed(priced(world, 1, decimal="point"), replay=5)
    assert (held(home), sorted(archive_root().rglob("*"))) == (before, files)


def test_words_that_switch_items_off_are_stopped_by_the_gate(world: World) -> None:
    import_catalog(world.shop)
    sold = world.references()[:25]
    for day in range(2):
        import_feed(feed_of(world, [f"{r};;1.{500 + day};;2" for r in sold], decimal="comma"))
    flipped = feed_of(world, [f"{r};;1.501;;2" for r in sold], decimal="point").model_copy(
        update={"meanings": [Meaning(field="stock_quantity", text="1.501", means="brak")]}
    )
    seen = inspect_feed(flipped, replay=2)
    newest, older = seen.replayed
    assert (newest["switched_off"], older["switched_off"]) == (25, 0)
    assert [newest["differences"][0][name] for name in ("what", "then", "now")] == ["stock", "1501", None]
    assert (newest["gate_then"], newest["gate_now"], older["gate_now"]) == ("passed", "quarantined", "passed")
    assert newest["verdict"].startswith("quarantined: ")
    assert (seen.links_created, seen.links_updated) == (0, 25)


def test_a_wrong_decimal_sign_shows_in_stocks_and_rejects(world: World) -> None:
    """1.500 by a point is one and a half, by a comma fifteen hundred; 0.500 is then no number at all."""
    import_catalog(world.shop)
    stocks = ["0.500"] * 4 + ["1.500"] * 21
    lines = [f"{r};;{stock};;2" for r, stock in zip(world.references()[:25], stocks, strict=True)]
    import_feed(feed_of(world, lines, decimal="point"))
    (told,) = inspect_feed(feed_of(world, lines, decimal="comma"), replay=1).replayed
    assert (told["gone"], told["other_stock"], told["rejected_then"], told["rejected_now"]) == (4, 21, 0, 4)
    assert list(told["rejected_by_reason"].values()) == [[0, 4]]
    stock = next(one for one in told["differences"] if one["what"] == "stock")
    assert (stock["then"], stock["now"]) == ("1", "1500")


def test_keys_availability_and_rejects_are_compared(world: World) -> None:
    import_catalog(world.shop)
    lines = [f"{r};K{n};5;{'nie' if n < 3 else 'tak'};2" for n, r in enumerate(world.references()[:20])]
    import_feed(feed_of(world, lines))
    mapping = {"sku": "Symbol", "supplier_sku": "Kod", "stock_quantity": "Stan", "is_available": "Dost"}
    meanings = [{"field": "stock_quantity", "text": "5", "means": "?"}]
    (keyed,) = inspect_feed(feed_of(world, lines, mapping=mapping), replay=3).replayed
    assert (keyed["gone"], keyed["new"], keyed["other_key"], keyed["other_stock"]) == (0, 0, 20, 0)
    assert (keyed["other_availability"], keyed["switched_off"], keyed["other_days"]) == (20, 3, 20)
    assert {one["what"] for one in keyed["differences"]} == {"key", "availability", "days"}
    (rejected,) = inspect_feed(feed_of(world, lines, meanings=meanings), replay=3).replayed
    assert rejected["fault"].startswith("would be refused: ")
    assert [now for then, now in rejected["rejected_by_reason"].values()] == [20]


def test_a_snapshot_that_is_gone_from_the_archive_is_said(world: World) -> None:
    import_catalog(world.shop)
    for day in range(2):
        imported = import_feed(priced(world, day, decimal="comma"))
    shutil.rmtree(archive.find("feeds", 6, str(imported.snapshot_id)))
    faults = [one["fault"] for one in inspect_feed(priced(world, 1, decimal="comma"), replay=5).replayed]
    assert faults == ["it is not in the archive any more", ""]


def test_a_supplier_without_a_file_has_nothing_to_replay(world: World, caplog: pytest.LogCaptureFixture) -> None:
    assert inspect_feed(priced(world, 1), replay=5).replayed == []
    assert "No file of integration 6 is in the archive yet" in caplog.text


@pytest.mark.parametrize(("count", "words"), [(-1, "expected 0 to 50"), (51, "expected 0 to 50")])
def test_so_many_files_only(world: World, count: int, words: str) -> None:
    with pytest.raises(WrongSettingsError, match=words):
        inspect_feed(world.feed, replay=count)


def test_an_address_has_no_archived_files(world: World) -> None:
    with pytest.raises(WrongSettingsError, match="replay: expected a supplier feed block"):
        inspect_feed(world.feed.source, replay=2)


def test_changes_are_laid_over_what_was_known(world: World) -> None:
    import_catalog(world.shop)
    sold = world.references()[:10]
    delta = {"part": {"name": "stock", "delta": True}}
    import_feed(feed_of(world, [f"{r};;30;;2" for r in sold], **delta))
    changed = feed_of(world, [f"{sold[0]};;7;;2"], **delta)
    import_feed(changed)
    newest, first = inspect_feed(changed, replay=2).replayed
    assert (first["offers_now"], newest["offers_then"], newest["offers_now"]) == (10, 10, 10)
    assert (newest["gone"], newest["other_stock"]) == (0, 0)
