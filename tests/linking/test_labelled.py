"""Every kind of dirt in a supplier's codes: no wrong link, and what its codes can tell is linked."""

from __future__ import annotations

import pytest

from benchmarks.linking.judging import Judged, judge, read_offers
from benchmarks.linking.labelled import EXPECTED, lay
from tests import parquet


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    made = lay(2_000, tmp_path_factory.mktemp("labelled"))
    parquet.write(made.folder / "links.parquet", parquet.LINKS)
    return judge(made, read_offers(made))


def test_no_link_is_wrong(judged: Judged) -> None:
    assert (judged.wrong, judged.precision) == ([], 1.0)


def test_every_kind_comes_out_as_it_has_to(judged: Judged) -> None:
    assert {kind.kind for kind in judged.kinds} == set(EXPECTED)
    assert [kind for kind in judged.kinds if not kind.as_expected] == []


def test_all_that_codes_can_tell_is_linked(judged: Judged) -> None:
    assert judged.recall(decidable=True) == 1.0
    assert judged.recall(decidable=False) < 1.0  # the rest is a person's
