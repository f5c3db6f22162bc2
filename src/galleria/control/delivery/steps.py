"""What a step is: one small object with a stage, a name, one public `run` that can safely run twice, and its undo."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

from pydantic import AwareDatetime, BaseModel, ConfigDict

from galleria.contracts.wire import Claim, IsolationReport, Revision, SmokeRun, StoreSpec
from galleria.contracts.words import Component, Outcome, Stage
from galleria.control.delivery.moving import Move
from galleria.control.runtimes.port import Artifact, Template


class Facts(BaseModel):
    """What the steps so far found out: plain values, written down after each step, so that the next one can go on from
    them after a restart. Nothing in it is secret."""

    model_config = ConfigDict(frozen=True)

    artifact: Artifact | None = None
    """The installed environment."""
    artifacts: dict[Component, Artifact] = {}
    """What each component of a new store is started from; empty in what an earlier version wrote down."""
    release_id: str | None = None
    """The newest release among those."""
    template: Template | None = None
    isolation: IsolationReport | None = None
    begun_at: AwareDatetime | None = None
    """When the first step of this attempt began."""
    revision: Revision | None = None
    smoke: SmokeRun | None = None
    door: SmokeRun | None = None
    """The last run through the public door."""
    green_at: AwareDatetime | None = None
    """When the store's own smoke run passed."""
    move: Move | None = None
    """How the store gets to another revision."""
    classified: bool = False
    """Whether the move's rollback class was worked out, and is not just assumed."""


@dataclass(frozen=True)
class Work:
    """One attempt at one deployment, and what is known so far."""

    claim: Claim
    facts: Facts = field(default_factory=Facts)

    @property
    def store_id(self) -> str:
        return self.claim.spec.store_id

    @property
    def asked_at(self) -> AwareDatetime | None:
        """When the operator asked; when the work began if the plane did not say."""
        return self.claim.requested_at or self.facts.begun_at

    @property
    def spec(self) -> StoreSpec:
        return self.claim.spec

    @property
    def host(self) -> str:
        """The shop's host name."""
        return self.spec.host or f"{self.store_id}.localhost"


@dataclass(frozen=True)
class Done:
    """A step did its work: what it found, as a sentence, and the facts from here on."""

    evidence: str
    facts: Facts


class Step(ABC):
    """One named step. Everything that it needs comes in with its construction or with the work."""

    stage: ClassVar[Stage]
    name: ClassVar[str]
    patience: ClassVar[float] = 30.0
    """For how many seconds an error that may pass by itself is waited out."""
    blames: ClassVar[bool] = False
    """Whether its failure says that the release is no good, unless it is for want of something around it."""
    meets_shoppers: ClassVar[bool] = False
    """Whether shoppers may have met what was new once it has run."""

    @abstractmethod
    def run(self, work: Work) -> Done:
        """Do it. Run twice it has the effect of once. Raises what the ports raise."""

    def undo(self, work: Work) -> str:
        """Take back what `run` did, even if it ended half-way or never ran, and say so; "" if there was nothing."""
        return ""


class StepEnd(BaseModel):
    """How a step ended, as it is written down: a value, not an exception."""

    model_config = ConfigDict(frozen=True)

    outcome: Outcome
    started_at: AwareDatetime
    finished_at: AwareDatetime
    evidence: str
    facts: Facts
    blamed: bool = False
    """The step failed because of what the release holds."""
