"""What somebody changes in the shop after us: found, repaired or kept by the policy, remembered, told."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from blocks import ChangeGate, ManualEdits
from flows import explain_product, import_catalog, import_feed, sync_availability
from tasks.availability import edits, holding
from tasks.errors import Quarantined
from tasks.prestashop import applying
from tasks.prestashop.record import Recorder
from tasks.report import Section
from tests.flows.world import World
from tests.flows.written import Crashed, crash

THEIRS = "Zapytaj o termin"
ALL = ManualEdits(texts="until_decision_changes", flags="until_decision_changes")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The events that a person would hear of: name and message."""
    events: list[tuple[str, str]] = []
    for module in (edits, holding):
        monkeypatch.setattr(module, "alert", lambda event, *words: events.append((event, str(words[-1]))))
    return events


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    """The tables of the last summary."""
    tables: dict[str, list[Any]] = {}

    def publish(_flow: str, _title: str, _summary: Any, sections: Sequence[Section], *_: str) -> None:
        tables.clear()
        tables.update({one.title: [*(one.rows or []), one.note] for one in sections})

    monkeypatch.setattr("tasks.report.publish", publish)
    return tables


@pytest.fixture
def ours(world: World) -> str:
    """A product that we wrote to."""
    import_catalog(world.shop)
    reference = world.references()[0]
    supply(world, reference)
    sync_availability(world.shop)
    return reference


def supply(world: World, reference: str, days: int = 3) -> None:
    world.write_feed([(reference, 30, days)])
    import_feed(world.feed)


def say(world: World, reference: str, text: str = THEIRS) -> None:
    """Type a Polish text in the back office."""
    world.execute(
        "UPDATE ps_product_lang l JOIN ps_product p USING (id_product) JOIN ps_lang g USING (id_lang)"
        " SET l.available_later = %s WHERE p.reference = %s AND g.iso_code = 'pl'",
        text,
        reference,
    )


def audit(world: World, **more: Any) -> Any:
    return sync_availability(world.shop, compare="shop", **more)


def remembered(
    home: Path, query: str = "SELECT was, found, ended_at IS NULL FROM shop_edits ORDER BY 1, 2"
) -> list[Any]:
    with contextlib.closing(sqlite3.connect(home / "rexbit.db")) as connection, connection:
        return connection.execute(query).fetchall()


def test_a_kept_text_stays_until_another_one_is_to_be_written(
    world: World, home: Path, ours: str, shown: dict[str, list[Any]]
) -> None:
    world.shop.policy.manual_edits = ALL
    say(world, ours)
    for _ in range(2):
        found = audit(world)
        assert (found.drifted, found.repaired, found.kept, found.rows_written) == (1, 0, 1, 0)
    row = shown[edits.SECTION][0]
    assert (row["we wrote"], row["the shop holds"], row["wanted"]) == ("Wysyłka za 3 dni", THEIRS, "Wysyłka za 3 dni")
    assert remembered(home) == [("kept", THEIRS, 1)]
    supply(world, ours, days=5)
    assert sync_availability(world.shop).repaired == 1
    assert world.text(ours, "pl") == "Wysyłka za 5 dni"
    assert shown["Left alone until now"][0]["why"] == edits.WHY["decision_changed"]
    assert remembered(home) == [("kept", THEIRS, 0), ("repaired", THEIRS, 0)]


@pytest.mark.slow
def test_a_text_kept_for_days_outlives_a_new_decision_and_no_more(world: World, home: Path, ours: str) -> None:
    world.shop.policy.manual_edits = ManualEdits(texts="for_days", days=7)
    say(world, ours)
    audit(world)
    supply(world, ours, days=5)
    synced = sync_availability(world.shop)
    assert (synced.kept, world.text(ours, "pl"), world.text(ours, "en")) == (1, THEIRS, "Ships in 5 days")
    assert sync_availability(world.shop).rows_written == 0
    remembered(home, "UPDATE shop_edits SET found_at = '2026-01-01 00:00:00', kept_until = '2026-01-08 00:00:00'")
    assert sync_availability(world.shop).repaired == 1
    assert world.text(ours, "pl") == "Wysyłka za 5 dni"


@pytest.mark.slow
def test_a_sync_of_what_we_wrote_keeps_what_it_meets_for_the_first_time(world: World, ours: str) -> None:
    world.shop.policy.manual_edits = ManualEdits(texts="for_days")
    say(world, ours)
    supply(world, ours, days=5)
    synced = sync_availability(world.shop)
    assert (synced.drifted, synced.kept, world.text(ours, "pl")) == (1, 1, THEIRS)


@pytest.mark.slow
def test_by_default_what_is_met_is_written_over_and_told(world: World, home: Path, ours: str) -> None:
    say(world, ours)
    supply(world, ours, days=5)
    synced = sync_availability(world.shop)
    assert (synced.drifted, synced.repaired, world.text(ours, "pl")) == (1, 1, "Wysyłka za 5 dni")
    assert remembered(home) == [("repaired", THEIRS, 0)]


@pytest.mark.slow
def test_a_trial_remembers_nothing(world: World, home: Path, ours: str) -> None:
    say(world, ours)
    for policy in (ManualEdits(), ALL):
        world.shop.policy.manual_edits = policy
        dry = audit(world, dry_run=True)
        assert (dry.drifted, dry.repaired + dry.kept) == (1, 1)
    assert remembered(home) == []


@pytest.mark.slow
def test_what_somebody_set_as_it_shall_be_becomes_ours_without_a_write(world: World, home: Path, ours: str) -> None:
    say(world, ours, "Wysyłka za 5 dni")
    supply(world, ours, days=5)
    seen = audit(world)
    assert (seen.drifted, seen.rows_written) == (0, 1)  # the English one
    assert audit(world).status == "unchanged"


@pytest.mark.slow
def test_another_program_is_left_alone_for_a_day_and_told_of_once(
    world: World, home: Path, ours: str, told: list[tuple[str, str]]
) -> None:
    for _ in range(2):
        say(world, ours, "ERP")
        assert audit(world).repaired == 1
    say(world, ours, "ERP")
    seen = audit(world)
    assert (seen.contested, seen.rows_written, world.text(ours, "pl")) == (1, 0, "ERP")
    ((event, words),) = told
    assert event == "rexbit.shop.contested"
    assert words.startswith("Another program writes this field: expected what we wrote to stay")
    assert words.count("20") >= 3
    supply(world, ours, days=5)
    assert (sync_availability(world.shop).kept, audit(world).contested, world.text(ours, "pl")) == (1, 0, "ERP")
    assert len(told) == 1

    remembered(home, "UPDATE shop_edits SET found_at = '2026-01-01 00:00:00'")
    remembered(home, "UPDATE shop_edits SET kept_until = '2026-01-02 00:00:00' WHERE was = 'contested'")
    assert sync_availability(world.shop).repaired == 1
    assert world.text(ours, "pl") == "Wysyłka za 5 dni"
    assert [event for event, _ in told] == ["rexbit.shop.contested", "rexbit.shop.contest_over"]
    assert audit(world).status == "unchanged"
    assert len(told) == 2


@pytest.mark.slow
def test_a_shop_that_somebody_switched_as_a_whole_is_held_back_and_says_why(
    world: World, told: list[tuple[str, str]]
) -> None:
    world.shop.gate = ChangeGate(min_products=3)
    import_catalog(world.shop)
    world.write_feed((reference, 30, 2) for reference in world.references()[:12])
    import_feed(world.feed)
    sync_availability(world.shop)
    world.execute("UPDATE ps_stock_available SET out_of_stock = 0")
    with pytest.raises(Quarantined, match="Somebody else switched 12 products of this change set in the shop") as held:
        audit(world)
    assert (held.value.summary.drifted, held.value.summary.repaired) == (12, 0)
    assert sync_availability(world.shop).status == "unchanged"
    assert [event for event, _ in told] == ["rexbit.shop.quarantined"]  # what it doesn't look at is not healed
    with pytest.raises(Quarantined) as again:
        audit(world)
    approved = sync_availability(world.shop, approve=again.value.summary.change_set_id)
    assert approved.enabled == 12
    assert [event for event, _ in told] == ["rexbit.shop.quarantined", "rexbit.shop.healed"]


@pytest.mark.slow
def test_what_two_crashes_left_is_not_kept_as_somebodys(
    world: World, ours: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.shop.policy.manual_edits = ALL
    for days, place, step in ((5, Recorder, "windows"), (3, applying, "apply_changes")):
        supply(world, ours, days)
        with monkeypatch.context() as patched:
            patched.setattr(place, step, crash)
            with pytest.raises(Crashed):
                sync_availability(world.shop)
    assert world.text(ours, "pl") == "Wysyłka za 5 dni"
    assert (sync_availability(world.shop).drifted, world.text(ours, "pl")) == (0, "Wysyłka za 3 dni")


@pytest.mark.slow
def test_flags_are_kept_together_and_repaired_where_they_disagree(world: World, shown: dict[str, list[Any]]) -> None:
    import_catalog(world.shop)
    (sized,) = world.query(
        "SELECT p.id_product, p.reference FROM ps_product p JOIN ps_product_attribute a USING (id_product)"
        " WHERE p.reference <> '' AND p.is_virtual = 0 AND p.cache_is_pack = 0 AND NOT EXISTS (SELECT 1 FROM"
        " ps_stock_available s WHERE s.id_product = p.id_product AND s.depends_on_stock) ORDER BY 1 LIMIT 1"
    )
    world.execute("UPDATE ps_stock_available SET quantity = 0 WHERE id_product = %s", sized["id_product"])
    supply(world, sized["reference"])
    sync_availability(world.shop)
    world.shop.policy.manual_edits = ALL
    switch = "UPDATE ps_stock_available SET out_of_stock = 0 WHERE id_product = %s"
    world.execute(switch, sized["id_product"])
    assert (audit(world).kept, world.flag(sized["reference"])) == (1, 0)
    assert explain_product(f"shop:{sized['id_product']}", world.shop).code == "edit_kept"
    world.execute(switch.replace("= 0", "= 1") + " AND id_product_attribute > 0", sized["id_product"])
    seen = audit(world)
    assert (seen.kept, seen.repaired, world.flag(sized["reference"])) == (0, 1, 1)
    assert "rows disagree, which lets orders fail" in shown[edits.SECTION][0]["so"]
