"""The lease: a row that says who is working on an integration, until when, by the database's clock."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from tasks.errors import Busy, LeaseLostError, UnreachableError
from tasks.patience import patiently
from tasks.state.database import StateDatabase

LOG = logging.getLogger(__name__)
LOOK_EVERY_SECONDS = 2.0
DIED = "its process died; `{}` (run {}) went on"


@dataclass(frozen=True)
class Claim:
    """Who holds the lease: `acquired_at` tells two claims of one run apart."""

    integration_id: int
    run_id: str
    holder: str
    acquired_at: datetime

    def key(self) -> dict[str, object]:
        """What finds this claim's row, and no later one's."""
        return {"integration_id": self.integration_id, "run_id": self.run_id, "acquired_at": self.acquired_at}


class Lease:
    """A lease that is held: a thread renews it every third of its life until `stop`."""

    def __init__(self, state: StateDatabase, claim: Claim, ttl_seconds: float) -> None:
        self.claim = claim
        self._state = state
        self._ttl = ttl_seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"lease-{claim.integration_id}", daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Ask the database whether the lease is still ours: before every write that another run mustn't cross.

        Errors: LeaseLostError when it expired or was taken over, UnreachableError.
        """
        with self._state.session(read_only=True) as session:
            now = session.now()
            rows = session.execute("lease_read", {"integration_id": self.claim.integration_id})
        row = rows[0] if rows else None
        if row and row["expires_at"] > now and all(row[name] == value for name, value in self.claim.key().items()):
            return
        if row is None:
            found = "nobody holds it (it was removed)"
        elif row["run_id"] == self.claim.run_id and row["acquired_at"] == self.claim.acquired_at:
            found = f"it expired at {shown(row['expires_at'])}"
        else:
            found = f"`{row['holder']}` (run {row['run_id']}) holds it since {shown(row['acquired_at'])}"
        raise LeaseLostError(
            f"integration {self.claim.integration_id}: expected this run ({self.claim.run_id}) to hold the lease, but"
            f" {found}. Nothing more is written; run again"
        )

    def renew(self) -> bool:
        """Prolong the lease by its whole life from now; False when it is no longer ours."""
        with self._state.session() as session:
            expires_at = session.now() + timedelta(seconds=self._ttl)
            return bool(session.execute("lease_renew", {**self.claim.key(), "expires_at": expires_at}))

    def stop(self) -> None:
        """End renewing and give the lease back; one that can't be given back now expires by itself."""
        self._ended.set()
        self._thread.join(timeout=5)
        try:
            with self._state.session() as session:
                session.execute("lease_release", self.claim.key())
        except UnreachableError as error:
            LOG.warning("the lease of integration %s stays until it expires: %s", self.claim.integration_id, error)

    def _keep(self) -> None:
        while not self._ended.wait(self._ttl / 3):
            try:
                if not self.renew():
                    LOG.warning("the lease of integration %s was taken over", self.claim.integration_id)
                    return
            except UnreachableError as error:
                LOG.warning("the lease of integration %s was not renewed: %s", self.claim.integration_id, error)


@contextmanager
def lease(
    state: StateDatabase,
    integration_id: int,
    run_id: str,
    holder: str,
    wait_seconds: float = 300,
    ttl_seconds: float = 90,
) -> Iterator[Lease]:
    """Hold the lease of an integration for the length of a `with` block.

    `holder`: what a person knows the run by, for the message to whom has to wait. `wait_seconds`: how long to wait
    for another's lease to end. `ttl_seconds`: how long a lease lives on after a crash.
    Errors: Busy when another still holds it then, naming it.
    """
    give_up_at = time.monotonic() + wait_seconds
    take = partial(_take, state, integration_id, run_id, holder, ttl_seconds)
    while (claim := patiently(take, "our database")) is None:
        left = give_up_at - time.monotonic()
        if left <= 0:
            raise Busy(_who_holds(state, integration_id, wait_seconds))
        time.sleep(min(LOOK_EVERY_SECONDS, left))
    held = Lease(state, claim, ttl_seconds)
    try:
        yield held
    finally:
        held.stop()


def shown(moment: datetime) -> str:
    """A time as people read it in a message."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _take(state: StateDatabase, integration_id: int, run_id: str, holder: str, ttl: float) -> Claim | None:
    with state.session() as session:
        now = session.now()
        claim = Claim(integration_id, run_id, holder, now)
        before = session.execute("lease_read", {"integration_id": integration_id})
        values = {**claim.key(), "holder": holder, "expires_at": now + timedelta(seconds=ttl)}
        if not session.execute("lease_take", values):
            return None
        for dead in before:  # whoever lives renews it
            died = {"id": dead["run_id"], "ended_at": now, "message": DIED.format(holder, run_id)}
            if dead["run_id"] != run_id:
                session.execute("run_died", died)
        return claim


def _who_holds(state: StateDatabase, integration_id: int, waited: float) -> str:
    with state.session(read_only=True) as session:
        rows = session.execute("lease_read", {"integration_id": integration_id})
    if not rows:
        return f"integration {integration_id} was busy for {waited:g} s and is free now: run again"
    row = rows[0]
    return (
        f"integration {integration_id}: expected nobody else at work on it, but `{row['holder']}` (run"
        f" {row['run_id']}) is since {shown(row['acquired_at'])}; waited {waited:g} s. Wait for it to end; if it"
        f" crashed, the integration is free after {shown(row['expires_at'])}"
    )
