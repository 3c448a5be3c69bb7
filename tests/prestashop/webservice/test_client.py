"""What comes of requests that don't go well; the key is never told; a write is never sent twice."""

from __future__ import annotations

import logging
import pickle
import traceback
from typing import Any
from xml.etree.ElementTree import tostring

import pytest

from demo.webservice import Fault, Request, faults
from demo.webservice.asking import understand
from tasks.errors import RexbitError, UnreachableError, WrongSettingsError
from tasks.prestashop.webservice.client import Api, RowMissingError, RowRefusedError, UnknownAnswerError
from tasks.prestashop.webservice.pages import IDS_AT_ONCE
from tasks.prestashop.webservice.xml import Entity
from tests.prestashop.webservice.conftest import Remote

LATER = {1: "Wysyłka za 3 dni", 2: "Ships in 3 days"}
UNKNOWN = {
    "500 before": faults.ERROR_BEFORE,
    "500 after": faults.ERROR_AFTER,
    "cut before": faults.CUT_BEFORE,
    "cut after": faults.CUT_AFTER,
    "cut within": faults.CUT_WITHIN,
    "503": faults.UNAVAILABLE,
    "429": faults.TOO_MANY,
}


def of_which_slow(cases: dict[str, Fault], *fast: str) -> list[Any]:
    """All cases, of which only a few are looked at each time."""
    return [pytest.param(case, id=name, marks=() if name in fast else pytest.mark.slow) for name, case in cases.items()]


def flag(api: Api, value: int = 1) -> Entity:
    row = next(api.listed("stock_availables", ["id_product"], first=1))
    return Entity.new("stock_available", id=row.id, out_of_stock=value)


def fields(entity: Entity) -> dict[str, bytes]:
    """All that an entity holds, but for the time of its last change."""
    return {field.tag: tostring(field) for field in entity.element if field.tag != "date_upd"}


def message(remote: Remote, **settings: Any) -> str:
    """Why a shop can't be opened."""
    with pytest.raises(WrongSettingsError) as told, remote.api(**settings):
        pass
    return str(told.value)


@pytest.mark.parametrize("fault", of_which_slow(UNKNOWN, "cut within"))
def test_a_read_is_tried_again(remote: Remote, fault: Fault) -> None:
    with remote.api() as api:
        remote.service.fault = faults.nth(1, fault, "GET", "products")
        assert api.entity("products", 3).id == 3


@pytest.mark.parametrize("fault", of_which_slow(UNKNOWN, "500 after"))
def test_a_write_is_sent_once_and_told_to_be_unknown(own: Remote, fault: Fault) -> None:
    with own.api() as api:
        row = flag(api)
        own.service.fault = faults.each(fault, "PATCH")
        with pytest.raises(UnknownAnswerError):
            api.patch("stock_availables", row)
    assert own.service.requests.count("PATCH") == 1


@pytest.mark.slow
@pytest.mark.parametrize("fault", [faults.HANG_BEFORE, faults.HANG_AFTER], ids=["before", "after"])
def test_silence_is_waited_for_only_so_long(own: Remote, fault: Fault) -> None:
    with own.api(answer_seconds=0.2) as api:
        row = flag(api)
        own.service.fault = faults.each(fault, "PATCH")
        with pytest.raises(UnknownAnswerError, match="ReadTimeout"):
            api.patch("stock_availables", row)


def test_what_the_server_asks_to_wait_is_waited(remote: Remote, pauses: list[float]) -> None:
    asked = Fault(status=429, body=b"busy", headers={"Retry-After": "20"})
    with remote.api() as api:
        remote.service.fault = faults.nth(1, asked, "GET", "products")
        api.entity("products", 3)
    assert pauses == [20.0]


@pytest.mark.slow
def test_but_not_for_hours(remote: Remote, pauses: list[float]) -> None:
    with remote.api() as api:
        remote.service.fault = faults.nth(1, Fault(status=503, body=b"busy", headers={"Retry-After": "86400"}))
        api.entity("products", 3)
    assert pauses == [30.0]


def test_a_shop_that_is_gone_is_left_in_peace(remote: Remote) -> None:
    with remote.api(max_connections=1) as api:
        remote.service.fault = faults.each(faults.ERROR_BEFORE)
        for _ in range(3):
            with pytest.raises(UnreachableError):
                api.entity("products", 3)
        before = len(remote.service.requests)
        with pytest.raises(UnreachableError, match="no more are sent for now"):
            api.entity("products", 3)
    assert len(remote.service.requests) == before == 1 + 8


@pytest.mark.slow
def test_rows_that_the_shop_refuses_are_no_stumbling(own: Remote) -> None:
    with own.api(max_connections=1) as api:
        for _ in range(20):
            with pytest.raises(RowRefusedError, match="available_later"):
                api.patch("products", Entity.new("product", id=3, available_later={1: "a<b", 2: ""}))
        assert api.entity("products", 3).id == 3


@pytest.mark.slow
def test_a_stock_row_that_another_program_counts_is_refused(own: Remote) -> None:
    own.bench.set_stock(3, depends_on_stock=1)
    with own.api() as api:
        (row,) = api.listed_by("stock_availables", [], "id_product", [3], {"id_shop": "1", "id_product_attribute": "0"})
        with pytest.raises(RowRefusedError, match=r"when it depends on stock.*\(code 133\)"):
            api.patch("stock_availables", Entity.new("stock_available", id=row.id, out_of_stock=1))


def test_a_row_that_is_not_there(remote: Remote) -> None:
    with remote.api() as api, pytest.raises(RowMissingError, match="GET products/99999"):
        api.entity("products", 99999)


def test_a_whole_entity_goes_there_and_back(own: Remote) -> None:
    with own.api() as api:
        product = api.entity("products", 3)
        whole = fields(product)
        product.remove("manufacturer_name", "quantity", "position_in_category", "associations")
        product.remove_empty()
        product.set("available_later", LATER)
        api.put("products", product)
        after = api.entity("products", 3)
    assert after.texts("available_later") == LATER
    assert fields(after) == whole | {"available_later": fields(after)["available_later"]}


@pytest.mark.slow
def test_texts_of_inactive_languages_are_read(own: Remote) -> None:
    own.bench.sql("UPDATE ps_lang SET active = 0 WHERE id_lang = 2")
    own.bench.set_text(3, "Ships today", id_lang=2)
    with own.api() as api:
        assert api.entity("products", 3).texts("available_later")[2] == "Ships today"
        (listed,) = api.listed_by("products", ["available_later"], "id", [3])
        assert listed.texts("available_later")[2] == "Ships today"


@pytest.mark.slow
def test_signs_that_a_put_would_lose_keep_it_from_being_read_for_one(own: Remote) -> None:
    own.bench.sql("UPDATE ps_product_lang SET description = '\x0b' WHERE id_product = 3")
    with own.api() as api:
        assert [one.id for one in api.listed_by("products", ["description"], "id", [3])] == [3]
        with pytest.raises(RowRefusedError, match="control characters"):
            api.entity("products", 3)


@pytest.mark.slow
def test_an_answer_without_what_was_written_is_unknown(own: Remote) -> None:
    nothing = Fault(status=200, body=b"<?xml version='1.0'?><prestashop/>", headers={"PSWS-Version": "8.2.1"})
    with own.api() as api:
        row = flag(api)
        own.service.fault = faults.each(nothing, "PATCH")
        with pytest.raises(UnknownAnswerError, match="expected what was written"):
            api.patch("stock_availables", row)


@pytest.mark.slow
@pytest.mark.parametrize("status", [403, 405, 501])
def test_a_web_server_that_lets_no_patch_through_gets_a_post(own: Remote, status: int) -> None:
    blocked = Fault(status=status, body=faults.PAGE, headers={"Content-Type": "text/html"})

    def stop(request: Request) -> Fault | None:
        return blocked if request.method == "PATCH" and "ps_method" not in request.query else None

    own.bench.sql("UPDATE ps_stock_available SET out_of_stock = 0")
    with own.api() as api:
        row = flag(api)
        own.service.fault = stop
        api.patch("stock_availables", row)
        api.patch("stock_availables", row)
    assert own.bench.one("SELECT out_of_stock FROM ps_stock_available WHERE id_stock_available = %s", row.id) == 1


@pytest.mark.slow
def test_what_a_firewall_stops_now_and_then_is_no_wrong_setting(own: Remote) -> None:
    firewall = Fault(status=403, body=faults.PAGE, headers={"Content-Type": "text/html"})
    with own.api() as api:
        row = flag(api)
        api.patch("stock_availables", row)
        own.service.fault = faults.nth(1, firewall, "PATCH")
        with pytest.raises(UnknownAnswerError, match="something before PrestaShop refuses PATCH"):
            api.patch("stock_availables", row)
        own.service.fault = faults.nth(1, firewall, "GET")
        assert api.entity("products", 3).id == 3


@pytest.mark.slow
def test_a_proxy_that_takes_headers_away_is_told(remote: Remote) -> None:
    plain = b"<?xml version='1.0'?><prestashop><api><products get='true'/></api></prestashop>"
    remote.service.fault = faults.each(Fault(status=200, body=plain, headers={"Content-Type": "text/xml"}))
    assert "expected the Webservice to say its version" in message(remote)


def test_a_wrong_key(remote: Remote) -> None:
    assert "the shop refuses the key (Authentification key is not active" in message(remote, api_key="A" * 32)


def test_a_wrong_shop_number(remote: Remote) -> None:
    assert "Correct `Shop's address` or `Shop number`" in message(remote, id_shop=9)


@pytest.mark.slow
def test_an_address_of_something_else(remote: Remote) -> None:
    assert "got a page for people (`Sklep" in message(remote, base_url=f"{remote.service.url}blog")


@pytest.mark.slow
def test_a_redirect_tells_the_host_and_no_more(remote: Remote) -> None:
    location = {"Location": "https://www.sklep.pl/api/?token=secret"}
    remote.service.fault = faults.each(Fault(status=301, headers=location))
    told = message(remote)
    assert "got sent to `https://www.sklep.pl`" in told
    assert "secret" not in told


@pytest.mark.slow
def test_a_webservice_that_is_switched_off(remote: Remote) -> None:
    remote.service.enabled = False
    assert "the Webservice is switched off. Enable it" in message(remote)


def test_a_resource_without_permission_names_what_to_tick(remote: Remote) -> None:
    del remote.service.permissions["suppliers"]
    with remote.api() as api, pytest.raises(WrongSettingsError, match=r"Tick View \(GET\) of `suppliers` in the back"):
        list(api.listed("suppliers", []))


@pytest.mark.slow
def test_a_method_without_permission_names_what_to_tick(remote: Remote) -> None:
    remote.service.permissions["products"] = frozenset({"GET", "PUT"})
    with remote.api() as api:
        assert (api.may("products", "PUT"), api.may("products", "PATCH")) == (True, False)
        with pytest.raises(WrongSettingsError, match=r"Tick Modify partially \(PATCH\) of `products`"):
            api.patch("products", Entity.new("product", id=3, available_later=LATER))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "the key did not arrive at PrestaShop"),
        (403, "something before PrestaShop refuses GET"),
        (404, "there is no Webservice at this address"),
    ],
)
def test_a_server_before_prestashop(remote: Remote, status: int, said: str) -> None:
    remote.service.fault = faults.each(Fault(status=status, body=faults.PAGE, headers={"Content-Type": "text/html"}))
    assert said in message(remote)


def test_a_page_instead_of_an_answer(remote: Remote) -> None:
    remote.service.fault = faults.each(faults.HTML_PAGE)
    assert "(maintenance, a firewall)" in message(remote)


@pytest.mark.slow
def test_a_warning_in_front_of_the_answer_is_passed_over(remote: Remote) -> None:
    remote.service.fault = faults.each(faults.PHP_WARNING)
    with remote.api() as api:
        assert api.entity("products", 3).id == 3


@pytest.mark.slow
def test_a_certificate_that_nobody_vouches_for(remote: Remote) -> None:
    with pytest.raises(RexbitError), remote.api(base_url=remote.service.url.replace("http:", "https:")):
        pass  # no TLS there at all


def test_the_key_is_never_told(remote: Remote, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    echo = Fault(status=500, body=remote.service.key.encode(), headers={"Content-Type": "text/html"})
    with remote.api() as api:
        key = remote.service.key
        shown = [repr(api), repr(api.wire), str(vars(api.wire)["_client"])]
        for fault in (echo, faults.CUT_BEFORE):
            remote.service.fault = faults.each(fault)
            with pytest.raises(UnknownAnswerError) as told:
                api.wire.write("PUT", "products/3", b"<x/>")
            assert told.value.__cause__ is None
            assert told.value.__context__ is None
            shown += [*traceback.format_exception(told.value), str(pickle.dumps(told.value.args))]
    assert key not in "\n".join([*shown, caplog.text, str(remote.block())])
    assert all(key not in record.query for record in remote.service.requests)


def test_all_pages_of_a_list(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.prestashop.webservice.pages.PAGES", {"products": 7})
    monkeypatch.setattr("tasks.prestashop.webservice.lists.IDS_AT_ONCE", 20)
    assert IDS_AT_ONCE > 20
    with remote.api() as api:
        assert [one.id for one in api.listed("products", ["reference"])] == list(range(1, 61))
        assert [one.id for one in api.listed("products", [], first=30)] == list(range(1, 31))
        assert [one.id for one in api.listed("products", [], first=7)] == list(range(1, 8))


@pytest.mark.slow
def test_ids_asked_for_are_split_by_the_length_of_an_address(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    with remote.api() as api:
        api._longest_filter = 20
        assert {one.id for one in api.listed_by("products", [], "id", [5, 9, 60, *range(20, 40), 999])} == {
            *range(20, 40),
            5,
            9,
            60,
        }
    assert remote.service.requests.count("GET", "products") == 4


@pytest.mark.slow
def test_all_rows_of_some_products_though_they_fill_more_than_a_page(
    remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.prestashop.webservice.pages.PAGE", 5)
    with remote.api() as api:
        rows = list(api.listed_by("stock_availables", ["id_product"], "id_product", range(1, 30)))
    expected = remote.bench.one("SELECT count(*) FROM ps_stock_available WHERE id_product < 30")
    assert len({row.id for row in rows}) == len(rows) == expected


def test_a_filter_that_is_lost_on_the_way_is_noticed(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    """Suhosin drops values of more than 512 characters."""
    _as_suhosin(remote, monkeypatch, longest=512)
    ids = list(range(1, 61)) + list(range(100_000, 100_100))
    with remote.api() as api:
        assert {one.id for one in api.listed_by("products", [], "id", ids)} == set(range(1, 61))


@pytest.mark.slow
def test_a_shop_without_filters_is_told(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    _as_suhosin(remote, monkeypatch, longest=1)
    with remote.api() as api, pytest.raises(WrongSettingsError, match="drops filters"):
        list(api.listed_by("products", [], "id", [5, 6]))


def _as_suhosin(remote: Remote, monkeypatch: pytest.MonkeyPatch, longest: int) -> None:
    def dropping(*arguments: Any) -> Request | None:
        request = understand(*arguments)
        chosen = request.parameters.get("filter") if request else None
        for name, value in list(chosen.items()) if isinstance(chosen, dict) else []:
            if len(str(value)) > longest:
                del chosen[name]  # type: ignore[union-attr]
        return request

    monkeypatch.setattr("demo.webservice.server.understand", dropping)


def test_pages_are_halved_where_php_has_too_little_memory(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.prestashop.webservice.lists.SMALLEST_PAGE", 5)

    def too_many(request: Request) -> Fault | None:
        is_large = int(request.text("limit") or 0) > 15
        return faults.ERROR_BEFORE if is_large and request.resource == "products" else None

    with remote.api() as api:
        remote.service.fault = too_many
        assert [one.id for one in api.listed_by("products", [], "id", range(1, 25))] == list(range(1, 25))
        assert [one.id for one in api.listed("products", [], first=25)] == list(range(1, 26))


@pytest.mark.slow
def test_a_product_that_breaks_every_page_is_named(remote: Remote) -> None:
    with remote.api() as api:
        remote.service.fault = faults.each(faults.ERROR_BEFORE, resource="products")
        with pytest.raises(UnreachableError, match="ids 3 to 9"):
            list(api.listed_by("products", [], "id", [3, 9]))


@pytest.mark.slow
def test_only_so_many_at_once(remote: Remote) -> None:
    with remote.api(max_connections=2) as api:
        api.each(lambda n: api.entity("products", n), range(1, 21))
    assert remote.service.requests.most_parallel() <= 2
