"""`make ui`: the demo's Prefect again, with its worker, shop and feeds, until Ctrl-C."""

from __future__ import annotations

import signal
import sys

from demo.__main__ import HOME, world

PORT = 4200


def main() -> int:
    """Serve the UI on port 4200; 1 where there is no demo yet."""
    if not (HOME / "summary.json").exists():
        print("There is no demo yet: run `make demo` first.")
        return 1
    with world(PORT) as (orchestra, _):
        worker = orchestra.start_worker()
        try:
            print(f"\nThe Prefect UI: {orchestra.url}   (stop with Ctrl-C)", flush=True)
            signal.sigwait({signal.SIGINT, signal.SIGTERM})
        finally:
            worker.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
