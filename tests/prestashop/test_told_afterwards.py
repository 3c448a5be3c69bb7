"""What was written to a shop is told in the end, whoever dies or does not answer in between."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from blocks import PrestashopDatabase
from tasks import archive, report
from tasks.errors import LeaseLostError
from tasks.prestashop import aftercare
from tasks.prestashop.aftercare import noting, outbox, telling, told_afterwards, webhook
from tasks.prestashop.database.shop import DatabaseShop
from tasks.prestashop.model import Change
from tasks.run import Run, working_on
from tasks.summaries import SyncSummary
from tests.parquet import write
from tests.prestashop.bench import Bench, change_set, flag_change, quantity_change, text_change
from tests.prestashop.receiver import Receiver, receiving

OUTCOMES = """id_product BIGINT, id_product_attribute BIGINT, id_lang INTEGER, field VARCHAR, outcome VARCHAR,
  found VARCHAR, message VARCHAR"""
SECRET = "a secret of ours, long"
ON, OFF, TEXT = flag_change(3, "0", "1"), flag_change(1, "1", "0"), text_change(2, "a", "b")


class Crashed(Exception):  # noqa: N818
    """A process that ends here."""


@pytest.fixture(autouse=True)
def without_prefect(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Without the task around it, and its log lines."""
    monkeypatch.setattr(aftercare, "tell_written", vars(aftercare.tell_written)["fn"])
    caplog.set_level(logging.INFO)


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The payloads of the events that were emitted."""
    emitted: list[dict[str, Any]] = []
    monkeypatch.setattr(report, "emit", lambda event, _, __, payload: emitted.append({"event": event, **payload}))
    return emitted


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setattr(webhook, "PAUSES", ())
    with receiving() as running:
        yield running


class Shop:
    """A shop's block, and runs of it that write without writing: only what is told counts."""

    def __init__(self, block: PrestashopDatabase, folder: Path) -> None:
        self.block = block
        self.folder = folder

    @contextmanager
    def run(self, *, dry_run: bool = False) -> Iterator[Run[SyncSummary]]:
        """Begin a run, and tell at its end."""
        with (
            working_on("sync-availability", "sklep", 7, SyncSummary(dry_run=dry_run)) as run,
            told_afterwards(run, self.block),
        ):
            yield run

    def wrote(self, name: str, *changes: Change, **outcomes: str) -> SyncSummary:
        """A run that wrote a change set; `outcomes`: of some fields another one than `written`."""
        with self.run() as run:
            self.write(run, name, *changes)
            rows = [
                {
                    **dict(zip(Change._fields[:4], change[:4], strict=True)),
                    "outcome": outcomes.get(change.field, "written"),
                }
                for change in changes
            ]
            place = archive.find("changes", 7, name)
            archive.add(place, "outcomes.parquet", write(self.folder / "outcomes.parquet", OUTCOMES, rows))
        return run.summary

    def crashed(self, name: str, *changes: Change) -> None:
        """A process that was killed in the middle."""
        with working_on("sync-availability", "sklep", 7, SyncSummary()) as run:
            self.write(run, name, *changes)

    def write(self, run: Run[SyncSummary], name: str, *changes: Change) -> None:
        """Archive a change set and begin to write it."""
        archive.keep("changes", 7, name, {"changes.parquet": change_set(self.folder, changes)}, {"id": name})
        run.count(change_set_id=name)
        before_window = noting(run)
        for _ in changes:
            before_window()

    def idle(self) -> SyncSummary:
        """A run that finds nothing to write."""
        with self.run() as run:
            pass
        return run.summary

    def listed(self, name: str) -> str | None:
        """The list beside a change set."""
        path = archive.find("changes", 7, name) / "touched.csv"
        return path.read_text() if path.exists() else None


@pytest.fixture
def shop(still: Bench, rexbit_home: Path, tmp_path: Path) -> Shop:
    return Shop(still.block(), tmp_path)


@pytest.fixture
def hooked(still: Bench, rexbit_home: Path, tmp_path: Path, receiver: Receiver) -> Shop:
    return Shop(still.block(webhook_url=receiver.url, webhook_secret=SECRET), tmp_path)


def untold() -> list[str]:
    return [notice.change_set_id for notice in outbox.waiting(7)]


def test_a_list_and_an_event_say_what_was_written(shop: Shop, events: list[dict[str, Any]]) -> None:
    shop.wrote(
        "c1", ON, OFF, TEXT, text_change(3, "a", "b"), text_change(3, "a", "b", id_lang=2), quantity_change(4, 0, 5)
    )
    assert shop.listed("c1") == "id_product\n1\n2\n3\n4\n"
    (event,) = events
    assert event.pop("run_id")
    assert event == {
        "event": "rexbit.shop.written",
        "integration_id": 7,
        "shop": "sklep",
        "change_set_id": "c1",
        "products": 4,
        "on": 1,
        "off": 1,
        "text_only": 1,
        "other": 1,
        "ids": [1, 2, 3, 4],
        "file": "changes/7/c1/touched.csv",
    }
    assert untold() == []


@pytest.mark.slow
@pytest.mark.parametrize(("outcome", "told"), [("written", 1), ("already", 1), ("left", 0), ("failed", 0)])
def test_by_the_outcomes(shop: Shop, events: list[dict[str, Any]], outcome: str, told: int) -> None:
    shop.wrote("c1", ON, out_of_stock=outcome)
    assert (len(events), shop.listed("c1") is not None, untold()) == (told, bool(told), [])


@pytest.mark.slow
def test_a_row_that_held_it_before_the_plan_was_not_written(shop: Shop, events: list[dict[str, Any]]) -> None:
    shop.wrote("c1", flag_change(1, "1", "1"), out_of_stock="already")
    assert (events, shop.listed("c1")) == ([], None)


@pytest.mark.slow
def test_a_dry_run_tells_nobody_and_takes_nothing_from_the_next(shop: Shop, events: list[dict[str, Any]]) -> None:
    shop.crashed("c1", ON)
    with shop.run(dry_run=True):
        pass
    assert (events, untold()) == ([], ["c1"])


@pytest.mark.slow
def test_an_event_of_many_names_the_file_instead(
    shop: Shop, events: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "MOST_IN_EVENT", 2)
    shop.wrote("c1", ON, OFF)
    shop.wrote("c2", ON, OFF, TEXT)
    assert [(event["products"], event["ids"]) for event in events] == [(2, [1, 3]), (3, None)]


def test_the_next_run_tells_all_that_a_killed_one_may_have_written(shop: Shop, events: list[dict[str, Any]]) -> None:
    shop.crashed("c1", ON, OFF)
    assert (events, untold()) == ([], ["c1"])
    shop.idle()
    shop.idle()
    assert [(event["change_set_id"], event["ids"]) for event in events] == [("c1", [1, 3])]
    assert untold() == []


def test_a_run_that_fails_tells_what_it_may_have_written(shop: Shop, events: list[dict[str, Any]]) -> None:
    def fail() -> None:
        with shop.run() as run:
            shop.write(run, "c1", ON)
            raise Crashed

    with pytest.raises(Crashed):
        fail()
    assert [event["ids"] for event in events] == [[3]]


@pytest.mark.slow
def test_a_run_that_fails_before_its_first_write_tells_nothing(shop: Shop, events: list[dict[str, Any]]) -> None:
    with pytest.raises(Crashed), shop.run():
        raise Crashed
    assert events == []


@pytest.mark.slow
def test_who_lost_its_lease_leaves_the_telling_to_who_took_it(
    shop: Shop, events: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(_: object) -> None:
        raise LeaseLostError("another run took over")

    def lose_it() -> None:
        with shop.run() as run:
            shop.write(run, "c1", ON)
            monkeypatch.setattr(Run, "check_lease", lost)
            run.check_lease()

    with pytest.raises(LeaseLostError):
        lose_it()
    assert (events, untold()) == ([], ["c1"])


@pytest.mark.slow
def test_a_webhook_gets_what_was_written(hooked: Shop, receiver: Receiver) -> None:
    assert hooked.wrote("c1", ON, OFF).webhook == "sent"
    (asked,) = receiver.asked
    said = asked.said
    assert (said.pop("run_id"), said.pop("written_at")) > ("", "2026")
    assert said == {
        "event": "rexbit.shop.written",
        "integration_id": 7,
        "shop": "sklep",
        "change_set_id": "c1",
        "number": 1,
        "of": 1,
        "products": [1, 3],
    }
    assert asked.headers["Rexbit-Signature"] == webhook.signature(asked.body, SECRET)
    assert hooked.idle().webhook is None


def test_a_webhook_that_fails_is_told_what_it_missed_by_the_next_run(
    hooked: Shop, receiver: Receiver, events: list[dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    receiver.usual = 500
    summary = hooked.wrote("c1", ON)
    hooked.wrote("c2", OFF)
    assert (summary.status, summary.webhook, untold()) == ("completed", "failed", ["c1", "c2"])
    assert "The shop is written, but the webhook did not take it: 127.0.0.1 answered 500" in caplog.text
    assert "s3cret" not in caplog.text
    receiver.usual = 204
    assert hooked.idle().webhook == "sent"
    assert receiver.products[-2:] == [[3], [1]]
    assert ([event["change_set_id"] for event in events], untold()) == (["c1", "c2"], [])
    keys = [one.headers["Idempotency-Key"] for one in receiver.asked if one.said["change_set_id"] == "c1"]
    assert len(set(keys)) == 1


@pytest.mark.slow
def test_parts_that_were_taken_are_not_sent_again(
    hooked: Shop, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "MOST_IN_POST", 2)
    receiver.answers = [204, 500]
    assert hooked.wrote("c1", *(flag_change(number, "0", "1") for number in range(1, 6))).webhook == "failed"
    hooked.idle()
    assert receiver.products == [[1, 2], [3, 4], [3, 4], [5]]
    assert [(one.said["number"], one.said["of"]) for one in receiver.asked] == [(1, 3), (2, 3), (2, 3), (3, 3)]


@pytest.mark.slow
def test_one_that_is_never_taken_is_not_in_the_way_of_the_others(hooked: Shop, receiver: Receiver) -> None:
    receiver.usual = 500
    for name, number in (("c1", 1), ("c2", 2), ("c3", 3)):
        hooked.wrote(name, flag_change(number, "0", "1"))
    receiver.refused = {b'"change_set_id": "c1"', b'"change_set_id": "c2"'}
    receiver.usual = 204
    for _ in range(3):
        hooked.idle()
    assert sorted(untold()) == ["c1", "c2"]
    assert hooked.wrote("c4", flag_change(4, "0", "1")).webhook == "failed"
    assert (receiver.products[-2], sorted(untold())) == ([4], ["c1", "c2"])


@pytest.mark.slow
def test_what_there_is_no_time_for_goes_with_the_next_run(
    hooked: Shop, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(telling, "MOST_SECONDS", 0)
        assert hooked.wrote("c1", ON).webhook == "partly"
    assert receiver.asked == []
    assert (hooked.idle().webhook, receiver.products) == ("sent", [[3]])


@pytest.mark.slow
def test_the_same_change_set_written_again_is_another_delivery(hooked: Shop, receiver: Receiver) -> None:
    for _ in range(2):  # an approved one, after the run that began to write it died
        hooked.wrote("c1", ON)
    first, second = (one.headers["Idempotency-Key"] for one in receiver.asked)
    assert first != second


@pytest.mark.slow
def test_a_webhook_taken_out_of_the_block_is_waited_for_no_more(hooked: Shop, receiver: Receiver) -> None:
    receiver.usual = 500
    hooked.wrote("c1", ON)
    hooked.block = hooked.block.model_copy(update={"webhook_url": None})
    assert (hooked.idle().webhook, untold()) == (None, [])


@pytest.mark.slow
def test_what_is_gone_from_the_archive_is_said_and_stops_nobody(
    shop: Shop, events: list[dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    shop.crashed("c1", ON)
    (archive.find("changes", 7, "c1") / archive.MANIFEST).unlink()
    shop.wrote("c2", OFF)
    assert ([event["change_set_id"] for event in events], untold()) == (["c2"], [])
    assert "What c1 wrote can't be told any more" in caplog.text


@pytest.mark.slow
@pytest.mark.parametrize("content", [b"", b"{", b'{"change_set_id": 5}'])
def test_a_damaged_notice_is_told_from_the_beginning(shop: Shop, events: list[dict[str, Any]], content: bytes) -> None:
    shop.crashed("c1", ON)
    archive.put_note(outbox.KIND, 7, "c1", content)
    shop.idle()
    assert [event["ids"] for event in events] == [[3]]


@pytest.mark.slow
def test_a_damaged_change_set_stops_nobody(shop: Shop, events: list[dict[str, Any]]) -> None:
    shop.crashed("c1", ON)
    (archive.find("changes", 7, "c1") / "changes.parquet").write_bytes(b"PAR1")
    assert shop.wrote("c2", OFF).status == "completed"
    assert ([event["change_set_id"] for event in events], untold()) == (["c2"], ["c1"])


@pytest.mark.slow
def test_an_event_that_is_refused_fails_no_run(
    hooked: Shop, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise ValueError("s3cret")

    monkeypatch.setattr(report, "emit", refuse)
    summary = hooked.wrote("c1", ON)
    assert (summary.status, summary.webhook, untold()) == ("completed", "sent", ["c1"])
    assert "the event could not be emitted: ValueError" in caplog.text


@pytest.mark.slow
def test_a_full_disk_at_the_telling_fails_no_run(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.crashed("c1", ON)
    monkeypatch.setattr(archive, "add", _full)
    assert shop.idle().status == "completed"
    assert untold() == ["c1"]


def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.slow
def test_an_upgrade_tells_nothing_of_the_past(shop: Shop, events: list[dict[str, Any]]) -> None:
    shop.wrote("c1", ON)
    (archive.find("changes", 7, "c1") / "touched.csv").unlink()
    events.clear()
    assert (shop.idle().status, events) == ("completed", [])


@pytest.fixture
def touching(bench: Bench, rexbit_home: Path, tmp_path: Path, receiver: Receiver) -> Callable[..., Shop]:
    def make(**settings: Any) -> Shop:
        return Shop(bench.block(touch_date_upd=True, webhook_url=receiver.url, **settings), tmp_path)

    return make


@pytest.mark.slow
def test_dates_are_set_before_the_webhook_hears_of_it(
    touching: Callable[..., Shop], bench: Bench, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.sql("UPDATE ps_product SET date_upd = '2020-01-01'")
    seen: list[Any] = []

    def watched(*given: Any) -> bool:
        seen.extend(bench.sql("SELECT id_product FROM ps_product WHERE date_upd > '2026-01-01' ORDER BY 1"))
        return webhook.deliver(*given)

    monkeypatch.setattr(telling, "deliver", watched)
    summary = touching().wrote("c1", ON, OFF)
    assert (summary.touched, summary.webhook, seen) == (2, "sent", [(1,), (3,)])


@pytest.mark.slow
def test_a_lease_that_is_lost_while_it_is_told_leaves_the_rest_to_who_took_it(
    touching: Callable[..., Shop], receiver: Receiver, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def lost(_: object) -> None:
        raise LeaseLostError("another run took over")

    with monkeypatch.context() as patched:
        patched.setattr(DatabaseShop, "touch", lambda *_: patched.setattr(Run, "check_lease", lost))
        summary = touching().wrote("c1", ON, OFF)
    assert (summary.status, summary.webhook, receiver.asked, untold()) == ("completed", None, [], ["c1"])
    assert "told by the run that took over" in caplog.text


@pytest.mark.slow
def test_dates_that_could_not_be_set_are_set_by_a_later_run(
    touching: Callable[..., Shop], bench: Bench, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    bench.sql("UPDATE ps_product SET date_upd = '2020-01-01'")
    bench.as_sync_user()
    shop = touching()
    summary = shop.wrote("c1", ON)
    assert (summary.status, summary.touched, summary.webhook) == ("completed", None, "sent")
    assert "the products' dates of change could not be set" in caplog.text
    assert "a grant is missing" in caplog.text
    for table in ("ps_product", "ps_product_shop"):
        bench.sql(f"GRANT UPDATE (date_upd) ON {table} TO '{bench.user}'@'%'")
    assert (shop.idle().touched, len(receiver.asked), untold()) == (1, 1, [])
