"""What is tried again outside of Prefect's tasks."""

from __future__ import annotations

import pytest

from tasks import patience
from tasks.errors import UnreachableError, WrongSettingsError
from tasks.patience import patiently


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSE_SECONDS", 0)


def test_it_waits_for_what_comes_back() -> None:
    answers: list[Exception | str] = [UnreachableError("away"), UnreachableError("starting"), "here"]

    def ask() -> str:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert patiently(ask, "our database") == "here"


def test_it_gives_up_in_the_end() -> None:
    asked = []

    def ask() -> None:
        asked.append(1)
        raise UnreachableError("away")

    with pytest.raises(UnreachableError, match="away"):
        patiently(ask, "our database", seconds=0)
    assert asked == [1]


def test_what_waiting_cannot_heal_is_told_at_once() -> None:
    def ask() -> None:
        raise WrongSettingsError("no such user")

    with pytest.raises(WrongSettingsError):
        patiently(ask, "our database")
