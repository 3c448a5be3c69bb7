"""What becomes of a thing: from the files, the server and what was agreed last; and what is shown of it."""

from __future__ import annotations

import pytest

from tasks.deploying.deciding import Thing, Verdict, agree, differences, judge
from tasks.deploying.settings import Value, hide, of_plain

KEY = "k"


def thing(wanted: str, found: str | None, *, ours: bool = False) -> Thing:
    there = None if found is None else of_plain({"cron": found})
    return Thing("deployment", "import-feed/acme", of_plain({"cron": wanted}), there, ours)


@pytest.mark.parametrize(
    ("agreed_on", "keep", "wanted", "found", "verdict"),
    [
        (None, False, "a", None, Verdict.CREATED),
        (None, False, "a", "a", Verdict.UNCHANGED),
        (None, False, "a", "b", Verdict.EDITED),  # made by hand, or by another command
        (("a", "a"), False, "b", "a", Verdict.CHANGED),  # the file moved
        (("a", "a"), False, "a", "b", Verdict.EDITED),  # the UI moved
        (("a", "a"), False, "b", "c", Verdict.EDITED),  # both did
        (("a", "a"), False, "b", "b", Verdict.UNCHANGED),  # both, to the same
        (("a", "a"), False, "a", None, Verdict.DELETED),
        (("a", "b"), True, "a", "b", Verdict.KEPT),  # --keep-ui was said
        (("a", "b"), True, "c", "b", Verdict.EDITED),  # and the file changed since
        (("a", "b"), True, "a", "c", Verdict.EDITED),  # or the UI once more
        (("a", None), True, "a", None, Verdict.KEPT),
    ],
)
def test_who_moved(
    agreed_on: tuple[str, str | None] | None, keep: bool, wanted: str, found: str | None, verdict: Verdict
) -> None:
    now = thing(wanted, found)
    agreed = {now.key: agree(thing(*agreed_on), KEY, keep=keep)} if agreed_on else {}
    assert judge(now, agreed, KEY) is verdict


def test_what_a_worker_made_by_itself_is_no_edit() -> None:
    assert judge(thing("a", "b", ours=True), {}, KEY) is Verdict.CHANGED


def test_a_secret_is_compared_and_never_shown() -> None:
    wanted, found = {"password": Value("new", secret=True)}, {"password": Value("old", secret=True)}
    (line,) = differences(Thing("block", "x", wanted, found))
    assert ("new" in line, "old" in line, line.startswith("password: another value")) == (False, False, True)


def test_what_a_variable_stands_for_is_a_secret_too() -> None:
    wanted, found = of_plain({"source": "https://h/x?key=1"}), of_plain({"source": "https://h/x?key=2"})
    (line,) = differences(Thing("block", "x", hide(wanted, ["source"]), hide(found, ["source"])))
    assert "key" not in line


def test_an_address_is_shown_without_user_and_query() -> None:
    assert Value("https://u:pw@host/a.csv?token=t").shown() == "https://host/a.csv?…"
