"""The receiver that the documentation shows, run as it stands."""

from __future__ import annotations

import runpy
import threading
import time
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tasks.prestashop.aftercare import webhook
from tasks.prestashop.aftercare.webhook import NotTakenError, Part, Webhook, deliver

EXAMPLE = Path(__file__).parents[2] / "docs" / "webhook_receiver.py"
SECRET = "a secret of ours, long"
PART = Part(b'{"number": 1, "of": 1, "products": [1, 3]}', "k-1")

Deliver = Callable[[str], bool]


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deliver]:
    """Deliver a part to the running example, signed with a secret."""
    monkeypatch.setenv("REXBIT_WEBHOOK_SECRET", SECRET)
    monkeypatch.setattr(webhook, "PAUSES", ())
    content: dict[str, Any] = runpy.run_path(str(EXAMPLE))
    content["Receiver"].log_message = lambda *_: None
    with ThreadingHTTPServer(("127.0.0.1", 0), content["Receiver"]) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        hook = f"http://127.0.0.1:{server.server_port}/"
        yield lambda secret: deliver(Webhook(hook, secret), [PART], lambda: None, time.monotonic() + 60)
        server.shutdown()


def test_it_clears_what_was_written_once(example: Deliver, capsys: pytest.CaptureFixture[str]) -> None:
    example(SECRET)
    example(SECRET)
    assert capsys.readouterr().out == "clear [1, 3]\n"


def test_it_refuses_what_somebody_else_signed(example: Deliver, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NotTakenError, match="answered 401: check the token in the address and the secret"):
        example("another secret of whom")
    assert capsys.readouterr().out == ""
