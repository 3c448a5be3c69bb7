"""CSV files as suppliers write them."""

from __future__ import annotations

import pytest

from tasks.errors import Refused
from tests.feeds.conftest import Read, csv_feed

HEADER = "sku;ean;stock;price;days\n"
LINE = "A1;5901234123457;5;10,50;3\n"


def test_a_plain_file(read: Read) -> None:
    reading = read(HEADER + LINE)
    offer = reading.offers[0]
    assert (offer["sku"], offer["ean"], offer["stock_quantity"]) == ("A1", "5901234123457", 5)
    assert (str(offer["purchase_price"]), offer["currency"], offer["delivery_days"]) == ("10.5000", "PLN", 3)
    assert (reading.read.encoding, reading.read.delimiter, reading.read.format) == ("utf-8", ";", "csv")


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_found(read: Read, delimiter: str) -> None:
    reading = read((HEADER + "A1;;5;10.50;3\nA2;;6;11.50;3\n").replace(";", delimiter))
    assert reading.read.delimiter == delimiter
    assert [offer["sku"] for offer in reading.offers] == ["A1", "A2"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "iso-8859-2", "utf-16", "utf-16-le"])
def test_the_encoding_is_found(read: Read, encoding: str) -> None:
    text = "sku;stock;nazwa\n" + "".join(f"A{n};5;Śruba źle wkręcona, żółta ą\n" for n in range(3))
    feed = csv_feed(mapping={"sku": "sku", "stock_quantity": "stock", "name": "nazwa"})
    reading = read(text.encode(encoding), feed)
    assert {offer["name"] for offer in reading.offers} == {"Śruba źle wkręcona, żółta ą"}


def test_row_numbers_are_lines_of_the_file(read: Read) -> None:
    text = '\n\nsku;stock;name\nA1;5;"two\nlines"\n\nA2;6;one\nA3;7\nA4;8;one\n\n'
    feed = csv_feed(mapping={"sku": "sku", "stock_quantity": "stock", "name": "name"})
    reading = read(text, feed)
    assert {offer["sku"]: offer["row_number"] for offer in reading.offers} == {"A1": 4, "A2": 7, "A4": 9}
    assert [(row["row_number"], row["reason_code"], row["value"]) for row in reading.rejects] == [
        (8, "too_few_columns", "A3;7")
    ]


def test_row_numbers_below_a_header_of_two_lines(read: Read) -> None:
    reading = read(
        'sku;ean;"stock\nnow";price;days\n' + LINE,
        csv_feed(mapping={"sku": "sku", "stock_quantity": "stock now"}),
    )
    assert reading.offers[0]["row_number"] == 3


def test_no_row_is_lost_without_a_word(read: Read) -> None:
    reading = read(HEADER + LINE + "A2;;5;1\n" + "A3;;5;1;2;3\n" + 'A4;;5;"1"x";2\n' + LINE.replace("A1", "A5"))
    assert reading.read.rows_read == len(reading.offers) + reading.read.rows_rejected == 5
    assert reading.reasons == ["too_few_columns", "too_many_columns", "broken_quotes"]


def test_mixed_line_ends(read: Read) -> None:
    reading = read((HEADER + LINE).replace("\n", "\r\n") + LINE.replace("A1", "A2") + LINE.replace("A1", "A3"))
    assert [(offer["sku"], offer["row_number"]) for offer in reading.offers] == [("A1", 2), ("A2", 3), ("A3", 4)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(read: Read, end: str) -> None:
    reading = read((HEADER + LINE + LINE.replace("A1", "A2")).replace("\n", end))
    assert [(offer["sku"], offer["row_number"]) for offer in reading.offers] == [("A1", 2), ("A2", 3)]


def test_an_inch_sign_in_a_name_is_no_quote(read: Read) -> None:
    feed = csv_feed(mapping={"sku": "sku", "stock_quantity": "stock", "name": "name"})
    assert read('sku;stock;name\nA1;5;Monitor 24" LCD\n', feed).offers[0]["name"] == 'Monitor 24" LCD'


def test_repeated_and_blank_names_are_stable(read: Read) -> None:
    feed = csv_feed(mapping={"sku": "kod", "stock_quantity": "stan_2"})
    reading = read("kod;stan;stan;;\nA1;1;2;3;\n", feed)
    assert reading.read.columns == ["kod", "stan", "stan_2", "column_4", "column_5"]
    assert reading.offers[0]["stock_quantity"] == 2


def test_a_separator_at_each_line_s_end_is_no_column(read: Read) -> None:
    assert read(HEADER + LINE.replace("\n", ";\n") * 1).offers[0]["sku"] == "A1"


def test_no_header(read: Read) -> None:
    feed = csv_feed(mapping={"sku": "1", "stock_quantity": "column_3"}, has_header=False)
    reading = read(LINE, feed)
    assert (reading.offers[0]["sku"], reading.offers[0]["row_number"]) == ("A1", 1)


def test_title_lines_are_skipped(read: Read) -> None:
    reading = read("Price list\n\n" + HEADER + LINE, csv_feed(skip_rows=2))
    assert reading.offers[0]["row_number"] == 4


TITLE = "Price list of 2026-11-25;;;;\n\nAll prices net;;;;\n"


def test_a_header_below_title_lines_is_found(read: Read) -> None:
    reading = read(TITLE + HEADER + LINE)
    assert (reading.offers[0]["sku"], reading.offers[0]["row_number"]) == ("A1", 5)


def test_a_header_below_a_line_as_full_as_it_is_found_by_the_mapping(read: Read) -> None:
    reading = read("Acme;Ltd;Warsaw;2026;Poland\n" + HEADER + LINE)
    assert [offer["sku"] for offer in reading.offers] == ["A1"]


def test_a_header_of_two_lines(read: Read) -> None:
    feed = csv_feed(mapping={"sku": "Kod", "stock_quantity": "Stan Centrala"})
    reading = read("\nCennik\nKod;Nazwa;Stan;Stan\n;;Centrala;Sklep\nA1;Śruba;5;7\n", feed)
    assert reading.read.columns == ["Kod", "Nazwa", "Stan Centrala", "Stan Sklep"]
    assert (reading.offers[0]["stock_quantity"], reading.offers[0]["row_number"]) == (5, 5)


def test_no_header_below_blank_lines(read: Read) -> None:
    feed = csv_feed(mapping={"sku": "1", "stock_quantity": "3"}, has_header=False)
    assert read("\n;;;;\n" + LINE, feed).offers[0]["row_number"] == 3


def test_the_first_column_of_those_a_mapping_names(read: Read) -> None:
    feed = csv_feed(mapping={"sku": "kod | sku", "stock_quantity": "stock", "name": "nazwa?"})
    assert read(HEADER + LINE, feed).offers[0]["sku"] == "A1"


@pytest.mark.parametrize("quote", [None, "'"])
def test_single_quotes(read: Read, quote: str | None) -> None:
    feed = csv_feed(mapping={"sku": "sku", "stock_quantity": "stock", "name": "name"}, quote=quote)
    reading = read("sku;name;stock\n'A1';'a;\"b\"';5\n'A2';'it''s';6\n", feed)
    assert [offer["name"] for offer in reading.offers] == ['a;"b"', "it's"]


def test_a_file_without_a_quote(read: Read) -> None:
    feed = csv_feed(mapping={"sku": "sku", "stock_quantity": "stock", "name": "name"}, quote="none")
    reading = read('sku\tname\tstock\nA1\t"Monitor" 24\t5\nA2\t"19\t6\n', feed)
    assert [offer["name"] for offer in reading.offers] == ['"Monitor" 24', '"19']


def test_a_mapped_column_that_is_gone_names_those_there(read: Read) -> None:
    with pytest.raises(Refused, match=r"`stock` \(stock_quantity\).*`sku`, `ean`, `stan`"):
        read(HEADER.replace("stock", "stan") + LINE)


def test_a_header_alone_is_a_feed_without_offers(read: Read) -> None:
    reading = read(HEADER)
    assert (reading.read.rows_read, reading.offers) == (0, [])


def test_no_final_newline_is_fine(read: Read) -> None:
    assert len(read((HEADER + LINE).rstrip("\n")).offers) == 1


@pytest.mark.parametrize("tail", ["A2;590123412", "A2", 'A2;;5;1;"a name that', 'A2;;5;1;"a'])
def test_a_file_cut_inside_its_last_record_is_refused(read: Read, tail: str) -> None:
    with pytest.raises(Refused, match="ends inside its last record, which begins on line 3"):
        read(HEADER + LINE + tail)


def test_every_cut_before_the_last_field_is_refused(read: Read) -> None:
    text = HEADER + LINE + "A2;5901234123457;7;11,50;4"
    for end in range(len(HEADER + LINE) + 1, text.rindex(";")):
        with pytest.raises(Refused):
            read(text[:end])


def test_a_file_cut_inside_a_character_is_refused(read: Read) -> None:
    feed = csv_feed(mapping={"sku": "sku", "stock_quantity": "stock", "name": "name"})
    whole = "sku;stock;name\nA1;5;żółw\nA2;6;żó".encode()
    with pytest.raises(Refused, match="ends inside a character"):
        read(whole[:-1], feed)


def test_bytes_without_meaning_are_refused_with_their_place(read: Read) -> None:
    text = (HEADER + LINE).encode()
    with pytest.raises(Refused, match=r"utf-8, got byte 0xFF at position 27"):
        read(text[:27] + b"\xff" + text[28:], csv_feed(encoding="utf-8"))


def test_damaged_utf8_is_not_taken_for_an_old_code_page(read: Read) -> None:
    feed = csv_feed(mapping={"sku": "sku", "stock_quantity": "stock", "name": "name"})
    with pytest.raises(Refused, match="expected text in utf-8"):
        read("sku;stock;name\nA1;5;żółta\nA2;5;żółta\n".encode() + b"A3;5;\xc5\n", feed)


def test_nul_bytes_are_refused(read: Read) -> None:
    with pytest.raises(Refused, match="NUL"):
        read(HEADER + LINE.replace("A1", "A\0"))


def test_a_line_without_end_is_refused(read: Read) -> None:
    with pytest.raises(Refused, match="longer than"):
        read(HEADER + "A" * 1_200_000)


def test_a_hundred_thousand_columns_are_refused(read: Read) -> None:
    with pytest.raises(Refused, match="at most 2,000 columns"):
        read(";".join(f"c{n}" for n in range(100_000)) + "\n")


def test_too_many_rejects_refuse_the_file_and_say_why(read: Read) -> None:
    feed = csv_feed(gate={"max_rejected_share": 0.2})
    with pytest.raises(Refused, match=r"at most 20% rejected rows, got 1 of 3.*`lots` in row 3") as refusal:
        read(HEADER + LINE + "A2;;lots;1,00;1\n" + "A3;;5;1,00;1\n", feed)
    assert refusal.value.summary.rejected_by_reason == {"unknown_stock": 1}
