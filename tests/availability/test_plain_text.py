"""Which of a supplier's own words may stand in a shop."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.duck import desk

quick = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def is_plain(text: str | None, *, only_bmp: bool = False) -> bool:
    with desk() as table:
        table.run("availability/plain_text.sql")
        rows = table.rows("SELECT is_plain_text($text, $only_bmp) AS it", {"text": text, "only_bmp": only_bmp})
    answer = rows[0]["it"]
    assert isinstance(answer, bool)
    return answer


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Dostawa w 24 h", True),
        ("48h", True),
        ("Wysyłka: 2–3 dni (ok.)", True),
        ("Żółw & spółka", True),
        ("доставка", True),
        ("x" * 255, True),
        ("ą" * 255, True),
        ("x" * 256, False),
        (None, False),
        ("", False),
        ("   ", False),
        ("\u00a0", False),
        ("-", False),
        ("...", False),
        ("<b>Jest</b>", False),
        ("stan > 5", False),
        ("{days}", False),
        ("a=b", False),
        ("dwie\nlinie", False),
        ("Jest\x7f", False),
        ("Jest 🚚", True),
    ],
)
def test_what_is_plain(text: str | None, *, plain: bool) -> None:
    assert is_plain(text) is plain


def test_a_sign_that_the_shop_would_lose() -> None:
    assert not is_plain("Jest 🚚", only_bmp=True)
    assert is_plain("Jest żółte", only_bmp=True)


@quick
@given(st.text(max_size=300), st.booleans())
def test_the_rule_in_other_words(text: str, only_bmp: bool) -> None:
    fits = len(text) <= 255 and not (only_bmp and any(ord(sign) > 0xFFFF for sign in text))
    clean = not any(sign in "<>{}=\x7f" or ord(sign) < 32 for sign in text)
    if fits and clean and any(sign.isascii() and sign.isalnum() for sign in text):
        assert is_plain(text, only_bmp=only_bmp)
    if not fits or not clean or not text.strip():
        assert not is_plain(text, only_bmp=only_bmp)
