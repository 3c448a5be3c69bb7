"""What is said of a server that refuses: enough to find it, and nothing of what was sent."""

from __future__ import annotations

from json import JSONDecodeError
from typing import Any

import httpx
import pytest
from prefect.exceptions import PrefectHTTPStatusError

from tasks.deploying.refusing import server_words

WRONG = {"loc": ["body", "data"], "msg": "Extra inputs are not permitted", "input": {"password": "tajne"}}


def refused(code: int, answer: Any) -> str:
    request = httpx.Request("POST", "http://u:tajne@prefect:4200/api/block_documents/?t=tajne")
    response = httpx.Response(code, json=answer, request=request)
    error = PrefectHTTPStatusError.from_httpx_error(httpx.HTTPStatusError("", request=request, response=response))
    return server_words(error)


@pytest.mark.parametrize(
    ("code", "answer", "said"),
    [
        (422, {"exception_detail": [WRONG], "request_body": {"password": "tajne"}}, "body.data: Extra inputs"),
        (500, {"exception_message": "tajne"}, "500: look at its log"),
        (409, {"detail": "A block already exists"}, "A block already exists"),
        (404, {"detail": "Not Found"}, "PREFECT_API_URL ends with /api"),
        (401, {}, "PREFECT_API_AUTH_STRING"),
    ],
)
def test_why_and_never_what_was_sent(code: int, answer: Any, said: str) -> None:
    words = refused(code, answer)
    assert (said in words, "tajne" in words) == (True, False)


def test_a_page_that_is_no_api() -> None:
    assert "PREFECT_API_URL ends with /api" in server_words(JSONDecodeError("x", "<html>", 0))
