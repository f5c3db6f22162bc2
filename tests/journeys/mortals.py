"""Runners that die at every step, in the place of a platform's own one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import psutil

from galleria.contracts.wire import Deployment
from galleria.contracts.words import Component
from galleria.control.delivery.parts import Parts
from galleria.control.delivery.runner import workflows
from tests.journeys.living import BOUND, LivingPlatform, until
from tests.support.mortal import Deaths

ROOT = Path(__file__).parents[2]

STEPS = {kind: [step.name for step in steps] for kind, steps in workflows(cast(Parts, None)).items()}
"""Of each kind of deployment, from the workflows themselves: none can be forgotten."""


@dataclass
class Mortals:
    """The runners of one platform, each of which lives until its next death."""

    platform: LivingPlatform
    deaths: Deaths
    log: Path
    process: subprocess.Popen[bytes]
    """What lives on: it begins another life after each death."""

    def ended(self, asked: Deployment) -> Deployment:
        """Wait until a deployment has ended, through however many deaths."""
        what = f"{asked.kind} of {asked.store_id} to end through all deaths"
        return until(lambda: self._over(asked), what, 10 * BOUND)

    def _over(self, asked: Deployment) -> Deployment | None:
        assert self.process.poll() is None, self.log.read_text("utf-8", "replace")[-5000:]
        return self.platform.final(asked.deployment_id)

    def end(self) -> None:
        """No further life."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0, self.log.read_text("utf-8", "replace")[-5000:]

    def vanish(self) -> None:
        """Kill the one that lives, and what would begin another life: this machine's runner never returns."""
        living = psutil.Process(self.process.pid).children()
        self.process.kill()
        self.process.wait()
        for each in living:
            os.kill(each.pid, signal.SIGKILL)
            with suppress(psutil.Error):
                each.wait(60)


@contextmanager
def runner_stopped(platform: LivingPlatform) -> Iterator[None]:
    """Stop the platform's own runner for a while."""
    address = f"unix://{platform.home}/supervisor/supervisor.sock"
    control = [sys.executable, "-W", "ignore", "-m", "supervisor.supervisorctl", "-s", address]
    subprocess.run([*control, "stop", "runner:*"], check=True)
    until(lambda: not platform.pids(Component.RUNNER), "the runner to stop")
    try:
        yield
    finally:
        subprocess.run([*control, "start", "runner:*"], check=True)


@contextmanager
def mortal_runners(platform: LivingPlatform, deaths: Deaths, *more: str) -> Iterator[Mortals]:
    """Put mortal runners in the place of the platform's own one; ``more`` is what breaks besides."""
    log = platform.files / "mortal.log"
    command = [sys.executable, "-m", "tests.journeys.mortal_runner", str(platform.home), str(deaths.folder), *more]
    environment = {**os.environ, **platform.settings}
    with runner_stopped(platform), log.open("ab") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output, env=environment)
        mortals = Mortals(platform, deaths, log, process)
        try:
            yield mortals
            if process.poll() is None:
                mortals.end()
        finally:
            if process.poll() is None:
                mortals.vanish()
