"""How a list of steps is carried out: in order, each one written down, everything taken back when one fails.

The kinds of deployments are in `provision` and `lifecycle`; this is what they have in common.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from galleria.contracts.words import DeploymentStatus, Outcome, Stage
from galleria.control.delivery.checkpoints import Checkpoints
from galleria.control.delivery.clock import Clock
from galleria.control.delivery.faults import DoorFailed, LeaseLost, Verdict, sort
from galleria.control.delivery.lease import Lease
from galleria.control.delivery.reporting import Reporter
from galleria.control.delivery.steps import Done, Facts, Step, StepEnd, Work
from galleria.observability import logs

_log = logs.get(__name__)

_LOOKING = (Stage.INTAKE, Stage.BUILD, Stage.VERIFICATION, Stage.RELEASE)
"""The stages in which nothing of the store is changed."""


class End(BaseModel):
    """How a deployment ended, and the facts it ended with."""

    model_config = ConfigDict(frozen=True)

    status: DeploymentStatus
    reason: str
    facts: Facts
    blamed: bool = False
    """It failed because of what the release holds."""


@dataclass(frozen=True)
class Workflow:
    """Carries out one attempt at one deployment. Has no state: what it knows is in the checkpoints."""

    steps: Sequence[Step]
    checkpoints: Checkpoints
    reporter: Reporter
    lease: Lease
    clock: Clock
    changed: Callable[[], None]
    """Called after each step: what the runtime shows may be different now."""
    takes_back: bool = True
    """Whether a failure is taken back. A rollback is a way back already: it takes no further step by itself."""
    bound_seconds: float | None = None
    """How long it may take; longer is a failure at the next step."""

    def carry_out(self, work: Work) -> End:
        """Run every step; when one fails, undo them all.

        :raises LeaseLost: at a step boundary; nothing was undone, the next attempt goes on.
        """
        for step in self.steps:
            end = self._run(step, work)
            if end.outcome is Outcome.FAILED:
                reason = f"{_sentence_case(step.name)}: {end.evidence}"
                return self._leave(step, work, reason) or self.take_back(work, reason, blamed=end.blamed)
            work = replace(work, facts=end.facts)
        return End(status=DeploymentStatus.SUCCEEDED, reason="", facts=work.facts)

    def _run(self, step: Step, work: Work) -> StepEnd:
        def act() -> StepEnd:
            # Told from in here: a step that is only remembered after a restart did not begin again.
            started_at = self.clock.now()
            self.reporter.began(step.stage, step.name, started_at)
            if late := self._late(work):
                return self._end(Outcome.FAILED, started_at, late, work.facts)
            return self._patiently(step, work, lambda: step.run(work), started_at)

        self.lease.ensure_held()
        end = self._once(step.name, act)
        self.reporter.ended(step.stage, step.name, end)
        self.changed()
        return end

    def _late(self, work: Work) -> str:
        if self.bound_seconds is None or work.facts.begun_at is None:
            return ""
        taken = (self.clock.now() - work.facts.begun_at).total_seconds()
        return f"It has taken longer than {self.bound_seconds:.0f} s." if taken > self.bound_seconds else ""

    def _leave(self, step: Step, work: Work, reason: str) -> End | None:
        """A way back that fails once something may have changed is left as it is: a person must look."""
        if self.takes_back or step.stage in _LOOKING:
            return None
        return End(status=DeploymentStatus.NEEDS_ATTENTION, reason=reason, facts=work.facts)

    def take_back(self, work: Work, reason: str, *, blamed: bool = False) -> End:
        """Undo in reverse order. Every step is asked, since an earlier attempt may have got further than this one."""
        status = DeploymentStatus.FAILED
        for step in reversed(self.steps):
            end = self._undo(step, work)
            if end.outcome is Outcome.FAILED:
                stuck = f"{reason} Taking it back failed at '{step.name}': {end.evidence}"
                return End(status=DeploymentStatus.NEEDS_ATTENTION, reason=stuck, facts=work.facts, blamed=blamed)
            if step.meets_shoppers and end.evidence:
                status = DeploymentStatus.ROLLED_BACK
        return End(status=status, reason=reason, facts=work.facts, blamed=blamed)

    def _undo(self, step: Step, work: Work) -> StepEnd:
        def act() -> StepEnd:
            return self._patiently(step, work, lambda: Done(step.undo(work), work.facts), self.clock.now())

        self.lease.ensure_held()
        name = f"undo {step.name}"
        end = self._once(name, act)
        if end.evidence:
            self.reporter.ended(Stage.ROLLBACK, name, end)
        return end

    def _once(self, name: str, act: Callable[[], StepEnd]) -> StepEnd:
        return StepEnd.model_validate_json(self.checkpoints.once(name, lambda: act().model_dump_json()))

    def _patiently(self, step: Step, work: Work, act: Callable[[], Done], started_at: datetime) -> StepEnd:
        """Act, wait out errors that may pass by themselves, and turn how it ended into a value."""
        give_up_at = self.clock.monotonic() + step.patience
        while True:
            try:
                done = act()
            except LeaseLost:
                raise
            except Exception as error:
                verdict = sort(error)
                _log_failure(step, work, error, verdict)
                if verdict.retry_after is None or self.clock.monotonic() + verdict.retry_after > give_up_at:
                    is_new = work.facts.move is not None and bool(work.facts.move.placements)
                    blamed = step.blames and is_new and verdict.blames and verdict.retry_after is None and verdict.known
                    facts = work.facts
                    if isinstance(error, DoorFailed):
                        facts = facts.model_copy(update={"door": error.run})
                    return self._end(Outcome.FAILED, started_at, verdict.reason, facts, blamed=blamed)
                self.clock.sleep(verdict.retry_after)
                self.lease.ensure_held()
            else:
                return self._end(Outcome.PASSED, started_at, done.evidence, done.facts)

    def _end(
        self, outcome: Outcome, started_at: datetime, evidence: str, facts: Facts, *, blamed: bool = False
    ) -> StepEnd:
        return StepEnd(
            outcome=outcome,
            started_at=started_at,
            finished_at=self.clock.now(),
            evidence=evidence,
            facts=facts,
            blamed=blamed,
        )


def _log_failure(step: Step, work: Work, error: Exception, verdict: Verdict) -> None:
    about = {"step": step.name, "store_id": work.store_id, "deployment_id": work.claim.deployment_id}
    if verdict.known:
        _log.warning("step failed", reason=verdict.reason, retry_after=verdict.retry_after, **about)
    else:
        _log.error("step met a bug", exc_info=error, **about)


def _sentence_case(name: str) -> str:
    return name[:1].upper() + name[1:]
