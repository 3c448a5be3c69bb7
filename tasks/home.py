"""Where we keep our own files when nothing else is said: `REXBIT_HOME`, or `.rexbit` in the user's home."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """The folder of the embedded database and of the default archive; made if missing."""
    folder = Path(os.environ.get("REXBIT_HOME") or Path.home() / ".rexbit").expanduser().absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder
