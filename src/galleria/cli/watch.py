"""Follow a deployment until it has ended, showing each step as it ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from rich.markup import escape
from rich.status import Status

from galleria.cli import output
from galleria.cli.client import PlaneClient
from galleria.cli.problems import Problem, Unreachable
from galleria.contracts.wire import Deployment, Step
from galleria.contracts.words import DeploymentStatus, Outcome

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
    """
    shown: set[tuple[str, str]] = set()
    last: Deployment | None = None
    with output.out.status("waiting for a runner", spinner="dots") as status:
        if quiet or not output.out.is_terminal:
            status.stop()
        for last in follow(client, deployment_id):
            if not quiet:
                _show_news(last, shown, status)
    if last is None:
        raise Problem(f"Deployment {deployment_id} cannot be followed.", "Look at it with `galleria deployment show`.")
    if last.status is not DeploymentStatus.SUCCEEDED:
        raise Problem(
            f"{last.kind.value} of {last.store_id} {last.status.value.replace('_', ' ')}: {last.reason}",
            f"See `galleria deployment show {last.deployment_id}`; then `galleria store retry {last.store_id}` or "
            f"`galleria store remove {last.store_id}`.",
        )
    return last


def _show_news(deployment: Deployment, shown: set[tuple[str, str]], status: Status) -> None:
    for step in deployment.steps:
        key = (step.stage.value, step.name)
        if step.outcome is Outcome.RUNNING:
            status.update(f"{step.stage.value}: {escape(step.name)}")
        elif key not in shown:
            shown.add(key)
            output.say(step_line(step))


def step_line(step: Step) -> str:
    """Return one line for a step that has ended."""
    seconds = (step.finished_at - step.started_at).total_seconds() if step.finished_at else 0.0
    evidence = f"  [dim]{escape(step.evidence)}[/]" if step.evidence else ""
    return f"{output.OUTCOME_LOOKS[step.outcome]} {escape(step.name)} [dim]{seconds:.1f} s[/]{evidence}"
