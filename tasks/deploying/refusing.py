"""What is said where the Prefect server can't be reached, or refuses: never the request, which holds secrets."""

from __future__ import annotations

from json import JSONDecodeError
from typing import Any

import httpx
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound, PrefectHTTPStatusError
from prefect.settings import get_current_settings

REFUSALS = (httpx.TransportError, PrefectHTTPStatusError, ObjectNotFound, ObjectAlreadyExists, JSONDecodeError)
MEANWHILE = "Somebody else changed something meanwhile; deploy again."
LONGEST = 300


def server_words(error: Exception) -> str:
    """What went wrong with the server, for whoever reads CI's log."""
    address = f"The Prefect server {get_current_settings().api.url}"
    if isinstance(error, JSONDecodeError):
        return f"{address}: expected Prefect's API, got a page that isn't. PREFECT_API_URL ends with /api."
    if isinstance(error, ObjectNotFound | ObjectAlreadyExists):
        return f"{address}: {type(error).__name__}. {MEANWHILE}"
    if not isinstance(error, PrefectHTTPStatusError):
        return f"{address} can't be reached: {error}. Is it running, is PREFECT_API_URL right?"
    code = error.response.status_code
    if code == httpx.codes.UNAUTHORIZED:
        return f"{address} wants a password: set PREFECT_API_AUTH_STRING (user:password)."
    asked = f"{error.request.method} {error.request.url.path}"
    if code == httpx.codes.NOT_FOUND:
        return f"{address} doesn't know {asked}. PREFECT_API_URL ends with /api. {MEANWHILE}"
    return f"{address} refused {asked} with {code}: {_why(error.response)}"


def _why(response: httpx.Response) -> str:
    """The reasons without what was sent: Prefect's answer to a wrong request repeats all of it."""
    try:
        said = response.json()
    except JSONDecodeError:
        return "it doesn't say why; look at its log"
    wrong = said.get("exception_detail") if isinstance(said, dict) else None
    if isinstance(wrong, list):
        return "; ".join(f"{'.'.join(map(str, one.get('loc', ())))}: {one.get('msg')}" for one in wrong)[:LONGEST]
    detail: Any = said.get("detail") if isinstance(said, dict) else None
    return detail[:LONGEST] if isinstance(detail, str) else "look at its log"
