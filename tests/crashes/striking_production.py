"""What is killed while syncs are at work, and what comes back by itself, as a container engine would start it again."""

from __future__ import annotations

import signal
import time

from tests.crashes.healing import Healed, Patient
from tests.crashes.killing import kill, with_children
from tests.crashes.production import ALONE, Production

AWAY_SECONDS = 10


def strike_processes(production: Production) -> dict[str, Healed]:
    """The process of one run; of another the worker; of a third both. Each waits for a timer, so all go at once."""
    patients = {name: Patient(production, name) for name in (ALONE, "worker", "both")}
    for patient in patients.values():
        patient.begin()
    for patient in patients.values():
        patient.wait_until_held()
    kill(patients[ALONE].strike())
    left = patients["worker"].strike()
    patients["both"].strike()
    worker = production.workers["default"]
    kill(pid for pid in with_children(worker.process.pid) if pid not in left)
    worker.process.wait()
    for patient in patients.values():
        patient.let_go()
    production.workers["default"] = production.start("worker-default")
    return {name: patients[name].healed() for name in ("worker", ALONE, "both")}


def strike_server(production: Production) -> Healed:
    """Prefect's server is away when the run has done its work and wants to say so."""
    patient = Patient(production, "server")
    patient.begin()
    patient.wait_until_held()
    patient.strike()
    production.kill(production.server)
    patient.let_go()
    time.sleep(AWAY_SECONDS)
    production.server = production.start("prefect")
    return patient.healed()


def strike_postgres(production: Production, shop: str, how: signal.Signals) -> Healed:
    """Both databases are away while the run writes: SIGQUIT as for a restart at once, SIGKILL as by the kernel."""
    patient = Patient(production, shop)
    patient.begin()
    patient.wait_until_held()
    patient.strike()
    production.kill_postgres(how)
    patient.shop.let_go()
    time.sleep(AWAY_SECONDS)
    production.start_postgres()
    return patient.healed()
