"""`python -m benchmarks.linking [--products 100000]`: precision and recall on labelled offers, and seconds."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.child import peak_megabytes
from benchmarks.linking.again import link_twice
from benchmarks.linking.judging import Judged, judge, read_offers
from benchmarks.linking.labelled import EXPECTED, lay
from benchmarks.sizes import say
from tests import parquet

MOST_ERRORS = 50


def kinds_table(judged: Judged) -> str:
    """What came of each kind of dirt, as Markdown."""
    lines = [
        "| offers | how many | linked right | wrong | left to a person | no product | |",
        "| --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for kind in judged.kinds:
        numbers = " | ".join(f"{number:,}" for number in kind[1:])
        wanted = "" if kind.as_expected else f"expected: {EXPECTED[kind.kind]}"
        lines.append(f"| {kind.kind} | {numbers} | {wanted} |")
    return "\n".join(lines)


def main() -> int:
    """Make the set, link it, print what came of it; 1 where a link is wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linking", description="How right linking is.")
    parser.add_argument("--products", type=int, default=100_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rexbit-linking-") as folder:
        say(f"Making {asked.products:,} products and a fifth more offers")
        made = lay(asked.products, Path(folder))
        parquet.write(made.folder / "links.parquet", parquet.LINKS)
        offers = read_offers(made)
        began = time.monotonic()
        judged = judge(made, offers)
        seconds, memory = time.monotonic() - began, peak_megabytes()
        say("Linking through PostgreSQL, reading and writing included")
        turns = list(link_twice(made, offers))
    print("\n" + kinds_table(judged))
    print(f"\nPrecision of the links made: {judged.precision:.4f}.")
    print(f"Recall: {judged.recall(decidable=False):.4f} of the offers that the shop sells,")
    print(f"        {judged.recall(decidable=True):.4f} of those whose codes can tell.")
    print(f"Matching took {seconds:.2f} s, peak memory {memory:.0f} MB.")
    for turn in turns:
        print(f"Linking, {turn.name}: {turn.seconds:.2f} s ({turn.created:,} links made, {turn.updated:,} changed).")
    for wrong in judged.wrong[:MOST_ERRORS]:
        offer = f"{wrong.sku} {wrong.ean} {wrong.name}"
        print(f"WRONG ({wrong.kind}, by {wrong.method}): {offer} -> {wrong.linked}, is {wrong.really}")
    return 1 if judged.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
