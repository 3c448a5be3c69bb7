"""Who is let in, to what, and what is said to the others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.webservice.conftest import EIGHT, OLD, Shop, codes, differing, every, modern, older

WRONG = "X" * 32


@contextmanager
def granted(shop: Shop, **permissions: list[str]) -> Iterator[None]:
    """The key may do this only."""
    held = shop.service.permissions
    before = dict(held)
    held.clear()
    held.update({name: frozenset(methods) for name, methods in permissions.items()})
    try:
        yield
    finally:
        held.update(before)


def test_no_key_is_answered_with_a_page(shop: Shop) -> None:
    answer = shop.client.get("products", auth=None)
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "text/html; charset=utf-8")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


@every
@pytest.mark.parametrize(("key", "said"), [(WRONG, [20, 21]), ("short", [18]), ("X" * 33, [18])])
def test_a_wrong_key_is_told_by_codes(shop: Shop, key: str, said: list[int]) -> None:
    answer = shop.client.get("products", auth=(key, ""))
    assert (answer.status_code, codes(answer), answer.headers["PSWS-Version"]) == (401, said, "0")


@every
def test_the_version_stands_in_a_header(shop: Shop) -> None:
    assert shop.get("products/1").headers["PSWS-Version"] == shop.version


def test_a_resource_that_was_not_granted_is_401(shop: Shop) -> None:
    with granted(shop, products=["GET"]):
        assert [(a.status_code, codes(a)) for a in (shop.get("suppliers"), shop.get("orders"))] == [(401, [26])] * 2


@every
def test_a_method_that_was_not_granted_is_405(shop: Shop) -> None:
    with granted(shop, products=["GET"]):
        answer = shop.put("products/1", "")
    assert (answer.status_code, codes(answer)) == (405, [25])


def test_a_key_without_any_permission_is_401(shop: Shop) -> None:
    with granted(shop):
        answer = shop.get("products")
    assert (answer.status_code, codes(answer)) == (401, [21])


@every
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_stock_rows_are_neither_made_nor_deleted(shop: Shop, method: str) -> None:
    answer = shop.client.request(method, "stock_availables/1")
    assert (answer.status_code, codes(answer)) == (405, [101])


@older
def test_patch_is_unknown_before_8(shop: Shop) -> None:
    answer = shop.patch("products/1", "<product><id>1</id></product>")
    assert (answer.status_code, codes(answer)) == (405, [23])


def test_an_unknown_resource_is_400(shop: Shop) -> None:
    answer = shop.get("produkts")
    assert (answer.status_code, codes(answer)) == (400, [27])
    assert 'Did you mean: "products"' in answer.text


@every
def test_errors_come_in_the_format_asked_for(shop: Shop) -> None:
    (error,) = shop.json("produkts")["errors"]
    assert error["code"] == 27


@differing
def test_the_root_tells_what_the_key_may_do(shop: Shop) -> None:
    with granted(shop, products=["GET", "PUT"], shops=["GET"]):
        found = shop.get("").text
        assert shop.json("") == ["products", "shops"]
    (line,) = re.findall(r"<products [^>]*>", found)
    assert ('get="true"' in line, 'put="true"' in line, 'head="false"' in line) == (True, True, True)
    assert ("patch=" in line) == (shop.version >= "8")


def test_an_unknown_shop_is_a_redirect_to_the_home_page(shop: Shop) -> None:
    answer = shop.get("products", id_shop="99")
    assert (answer.status_code, answer.content) == (302, b"")
    home = shop.client.get(answer.headers["Location"], auth=None)
    assert (home.status_code, home.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "<html>" in home.text


def test_an_unknown_shop_is_redirected_before_the_key_is_looked_at(shop: Shop) -> None:
    assert shop.client.get("products?id_shop=99", auth=(WRONG, "")).status_code == 302


def test_a_long_address_is_414(shop: Shop) -> None:
    many = "|".join(map(str, range(10_000, 10_500)))
    assert shop.get("products", filter_id=f"[{many}]").status_code == 200
    assert shop.get("products", filter_id=f"[{many}|{many}|{many}]").status_code == 414


def test_a_switched_off_webservice_is_503(shop: Shop) -> None:
    shop.service.enabled = False
    try:
        answer = shop.get("products")
    finally:
        shop.service.enabled = True
    assert (answer.status_code, codes(answer)) == (503, [22])


@modern
def test_another_method_may_come_as_a_parameter(shop: Shop) -> None:
    answer = shop.client.post("products/1?ps_method=PATCH", content="<p><product><id>1</id></product></p>")
    assert answer.status_code == 200


def test_head_has_no_body(shop: Shop) -> None:
    answer = shop.client.head("products/1")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("shop", [OLD, EIGHT], indirect=True)
def test_the_shop_may_lie_in_a_folder(shop: Shop) -> None:
    answer = shop.client.get(f"{shop.service.url}prestashop/api/products/1")
    assert answer.status_code == 200
