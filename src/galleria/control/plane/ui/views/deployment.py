"""The deployment page: stages with time and evidence, and the reason first if it failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from galleria.contracts.wire import Deployment, DeploymentSummary, KnownRevision, Page, Step
from galleria.contracts.words import Catalogue, DeploymentKind, DeploymentStatus, Outcome, Stage
from galleria.control.plane.ui.views import marks, moves, paging, summaries, times

STAGE_WORDS: Final[Mapping[Stage, str]] = {
    Stage.INTAKE: "Intake",
    Stage.BUILD: "Build",
    Stage.VERIFICATION: "Verification",
    Stage.RELEASE: "Release",
    Stage.DEPLOY: "Deploy",
    Stage.POST_DEPLOY: "Post-deploy verification",
    Stage.COMPLETION: "Completion",
    Stage.ROLLBACK: "Rollback",
}

CATALOGUE_WORDS: Final[Mapping[Catalogue, str]] = {Catalogue.DEMO: "demo catalogue"}

_WAITING: Final = marks.Mark(marks.Tone.OFF, marks.Shape.DASH, "Waiting")
_NOT_REACHED: Final = marks.Mark(marks.Tone.OFF, marks.Shape.DASH, "Not reached")
_NOT_NEEDED: Final = marks.Mark(marks.Tone.OFF, marks.Shape.DASH, "Nothing to do")


_NOT_KNOWN: Final = {
    DeploymentStatus.REQUESTED: "not begun yet",
    DeploymentStatus.RUNNING: "being prepared",
    DeploymentStatus.SUCCEEDED: "not known any more",
    DeploymentStatus.FAILED: "no shopper met it",
    DeploymentStatus.ROLLED_BACK: "taken back; shoppers may have met it",
    DeploymentStatus.NEEDS_ATTENTION: "a person must see what runs",
}
"""What there is to say of a revision that the store does not have."""

_BESIDE: Final = (DeploymentKind.DEPLOY, DeploymentKind.CONFIGURE)


@dataclass(frozen=True)
class StepLine:
    """One step."""

    name: str
    mark: marks.Mark
    took: str
    at: times.Moment
    evidence: str


@dataclass(frozen=True)
class StageView:
    """One stage. ``open``: its steps are what one came to see."""

    key: str
    name: str
    mark: marks.Mark
    took: str
    steps: tuple[StepLine, ...]
    open: bool


@dataclass(frozen=True)
class Side:
    """What the store ran before, or what it runs after, or was to run."""

    title: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class DeploymentView:
    """The whole page."""

    deployment_id: str
    here: str
    title: str
    store_id: str
    store_href: str
    mark: marks.Mark
    sentence: str
    reason: str
    next: str
    final: bool
    requested: times.Moment
    requested_by: str
    took: str | None
    runner: str | None
    stages: tuple[StageView, ...]
    smokes: tuple[summaries.SmokeLine, ...]
    rollback_class: tuple[str, str] | None
    rollout_href: str | None
    sides: tuple[Side, ...]
    spec: tuple[tuple[str, str], ...]
    retry_href: str | None


def deployment_view(
    deployment: Deployment,
    now: datetime,
    known: Sequence[KnownRevision] = (),
    *,
    may_retry: bool = False,
    held: bool = False,
) -> DeploymentView:
    """Work the page out.

    :param known: the store's revisions.
    :param may_retry: this person may provision again, and it makes sense.
    :param held: the release is quarantined on the store.
    """
    line = summaries.deployment_line(deployment, now)
    trouble = deployment.status.final and deployment.status is not DeploymentStatus.SUCCEEDED
    return DeploymentView(
        deployment_id=deployment.deployment_id,
        here=line.href,
        title=f"{line.kind} {deployment.store_id}",
        store_id=deployment.store_id,
        store_href=line.store_href,
        mark=line.mark,
        sentence=_sentence(deployment, now),
        reason=(deployment.reason or "The runner gave no reason.") if trouble else "",
        next=_next(deployment, held) if trouble else "",
        final=deployment.status.final,
        requested=times.moment(deployment.requested_at, now),
        requested_by=deployment.requested_by,
        took=line.took,
        runner=deployment.runner_id,
        stages=stages(deployment, now),
        smokes=tuple(summaries.smoke_run(run, now) for run in reversed(deployment.smokes)),
        rollback_class=_class(deployment),
        rollout_href=f"/rollouts/{deployment.rollout_id}" if deployment.rollout_id else None,
        sides=_sides(deployment, known),
        spec=_spec(deployment),
        retry_href=f"/stores/{deployment.store_id}/retry" if may_retry and trouble else None,
    )


def _next(deployment: Deployment, held: bool) -> str:
    """Say what a deployment that did not succeed leaves, and what is next."""
    if deployment.status is DeploymentStatus.NEEDS_ATTENTION:
        return 'Nothing more is done by itself. Next: see "A deployment ended needs_attention" in the runbook.'
    if deployment.kind not in _BESIDE or deployment.from_revision is None:
        return ""
    goes_on = f"{deployment.store_id} went on with revision {deployment.from_revision}."
    return f"{goes_on} {deployment.release_id} is quarantined on it." if held else goes_on


def _sentence(deployment: Deployment, now: datetime) -> str:
    requested = f"Requested by {deployment.requested_by} {times.moment(deployment.requested_at, now).relative}."
    if deployment.status is DeploymentStatus.REQUESTED:
        return f"Waiting for a runner to claim it. {requested}"
    took = summaries.took(deployment)
    if deployment.status.final:
        return f"Took {took}. {requested}" if took else requested
    current = next((step for step in reversed(deployment.steps) if step.outcome is Outcome.RUNNING), None)
    doing = f"Now: {current.name}, for {_elapsed(current, now)}. " if current else ""
    return f"{doing}{requested}"


def _elapsed(step: Step, now: datetime) -> str:
    return times.span((now - step.started_at).total_seconds())


def stages(deployment: Deployment, now: datetime) -> tuple[StageView, ...]:
    """All stages in order. Rollback is shown only if it happened: it is the way of trouble, not a stop on the way."""
    by_stage: dict[Stage, list[Step]] = {stage: [] for stage in Stage}
    for step in deployment.steps:
        by_stage[step.stage].append(step)
    return tuple(
        _stage(stage, steps, deployment.status, now)
        for stage, steps in by_stage.items()
        if steps or stage is not Stage.ROLLBACK
    )


def _stage(stage: Stage, steps: Sequence[Step], status: DeploymentStatus, now: datetime) -> StageView:
    mark = _stage_mark(steps, status)
    return StageView(
        key=stage.name.lower().replace("_", "-"),
        name=STAGE_WORDS[stage],
        mark=mark,
        took=_stage_took(steps, now),
        steps=tuple(_step(step, now) for step in steps),
        open=mark.tone in (marks.Tone.BUSY, marks.Tone.BAD),
    )


def _stage_mark(steps: Sequence[Step], status: DeploymentStatus) -> marks.Mark:
    if not steps:
        if not status.final:
            return _WAITING
        return _NOT_NEEDED if status is DeploymentStatus.SUCCEEDED else _NOT_REACHED
    outcomes = {step.outcome for step in steps}
    for outcome in (Outcome.FAILED, Outcome.RUNNING):
        if outcome in outcomes:
            return marks.OUTCOME_MARKS[outcome]
    return marks.OUTCOME_MARKS[Outcome.PASSED if Outcome.PASSED in outcomes else Outcome.SKIPPED]


def _stage_took(steps: Sequence[Step], now: datetime) -> str:
    if not steps:
        return ""
    begun = min(step.started_at for step in steps)
    ended = max(step.finished_at or now for step in steps)
    return times.duration((ended - begun).total_seconds())


def _step(step: Step, now: datetime) -> StepLine:
    ended = step.finished_at or now
    return StepLine(
        name=step.name,
        mark=marks.OUTCOME_MARKS[step.outcome],
        took=times.duration((ended - step.started_at).total_seconds()),
        at=times.moment(step.started_at, now),
        evidence=step.evidence,
    )


def _class(deployment: Deployment) -> tuple[str, str] | None:
    if deployment.rollback_class is None:
        return None
    return deployment.rollback_class.value, moves.CLASS_WORDS[deployment.rollback_class]


def _sides(deployment: Deployment, known: Sequence[KnownRevision]) -> tuple[Side, ...]:
    """Before and after, side by side: artifacts, configuration and schema."""
    if deployment.from_revision is None:
        return ()
    after = "After" if deployment.status is DeploymentStatus.SUCCEEDED else "Wanted"
    sides = (("Before", deployment.from_revision), (after, deployment.to_revision))
    return tuple(
        _side(f"{word}: revision {number}", next((one for one in known if one.number == number), None), deployment)
        for word, number in sides
        if number is not None
    )


def _side(title: str, revision: KnownRevision | None, deployment: Deployment) -> Side:
    if revision is None:
        wanted = (("Release", deployment.release_id),) if deployment.release_id else ()
        return Side(title, (*wanted, ("State", _NOT_KNOWN[deployment.status])))
    parts = [
        (component.value, f"{revision.versions.get(component, '')} {digest.removeprefix('sha256:')[:12]}".strip())
        for component, digest in sorted(revision.artifacts.items())
    ]
    settings = f"{revision.config_version}, secrets {revision.secret_version}"
    release = revision.release_id or "installed environment"
    schema = [("Schema level", revision.schema_level)] if revision.schema_level else []
    return Side(title, (("Release", release), *parts, ("Config", settings), *schema))


def _spec(deployment: Deployment) -> tuple[tuple[str, str], ...]:
    if deployment.kind is not DeploymentKind.PROVISION:
        return _wishes(deployment)
    spec = deployment.spec
    return (
        ("Name", spec.name),
        ("Host", spec.host or f"{spec.store_id}.localhost"),
        ("Isolation mode", summaries.MODE_WORDS[spec.isolation_mode]),
        ("Starts with", CATALOGUE_WORDS[spec.catalogue]),
        ("Currency", spec.currency),
        ("Locale", spec.locale),
    )


def _wishes(deployment: Deployment) -> tuple[tuple[str, str], ...]:
    found = []
    if deployment.local:
        found.append(("Made", "on the store's own machine, without the control plane"))
    if deployment.release_id:
        found.append(("Release", deployment.release_id))
    if deployment.deploy and deployment.deploy.components:
        found.append(("Components", ", ".join(one.value for one in deployment.deploy.components)))
    if deployment.deploy and deployment.deploy.accept_irreversible:
        found.append(("Accepted", "that there may be no way back"))
    for spec in (deployment.rollback, deployment.configure):
        if spec and spec.reason:
            found.append(("Because", spec.reason))
    return tuple(found)


# --- the listing ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wish:
    """What the address bar asks of the listing."""

    store_id: str = ""
    status: DeploymentStatus | None = None
    page: int = 1

    def query(self) -> Mapping[str, str | int | None]:
        """The part of the address that filters."""
        return {"store_id": self.store_id, "status": self.status.value if self.status else None}


@dataclass(frozen=True)
class Deployments:
    """The listing."""

    here: str
    store_id: str
    status: str
    statuses: tuple[tuple[str, str], ...]
    lines: tuple[summaries.DeploymentLine, ...]
    pager: paging.Pager
    filtered: bool


def deployments(page: Page[DeploymentSummary], wish: Wish, now: datetime) -> Deployments:
    """Work the listing out of one page of deployments, newest first."""
    query = {**wish.query(), "page": wish.page if wish.page > 1 else None}
    place = paging.Place("/deployments", wish.query(), page.page, page.page_size, page.total)
    return Deployments(
        here=paging.address("/deployments", query),
        store_id=wish.store_id,
        status=wish.status.value if wish.status else "",
        statuses=tuple((status.value, mark.word) for status, mark in marks.DEPLOYMENT_MARKS.items()),
        lines=tuple(summaries.deployment_line(one, now) for one in page.items),
        pager=paging.pager(place, len(page.items)),
        filtered=bool(wish.store_id or wish.status),
    )
