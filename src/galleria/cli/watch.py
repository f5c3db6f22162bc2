"""Follow a deployment until it has ended, showing each step as it ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from rich.markup import escape
from rich.status import Status

from galleria.cli import output, programs
from galleria.cli.client import PlaneClient
from galleria.cli.problems import Problem, Stopped, Unreachable
from galleria.contracts.wire import Deployment, DeploymentSummary, Step
from galleria.contracts.words import DeploymentKind, DeploymentStatus, Outcome, RollbackClass

POLL_SECONDS = 0.2
PATIENCE_SECONDS = 30.0
"""How long the plane may be away (it restarts within seconds) before watching gives up."""


def follow(
    client: PlaneClient, deployment_id: str, sleep: Callable[[float], None] = time.sleep
) -> Iterator[Deployment]:
    """Yield the deployment each time it is looked at, the last time when it has ended."""
    silent_since: float | None = None
    while True:
        try:
            deployment = client.get(f"/api/v1/deployments/{deployment_id}", Deployment)
            silent_since = None
        except Unreachable:
            silent_since = silent_since or time.monotonic()
            if time.monotonic() - silent_since > PATIENCE_SECONDS:
                raise
        else:
            yield deployment
            if deployment.status.final:
                return
        sleep(POLL_SECONDS)


def show(client: PlaneClient, deployment_id: str, quiet: bool = False) -> Deployment:
    """Follow a deployment on the terminal and return how it ended. ``quiet`` shows nothing (for JSON).

    Raises:
        Problem: if it did not succeed, with its own reason.
        Stopped: Ctrl-C was pressed; the deployment goes on.
    """
    shown = _Shown()
    last: Deployment | None = None
    with output.out.status("waiting for a runner", spinner="dots") as status:
        if quiet or not output.out.is_terminal:
            status.stop()
        try:
            for last in follow(client, deployment_id):
                if not quiet:
                    _show_news(last, shown, status)
        except KeyboardInterrupt as interrupt:
            raise Stopped(
                f"Stopped watching; deployment {deployment_id} goes on.",
                f"Watch it again: `galleria deployment watch {deployment_id}`.",
            ) from interrupt
    if last is None:
        raise Problem(f"Deployment {deployment_id} cannot be followed.", "Look at it with `galleria deployment show`.")
    if last.status is not DeploymentStatus.SUCCEEDED:
        raise Problem(
            output.sentence(
                f"{last.kind.value} of {last.store_id} {last.status.value.replace('_', ' ')}: {last.reason}"
            ),
            next_step(last),
        )
    return last


def next_step(ended: Deployment) -> str:
    """Say what to do after a deployment that did not succeed."""
    look = f"See `galleria deployment show {ended.deployment_id}`"
    if ended.kind is DeploymentKind.PROVISION:
        return f"{look}; then `galleria store retry {ended.store_id}` or `galleria store remove {ended.store_id}`."
    if ended.status is DeploymentStatus.NEEDS_ATTENTION:
        return f'{look}, then "A deployment ended needs_attention" in docs/RUNBOOK.md; nothing more is done by itself.'
    if ended.kind in (DeploymentKind.DEPLOY, DeploymentKind.CONFIGURE):
        return f"The store goes on with what it ran. {look}."
    return f"{look}."


@dataclass
class _Shown:
    """What of a deployment has been shown already."""

    steps: set[tuple[str, str]] = field(default_factory=set)
    stage: str = ""
    rollback_class: bool = False


def _show_news(deployment: Deployment, shown: _Shown, status: Status) -> None:
    for step in deployment.steps:
        key = (step.stage.value, step.name)
        if step.outcome is Outcome.RUNNING:
            status.update(f"{step.stage.value}: {escape(step.name)}")
        elif key not in shown.steps:
            shown.steps.add(key)
            if step.stage.value != shown.stage:
                shown.stage = step.stage.value
                output.say(f"[bold]{shown.stage}[/]")
            output.say(step_line(step))
    if deployment.rollback_class is not None and not shown.rollback_class:
        shown.rollback_class = True
        output.say(f"  {class_line(deployment.rollback_class)}")


def class_line(rollback_class: RollbackClass) -> str:
    """Say what a rollback class means for the way back."""
    look = "red" if rollback_class is RollbackClass.C else "green"
    return f"rollback class [{look}]{rollback_class.value}[/]: {_CLASS_WORDS[rollback_class]}"


_CLASS_WORDS = {
    RollbackClass.A: "no data changes shape, the code before simply goes on",
    RollbackClass.B: "data gets new places only, the code before goes on with it",
    RollbackClass.C: "there is no way back",
}


def step_line(step: Step) -> str:
    """Return one line for a step that has ended."""
    seconds = (step.finished_at - step.started_at).total_seconds() if step.finished_at else 0.0
    return _line(step.outcome, step.name, seconds, step.evidence)


def event_line(event: programs.Event) -> str:
    """Return one line for a step that a program on this machine says has ended."""
    outcome = next((one for one in Outcome if one.value == event.outcome), Outcome.FAILED)
    return _line(outcome, event.name, event.seconds, event.detail)


def took(deployment: DeploymentSummary) -> str:
    """Say how long a deployment worked: "3.4 s"; a dash as long as it has not ended."""
    if deployment.started_at is None or deployment.finished_at is None:
        return "-"
    return f"{(deployment.finished_at - deployment.started_at).total_seconds():.1f} s"


def _line(outcome: Outcome, name: str, seconds: float, evidence: str) -> str:
    told = f"  [dim]{escape(evidence)}[/]" if evidence else ""
    return f"{output.OUTCOME_LOOKS[outcome]} {escape(name)} [dim]{seconds:.1f} s[/]{told}"
