"""`python -m benchmarks.deciding [--products 1000000] [--suppliers 3]`: seconds of an availability decision alone."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.child import peak_megabytes
from benchmarks.sizes import say
from blocks import AvailabilityPolicy, LanguageTexts, PrestashopDatabase
from tasks.availability.judging import ShopView
from tasks.availability.plan import decide
from tasks.availability.texts import Language
from tasks.duck import desk

SHOP, FIRST_SUPPLIER = 7, 11
NOW = datetime(2026, 11, 27, 15, tzinfo=UTC)
POLICIES: dict[str, dict[str, Any]] = {
    "as it comes": {},
    "everything asked for": {
        "resume_threshold": 25,
        "best_offer": "cheapest",
        "min_margin_percent": 10,
        "delivery": {"count": "working"},
        "exceptions": [
            {"brand": "Brand 7", "own_stock_only": True},
            {"supplier": FIRST_SUPPLIER, "min_stock_threshold": 5},
            *({"product": f"REF-{number}", "min_stock_threshold": 1} for number in range(1, 200)),
        ],
    },
}


def lay(products: int, suppliers: int, folder: Path) -> dict[str, Path]:
    """The inputs of a decision: nine products in ten are simple, each has an offer of every supplier."""
    with desk() as table:
        table.connection.execute("SET threads = 2")
        values = {"products": products, "suppliers": suppliers, "shop": SHOP, "first": FIRST_SUPPLIER}
        for statement in table.connection.extract_statements(Path(__file__).with_suffix(".sql").read_text("utf-8")):
            table.connection.execute(statement, {name: values[name] for name in statement.named_parameters})
        return {name: table.save(name, folder / f"{name}.parquet") for name in ("links", "catalogue", "written")}


def measure(policy: dict[str, Any], inputs: dict[str, Path], folder: Path) -> dict[str, Any]:
    """Decide once, in this process."""
    texts = [LanguageTexts(language="pl"), LanguageTexts(language="en")]
    settings: dict[str, Any] = {"integration_id": SHOP, "policy": AvailabilityPolicy(**policy, texts=texts)}
    shop = PrestashopDatabase.model_construct(**settings)  # no connection: a decision reads files only
    languages = [Language(1, "pl", "pl-PL"), Language(2, "en", "en-US")]
    view = ShopView(languages=languages, combination_labels=True, only_bmp=False, now=NOW, currency="PLN")
    began = time.monotonic()
    wanted = decide(shop, view, inputs, folder)
    seconds = time.monotonic() - began
    return {"seconds": seconds, "products": wanted.products, "on": wanted.allowed, "memory": peak_megabytes()}


def _child(asked: argparse.Namespace) -> int:
    folder = Path(asked.folder)
    inputs = {name: folder / f"{name}.parquet" for name in ("links", "catalogue", "written")}
    found = measure(POLICIES[asked.policy], inputs, folder)
    print(
        "| {policy} | {products:,} | {on:,} | {seconds:.2f} s | {memory:.0f} MB |".format(policy=asked.policy, **found)
    )
    return 0


def main() -> int:
    """Make the inputs, decide with each policy in a process of its own, print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.deciding", description="Seconds of a decision alone.")
    parser.add_argument("--products", type=int, default=1_000_000)
    parser.add_argument("--suppliers", type=int, default=3)
    parser.add_argument("--policy", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.policy:
        return _child(asked)
    with tempfile.TemporaryDirectory(prefix="rexbit-deciding-") as folder:
        say(f"Making {asked.products:,} products of {asked.suppliers} suppliers each")
        lay(asked.products, asked.suppliers, Path(folder))
        print("| policy | products | on | seconds | peak memory |\n| --- | ---: | ---: | ---: | ---: |", flush=True)
        for policy in POLICIES:
            command = [sys.executable, "-m", "benchmarks.deciding", "--policy", policy, "--folder", folder]
            subprocess.run(command, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
