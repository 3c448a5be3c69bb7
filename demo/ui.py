"""`make ui`: the demo's Prefect again, with its worker, shop and feeds, until Ctrl-C."""

from __future__ import annotations

import signal
import sys

from demo.__main__ import HOME, fill_blocks, world

PORT = 4200


def main() -> int:
    """Serve the UI on port 4200; 1 where there is no demo yet."""
    if not (HOME / "summary.json").exists():
        print("There is no demo yet: run `make demo` first.")
        return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # all is stopped in order, as after Ctrl-C
    with world(PORT) as (orchestra, _):
        fill_blocks(orchestra)
        worker = orchestra.start_worker()
        try:
            print(f"\nThe Prefect UI: {orchestra.url}   (stop with Ctrl-C)", flush=True)
            signal.pause()
        except KeyboardInterrupt:
            return 0
        finally:
            worker.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
