"""The project's automations on a real server: made once by name, and that each fires for what it is meant for."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from email import message_from_string
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from prefect.blocks.notifications import CustomWebhookNotificationBlock, SlackWebhook
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.events import emit_event
from prefect.events.schemas.automations import AutomationCore
from prefect.events.schemas.events import RelatedResource
from prefect.states import Running
from pydantic import SecretStr

from tasks.errors import WrongSettingsError
from tasks.operations import definitions, ensure_automations
from tasks.operations.automations import Definition

LONGEST_SECONDS = 90


class Receiver(BaseHTTPRequestHandler):
    """Takes what a notification block sends."""

    told: Queue[dict[str, str]] = Queue()

    def do_POST(self) -> None:
        self.told.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def client(prefect_api: None) -> Iterator[SyncPrefectClient]:
    """A client of a server that has none of our automations, before and after."""
    with get_client(sync_client=True) as made:
        yield made
        for one in made.read_automations():
            made.delete_automation(one.id)


@pytest.fixture
def told(client: SyncPrefectClient) -> Iterator[Queue[dict[str, str]]]:
    """What comes in at a webhook that the notification block `custom-webhook/ops` sends to."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    Thread(target=server.serve_forever, daemon=True).start()
    Receiver.told = Queue()
    said = {"subject": "{{subject}}", "body": "{{body}}"}
    url = f"http://127.0.0.1:{server.server_port}/"
    CustomWebhookNotificationBlock(name="ops", url=url, json_data=said).save("ops", overwrite=True)
    yield Receiver.told
    server.shutdown()
    server.server_close()


def named(*words: str) -> list[Definition]:
    return [one for one in definitions() if any(word in one.name for word in words)]


def test_automations_are_made_once_and_what_was_switched_stays(client: SyncPrefectClient, told: object) -> None:
    wanted = definitions()
    assert set(ensure_automations(client, wanted, ["custom-webhook/ops"], dry_run=True).values()) == {
        "created",
        "left out",
    }
    assert client.read_automations() == []
    made = ensure_automations(client, wanted, ["custom-webhook/ops"])
    (gone,) = client.read_automations_by_name("rexbit: worker gone")
    client.pause_automation(gone.id)
    again = ensure_automations(client, wanted, ["custom-webhook/ops"])
    assert [name for name, done in made.items() if done == "left out"] == ["rexbit: sync sklep after an import"]
    assert {done for done in again.values() if done != "left out"} == {"unchanged"}
    assert [one.name for one in client.read_automations() if not one.enabled] == [gone.name]


def test_without_a_block_only_what_needs_none_is_made(client: SyncPrefectClient) -> None:
    made = ensure_automations(client, definitions())
    assert [name for name, done in made.items() if done == "created"] == ["rexbit: mark dead runs"]


def test_a_block_that_is_not_there_is_named_and_nothing_is_made(client: SyncPrefectClient) -> None:
    with pytest.raises(WrongSettingsError, match="slack-webhook/nobody"):
        ensure_automations(client, definitions(), ["slack-webhook/nobody"])
    assert client.read_automations() == []


def test_what_changed_in_the_file_is_changed_and_doubles_go(client: SyncPrefectClient, told: object) -> None:
    (one,) = named("worker gone")
    ensure_automations(client, [one], ["custom-webhook/ops"])
    (there,) = client.read_automations()
    client.create_automation(AutomationCore.model_validate(there.model_dump()))
    changed = one.model_copy(update={"description": "another"})
    assert ensure_automations(client, [changed], ["custom-webhook/ops"]) == {one.name: "updated"}
    assert [found.description for found in client.read_automations()] == ["another"]


def send(event: str, resource: str, name: str = "it", **more: Any) -> None:
    emit_event(event=event, resource={"prefect.resource.id": resource, "prefect.resource.name": name}, **more)


def wait_for(told: Queue[dict[str, str]]) -> dict[str, str]:
    return told.get(timeout=LONGEST_SECONDS)


@pytest.mark.slow
def test_each_fault_and_its_end_is_told(client: SyncPrefectClient, told: Queue[dict[str, str]]) -> None:
    ensure_automations(client, named("runs and queues", "feed", "shop"), ["custom-webhook/ops"])
    time.sleep(2)  # until the server has read them
    for event in ("operations.queue_late", "operations.healed", "feed.stale", "shop.quarantined", "shop.contested"):
        send(f"rexbit.{event}", "rexbit.integration.6", "acme", payload={"message": f"words of {event}"})
        kind = event.partition(".")[2].replace("_", " ")
        assert wait_for(told) == {"subject": f"acme: {kind}", "body": f"words of {event}"}
    with pytest.raises(Empty):
        told.get(timeout=2)


@pytest.mark.slow
def test_a_worker_that_goes_and_comes_is_told_each_time(client: SyncPrefectClient, told: Queue[dict[str, str]]) -> None:
    ensure_automations(client, named("worker"), ["custom-webhook/ops"])
    time.sleep(2)
    queue = f"prefect.work-queue.{uuid4()}"
    send("prefect.work-queue.ready", queue, "import")  # the first of all is no news
    for _ in range(2):
        send("prefect.work-queue.not-ready", queue, "import")
        assert wait_for(told)["subject"] == "Queue import: worker gone"
        time.sleep(1)
        send("prefect.work-queue.ready", queue, "import")
        assert wait_for(told)["subject"] == "Queue import: worker back"


def deployed_run(client: SyncPrefectClient) -> tuple[UUID, list[RelatedResource]]:
    """A run at work of a deployment of `import-feed`, and what its heartbeats name."""
    flow = client.create_flow_from_name("import-feed")
    pool = client.create_work_pool(WorkPoolCreate(name=f"pool-{uuid4().hex[:8]}", type="process"))
    deployment = client.create_deployment(flow, f"beats-{uuid4().hex[:8]}", work_pool_name=pool.name)
    run = client.create_flow_run_from_deployment(deployment)
    client.set_flow_run_state(run.id, Running(), force=True)
    roles = {
        "flow": {"prefect.resource.id": f"prefect.flow.{flow}", "prefect.resource.name": "import-feed"},
        "deployment": {"prefect.resource.id": f"prefect.deployment.{deployment}"},
    }
    related = [RelatedResource.model_validate({"prefect.resource.role": role, **ids}) for role, ids in roles.items()]
    return run.id, related


@pytest.mark.slow
def test_a_run_whose_heartbeats_stop_is_marked_and_others_are_not(client: SyncPrefectClient) -> None:
    (dead,) = named("dead")
    ensure_automations(client, [dead.model_copy(update={"trigger": {**dead.trigger, "within": 10}})])
    time.sleep(2)
    silent, related = deployed_run(client)
    by_hand, _ = deployed_run(client)
    beat = "prefect.flow-run.heartbeat"
    send(beat, f"prefect.flow-run.{silent}", related=related)
    send(beat, f"prefect.flow-run.{by_hand}", related=related[:1])  # called as a function: of no deployment
    deadline = time.monotonic() + LONGEST_SECONDS
    while client.read_flow_run(silent).state_name != "Crashed" and time.monotonic() < deadline:
        time.sleep(1)
    time.sleep(5)
    states = [client.read_flow_run(run).state_name for run in (silent, by_hand)]
    for run in (silent, by_hand):
        client.delete_flow_run(run)
    assert states == ["Crashed", "Running"]


@pytest.mark.slow
def test_a_watchdog_that_stops_looking_is_told_once(client: SyncPrefectClient, told: Queue[dict[str, str]]) -> None:
    (silent,) = named("watchdog")
    watched = silent.model_copy(update={"trigger": {**silent.trigger, "within": 10}})
    ensure_automations(client, [watched], ["custom-webhook/ops"])
    time.sleep(2)
    flow = {"prefect.resource.role": "flow", "prefect.resource.name": "monitor-queues"}
    related = [RelatedResource.model_validate({**flow, "prefect.resource.id": f"prefect.flow.{uuid4()}"})]
    send("prefect.flow-run.Completed", f"prefect.flow-run.{uuid4()}", related=related)
    assert wait_for(told)["subject"] == "Watchdog: silent"
    with pytest.raises(Empty):
        told.get(timeout=15)


class Mailbox(StreamRequestHandler):
    """As much of a mail server as a sender needs."""

    mails: Queue[str] = Queue()

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            if line.upper().startswith(b"DATA"):
                self.wfile.write(b"354 go on\r\n")
                body = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    body += part
                self.mails.put(body.decode())
            self.wfile.write(b"221 bye\r\n" if line.upper().startswith(b"QUIT") else b"250 ok\r\n")


@pytest.mark.slow
def test_a_fault_comes_by_e_mail(client: SyncPrefectClient) -> None:
    """By the block type of Slack, which takes any address that Apprise knows; the server has no other for mail."""
    with ThreadingTCPServer(("127.0.0.1", 0), Mailbox) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"mailto://127.0.0.1:{server.server_address[1]}/?from=rexbit@example.com&to=ops@example.com"
        SlackWebhook(url=SecretStr(address)).save("mail", overwrite=True)
        ensure_automations(client, named("runs and queues"), ["slack-webhook/mail"])
        time.sleep(2)
        send("rexbit.operations.queue_late", "rexbit.operations.x", "queue import", payload={"message": "Start it"})
        mail = message_from_string(Mailbox.mails.get(timeout=LONGEST_SECONDS))
        server.shutdown()
    assert (mail["To"], mail["Subject"]) == ("ops@example.com", "queue import: queue late")
    assert "Start it" in mail.as_string()
