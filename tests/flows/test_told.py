"""What a flow wrote is told: by a list, an event and a webhook; what a crash left, by the next run."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from prefect.events.worker import EventsWorker
from prefect.settings import PREFECT_API_URL

from flows import import_feed, release_products, sync_availability, undo_sync
from tasks import archive, report
from tasks.prestashop.aftercare import outbox, webhook
from tasks.prestashop.record import Recorder
from tests.flows.world import World
from tests.flows.written import Crashed, crash, write_all
from tests.prestashop.receiver import Receiver, receiving

SECRET = "a secret of ours, long"
LONGEST_SECONDS = 20


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setattr(webhook, "PAUSES", ())
    with receiving() as running:
        yield running


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What was emitted to Prefect of the shop, with its payload; imports emit, too."""
    emitted: list[tuple[str, dict[str, Any]]] = []

    def emit(event: str, payload: dict[str, Any], **_: object) -> None:
        if event.startswith("rexbit.shop."):
            emitted.append((event, payload))

    monkeypatch.setattr(report, "emit_event", emit)
    return emitted


@pytest.fixture
def hooked(world: World, receiver: Receiver) -> World:
    more = {"webhook_url": receiver.url, "webhook_secret": SECRET, "touch_date_upd": True}
    world.shop = type(world.shop).model_validate({**dict(world.shop), **more})
    return world


def ids(world: World) -> list[int]:
    by_reference = {row["reference"]: row["id_product"] for row in world.query("SELECT * FROM ps_product")}
    return sorted(by_reference[reference] for reference in world.references())


def listed(change_set_id: str | None) -> list[int]:
    lines = (archive.find("changes", 7, str(change_set_id)) / "touched.csv").read_text().splitlines()
    assert lines[0] == "id_product"
    return [int(line) for line in lines[1:]]


@pytest.mark.slow
def test_a_sync_tells_what_it_wrote_and_nothing_else_does(
    hooked: World, receiver: Receiver, events: list[tuple[str, dict[str, Any]]]
) -> None:
    hooked.execute("UPDATE ps_product SET date_upd = '2020-01-01'")
    summary = write_all(hooked)
    ours = ids(hooked)
    assert (summary.status, summary.webhook, summary.touched) == ("completed", "sent", len(ours))
    assert (listed(summary.change_set_id), receiver.products) == (ours, [ours])
    ((event, payload),) = events
    assert (event, payload["ids"], payload["change_set_id"]) == ("rexbit.shop.written", ours, summary.change_set_id)
    assert payload["on"] + payload["off"] + payload["text_only"] + payload["other"] == len(ours)
    fresh = hooked.query("SELECT id_product FROM ps_product WHERE date_upd > '2026-01-01' ORDER BY 1")
    assert [row["id_product"] for row in fresh] == ours

    reference = hooked.references()[0]
    hooked.write_feed([(reference, 1, 3), *((other, 30, 3) for other in hooked.references()[1:])])
    import_feed(hooked.feed)
    dry = sync_availability(hooked.shop, dry_run=True)
    assert (dry.changed, dry.webhook, dry.touched, len(events), len(receiver.asked)) == (1, None, None, 1, 1)


@pytest.mark.slow
def test_an_undo_and_a_giving_back_tell_too(
    hooked: World, receiver: Receiver, events: list[tuple[str, dict[str, Any]]]
) -> None:
    first = write_all(hooked)
    own, other = hooked.references()[:2]
    undone = undo_sync(hooked.shop, str(first.change_set_id), "x", products=[own])
    released = release_products(hooked.shop, "x", product=other)
    assert (undone.webhook, released.webhook) == ("sent", "sent")
    assert [len(products) for products in receiver.products] == [len(ids(hooked)), 1, 1]
    assert listed(undone.change_set_id) == receiver.products[1]
    assert listed(released.change_set_id) == receiver.products[2]
    assert [payload["text_only"] + payload["other"] for _, payload in events[1:]] <= [1, 1]


@pytest.mark.slow
def test_a_run_that_changes_nothing_tells_what_a_crash_left(
    hooked: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Recorder, "windows", crash)
        patched.setattr("tasks.prestashop.aftercare._tell", lambda *_: None)  # killed before that, too
        with pytest.raises(Crashed):
            write_all(hooked)
    ours = ids(hooked)
    assert (len(outbox.waiting(7)), receiver.asked) == (1, [])
    with monkeypatch.context() as patched:
        patched.setattr(sys.modules["flows.sync_availability"], "find_changes", crash)
        with pytest.raises(Crashed):  # a next one that dies before it writes
            sync_availability(hooked.shop)
    assert (receiver.products, outbox.waiting(7)) == ([ours], [])
    sync_availability(hooked.shop)
    assert receiver.products == [ours]


@pytest.mark.slow
def test_a_webhook_that_is_down_fails_no_sync_and_misses_nothing(hooked: World, receiver: Receiver) -> None:
    receiver.usual = 503
    summary = write_all(hooked)
    assert (summary.status, summary.failed, summary.webhook) == ("completed", 0, "failed")
    receiver.usual = 200
    again = sync_availability(hooked.shop)
    assert (again.status, again.webhook, again.touched) == ("unchanged", "sent", None)
    assert receiver.products[-1] == ids(hooked)


def stored_ids(change_set_id: str | None) -> list[list[int]]:
    """The ids in the events of a change set that the server has."""
    since = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    wanted = {"event": {"name": ["rexbit.shop.written"]}, "occurred": {"since": since}}
    answer = httpx.post(f"{PREFECT_API_URL.value()}/events/filter", json={"filter": wanted})
    payloads = [event["payload"] for event in answer.json()["events"]]
    return [one["ids"] for one in payloads if one["change_set_id"] == change_set_id]


@pytest.mark.slow
def test_an_event_reaches_the_server_whole(world: World) -> None:
    summary = write_all(world)
    EventsWorker.instance().wait_until_empty()
    deadline = time.monotonic() + LONGEST_SECONDS
    while not (found := stored_ids(summary.change_set_id)) and time.monotonic() < deadline:
        time.sleep(0.1)  # the server stores events some at a time
    assert found == [ids(world)]
