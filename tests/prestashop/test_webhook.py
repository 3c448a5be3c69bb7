"""A webhook: what it gets, what is tried again, and that nothing tells its address."""

from __future__ import annotations

import hashlib
import hmac
import logging
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tasks.prestashop.aftercare import webhook
from tasks.prestashop.aftercare.webhook import NotTakenError, Part, Webhook, deliver
from tests.prestashop.receiver import Receiver, receiving

SECRET = "a secret of ours, long"
PARTS = [Part(b'{"number": 1}', "k-1"), Part(b'{"number": 2}', "k-2")]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "PAUSES", (0.0, 0.0))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


class Delivery:
    """How far a delivery came."""

    def __init__(self) -> None:
        self.taken = 0

    def __call__(self) -> None:
        self.taken += 1


def post(url: str, secret: str | None = SECRET, until: float | None = None) -> tuple[bool, int]:
    delivery = Delivery()
    done = deliver(Webhook(url, secret), PARTS, delivery, time.monotonic() + 60 if until is None else until)
    return done, delivery.taken


def test_each_part_is_signed_and_has_a_key_of_its_own(receiver: Receiver) -> None:
    assert post(receiver.url) == (True, 2)
    assert [one.path for one in receiver.asked] == ["/hook?token=s3cret"] * 2
    for one, part in zip(receiver.asked, PARTS, strict=True):
        expected = hmac.new(SECRET.encode(), part.body, hashlib.sha256).hexdigest()
        assert (one.body, one.headers["Idempotency-Key"]) == part
        assert (one.headers["Rexbit-Signature"], one.headers["Content-Type"]) == (
            f"sha256={expected}",
            "application/json",
        )


def test_without_a_secret_nothing_is_signed(receiver: Receiver) -> None:
    post(receiver.url, None)
    assert "Rexbit-Signature" not in receiver.asked[0].headers


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503])
def test_what_may_heal_is_asked_again_under_the_same_key(receiver: Receiver, status: int) -> None:
    receiver.answers = [status, status]
    assert post(receiver.url) == (True, 2)
    assert [one.headers["Idempotency-Key"] for one in receiver.asked] == ["k-1", "k-1", "k-1", "k-2"]


def test_what_does_not_heal_in_three_attempts_ends_it(receiver: Receiver) -> None:
    receiver.answers = [204, 503, 503, 503]
    delivery = Delivery()
    with pytest.raises(NotTakenError, match=r"127\.0\.0\.1 answered 503"):
        deliver(Webhook(receiver.url, None), PARTS, delivery, time.monotonic() + 60)
    assert (delivery.taken, len(receiver.asked)) == (1, 4)


@pytest.mark.parametrize(("status", "words"), [(401, "secret"), (404, "nothing at this address"), (413, "this size")])
def test_what_cannot_heal_is_not_asked_again(receiver: Receiver, status: int, words: str) -> None:
    receiver.usual = status
    with pytest.raises(NotTakenError, match=f"{status}: .*{words}"):
        post(receiver.url)
    assert len(receiver.asked) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(receiver: Receiver, status: int) -> None:
    receiver.usual = status
    with pytest.raises(NotTakenError, match=f"{status}, a redirect, which is not followed"):
        post(receiver.url)
    assert [one.path for one in receiver.asked] == ["/hook?token=s3cret"]


def test_nobody_there(receiver: Receiver) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(NotTakenError, match=r"127\.0\.0\.1 could not be reached") as failed:
            post(f"http://127.0.0.1:{taken.getsockname()[1]}/hook?token=s3cret")
    assert "s3cret" not in str(failed.value)


def drip(server: socket.socket, stop: threading.Event) -> None:
    """Send a header without end, byte by byte: each read is answered in time, the whole never."""
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            while not stop.wait(0.02):
                try:
                    connection.sendall(b"x")
                except OSError:
                    break


@pytest.mark.slow
def test_an_answer_that_drips_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "ANSWER_SECONDS", 0.2)
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server, stop), daemon=True)
        thread.start()
        with pytest.raises(NotTakenError, match=r"did not answer within 0\.2 seconds"):
            post(f"http://127.0.0.1:{server.getsockname()[1]}/hook")
        stop.set()


def test_a_connection_that_is_cut_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(server: socket.socket) -> None:
        for _ in range(3):
            server.accept()[0].close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=cut, args=(server,), daemon=True).start()
        with pytest.raises(NotTakenError, match="did not answer as agreed"):
            post(f"http://127.0.0.1:{server.getsockname()[1]}/hook")


def test_when_the_time_is_up_the_rest_stays(receiver: Receiver) -> None:
    assert post(receiver.url, until=time.monotonic()) == (False, 0)
    assert receiver.asked == []


def test_no_log_line_names_the_address(receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    receiver.answers = [503]
    post(receiver.url)
    receiver.usual = 302
    with pytest.raises(NotTakenError) as failed:
        post(receiver.url)
    shown = caplog.text + str(failed.value) + repr(Webhook(receiver.url, SECRET))
    assert [word for word in ("s3cret", SECRET, "/hook") if word in shown] == []
