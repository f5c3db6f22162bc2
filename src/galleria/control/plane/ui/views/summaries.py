"""Deployments, smoke runs and isolation in one line, as fleet, store and deployment pages share them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from galleria.contracts.wire import DeploymentSummary, IsolationReport, SmokeRun
from galleria.contracts.words import (
    AGENT_SMOKE_CHECKS,
    DeploymentKind,
    DeploymentStatus,
    IsolationMode,
    Outcome,
    SmokeCheck,
    SmokePlace,
)
from galleria.control.plane.ui.views import marks, times

KIND_WORDS: Final[Mapping[DeploymentKind, str]] = {
    DeploymentKind.PROVISION: "Provision",
    DeploymentKind.START: "Start",
    DeploymentKind.STOP: "Stop",
    DeploymentKind.RESTART: "Restart",
    DeploymentKind.DECOMMISSION: "Decommission",
    DeploymentKind.DEPLOY: "Deploy",
    DeploymentKind.ROLLBACK: "Roll back",
    DeploymentKind.CONFIGURE: "Configure",
}

MODE_WORDS: Final[Mapping[IsolationMode, str]] = {
    IsolationMode.STRICT: "strict",
    IsolationMode.COST_OPTIMISED: "cost-optimised",
}


@dataclass(frozen=True)
class DeploymentLine:
    """One deployment in a table, a timeline or a cell."""

    href: str
    store_id: str
    store_href: str
    kind: str
    mark: marks.Mark
    at: times.Moment
    took: str | None
    requested_by: str
    reason: str
    what: str


def deployment_line(deployment: DeploymentSummary, now: datetime) -> DeploymentLine:
    """Show a deployment; its time is the latest thing known of it."""
    latest = deployment.finished_at or deployment.started_at or deployment.requested_at
    return DeploymentLine(
        href=f"/deployments/{deployment.deployment_id}",
        store_id=deployment.store_id,
        store_href=f"/stores/{deployment.store_id}",
        kind=KIND_WORDS[deployment.kind],
        mark=marks.DEPLOYMENT_MARKS[deployment.status],
        at=times.moment(latest, now),
        took=took(deployment),
        requested_by=deployment.requested_by,
        reason=deployment.reason,
        what=what(deployment),
    )


def took(deployment: DeploymentSummary) -> str | None:
    """How long it worked, once it has ended."""
    if deployment.finished_at is None or deployment.started_at is None:
        return None
    return times.duration((deployment.finished_at - deployment.started_at).total_seconds())


def last_time(earlier: DeploymentSummary | None) -> str | None:
    """Say how long an act took the last time, if there was one."""
    how_long = took(earlier) if earlier else None
    if earlier is None or how_long is None:
        return None
    ended = "and succeeded" if earlier.status is DeploymentStatus.SUCCEEDED else "and did not succeed"
    return f"Last time it took {how_long} {ended}."


def what(deployment: DeploymentSummary) -> str:
    """Say what a deployment moves a store to: "rel-0123456789ab, revision 3"."""
    parts = [deployment.release_id] if deployment.release_id and deployment.kind is DeploymentKind.DEPLOY else []
    if deployment.to_revision is not None and deployment.kind is not DeploymentKind.PROVISION:
        parts.append(f"revision {deployment.to_revision}")
    if deployment.local:
        parts.append("on its own machine")
    return ", ".join(parts)


@dataclass(frozen=True)
class CheckLine:
    """One check of a smoke run."""

    name: str
    mark: marks.Mark
    took: str
    detail: str


@dataclass(frozen=True)
class SmokeLine:
    """A smoke run: its verdict in short, and every required check, run or not."""

    title: str
    mark: marks.Mark
    verdict: str
    at: times.Moment
    took: str
    checks: tuple[CheckLine, ...]


def smoke_line(run: SmokeRun | None, now: datetime) -> SmokeLine | None:
    """Show a smoke run, if there is one."""
    return smoke_run(run, now) if run is not None else None


def smoke_run(run: SmokeRun, now: datetime) -> SmokeLine:
    """Show a smoke run. A check without a result is shown as not run, which is a failed run."""
    results = {result.check: result for result in run.results}
    required = AGENT_SMOKE_CHECKS if run.place is SmokePlace.DOOR else tuple(SmokeCheck)
    checks = []
    for check in required:
        result = results.get(check)
        if result is None:
            missing = marks.Mark(marks.Tone.BAD, marks.Shape.DASH, "Not run")
            checks.append(CheckLine(check.value, missing, "", "A check that did not run counts as failed."))
        else:
            mark = marks.OUTCOME_MARKS[result.outcome]
            checks.append(CheckLine(check.value, mark, times.duration(result.seconds), result.detail))
    passed = sum(1 for result in results.values() if result.outcome is Outcome.PASSED)
    outcome = Outcome.PASSED if run.passed else Outcome.FAILED
    return SmokeLine(
        title="Through the public door" if run.place is SmokePlace.DOOR else "By the shop agent",
        mark=marks.OUTCOME_MARKS[outcome],
        verdict=f"{passed} of {len(required)}",
        at=times.moment(run.started_at, now),
        took=times.duration(run.seconds),
        checks=tuple(checks),
    )


@dataclass(frozen=True)
class IsolationLine:
    """What was wished for, and what a probe measured."""

    wished: str
    mark: marks.Mark
    means: str
    missing: tuple[str, ...]
    at: times.Moment | None
    short: str


def isolation_line(wished: IsolationMode, report: IsolationReport | None, now: datetime) -> IsolationLine:
    """Show the measured level; before the first probe nothing is claimed."""
    if report is None:
        return IsolationLine(MODE_WORDS[wished], marks.NOT_MEASURED, "", (), None, "no probe has run yet")
    missing = tuple(report.missing)
    return IsolationLine(
        wished=MODE_WORDS[wished],
        mark=marks.ISOLATION_MARKS[report.level],
        means=report.means,
        missing=missing,
        at=times.moment(report.measured_at, now),
        short=_missing_in_short(missing) or report.means,
    )


def _missing_in_short(missing: tuple[str, ...]) -> str:
    if not missing:
        return ""
    more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
    return f"{missing[0].rstrip('.')}{more}"
