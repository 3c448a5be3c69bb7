"""Our database: products, links, what was written to shops, feeds' snapshots, runs and leases.

`open_state()` finds and opens it; tables go in and out as Parquet files; `lease` keeps two runs apart.
"""

from tasks.state.database import StateDatabase
from tasks.state.leases import Lease, lease
from tasks.state.migrations import HEAD
from tasks.state.resolve import open_state, open_unchanged
from tasks.state.session import Condition, Session

__all__ = ["HEAD", "Condition", "Lease", "Session", "StateDatabase", "lease", "open_state", "open_unchanged"]
