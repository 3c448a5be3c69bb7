"""What the Webservice refuses, doesn't answer or doesn't keep: looked at, tried again, put back, told."""

from __future__ import annotations

from itertools import count

import pytest

from demo.webservice import Fault, faults
from tasks.errors import Refused, UnreachableError
from tests.prestashop.bench import flag_change, text_change
from tests.prestashop.webservice.conftest import Remote


@pytest.mark.parametrize(
    "fault",
    [faults.ERROR_AFTER, *(pytest.param(one, marks=pytest.mark.slow) for one in (faults.CUT_AFTER, faults.CUT_WITHIN))],
)
def test_a_write_that_came_through_without_an_answer_is_written_once(own: Remote, fault: Fault) -> None:
    own.bench.set_text(1, "")
    own.service.fault = faults.nth(1, fault, "PATCH")
    assert own.words(text_change(1, "", "po"), flag_change(1, "2", "1")) == ["written"] * 2
    assert [resource for _, resource, _ in own.written()] == ["products", "stock_availables"]


@pytest.mark.slow
@pytest.mark.parametrize("fault", [faults.ERROR_BEFORE, faults.CUT_BEFORE, faults.UNAVAILABLE])
def test_a_write_that_did_not_come_through_is_tried_again(own: Remote, fault: Fault) -> None:
    own.bench.set_text(1, "")
    own.service.fault = faults.nth(1, fault, "PATCH")
    assert own.words(text_change(1, "", "po")) == ["written"]
    assert [resource for _, resource, _ in own.written()] == ["products"] * 2


@pytest.mark.slow
def test_what_a_shop_never_takes_fails_after_a_few_attempts_and_the_rest_goes_on(own: Remote) -> None:
    own.bench.sql("UPDATE ps_product_lang SET available_later = '' WHERE id_lang = 1")
    stubborn = faults.each(faults.ERROR_BEFORE, "PATCH", "products")
    own.service.fault = lambda request: stubborn(request) if request.id == 1 else None
    outcomes = own.apply(text_change(1, "", "po"), flag_change(1, "2", "1"), text_change(2, "", "po"))
    assert [one.outcome for one in outcomes] == ["failed", "failed", "written"]
    assert "nothing of this product was written" in str(outcomes[0].message)
    assert (own.bench.text(1), own.bench.flags(1), own.bench.text(2)) == ("", {0: 2}, "po")


def test_a_refused_row_fails_with_the_shops_words(own: Remote) -> None:
    own.bench.sql("UPDATE ps_product_lang SET available_later = ''")
    own.bench.sql("UPDATE ps_product_lang SET name = 'Buty #1' WHERE id_product = 1")
    outcomes = own.apply(text_change(1, "", "po"), flag_change(1, "2", "1"), text_change(2, "", "po"))
    assert [one.outcome for one in outcomes] == ["failed", "failed", "written"]
    assert "Product->name is not valid" in str(outcomes[0].message)
    assert (own.bench.text(1), own.bench.flags(1), own.bench.text(2)) == ("", {0: 2}, "po")


def test_a_sale_ends_also_where_its_text_is_refused(own: Remote) -> None:
    own.bench.set_text(1, "Wysyłka za 2 dni")
    own.bench.sql("UPDATE ps_product_lang SET name = 'Buty #1' WHERE id_product = 1")
    own.bench.set_stock(1, out_of_stock=1)
    outcomes = own.apply(text_change(1, "Wysyłka za 2 dni", "Niedostępny"), flag_change(1, "1", "0"))
    assert [one.outcome for one in outcomes] == ["failed", "written"]
    assert "taken off sale" in str(outcomes[0].message)
    assert (own.bench.text(1), own.bench.flags(1)) == ("Wysyłka za 2 dni", {0: 0})


def test_flags_that_can_not_be_written_together_are_put_back(own: Remote) -> None:
    own.bench.set_text(3, "")
    own.bench.set_stock(3, out_of_stock=2)
    own.bench.sql(
        "UPDATE ps_stock_available SET depends_on_stock = 1 WHERE id_product = 3 AND id_product_attribute = 2"
    )
    changes = [text_change(3, "", "po"), *(flag_change(3, "2", "1", attribute) for attribute in range(5))]
    outcomes = own.apply(*changes)
    assert {one.outcome for one in outcomes} == {"failed"}
    assert "depends on stock" in str(outcomes[0].message)
    assert (set(own.bench.flags(3).values()), own.bench.text(3)) == ({2}, "")


@pytest.mark.slow
@pytest.mark.parametrize("text", ["Wysyłka <24h", "a=b", "{dni}", "dwa\nwiersze"])
def test_a_text_that_prestashop_would_not_take_is_refused_before_anything_is_written(own: Remote, text: str) -> None:
    with own.open() as opened, pytest.raises(Refused, match="Remove it"):
        opened.apply_window([text_change(1, "", "po"), text_change(2, "", text)])
    assert own.written() == []


@pytest.mark.slow
def test_a_shop_that_answers_and_writes_nothing_is_left_in_peace(own: Remote) -> None:
    own.bench.sql("UPDATE ps_product_lang SET available_later = ''")
    own.service.fault = faults.each(faults.ERROR_BEFORE, "PATCH")
    with pytest.raises(UnreachableError):
        own.apply(*(text_change(number, "", "po") for number in range(1, 60)))
    assert len(own.written()) < 60


@pytest.mark.slow
def test_a_value_that_the_shop_does_not_keep_has_failed(own: Remote) -> None:
    own.bench.sql("CREATE TRIGGER stubborn BEFORE UPDATE ON ps_stock_available FOR EACH ROW SET NEW.out_of_stock = 2")
    (outcome,) = own.apply(flag_change(1, "2", "1"))
    assert (outcome.outcome, outcome.found) == ("failed", "2")


@pytest.mark.slow
def test_a_shop_that_is_gone_ends_the_window(own: Remote) -> None:
    own.service.fault = faults.each(faults.CUT_BEFORE)
    with pytest.raises(UnreachableError):
        own.apply(flag_change(1, "2", "1"))


def test_what_was_written_before_the_shop_was_gone_is_found_by_the_next_run(own: Remote) -> None:
    own.bench.sql("UPDATE ps_product_lang SET available_later = ''")
    changes = [text_change(number, "", "po") for number in range(1, 40)]
    writes = count(1)
    gone = faults.each(faults.CUT_BEFORE)
    own.service.fault = lambda request: gone(request) if request.method == "PATCH" and next(writes) > 9 else None
    with pytest.raises(UnreachableError):
        own.apply(*changes)
    own.service.fault = None
    words = own.words(*changes)
    assert (set(words), words.count("already")) == ({"already", "written"}, 9)
