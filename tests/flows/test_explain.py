"""Why a product is off, or on: one test a cause, on a real shop, with our records in each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from prefect_sqlalchemy import ConnectionComponents

from blocks import LanguageTexts, PolicyException, PrestashopDatabase, SupplierFeed, saved_shops
from demo.servers import MariaDb
from demo.shop import make_shop
from flows import explain_product, sync_availability
from tasks import archive
from tasks.errors import Refused
from tasks.explaining.model import Explanation
from tests import parquet
from tests.flows.conftest import block_of
from tests.flows.explained import (
    NAMES,
    PASSWORD,
    Explained,
    decide,
    drop_link,
    fresh_schema,
    last_sync,
    outcome,
    pin,
    prepare,
    set_link,
    setting,
    unreachable,
)
from tests.flows.world import AT_ONCE, MAPPING, World


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, prefect_api: None) -> Iterator[Path]:
    """A home for all tests of this file, with each kind of database."""
    folder = tmp_path_factory.mktemp("explained")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("REXBIT_DATABASE_URL", "REXBIT_ARCHIVE"):
            patch.delenv(name, raising=False)
        patch.setenv("REXBIT_HOME", str(folder))
        if request.param == "postgresql":
            patch.setenv("REXBIT_DATABASE_URL", fresh_schema(request.getfixturevalue("postgres")))
        yield folder


@pytest.fixture(scope="module")
def shop(mariadb: MariaDb, home: Path) -> Iterator[Explained]:
    """The shop, its feed imported and synced, and a newer file of the feed that is held back."""
    database = "explained_shop"
    mariadb.drop_database(database)
    mariadb.create_database(database)
    with mariadb.connect(database) as connection:
        make_shop(connection, products=60)
    feed = SupplierFeed(
        integration_id=6, source=str(home / "acme.csv"), mapping=MAPPING, fetching=AT_ONCE, password=PASSWORD
    )
    feed._block_document_name = "acme"
    world = World(mariadb, database, block_of(mariadb, database), feed)
    explained = Explained(world, dict(zip(NAMES, world.references(), strict=False)))
    prepare(explained)
    yield explained
    mariadb.drop_database(database)


def said(told: Explanation) -> tuple[str, bool | None, str]:
    """What a test looks at: the code, the verdict, and the first line without it."""
    first = told.text.splitlines()[0]
    assert first == told.cause
    return told.code, told.can_be_ordered, first.partition(": ")[2]


@pytest.mark.slow
def test_can_be_ordered(shop: Explained) -> None:
    words = "supplier acme has 34 pieces (threshold: 20), it leaves in 3 days."
    assert said(shop.tell("on")) == ("enough_stock", True, words)
    assert shop.tell("on").cause == f"Can be ordered: {words}"


def test_can_be_ordered_in_polish(shop: Explained) -> None:
    words = "Można zamówić: dostawca acme ma 34 sztuki (próg: 20), wyśle za 3 dni."
    assert str(shop.tell("on", "pl")).splitlines()[0] == words


def test_below_the_threshold(shop: Explained) -> None:
    words = "the best supplier acme has 12 pieces, the threshold is 20 pieces (the shop's policy)."
    assert said(shop.tell("below")) == ("below_threshold", False, words)
    words = "najlepszy dostawca acme ma 12 sztuk, a próg wynosi 20 sztuk (polityka sklepu)."
    assert shop.in_polish() == words


@pytest.mark.slow
def test_below_the_threshold_of_an_exception(shop: Explained) -> None:
    code = shop.products["below"]
    exceptions = [PolicyException(product=code, min_stock_threshold=13)]
    told = shop.tell("below", policy={"exceptions": exceptions})
    assert said(told)[2].endswith(f"the threshold is 13 pieces (exception for the product {code}).")


@pytest.mark.slow
def test_below_the_threshold_to_come_back(shop: Explained) -> None:
    told = shop.tell("below", policy={"min_stock_threshold": 10, "resume_threshold": 15})
    assert said(told)[2].endswith("the threshold is 15 pieces (to come back, as it was off).")


@pytest.mark.slow
def test_the_supplier_says_no(shop: Explained) -> None:
    set_link(shop, "no", {"is_available": False})
    assert said(shop.tell("no")) == ("not_available", False, "supplier acme says that it is not available.")
    assert shop.in_polish() == "dostawca acme podaje, że jest niedostępny."


def test_no_supplier_offers_it_any_more(shop: Explained) -> None:
    set_link(shop, "absent", {"is_available": False, "stock_quantity": 0})
    since = datetime(2026, 11, 3, 5, 0)  # noqa: DTZ001
    row = {"integration_id": 6, "product_id": shop.product_id("absent"), "first_missing_at": since, "contents": 2}
    shop.insert("absences", parquet.ABSENCES, {**row, "last_content_hash": "x"})
    words = "no supplier offers it any more: the file of supplier acme has not had it since 3.11.2026 06:00."
    assert said(shop.tell("absent")) == ("absent", False, words)
    words = "żaden dostawca już go nie oferuje: w pliku dostawcy acme nie ma go od 3.11.2026 06:00."
    assert shop.in_polish() == words


def test_never_offered(shop: Explained) -> None:
    code, _, words = said(shop.tell("silent"))
    assert (code, words) == (
        "never_offered",
        "no supplier offers it, so nothing of it is ever changed (the shop decides by itself).",
    )
    words = "żaden dostawca go nie oferuje, więc niczego w nim nie zmieniamy (sklep decyduje sam)."
    assert shop.in_polish() == words


@pytest.mark.slow
def test_not_known(shop: Explained) -> None:
    told = explain_product("NO-SUCH-THING", shop.world.shop, "en")
    code, verdict, words = said(told)
    assert (code, verdict) == ("not_known", False)
    assert words.startswith("we don't know a product `NO-SUCH-THING`")
    assert explain_product("NO-SUCH-THING", shop.world.shop).cause.startswith("Nie można zamówić: nie znamy produktu")


@pytest.mark.slow
def test_a_text_that_fits_several_products(shop: Explained) -> None:
    told = explain_product(shop.products["twin"], shop.world.shop, "en")
    code, verdict, words = said(told)
    assert (code, verdict, told.item) == ("several_products", None, None)
    assert words.startswith(f"`{shop.products['twin']}` fits 2 products: #")


@pytest.mark.slow
def test_not_in_this_shop(shop: Explained) -> None:
    shop.insert("products", parquet.PRODUCTS, {"id": 9001, "sku": "ELSEWHERE-1"})
    code, verdict, _ = said(shop.tell("ELSEWHERE-1"))
    assert (code, verdict) == ("not_in_shop", False)
    assert shop.in_polish().startswith("w tym sklepie nie ma takiego produktu")


@pytest.mark.slow
def test_gone_from_the_shop(shop: Explained) -> None:
    shop.insert("products", parquet.PRODUCTS, {"id": 9002, "sku": "GONE-1"})
    shop.insert(
        "integration_product_links",
        "integration_id BIGINT, product_id BIGINT, external_product_id VARCHAR, is_manual BOOLEAN",
        {"integration_id": 7, "product_id": 9002, "external_product_id": "8888", "is_manual": False},
    )
    words = "the shop has the product 8888, which it is linked with, no more."
    assert said(shop.tell("GONE-1")) == ("gone_from_shop", False, words)
    assert shop.in_polish().startswith("sklep nie ma już produktu 8888")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "table", "switch", "code", "english", "in_polish"),
    [
        ("inactive", "product_shop", "active = 0", "shop_inactive", "is switched off", "jest wyłączony w sklepie"),
        (
            "not_for_order",
            "product_shop",
            "available_for_order = 0",
            "shop_not_for_order",
            "`Available for order` is off",
            "wyłączono „dostępny do zamówienia”",
        ),
    ],
)
def test_the_shops_own_switch(
    shop: Explained, name: str, table: str, switch: str, code: str, english: str, in_polish: str
) -> None:
    shop.execute(name, table, switch)
    told = said(shop.tell(name))
    assert (told[:2], english in told[2]) == ((code, False), True)
    assert in_polish in shop.in_polish()


@pytest.mark.slow
def test_hidden_in_the_shop(shop: Explained) -> None:
    shop.execute("hidden", "product_shop", "visibility = 'none'")
    assert said(shop.tell("hidden"))[:2] == ("shop_visibility_none", True)
    assert "widoczność „nigdzie”" in shop.in_polish()


@pytest.mark.slow
def test_catalogue_mode(shop: Explained) -> None:
    with setting(shop, "PS_CATALOG_MODE", "1"):
        assert said(shop.tell("on"))[:2] == ("shop_catalogue_mode", False)
        assert "trybie katalogu" in shop.in_polish()


@pytest.mark.slow
def test_without_stock_management(shop: Explained) -> None:
    with setting(shop, "PS_STOCK_MANAGEMENT", "0"):
        assert said(shop.tell("below"))[:2] == ("stock_management_off", True)
        assert "wyłączone zarządzanie stanami" in shop.in_polish()


@pytest.mark.slow
def test_own_stock_before_the_supplier_s(shop: Explained) -> None:
    words = "the shop has 5 pieces of its own, and after them it goes on, as supplier acme has 34 pieces"
    told = said(shop.tell("own"))
    assert (told[:2], told[2].startswith(words)) == (("own_stock_then_on", True), True)
    assert shop.in_polish().startswith("sklep ma na własnym stanie 5 sztuk, a potem można dalej, bo dostawca")


@pytest.mark.slow
def test_own_stock_and_then_nothing(shop: Explained) -> None:
    words = "the shop has 5 pieces of its own, and after them it ends, as the best supplier acme has 2 pieces"
    told = said(shop.tell("own_off"))
    assert (told[:2], told[2].startswith(words)) == (("own_stock_then_off", True), True)
    assert "a potem nie będzie można, bo najlepszy dostawca acme ma 2 sztuki" in shop.in_polish()


def test_somebody_changed_it_in_the_shop(shop: Explained) -> None:
    shop.execute("drift", "stock_available", "out_of_stock = 0")
    code, verdict, words = said(shop.tell("drift"))
    assert (code, verdict) == ("changed_in_shop", False)
    assert words.startswith("somebody changed it in the shop: we wrote `can be ordered: yes` on ")
    assert words.endswith('the shop holds `no`; a sync with compare="shop" repairs that.')
    assert 'compare="shop"' in shop.in_polish()


@pytest.mark.slow
def test_a_changed_text_is_shown_but_is_not_the_cause(shop: Explained) -> None:
    shop.execute("quiet", "product_lang", "available_later = 'Call us'")
    told = shop.tell("quiet")
    assert (told.code, "Call us" in told.text, "somebody changed it" in told.text) == ("enough_stock", True, True)


def test_a_newer_file_is_held_back(shop: Explained) -> None:
    code, verdict, words = said(shop.tell("held"))
    assert (code, verdict) == ("feed_held_back", False)
    assert words.startswith("the last believed file says that the best supplier acme has 3 pieces")
    assert "says 50 pieces, but is held back: " in words
    assert "podaje 50 sztuk, ale jest wstrzymany: " in shop.in_polish()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "code", "in_polish"),
    [
        ("virtual", "left_virtual", "to produkt wirtualny"),
        ("pack", "left_pack", "to zestaw"),
        ("future", "left_available_date", "ma w sklepie przyszłą datę dostępności (1.06.2035)"),
        ("warehouse", "left_depends_on_stock", "zależy od magazynu sklepu"),
    ],
)
def test_left_alone(shop: Explained, name: str, code: str, in_polish: str) -> None:
    assert shop.tell(name).code == code
    assert in_polish in shop.in_polish()


def test_pinned_off(shop: Explained) -> None:
    pin(shop, "pin_off", "off", datetime(2035, 1, 2, 22, 59))  # noqa: DTZ001
    sync_availability(shop.world.shop)
    words = "switched off by anna (until 2.01.2035 23:59): Returns to check."
    assert said(shop.tell("pin_off")) == ("pinned_off", False, words)
    assert shop.in_polish() == "wyłączony ręcznie przez anna (do 2.01.2035 23:59): Returns to check."


@pytest.mark.slow
def test_pinned_on(shop: Explained) -> None:
    pin(shop, "pin_on", "on")
    sync_availability(shop.world.shop)
    assert said(shop.tell("pin_on")) == ("pinned_on", True, "switched on by anna (without end): Returns to check.")
    assert shop.in_polish() == "włączony ręcznie przez anna (bezterminowo): Returns to check."


@pytest.mark.slow
def test_held_by_a_person(shop: Explained) -> None:
    pin(shop, "hold", "hold")
    assert said(shop.tell("hold"))[::2] == ("left_held", "held as it is by anna (without end): Returns to check.")
    assert shop.in_polish() == "zmiany wstrzymane ręcznie przez anna (bezterminowo): Returns to check."


@pytest.mark.slow
def test_a_person_refused_the_link(shop: Explained) -> None:
    drop_link(shop, "refused")
    decide(shop, "refused", "refused")
    item = f"the item `{shop.products['refused']}` of supplier acme"
    words = f"a person (anna, 2.11.2026 10:30) decided that {item} is not this product: Another colour."
    assert said(shop.tell("refused"))[::2] == ("link_refused_by_person", words)
    assert shop.in_polish().startswith("osoba (anna, 2.11.2026 10:30) zdecydowała, że pozycja")


@pytest.mark.slow
def test_an_offer_that_fits_several_products(shop: Explained) -> None:
    told = shop.tell(f"shop:{shop.id('twin')}")
    words = f"supplier acme has an item `{shop.products['twin']}` with its codes, but it is not linked, because it fits"
    assert (told.code, told.cause.partition(": ")[2].startswith(words)) == ("offer_not_linked", True)
    assert "pasuje do kilku naszych produktów" in shop.in_polish()


@pytest.mark.slow
def test_a_link_made_by_a_person_says_who_and_why(shop: Explained) -> None:
    decide(shop, "hidden", "linked")
    (link,) = shop.tell("hidden").link
    assert (link.decided_by, link.reason) == ("anna", "Another colour")


@pytest.mark.slow
def test_waits_for_the_next_sync(shop: Explained) -> None:
    told = said(shop.tell("due", policy={"min_stock_threshold": 10}))
    assert told[:2] == ("waits_for_sync", False)
    assert told[2].startswith(
        "the decision is `can be ordered` (supplier acme has 12 pieces (threshold: 10), it leaves"
    )
    assert "a zapisze ją następna synchronizacja" in shop.in_polish()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("status", "code", "in_polish"),
    [
        ("failed", "sync_failed", "nie powiodła się: the disk is full"),
        ("quarantined", "sync_failed", "została wstrzymana: the disk is full"),
        ("running", "sync_running", "jeszcze trwa"),
    ],
)
def test_not_written_because_of_the_last_sync(shop: Explained, status: str, code: str, in_polish: str) -> None:
    with last_sync(shop, status, "the disk is full"):
        told = shop.tell("due", policy={"min_stock_threshold": 10})
        assert (told.code, told.can_be_ordered) == (code, False)
        assert in_polish in shop.in_polish()


@pytest.mark.slow
def test_the_shop_is_switched_off(shop: Explained) -> None:
    told = shop.tell("due", policy={"min_stock_threshold": 10}, product_listing_enabled=False)
    assert told.code == "shop_switched_off"
    assert "sklep jest wyłączony w swoim bloku" in shop.in_polish()


@pytest.mark.slow
def test_a_shop_that_is_switched_off_is_no_cause_where_it_holds_what_is_decided(shop: Explained) -> None:
    assert shop.tell("below", product_listing_enabled=False).code == "below_threshold"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("came", "code", "in_polish"),
    [
        ("failed", "write_failed", "zapis w sklepie się nie udał: row locked"),
        ("left", "left_in_shop", "ktoś zmienił ten wiersz w sklepie podczas synchronizacji (ma „nie”)"),
    ],
)
def test_the_last_change_set_did_not_write_it(shop: Explained, came: str, code: str, in_polish: str) -> None:
    with outcome(shop, "due", came):
        assert shop.tell("due", policy={"min_stock_threshold": 10}).code == code
        assert in_polish in shop.in_polish()


@pytest.mark.slow
def test_a_combination_that_can_t_be_denied_alone(shop: Explained) -> None:
    assert shop.tell("size_0").code == "enough_stock"
    told = shop.tell("size_1")
    assert (told.code, told.can_be_ordered, told.item and told.item.attribute > 0) == (
        "combination_cannot_be_denied",
        True,
        True,
    )
    assert "a jednej z nich nie da się wyłączyć osobno" in shop.in_polish()


@pytest.mark.slow
def test_a_combination_of_a_product_that_needs_all(shop: Explained) -> None:
    told = shop.tell("size_0", policy={"combinations": "all"})
    assert told.code in {"waits_for_sync", "combination_missing"}
    assert told.rule
    assert (told.rule.allowed, told.rule.item_allowed, told.rule.allowed_items) == (False, True, 1)


@pytest.mark.slow
def test_texts_are_missing_for_a_language(shop: Explained) -> None:
    told = shop.tell("on", policy={"texts": [LanguageTexts(language="pl")]})
    assert told.code == "settings_refused"
    assert "found none for en" in told.cause


@pytest.mark.slow
def test_a_shop_that_does_not_answer(shop: Explained) -> None:
    told = shop.tell("below", connection=unreachable(shop))
    assert (told.code, told.can_be_ordered) == ("below_threshold", False)
    assert told.cause.startswith(
        "By our records it can't be ordered (the shop does not answer): the best supplier acme"
    )
    assert "The shop could not be asked" in told.text
    assert shop.tell("on", "pl", connection=unreachable(shop)).cause.startswith("Według naszych zapisów można zamówić")


def test_no_secret_is_told(shop: Explained) -> None:
    info = shop.world.shop.connection.connection_info
    assert isinstance(info, ConnectionComponents)
    secret = info.password.get_secret_value() if info.password else ""
    for connection in (shop.world.shop.connection, unreachable(shop)):
        told = shop.tell("on", connection=connection)
        whole = told.model_dump_json() + told.text
        assert [word for word in (PASSWORD, secret) if word and word in whole] == []


@pytest.mark.slow
def test_what_was_written_when_by_which_run(shop: Explained) -> None:
    told = shop.tell("on")
    assert told.last_write
    assert told.last_write.run
    assert told.last_write.run.flow == "sync-availability"
    flags = [(one.before, one.after) for one in told.last_write.values if one.field == "out_of_stock"]
    assert flags == [("2", "1")]
    assert told.since
    assert str(told.last_write.change_set_id) in told.text


@pytest.mark.slow
def test_what_the_feed_says_and_what_the_link_holds(shop: Explained) -> None:
    told = shop.tell("held")
    (feed,), (link,) = told.feeds, told.link
    believed, held = feed.says.believed[0].offers[0], feed.says.held[0].offers[0]
    assert (believed.values["stock_quantity"], held.values["stock_quantity"]) == (3, 50)
    assert (link.holds["stock_quantity"], link.matched_by, bool(link.changed_at)) == (3, "sku", True)


@pytest.mark.slow
def test_both_ways_of_asking_find_the_same(shop: Explained) -> None:
    by_number = shop.tell(f"#{shop.product_id('on')}")
    assert by_number.item == shop.tell(f"shop:{shop.id('on')}").item == shop.tell("on").item


def archived() -> list[Path]:
    return sorted(archive.archive_root().rglob("*"))


def test_the_flow_answers_and_writes_nothing(shop: Explained, monkeypatch: pytest.MonkeyPatch) -> None:
    artifacts: list[str] = []
    monkeypatch.setattr("tasks.report.create_markdown_artifact", lambda text, **_: artifacts.append(text))
    before = (shop.world.everything(), archived())
    told = explain_product(shop.products["on"], shop.world.shop)
    assert (shop.world.everything(), archived()) == before
    (artifact,) = artifacts
    assert artifact.startswith(f"# {told.cause}\n")
    assert artifact.endswith(told.text.partition("\n")[2])


def saved(shop: Explained, monkeypatch: pytest.MonkeyPatch, **numbers: int) -> None:
    """As if these shops were saved, each with an integration number of its own."""
    blocks = {name: shop.world.shop.model_copy(update={"integration_id": n}) for name, n in numbers.items()}
    monkeypatch.setattr("tasks.explaining.saved_shops", lambda: list(blocks))
    monkeypatch.setattr("tasks.explaining.load_shop", lambda name: blocks[name])


@pytest.mark.slow
def test_the_only_shop_need_not_be_named(shop: Explained, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(shop, monkeypatch, sklep=7)
    assert explain_product(shop.products["on"]).code == "enough_stock"


@pytest.mark.slow
def test_of_several_shops_the_one_that_sells_it(shop: Explained, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(shop, monkeypatch, other=8, sklep=7)
    assert explain_product(shop.products["on"]).shop == 7


@pytest.mark.slow
def test_several_shops_that_sell_it_are_listed(shop: Explained, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(shop, monkeypatch, first=7, second=7)
    with pytest.raises(Refused, match=r"several may sell .*: first, second"):
        explain_product(shop.products["on"])


@pytest.mark.slow
def test_no_saved_shop_at_all(shop: Explained, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(shop, monkeypatch)
    with pytest.raises(Refused, match="expected a saved shop, found none"):
        explain_product(shop.products["on"])


@pytest.mark.slow
def test_saved_shops_are_found_by_their_names(shop: Explained) -> None:
    PrestashopDatabase.register_type_and_schema()
    shop.world.shop.model_copy().save("explained-sklep", overwrite=True, _sync=True)  # type: ignore[call-arg]
    assert "explained-sklep" in saved_shops()
