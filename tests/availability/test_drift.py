"""What others changed in a shop: found between what we wrote, what stands there and what is wanted, and judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from blocks import ManualEdits
from tasks.availability.drifting import Drift, Memory, find_drift
from tasks.availability.plan import find_differing
from tests import parquet

NOW = datetime(2026, 11, 24, 6)  # noqa: DTZ001  (as the files hold times: UTC without a zone)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WANTED = parquet.SHOP_ROWS + ", product_id BIGINT, reason_code VARCHAR, reason_args VARCHAR, held VARCHAR"
UNFINISHED = "id_product BIGINT, id_product_attribute BIGINT, id_lang INTEGER, field VARCHAR, after VARCHAR"
KEPT = ManualEdits(texts="until_decision_changes", flags="until_decision_changes")
DAYS = ManualEdits(texts="for_days", flags="for_days", days=7)
Row = tuple[int, int, int, str]  # product, combination, language, field
FLAG, SIZE, OTHER_SIZE = (1, 0, 0, "out_of_stock"), (1, 8, 0, "out_of_stock"), (1, 9, 0, "out_of_stock")
TEXT, ENGLISH = (1, 0, 1, "available_later"), (1, 0, 2, "available_later")


@dataclass
class Shop:
    """Rows by what is wanted, written and held, what is remembered of them, and what a sync makes of it all."""

    folder: Path
    wanted: dict[Row, str] = field(default_factory=dict)
    written: dict[Row, str] = field(default_factory=dict)
    holds: dict[Row, str] = field(default_factory=dict)
    edits: list[dict[str, Any]] = field(default_factory=list)
    unfinished: dict[Row, str] = field(default_factory=dict)
    reason_code: str = "enough_stock"

    def row(self, row: Row, wanted: str, written: str, holds: str) -> Shop:
        self.wanted[row], self.written[row], self.holds[row] = wanted, written, holds
        return self

    def edit(self, row: Row, found: str, found_at: datetime, was: str = "kept", **more: Any) -> Shop:
        run_id = f"{was}-{found_at:%d%H}"
        names = ("id_product", "id_product_attribute", "id_lang", "field")
        over = {"ended_at": found_at} if was == "repaired" else {}
        told = {"run_id": run_id, "found": found, "found_at": found_at, "was": was}
        self.edits.append({**dict(zip(names, row, strict=True)), **told, **over, **more})
        return self

    def sync(self, policy: ManualEdits | None = None, compare: Literal["state", "shop"] = "shop") -> Seen:
        wanted = self.file("wanted", WANTED, self.wanted)
        shop_rows = self.file("shop_rows", parquet.SHOP_ROWS, self.holds)
        written = self.file("written", parquet.WRITTEN, self.written)
        memory = Memory(
            written=written,
            edits=parquet.write(self.folder / "edits.parquet", parquet.EDITS, self.edits) if self.edits else None,
            unfinished=self.file("unfinished", UNFINISHED, self.unfinished, "after") if self.unfinished else None,
            now=NOW.replace(tzinfo=UTC),
            with_shop=compare == "shop",
        )
        found = find_differing(wanted, shop_rows if compare == "shop" else written, self.folder, memory)
        return Seen(*find_drift(found.rows, shop_rows, memory, policy or ManualEdits(), self.folder))

    def file(self, name: str, columns: str, values: dict[Row, str], column: str = "value") -> Path:
        names = ("id_product", "id_product_attribute", "id_lang", "field")
        rows = [{**dict(zip(names, row, strict=True)), column: value} for row, value in values.items()]
        if name == "wanted":  # pieces are compared with what the decision itself says is held
            rows = [{**row, "held": row["value"], "reason_code": self.reason_code} for row in rows]
        if name not in {"written", "unfinished"}:
            rows = [{**row, "id_lang": row["id_lang"] or None} for row in rows]
        return parquet.write(self.folder / f"{name}.parquet", columns, rows)


@dataclass
class Seen:
    """What a sync would write, and what it says of others' changes."""

    rows: Path
    drift: Drift | None

    @property
    def writes(self) -> list[Row]:
        return sorted(key(row) for row in parquet.read(self.rows))

    @property
    def was(self) -> dict[Row, str]:
        return {key(row): row["was"] for row in parquet.read(self.drift.judged)} if self.drift else {}

    @property
    def over(self) -> dict[Row, str]:
        return {key(row): row["why"] for row in parquet.read(self.drift.ended)} if self.drift else {}

    def until(self) -> set[datetime | None]:
        return {row["kept_until"] for row in parquet.read(self.drift.judged)} if self.drift else set()


def key(row: dict[str, Any]) -> Row:
    return (row["id_product"], row["id_product_attribute"], row["id_lang"] or 0, row["field"])


def flags(shop: Shop, wanted: str, written: str, holds: Sequence[str]) -> Shop:
    for row, held in zip((FLAG, SIZE, OTHER_SIZE), holds, strict=False):
        shop.row(row, wanted, written, held)
    return shop


def test_what_others_changed_gets_ours_again_and_is_told(tmp_path: Path) -> None:
    seen = Shop(tmp_path).row(TEXT, "3 dni", "3 dni", "zapytaj").row(ENGLISH, "3 days", "3 days", "3 days").sync()
    assert (seen.writes, seen.was) == ([TEXT], {TEXT: "repaired"})
    assert seen.drift
    assert (seen.drift.drifted, seen.drift.repaired, seen.drift.kept) == (1, 1, 0)


def test_an_ordinary_change_is_no_drift(tmp_path: Path) -> None:
    seen = Shop(tmp_path).row(TEXT, "5 dni", "3 dni", "3 dni").sync()
    assert (seen.writes, seen.drift) == ([TEXT], None)


def test_a_row_that_somebody_set_as_it_shall_be_is_only_recorded(tmp_path: Path) -> None:
    seen = Shop(tmp_path).row(TEXT, "5 dni", "3 dni", "5 dni").sync(KEPT)
    assert (seen.writes, seen.drift) == ([TEXT], None)  # the change set finds before = after: `already`


def test_a_row_that_we_never_wrote_is_nobodys_change(tmp_path: Path) -> None:
    shop = Shop(tmp_path, wanted={TEXT: "3 dni"}, holds={TEXT: "zapytaj"})
    seen = shop.sync(KEPT)
    assert (seen.writes, seen.drift) == ([TEXT], None)


def test_a_value_that_a_crash_left_there_is_ours(tmp_path: Path) -> None:
    shop = Shop(tmp_path, unfinished={TEXT: "5 dni"}).row(TEXT, "3 dni", "3 dni", "5 dni")
    for compare in ("shop", "state"):
        seen = shop.sync(KEPT, compare)
        assert (seen.writes, seen.was) == ([TEXT], {})


def test_sold_pieces_are_no_drift(tmp_path: Path) -> None:
    pieces = (1, 8, 0, "quantity")
    shop = Shop(tmp_path, unfinished={TEXT: "3 dni"}).row(pieces, "9", "12", "7").row(TEXT, "3 dni", "3 dni", "3 dni")
    seen = shop.sync(KEPT)
    assert (seen.writes, seen.was) == ([], {})


def test_a_kept_text_is_left_and_the_other_language_written(tmp_path: Path) -> None:
    shop = Shop(tmp_path).row(TEXT, "3 dni", "3 dni", "zapytaj").row(ENGLISH, "5 days", "3 days", "3 days")
    seen = shop.sync(KEPT)
    assert (seen.writes, seen.was, seen.until()) == ([ENGLISH], {TEXT: "kept"}, {None})


def test_texts_may_be_kept_where_flags_are_not(tmp_path: Path) -> None:
    shop = Shop(tmp_path).row(TEXT, "3 dni", "3 dni", "zapytaj").row(FLAG, "1", "1", "0")
    assert shop.sync(ManualEdits(texts="until_decision_changes")).was == {TEXT: "kept", FLAG: "repaired"}


def test_an_edit_ends_when_something_else_is_to_be_written(tmp_path: Path) -> None:
    shop = Shop(tmp_path).row(TEXT, "5 dni", "3 dni", "zapytaj").edit(TEXT, "zapytaj", NOW - DAY)
    for compare in ("shop", "state"):
        seen = shop.sync(KEPT, compare)
        assert (seen.writes, seen.over) == ([TEXT], {TEXT: "decision_changed"})


def test_days_are_counted_from_when_it_was_first_found(tmp_path: Path) -> None:
    shop = Shop(tmp_path).row(TEXT, "5 dni", "3 dni", "zapytaj")
    assert shop.sync(DAYS).until() == {NOW + 7 * DAY}
    shop.edit(TEXT, "zapytaj", NOW - DAY, kept_until=NOW + 6 * DAY)
    seen = shop.sync(DAYS, "state")
    assert (seen.writes, seen.until(), seen.over) == ([], {NOW + 6 * DAY}, {})


def test_another_text_begins_its_days_anew(tmp_path: Path) -> None:
    shop = Shop(tmp_path).row(TEXT, "3 dni", "3 dni", "po świętach").edit(TEXT, "zapytaj", NOW - DAY, kept_until=NOW)
    seen = shop.sync(DAYS)
    assert (seen.until(), seen.over) == ({NOW + 7 * DAY}, {TEXT: "replaced"})


def test_after_its_days_it_is_looked_at_though_nothing_else_changed(tmp_path: Path) -> None:
    shop = Shop(tmp_path).row(TEXT, "3 dni", "3 dni", "zapytaj")
    shop.edit(TEXT, "zapytaj", NOW - 7 * DAY, kept_until=NOW)
    seen = shop.sync(DAYS, "state")
    assert (seen.writes, seen.was, seen.over) == ([TEXT], {TEXT: "repaired"}, {TEXT: "over"})


def test_an_edit_that_somebody_took_back_is_over(tmp_path: Path) -> None:
    shop = Shop(tmp_path).row(TEXT, "3 dni", "3 dni", "3 dni").edit(TEXT, "zapytaj", NOW - DAY)
    seen = shop.sync(KEPT)
    assert (seen.writes, seen.over) == ([], {TEXT: "gone"})
    assert seen.drift
    assert (seen.drift.drifted, seen.drift.idle) == (0, 1)


def test_a_known_edit_is_not_remembered_twice(tmp_path: Path) -> None:
    shop = Shop(tmp_path).row(TEXT, "3 dni", "3 dni", "zapytaj").edit(TEXT, "zapytaj", NOW - DAY)
    seen = shop.sync(KEPT)
    assert seen.drift
    assert [row["is_known"] for row in parquet.read(seen.drift.judged)] == [True]


def test_an_edit_of_a_product_that_is_not_looked_after_any_more_is_over(tmp_path: Path) -> None:
    shop = Shop(tmp_path).row((2, 0, 1, "available_later"), "x", "y", "y").edit(TEXT, "a", NOW - DAY, kept_until=NOW)
    assert shop.sync(DAYS, "state").over == {TEXT: "not_ours"}


def test_a_pin_is_written_also_where_somebody_set_the_flag(tmp_path: Path) -> None:
    for policy in (KEPT, DAYS):
        shop = flags(Shop(tmp_path), "0", "0", "11").row(TEXT, "brak", "brak", "zapytaj")
        assert set(shop.sync(policy).was.values()) == {"kept"}
        shop.reason_code = "pinned_off"
        seen = shop.sync(policy)
        assert (seen.writes, seen.was[FLAG], seen.was[TEXT]) == ([FLAG, SIZE], "repaired", "kept")
        for row in (FLAG, SIZE):
            shop.edit(row, "1", NOW - DAY, kept_until=NOW + DAY)
        seen = shop.sync(policy, "state")  # what we wrote last is what the pin says
        assert (seen.writes, seen.over) == ([FLAG, SIZE], {FLAG: "pinned", SIZE: "pinned"})


def test_what_is_kept_until_a_decision_ends_where_nobody_decides_any_more(tmp_path: Path) -> None:
    shop = Shop(tmp_path).row((2, 0, 1, "available_later"), "x", "y", "y").edit(TEXT, "a", NOW - DAY)
    assert shop.sync(KEPT, "state").over == {}  # which looks at few products
    assert shop.sync(KEPT).over == {TEXT: "not_ours"}


def test_all_flags_of_a_product_are_kept_together(tmp_path: Path) -> None:
    seen = flags(Shop(tmp_path), "1", "1", "000").sync(KEPT)
    assert (seen.writes, set(seen.was.values()), len(seen.was)) == ([], {"kept"}, 3)


def test_flags_that_disagree_are_repaired(tmp_path: Path) -> None:
    for policy in (KEPT, DAYS):
        seen = flags(Shop(tmp_path), "1", "1", "011").sync(policy)
        assert (seen.writes, seen.was) == ([FLAG], {FLAG: "repaired"})


def test_a_kept_flag_whose_rows_begin_to_disagree_is_over(tmp_path: Path) -> None:
    shop = flags(Shop(tmp_path), "1", "1", "00")
    for row in (FLAG, SIZE):
        shop.edit(row, "0", NOW - DAY)
    shop.wanted[OTHER_SIZE], shop.holds[OTHER_SIZE] = "1", "2"  # a size made since, which we never wrote
    seen = shop.sync(KEPT, "state")
    assert seen.writes == [FLAG, SIZE, OTHER_SIZE]
    assert set(seen.over.values()) == {"flags_disagree"}


def test_a_size_made_since_follows_the_kept_flag(tmp_path: Path) -> None:
    shop = flags(Shop(tmp_path), "1", "1", "00")
    for row in (FLAG, SIZE):
        shop.edit(row, "0", NOW - DAY)
    shop.wanted[OTHER_SIZE], shop.holds[OTHER_SIZE] = "1", "0"
    assert shop.sync(KEPT, "state").writes == []


def test_rows_of_sizes_that_are_no_more_do_not_disagree(tmp_path: Path) -> None:
    shop = flags(Shop(tmp_path), "1", "1", "00")
    shop.holds[OTHER_SIZE] = "1"
    assert shop.sync(KEPT).writes == []


def test_the_third_change_back_within_a_day_is_a_quarrel(tmp_path: Path) -> None:
    shop = Shop(tmp_path).row(TEXT, "3 dni", "3 dni", "ERP")
    shop.edit(TEXT, "ERP", NOW - 2 * HOUR, "repaired")
    assert shop.sync().was == {TEXT: "repaired"}
    shop.edit(TEXT, "ERP", NOW - HOUR, "repaired")
    seen = shop.sync()
    assert (seen.writes, seen.was, seen.until()) == ([], {TEXT: "contested"}, {NOW + DAY})
    assert seen.drift
    (row,) = parquet.read(seen.drift.judged)
    assert row["times"] == [NOW - 2 * HOUR, NOW - HOUR, NOW]


def test_changes_of_more_than_a_day_ago_are_no_quarrel(tmp_path: Path) -> None:
    shop = Shop(tmp_path).row(TEXT, "3 dni", "3 dni", "ERP")
    shop.edit(TEXT, "ERP", NOW - DAY, "repaired").edit(TEXT, "ERP", NOW - HOUR, "repaired")
    assert shop.sync().was == {TEXT: "repaired"}


def test_a_quarrel_about_one_size_leaves_all_flags_alone(tmp_path: Path) -> None:
    shop = flags(Shop(tmp_path), "1", "1", "101")
    shop.edit(SIZE, "0", NOW - 2 * HOUR, "repaired").edit(FLAG, "0", NOW - HOUR, "repaired")
    shop.wanted.update({FLAG: "0", SIZE: "0", OTHER_SIZE: "0"})
    shop.holds[SIZE] = "2"
    assert shop.sync().writes == []


def test_one_repair_of_many_rows_is_one_time(tmp_path: Path) -> None:
    shop = flags(Shop(tmp_path), "1", "1", "000")
    for row in (FLAG, SIZE, OTHER_SIZE):
        shop.edit(row, "0", NOW - HOUR, "repaired")
    assert set(shop.sync().was.values()) == {"repaired"}


def test_what_rests_is_left_alone_whatever_stands_there(tmp_path: Path) -> None:
    for holds in ("3 dni", "ERP"):
        shop = Shop(tmp_path).row(TEXT, "5 dni", "3 dni", holds)
        shop.edit(TEXT, "ERP", NOW - HOUR, "contested", kept_until=NOW + 23 * HOUR)
        for compare in ("shop", "state"):
            seen = shop.sync(compare=compare)
            assert (seen.writes, seen.over) == ([], {})


def test_after_a_day_of_rest_it_is_written_again(tmp_path: Path) -> None:
    shop = Shop(tmp_path).row(TEXT, "3 dni", "3 dni", "ERP")
    shop.edit(TEXT, "ERP", NOW - DAY, "contested", kept_until=NOW).edit(TEXT, "ERP", NOW - DAY - HOUR, "repaired")
    seen = shop.sync(compare="state")
    assert (seen.writes, seen.was, seen.over) == ([TEXT], {TEXT: "repaired"}, {TEXT: "over"})
