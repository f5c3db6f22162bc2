"""Fault points for crash tests: a step that kills its own process right before or right after it, once each.

They exist here and nowhere in the product: a test's entry program wraps the product's steps.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path

from dbos._dbos import _get_or_create_dbos_registry

from galleria.control.delivery.executing import Workflows
from galleria.control.delivery.steps import Done, Step, Work


class MortalStep(Step):
    """A step around another one, with a death right before and right after `run` and `undo`."""

    def __init__(self, step: Step, deaths: Path) -> None:
        """``deaths`` is the folder that remembers which deaths have happened."""
        self._step, self._deaths = step, deaths
        self.stage, self.name = step.stage, step.name  # type: ignore[misc]  # the wrapped step's own
        self.patience = step.patience  # type: ignore[misc]
        self.blames, self.meets_shoppers = step.blames, step.meets_shoppers  # type: ignore[misc]

    def run(self, work: Work) -> Done:
        self._die_once("before", work)
        done = self._step.run(work)
        self._die_once("after", work)
        return done

    def undo(self, work: Work) -> str:
        self._die_once("before undo of", work)
        evidence = self._step.undo(work)
        self._die_once("after undo of", work)
        return evidence

    def _die_once(self, when: str, work: Work) -> None:
        death = self._deaths / f"{work.claim.deployment_id} {when} {self.name}"
        if not death.exists():
            death.touch()
            os.kill(os.getpid(), signal.SIGKILL)


def make_mortal(kinds: Workflows, deaths: Path) -> Workflows:
    """Wrap every step of every kind."""
    deaths.mkdir(exist_ok=True)
    return {kind: _mortal(steps, deaths) for kind, steps in kinds.items()}


def _mortal(steps: Sequence[Step], deaths: Path) -> Sequence[Step]:
    return [MortalStep(step, deaths) for step in steps]


def recover_at_once() -> None:
    """Have the journal look for what to recover after 20 ms instead of a second: there are some hundred deaths."""
    _get_or_create_dbos_registry().get_internal_queue()._polling_interval_sec = 0.02
