"""What tests may order: faults, a slow shop, a small one; and what they may count."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest

from demo.webservice import Request, faults
from tests.webservice.conftest import Shop

PUT = "<product><id>25</id><available_later>x</available_later></product>"


def write(shop: Shop, text: str) -> int | None:
    """The status of a write; None if no answer came."""
    try:
        return shop.patch("products", PUT.replace(">x<", f">{text}<")).status_code
    except httpx.TransportError:
        return None


def written(shop: Shop, text: str) -> bool:
    return set(shop.texts(25).values()) == {text}


@pytest.mark.parametrize(
    ("fault", "status", "applied"),
    [
        (faults.ERROR_BEFORE, 500, False),
        (faults.ERROR_AFTER, 500, True),
        (faults.UNAVAILABLE, 503, False),
        (faults.TOO_MANY, 429, False),
        (faults.HTML_PAGE, 200, False),
        (faults.CUT_BEFORE, None, False),
        (faults.CUT_AFTER, None, True),
        (faults.CUT_WITHIN, None, True),
        (faults.PHP_WARNING, 200, True),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_fault_comes_before_or_after_the_work(
    shop: Shop, fault: faults.Fault, status: int | None, *, applied: bool
) -> None:
    write(shop, "before")
    shop.service.fault = faults.nth(1, fault)
    assert (write(shop, "after"), written(shop, "after")) == (status, applied)
    assert (write(shop, "later"), written(shop, "later")) == (200, True)


@pytest.mark.slow
@pytest.mark.parametrize(("fault", "applied"), [(faults.HANG_BEFORE, False), (faults.HANG_AFTER, True)])
def test_a_hanging_request_is_given_up_by_the_client(shop: Shop, fault: faults.Fault, *, applied: bool) -> None:
    write(shop, "before")
    shop.service.fault = faults.nth(1, fault)
    with pytest.raises(httpx.ReadTimeout):
        shop.client.patch("products", content=f"<p>{PUT}</p>", timeout=0.2)
    assert written(shop, "x") == applied


def test_a_fault_can_be_for_the_nth_request_of_a_kind(shop: Shop) -> None:
    shop.service.fault = faults.nth(2, faults.UNAVAILABLE, "GET", "products")
    statuses = [shop.get(path).status_code for path in ("products/1", "languages/1", "products/1", "products/1")]
    assert statuses == [200, 200, 503, 200]


def test_a_fault_can_last(shop: Shop) -> None:
    shop.service.fault = faults.each(faults.TOO_MANY, resource="products")
    answers = [shop.get(path) for path in ("products/1", "products/1", "languages/1")]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["Retry-After"] == "1"


def test_requests_are_counted_by_kind(shop: Shop) -> None:
    shop.get("products/3", display="full")
    shop.get("languages")
    shop.patch("products/3", "<product><id>3</id></product>")
    first = next(iter(shop.service.requests))
    assert (first.method, first.resource, first.id, first.query) == ("GET", "products", 3, "display=full")
    assert (first.status, first.bytes > 1000, first.started < first.ended) == (200, True, True)
    assert (shop.service.requests.count("GET"), shop.service.requests.count(resource="products")) == (2, 2)
    shop.service.requests.clear()
    assert len(shop.service.requests) == 0


def test_a_request_without_an_answer_is_counted_too(shop: Shop) -> None:
    shop.service.fault = faults.nth(1, faults.CUT_AFTER)
    write(shop, "x")
    assert [one.status for one in shop.service.requests] == [0]


def test_more_requests_than_places_queue(shop: Shop) -> None:
    all_there = Barrier(6, timeout=10)

    def meet(_: Request) -> None:
        all_there.wait()

    shop.service.capacity, shop.service.delay, shop.service.fault = 2, 0.05, meet
    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(lambda _: shop.get("languages/1").status_code, range(6)))
    longest = max(one.ended - one.started for one in shop.service.requests)
    assert (statuses, shop.service.requests.most_parallel()) == ([200] * 6, 6)
    assert longest > 2.9 * 0.05  # the last pair waited for two pairs before it


def test_a_shop_whose_database_is_gone_answers_500(shop: Shop) -> None:
    shop.sql("RENAME TABLE ps_product TO hidden")
    try:
        answer = shop.get("products/1")
    finally:
        shop.sql("RENAME TABLE hidden TO ps_product")
    assert (answer.status_code, "html" in answer.headers["Content-Type"]) == (500, True)
