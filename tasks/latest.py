"""`python -m tasks.latest import-feed-acme`: a run's latest summary from the Prefect server, as text for a terminal."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Sequence

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from prefect.client.schemas.sorting import ArtifactSort


def latest(key: str) -> str | None:
    """The artifact's line of counts and its text as it reads without Markdown's escapes; None: there is none."""
    with get_client(sync_client=True) as client:
        found = client.read_artifacts(
            artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=[key])), sort=ArtifactSort.UPDATED_DESC, limit=1
        )
    if not found:
        return None
    text = re.sub(r"\\([\\|`*_<>\[\]])", r"\1", str(found[0].data))
    return f"{found[0].description}\n\n{text}"


def main(arguments: Sequence[str]) -> int:
    """0: shown; 1: no run left such a summary; 2: no name was given."""
    if len(arguments) != 1:
        print(
            "usage: python -m tasks.latest NAME, such as import-feed-acme (the tab Artifacts has them)", file=sys.stderr
        )
        return 2
    shown = latest(arguments[0])
    if shown is None:
        print(f"no run left a summary `{arguments[0]}` (flow and block: import-feed-acme)", file=sys.stderr)
        return 1
    print(shown)
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `| head` ends it quietly
    sys.exit(main(sys.argv[1:]))
