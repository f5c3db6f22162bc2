"""The real runner, dying at every step of a deployment once: ``mortal_runner HOME DEATHS [broken-door]``"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from galleria.contracts.wire import SmokeResult
from galleria.control.delivery.journal import DbosJournal
from galleria.control.delivery.knocking import HttpKnocking
from galleria.control.delivery.runner import Runner, shape_of, workflows
from galleria.control.delivery.serving import end, serve
from galleria.control.delivery.settings import PublicDoor, RunnerSettings
from galleria.control.delivery.wiring import parts
from galleria.observability import logs
from tests.support.mortal import make_mortal, recover_at_once
from tests.unit.control.delivery.stage import visit


class BrokenDoor(HttpKnocking):
    """The last thing that can go wrong: everything is made and open, and the public door fails."""

    def at_the_door(self, door: PublicDoor, host: str, unseen: str = "") -> list[SmokeResult]:
        return visit(passes=False)


def make_runner(settings: RunnerSettings) -> Runner:
    """Put the real runner together and make its steps mortal; with a broken door if the third argument says so."""
    its_parts = parts(settings)
    if "broken-door" in sys.argv[3:]:
        its_parts = replace(its_parts, knocking=BrokenDoor())
    kinds = workflows(its_parts)
    journal = DbosJournal(settings.journal_file, shape_of(kinds))
    return Runner(its_parts, make_mortal(kinds, Path(sys.argv[2])), journal, settings.slots)


if __name__ == "__main__":
    recover_at_once()
    logs.configure("runner")
    end(serve(RunnerSettings(home=Path(sys.argv[1])), make_runner))
