"""gzip and zip files: transparently read where they are honest, refused fast and in little memory where not."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import random
import stat
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from blocks.fetching import Fetching
from tasks.errors import Refused, WrongSettingsError
from tasks.feeds.sources.fetch import Fetched, Limits, fetch
from tests.feeds.conftest import Supplier, csv_feed

BODY = b"sku;stock\n" + b"".join(b"A%d;5\n" % n for n in range(5_000))


def get(tmp_path: Path, content: bytes, member: str | None = None, **limits: int) -> Fetched:
    source = tmp_path / "feed.packed"
    source.write_bytes(content)
    feed = csv_feed(str(source), fetching=Fetching(archive_member=member))
    return fetch(feed, tmp_path, Limits(settle_seconds=0, **limits))


def zipped(*files: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content, method)
    return packed.getvalue()


def gzip_of(piece: bytes, times: int) -> bytes:
    """A gzip file of a piece many times, made without having it all."""
    packing = zlib.compressobj(9, wbits=31)
    return b"".join(packing.compress(piece) for _ in range(times)) + packing.flush()


@contextmanager
def fast_and_small(seconds: float = 3, megabytes: int = 8) -> Iterator[None]:
    started = time.monotonic()
    tracemalloc.start()
    yield
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert time.monotonic() - started < seconds
    assert peak < megabytes << 20


@pytest.mark.parametrize("packed", [gzip.compress(BODY), zipped(("a/feed.csv", BODY))], ids=["gzip", "zip"])
def test_a_packed_file_is_taken_apart(tmp_path: Path, packed: bytes) -> None:
    assert get(tmp_path, packed).path.read_bytes() == BODY


def test_what_counts_is_the_content_not_how_it_was_packed(tmp_path: Path) -> None:
    first, second = (get(tmp_path, gzip.compress(BODY, mtime=time)) for time in (1, 2))
    assert first.sha256 == second.sha256 == hashlib.sha256(BODY).hexdigest()
    assert (first.bytes, first.packed) == (len(BODY), "gzip")


def test_nothing_else_is_left_in_the_folder(tmp_path: Path) -> None:
    get(tmp_path, gzip.compress(gzip.compress(BODY)))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["feed.packed", "raw"]


def test_nothing_is_left_where_it_was_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        get(tmp_path, gzip.compress(BODY)[:-20])
    assert [path.name for path in tmp_path.iterdir()] == ["feed.packed"]


def test_a_body_that_a_web_server_packed_is_taken_apart(tmp_path: Path, supplier: Supplier) -> None:
    url = supplier.answer("/feed.csv", gzip.compress(BODY), Content_Encoding="gzip")
    assert fetch(url, tmp_path).path.read_bytes() == BODY


def test_a_body_packed_in_another_way_is_refused(tmp_path: Path, supplier: Supplier) -> None:
    url = supplier.answer("/feed.csv", b"...", Content_Encoding="br")
    with pytest.raises(Refused, match="packed by `br`"):
        fetch(url, tmp_path)


def test_gzip_files_put_together_are_one(tmp_path: Path) -> None:
    assert (
        get(tmp_path, gzip.compress(BODY) + gzip.compress(b"B;1\n") + b"\0" * 600).path.read_bytes() == BODY + b"B;1\n"
    )


@pytest.mark.parametrize("kept", [15, 5000, -8, -1], ids=["head", "some", "no end", "all but a byte"])
def test_a_cut_gzip_is_refused(tmp_path: Path, kept: int) -> None:
    with pytest.raises(Refused, match="gzip file is cut"):
        get(tmp_path, gzip.compress(BODY)[:kept])


def test_a_damaged_gzip_is_refused(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(BODY))
    packed[len(packed) // 2] ^= 0xFF
    with pytest.raises(Refused, match="damaged"):
        get(tmp_path, bytes(packed))


def test_bytes_behind_a_gzip_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="more bytes behind it"):
        get(tmp_path, gzip.compress(BODY) + b"<html>")


def test_a_gzip_bomb_is_refused(tmp_path: Path) -> None:
    bomb = gzip_of(bytes(1 << 20), 100)
    with fast_and_small(), pytest.raises(Refused, match="at most 250 bytes from each packed one"):
        get(tmp_path, bomb)


def test_a_gzip_bomb_in_a_gzip_is_refused(tmp_path: Path) -> None:
    bomb = gzip.compress(gzip_of(bytes(1 << 20), 100))
    with fast_and_small(), pytest.raises(Refused, match="no feed packs so well"):
        get(tmp_path, bomb)


def test_more_than_the_limit_when_unpacked_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="at most 20,000 bytes when unpacked"):
        get(tmp_path, gzip.compress(BODY), max_bytes=20_000)


def test_a_feed_that_packs_well_is_no_bomb(tmp_path: Path) -> None:
    row = b"<product><sku>A-100</sku><ean>5901234123457</ean><stock>5</stock><price>12.50</price></product>\n"
    noise = random.Random(1)
    rows = b"".join(row.replace(b"100", b"%d" % noise.randrange(10**6)) for _ in range(200_000))
    assert get(tmp_path, gzip.compress(rows)).bytes == len(rows)


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    bomb = zipped(("feed.csv", bytes(100 << 20)))
    with fast_and_small(), pytest.raises(Refused, match="no feed packs so well"):
        get(tmp_path, bomb)


def test_a_zip_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    bomb = zipped(("feed.csv", bytes(50 << 20)))
    lie = bomb.replace((50 << 20).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    with fast_and_small(), pytest.raises(Refused, match="damaged"):
        get(tmp_path, lie)


def test_a_zip_of_countless_files_is_refused(tmp_path: Path) -> None:
    packed = zipped(*((f"{n}.csv", b"") for n in range(30_000)))
    with fast_and_small(), pytest.raises(Refused, match="more files than any feed"):
        get(tmp_path, packed)


@pytest.mark.parametrize("name", ["../feed.csv", "a/../../feed.csv", "/etc/feed.csv", "C:/feed.csv", "..\\feed.csv"])
def test_a_name_that_leads_out_of_the_zip_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused, match="leads out of it"):
        get(tmp_path, zipped((name, BODY)))


def test_a_name_cut_by_a_nul_is_refused(tmp_path: Path) -> None:
    packed = zipped(("feed.csvX", BODY)).replace(b"feed.csvX", b"feed.csv\0")
    with pytest.raises(Refused, match="leads out of it"):
        get(tmp_path, packed)


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("feed.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(Refused, match="link"):
        get(tmp_path, zipped((link, b"/etc/passwd")))


def test_several_files_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(WrongSettingsError, match=r"one file in the zip, found 2: `a\.csv`, `b\.csv`.*archive_member"):
        get(tmp_path, zipped(("a.csv", BODY), ("b.csv", BODY)))


def test_one_of_several_is_named_by_a_pattern(tmp_path: Path) -> None:
    packed = zipped(("readme.txt", b"hello"), ("out/Stock_1.csv", BODY))
    fetched = get(tmp_path, packed, "stock_*.csv")
    assert (fetched.path.read_bytes(), fetched.packed) == (BODY, "zip: out/Stock_1.csv")


@pytest.mark.parametrize(("member", "found"), [("*.csv", "2 fitting ones"), ("*.xml", "none like it among 2")])
def test_a_pattern_that_fits_none_or_several_is_a_wrong_setting(tmp_path: Path, member: str, found: str) -> None:
    with pytest.raises(WrongSettingsError, match=found):
        get(tmp_path, zipped(("a.csv", BODY), ("b.csv", BODY)), member)


def test_what_a_mac_leaves_in_a_zip_is_no_file(tmp_path: Path) -> None:
    packed = zipped(("feed.csv", BODY), ("__MACOSX/._feed.csv", b"x"), ("data/", b""))
    assert get(tmp_path, packed).bytes == len(BODY)


def test_an_office_file_is_no_archive(tmp_path: Path) -> None:
    packed = zipped(("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>"))
    fetched = get(tmp_path, packed)
    assert (fetched.path.read_bytes(), fetched.packed) == (packed, None)


def test_an_empty_zip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="the zip is empty"):
        get(tmp_path, zipped())


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_cut_zip_is_refused(tmp_path: Path, share: float) -> None:
    whole = zipped(("feed.csv", os.urandom(5_000)))
    with pytest.raises(Refused, match="zip file is cut or damaged"):
        get(tmp_path, whole[: int(len(whole) * share)])


def test_a_protected_zip_is_refused(tmp_path: Path) -> None:
    packed = bytearray(zipped(("feed.csv", BODY)))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(mark) + place] |= 1
    with pytest.raises(Refused, match="protected by a password"):
        get(tmp_path, bytes(packed))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_unusual_method_is_refused(tmp_path: Path, method: int) -> None:
    with pytest.raises(Refused, match="expected the usual one"):
        get(tmp_path, zipped(("feed.csv", BODY), method=method))
