"""A state as a mark: tone, shape and word together, so that nothing is told by colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from galleria.contracts.words import (
    AuditOutcome,
    DeploymentStatus,
    IsolationLevel,
    Outcome,
    ProcessState,
    StoreState,
)


class Tone(StrEnum):
    """How a state feels. One set of colours each in ``tokens.css``."""

    OK = "ok"
    BUSY = "busy"
    WARN = "warn"
    BAD = "bad"
    OFF = "off"


class Shape(StrEnum):
    """What a state looks like without colour. One drawing each in ``parts.html``."""

    CHECK = "check"
    RING = "ring"
    TRIANGLE = "triangle"
    QUESTION = "question"
    OCTAGON = "octagon"
    BACK = "back"
    SQUARE = "square"
    DASH = "dash"
    CHANGE = "change"
    SAME = "same"


@dataclass(frozen=True)
class Mark:
    """A state as it is shown."""

    tone: Tone
    shape: Shape
    word: str


STORE_MARKS: Final = {
    StoreState.NEEDS_ATTENTION: Mark(Tone.BAD, Shape.OCTAGON, "Needs attention"),
    StoreState.DEGRADED: Mark(Tone.WARN, Shape.TRIANGLE, "Degraded"),
    StoreState.UNOBSERVED: Mark(Tone.WARN, Shape.QUESTION, "Not observed"),
    StoreState.DEPLOYING: Mark(Tone.BUSY, Shape.RING, "Deploying"),
    StoreState.STOPPED: Mark(Tone.OFF, Shape.SQUARE, "Stopped"),
    StoreState.SELLING: Mark(Tone.OK, Shape.CHECK, "Selling"),
    StoreState.REMOVED: Mark(Tone.OFF, Shape.DASH, "Removed"),
}

DEPLOYMENT_MARKS: Final = {
    DeploymentStatus.REQUESTED: Mark(Tone.BUSY, Shape.RING, "Waiting for a runner"),
    DeploymentStatus.RUNNING: Mark(Tone.BUSY, Shape.RING, "Running"),
    DeploymentStatus.SUCCEEDED: Mark(Tone.OK, Shape.CHECK, "Succeeded"),
    DeploymentStatus.FAILED: Mark(Tone.BAD, Shape.OCTAGON, "Failed"),
    DeploymentStatus.ROLLED_BACK: Mark(Tone.WARN, Shape.BACK, "Rolled back"),
    DeploymentStatus.NEEDS_ATTENTION: Mark(Tone.BAD, Shape.OCTAGON, "Needs attention"),
}

OUTCOME_MARKS: Final = {
    Outcome.RUNNING: Mark(Tone.BUSY, Shape.RING, "Running"),
    Outcome.PASSED: Mark(Tone.OK, Shape.CHECK, "Passed"),
    Outcome.FAILED: Mark(Tone.BAD, Shape.OCTAGON, "Failed"),
    Outcome.SKIPPED: Mark(Tone.OFF, Shape.DASH, "Skipped"),
}

PROCESS_MARKS: Final = {
    ProcessState.RUNNING: Mark(Tone.OK, Shape.CHECK, "Running"),
    ProcessState.SILENT: Mark(Tone.WARN, Shape.QUESTION, "Silent"),
    ProcessState.STARTING: Mark(Tone.BUSY, Shape.RING, "Starting"),
    ProcessState.RESTARTING: Mark(Tone.WARN, Shape.TRIANGLE, "Restarting"),
    ProcessState.STOPPED: Mark(Tone.OFF, Shape.SQUARE, "Stopped"),
    ProcessState.GAVE_UP: Mark(Tone.BAD, Shape.OCTAGON, "Gave up"),
}

ISOLATION_MARKS: Final = {
    IsolationLevel.FULL: Mark(Tone.OK, Shape.CHECK, "Full"),
    IsolationLevel.PARTIAL: Mark(Tone.WARN, Shape.TRIANGLE, "Partial"),
    IsolationLevel.NONE: Mark(Tone.BAD, Shape.OCTAGON, "None"),
}

NOT_MEASURED: Final = Mark(Tone.OFF, Shape.QUESTION, "Not measured")

AUDIT_MARKS: Final = {
    AuditOutcome.ACCEPTED: Mark(Tone.OFF, Shape.RING, "Accepted"),
    AuditOutcome.SUCCEEDED: Mark(Tone.OK, Shape.CHECK, "Succeeded"),
    AuditOutcome.FAILED: Mark(Tone.BAD, Shape.OCTAGON, "Failed"),
    AuditOutcome.REFUSED: Mark(Tone.WARN, Shape.TRIANGLE, "Refused"),
}
