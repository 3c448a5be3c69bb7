"""`python -m benchmarks.soak [--suppliers 4 --imports 2 --shops 1 --syncs 3]`: ends with 1 unless all is well."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.sizes import say
from benchmarks.soak.booking import Book, in_turn
from benchmarks.soak.feeds import Hold, Suppliers, serving
from benchmarks.soak.figures import as_text, figures, what_is_wrong
from benchmarks.soak.judging import Verdict, judge
from benchmarks.soak.machines import WORKERS, machines, own_folder
from benchmarks.soak.model import Model
from benchmarks.soak.place import PLAIN, Place, make_place, write_project
from benchmarks.soak.server import Server, asking
from benchmarks.soak.sizes import Sizes
from benchmarks.soak.striking import Striker, import_of
from demo.servers import start_mariadb, start_postgresql


def arguments_of(arguments: Sequence[str]) -> Sizes:
    """The options as sizes."""
    usual = Sizes()
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--suppliers", type=int, default=usual.suppliers)
    parser.add_argument("--imports", type=int, default=usual.imports, help="of each supplier")
    parser.add_argument("--shops", type=int, default=usual.shops)
    parser.add_argument("--syncs", type=int, default=usual.syncs, help="of each shop")
    parser.add_argument("--products", type=int, default=usual.products, help="of each shop")
    parser.add_argument("--pace", type=float, default=usual.pace, help="runs begun a minute, at most")
    parser.add_argument("--no-kill", dest="kill", action="store_false", help="let all workers live")
    parser.add_argument("--archive", help="REXBIT_ARCHIVE of the workers; default: a folder of its own")
    return Sizes(**vars(parser.parse_args(arguments)))


def soak(sizes: Sizes, folder: Path) -> Verdict:
    """Make the world, run it, judge it, print."""
    with ExitStack() as stack:
        say(f"Making {sizes.shops} shops of {sizes.products:,} products, starting the servers")
        mariadb = stack.enter_context(start_mariadb(folder / "mariadb"))
        settings = ("max_connections=200", "shared_buffers=256MB")  # as in compose.yaml
        postgres = stack.enter_context(start_postgresql(folder / "postgresql", settings=settings))
        place = make_place(mariadb, postgres, sizes)
        model = Model(tuple(reference for (reference,) in place.shop(sizes.shop_names[0], PLAIN)))
        holds = {key: Hold() for key in [*sizes.overlapped, *([sizes.killed] if sizes.killed else [])]}
        suppliers = Suppliers(model, sizes.supplier_names, holds)
        feeds = stack.enter_context(serving(suppliers))
        write_project(folder / "project", place, feeds)
        running = stack.enter_context(machines(place, folder))
        say("Deploying, starting the workers")
        running.deploy(folder / "project")
        for name in WORKERS:
            running.start(name)
        server = stack.enter_context(asking(running.orchestra))
        striker = Striker(running, sizes, holds)
        book = _run(server, place, striker)
        say("Looking at all rows")
        served = dict(enumerate(suppliers.served.values()))
        verdict = judge(place, model, served, book, striker.kill)
        print(as_text(list(figures(place, book, striker.kill, verdict))), flush=True)
        return verdict


def _run(server: Server, place: Place, striker: Striker) -> Book:
    """The catalogues, then all imports and syncs in turn; a last sync of each shop sees what the last imports left."""
    sizes = place.sizes
    catalogues = [f"import-catalog/{name}" for name in sizes.shop_names]
    imports = {import_of(name): sizes.imports for name in sizes.supplier_names}
    syncs = {f"sync-availability/{name}": sizes.syncs - 1 for name in sizes.shop_names}
    ids = {name: server.deployment(name) for name in [*catalogues, *imports, *syncs]}
    say("Reading the shops' catalogues")
    read = Book(server, ids, sizes.pace)
    read.work_off(catalogues)
    place.watch_links()
    due = in_turn({**imports, **syncs})
    say(f"{len(due) + sizes.shops} runs, at most {sizes.pace:g} a minute")
    book = Book(server, ids, sizes.pace, striker.watch)
    book.work_off(due)
    book.work_off(syncs)
    book.jammed += read.jammed
    return book


def main(arguments: Sequence[str]) -> int:
    """Print the figures; 1 if anything overlapped, was lost, done twice or hangs."""
    sizes = arguments_of(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))  # so that all that was started is stopped
    with own_folder() as folder:
        verdict = soak(sizes, folder)
    if not verdict.is_good:
        print(what_is_wrong(verdict), file=sys.stderr)
    return 0 if verdict.is_good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
