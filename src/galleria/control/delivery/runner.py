"""The runner: its parts put together, its loops started, and one word to end them all."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass

from galleria.contracts.words import DeploymentKind
from galleria.control.delivery import lifecycle
from galleria.control.delivery.claiming import Claiming
from galleria.control.delivery.configure import configure
from galleria.control.delivery.deploy import deploy
from galleria.control.delivery.executing import Executor, Workflows
from galleria.control.delivery.journal import Journal
from galleria.control.delivery.lease import LeaseKeeper
from galleria.control.delivery.observing import KeepingUp, Observing
from galleria.control.delivery.parts import Parts
from galleria.control.delivery.provision import provision
from galleria.control.delivery.rollback import rollback


def workflows(parts: Parts) -> Workflows:
    """Name the list of steps of every kind of deployment."""
    return {
        DeploymentKind.PROVISION: provision(parts),
        DeploymentKind.START: lifecycle.start(parts),
        DeploymentKind.STOP: lifecycle.stop(parts),
        DeploymentKind.RESTART: lifecycle.restart(parts),
        DeploymentKind.DECOMMISSION: lifecycle.decommission(parts),
        DeploymentKind.DEPLOY: deploy(parts),
        DeploymentKind.ROLLBACK: rollback(parts),
        DeploymentKind.CONFIGURE: configure(parts),
    }


def shape_of(kinds: Workflows) -> str:
    """Name the lists of steps: another list of names is another shape, which old checkpoints do not fit."""
    names = [f"{kind}:{step.name}" for kind, steps in sorted(kinds.items()) for step in steps]
    return "steps-" + hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Runner:
    """One runner process."""

    parts: Parts
    kinds: Workflows
    journal: Journal
    slots: int

    def run(self, stopped: threading.Event) -> None:
        """Work until ``stopped``. What is unfinished then goes on at the next start."""
        leases, observing = LeaseKeeper(), Observing(self.parts)
        executor = Executor(self.parts, self.kinds, leases, observing.look_now)
        loops = (
            leases.run,
            observing.run,
            KeepingUp(self.parts).run,
            Claiming(self.parts, self.journal, self.slots).run,
        )
        self.journal.open(executor.carry_out)
        for loop in loops:
            _in_background(loop, stopped)
        stopped.wait()


def _in_background(loop: Callable[[threading.Event], None], stopped: threading.Event) -> None:
    # Daemon threads: a request for work that the plane holds open must not hold up the end.
    threading.Thread(target=loop, args=(stopped,), daemon=True, name=loop.__qualname__).start()
