"""The real runner, dying at every step of a deployment once: ``mortal_runner HOME DEATHS [broken-WHAT]``

Each death is that of a process of its own, and the next one begins where it left.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from galleria.contracts.words import Slot
from galleria.control.delivery.journal import DbosJournal
from galleria.control.delivery.knocking import HttpKnocking
from galleria.control.delivery.runner import Runner, shape_of, workflows
from galleria.control.delivery.serving import serve
from galleria.control.delivery.settings import PublicDoor, RunnerSettings
from galleria.control.delivery.shopping import Visited
from galleria.control.delivery.wiring import parts
from galleria.control.gateway.doors import DOORS, STOREFRONT
from galleria.observability import logs
from tests.support.mortal import live_on, make_mortal
from tests.unit.control.delivery.stage import visit


class BrokenDoor(HttpKnocking):
    """The last thing that can go wrong: everything is made and open, and the public door fails."""

    def at_the_door(self, door: PublicDoor, host: str, unseen: str = "") -> Visited:
        return visit(passes=False)


class BrokenSlot(HttpKnocking):
    """The public door fails for as long as it leads to a storefront in this slot; the unseen one is well."""

    def __init__(self, home: Path, slot: Slot) -> None:
        super().__init__()
        self._doors, self._slot = home / DOORS, slot

    def at_the_door(self, door: PublicDoor, host: str, unseen: str = "") -> Visited:
        leads_to = (self._doors / host / STOREFRONT).readlink().name
        if not unseen and leads_to == f"storefront-{self._slot}.sock":
            return visit(passes=False)
        return super().at_the_door(door, host, unseen)


def make_runner(settings: RunnerSettings) -> Runner:
    """Put the real runner together and make its steps mortal; with a broken door if the third argument says so."""
    its_parts = parts(settings)
    if "broken-door" in sys.argv[3:]:
        its_parts = replace(its_parts, knocking=BrokenDoor())
    for slot in Slot:
        if f"broken-{slot}" in sys.argv[3:]:
            its_parts = replace(its_parts, knocking=BrokenSlot(settings.home, slot))
    kinds = workflows(its_parts)
    journal = DbosJournal(settings.journal_file, shape_of(kinds))
    return Runner(its_parts, make_mortal(kinds, Path(sys.argv[2])), journal, settings.slots)


def live() -> int:
    """Be one runner, until its death or its end."""
    logs.configure("runner")
    return serve(RunnerSettings(home=Path(sys.argv[1])), make_runner)


if __name__ == "__main__":
    sys.exit(live_on(live))
