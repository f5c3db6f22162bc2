"""The claim loop: never more work than slots, and no answer of the plane ends it."""

from __future__ import annotations

import threading

import pytest

from galleria.control.delivery.claiming import Claiming
from galleria.control.delivery.faults import AskAgain, PlaneBroken
from galleria.control.delivery.journal import NullJournal
from tests.unit.control.delivery.stage import Stage, a_claim


class FullJournal(NullJournal):
    """As many workflows running as it was told."""

    def __init__(self, running: int) -> None:
        super().__init__()
        self._many = running
        self.started: list[str] = []

    def running(self) -> set[str]:
        return {f"dep-{number}" for number in range(self._many)}

    def start(self, key: str, claim: str) -> None:
        self.started.append(key)


def test_names_the_workflow_after_deployment_and_attempt(stage: Stage) -> None:
    journal = FullJournal(0)
    stage.plane.claims = [a_claim(attempt=3)]
    Claiming(stage.parts, journal, 2).once()
    assert journal.started == ["dep-1-3"]


def test_claims_nothing_while_all_slots_are_taken(stage: Stage) -> None:
    journal = FullJournal(2)
    stage.plane.claims = [a_claim()]
    assert Claiming(stage.parts, journal, 2).once() > 0
    assert journal.started == []


@pytest.mark.parametrize("fault", [AskAgain("away", retry_after=0.0), PlaneBroken("nonsense"), RuntimeError("bug")])
def test_no_answer_of_the_plane_ends_the_loop(stage: Stage, fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("galleria.control.delivery.claiming._LONGEST_PAUSE", 0.0)
    journal, stopped = FullJournal(0), threading.Event()
    stage.plane.faults["claim"] = [fault]
    stage.plane.claims = [a_claim()]
    loop = threading.Thread(target=Claiming(stage.parts, journal, 2).run, args=(stopped,))
    loop.start()
    while not journal.started:
        assert loop.is_alive()
    stopped.set()
    loop.join()
    assert journal.started == ["dep-1-1"]
