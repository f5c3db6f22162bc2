"""The real runner, which dies at every step of a deployment once: ``-m tests.journeys.mortal_runner HOME DEATHS``"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from galleria.control.delivery.runner import Runner
from galleria.control.delivery.serving import end, serve
from galleria.control.delivery.settings import RunnerSettings
from galleria.control.delivery.wiring import runner
from galleria.observability import logs
from tests.support.mortal import make_mortal, recover_at_once


def make_runner(settings: RunnerSettings) -> Runner:
    """Put the real runner together and make its steps mortal."""
    real = runner(settings)
    return replace(real, kinds=make_mortal(real.kinds, Path(sys.argv[2])))


if __name__ == "__main__":
    recover_at_once()
    logs.configure("runner")
    end(serve(RunnerSettings(home=Path(sys.argv[1])), make_runner))
