"""``galleria deployment`` and ``galleria audit``: what happened."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from galleria.cli import output, watch
from galleria.cli.app import Json, PageSize, command, connect
from galleria.cli.app import Page as PageOption
from galleria.cli.problems import Problem
from galleria.contracts.wire import AuditEntry, ChainState, Deployment, DeploymentSummary, Page
from galleria.contracts.words import AuditAction, AuditOutcome, DeploymentStatus, Outcome

deployments = typer.Typer(no_args_is_help=True, help="What moved which store, how far it is and how it ended.")
audit = typer.Typer(no_args_is_help=True, help="Who did what to which store, when, and whether the record holds.")

Store = Annotated[str | None, typer.Option("--store", help="Only this store.")]
DeploymentId = Annotated[str, typer.Argument(metavar="DEPLOYMENT", help="The deployment's id.")]


@deployments.command("list")
@command
def list_deployments(
    store: Store = None,
    status: Annotated[DeploymentStatus | None, typer.Option("--status", help="Only these.")] = None,
    page: PageOption = 1,
    page_size: PageSize = 20,
    as_json: Json = False,
) -> None:
    """List deployments, the newest first."""
    with connect() as client:
        found = client.get(
            "/api/v1/deployments",
            Page[DeploymentSummary],
            {"store_id": store, "status": status.value if status else None, "page": page, "page_size": page_size},
        )
    if as_json:
        output.show_json(found)
        return
    if not found.items:
        output.say("No deployment matches." if store or status or page > 1 else "No deployment yet.")
        return
    output.table(
        ["DEPLOYMENT", "STORE", "KIND", "STATUS", "WHEN"],
        [
            [_name(d), d.store_id, _kind(d), _status(d), _when(d)]
            for d in found.items
        ],
    )  # fmt: skip
    _show_rest(found)


def _show_rest(found: Page[DeploymentSummary] | Page[AuditEntry]) -> None:
    if found.page * found.page_size < found.total:
        output.say(f"[dim]{len(found.items)} of {found.total}; the next page: --page {found.page + 1}[/]")


def _name(deployment: DeploymentSummary) -> str:
    """Its id, and below it the release: beside each other they are wider than a terminal."""
    return deployment.deployment_id + (f"\n  [dim]{deployment.release_id}[/]" if deployment.release_id else "")


def _kind(deployment: DeploymentSummary) -> str:
    """What it is, and below it from which revision to which, and the rollback class."""
    below = [_move(deployment)] if deployment.to_revision is not None else []
    if deployment.rollback_class is not None:
        below.append(f"class {deployment.rollback_class.value}")
    return deployment.kind.value + (f"\n[dim]{', '.join(below)}[/]" if below else "")


def _status(deployment: DeploymentSummary) -> str:
    """How it ended, and below it how long that took."""
    ended = deployment.started_at is not None and deployment.finished_at is not None
    return output.STATUS_LOOKS[deployment.status] + (f"\n  [dim]{watch.took(deployment)}[/]" if ended else "")


def _when(deployment: DeploymentSummary) -> str:
    """When it was asked for, and below it by whom."""
    return f"{output.ago(deployment.requested_at)}\n[dim]{escape(deployment.requested_by)}[/]"


def _move(deployment: DeploymentSummary) -> str:
    """From which revision to which; "1 → 2"."""
    if deployment.to_revision is None:
        return "-"
    return f"{deployment.from_revision or '-'} → {deployment.to_revision}"


@deployments.command("show")
@command
def show_deployment(deployment: DeploymentId, as_json: Json = False) -> None:
    """Show one deployment with its steps and their evidence."""
    with connect() as client:
        found = client.get(f"/api/v1/deployments/{deployment}", Deployment)
    if as_json:
        output.show_json(found)
        return
    output.say(f"{output.STATUS_LOOKS[found.status]} {found.kind.value} of {found.store_id}. {escape(found.reason)}")
    output.facts(_about(found))
    stage = None
    for step in found.steps:
        if step.stage is not stage:
            stage = step.stage
            output.say(f"[bold]{stage.value}[/]")
        output.say("  " + watch.step_line(step))


def _about(found: Deployment) -> list[tuple[str, str]]:
    """What a deployment is, a fact a line."""
    pairs = [("asked for by", f"{escape(found.requested_by)}, {output.ago(found.requested_at)}")]
    if found.local:
        pairs.append(("made", "on the store's own machine, without the control plane"))
    if found.to_revision is not None:
        pairs.append(("revision", _move(found)))
    if found.release_id:
        parts = ", ".join(component.value for component in found.deploy.components) if found.deploy else ""
        pairs.append(("release", f"{found.release_id}{f' ({parts} only)' if parts else ''}"))
    if found.rollback_class is not None:
        pairs.append(("way back", watch.class_line(found.rollback_class)))
    if found.rollback is not None and found.rollback.reason:
        pairs.append(("because", escape(found.rollback.reason)))
    if found.rollout_id:
        pairs.append(("rollout", found.rollout_id))
    if found.finished_at is not None:
        pairs.append(("took", watch.took(found)))
    return pairs


@deployments.command("watch")
@command
def watch_deployment(deployment: DeploymentId, as_json: Json = False) -> None:
    """Follow one deployment until it has ended."""
    with connect() as client:
        ended = watch.show(client, deployment, quiet=as_json)
    if as_json:
        output.show_json(ended)
    else:
        output.say(f"{output.STATUS_LOOKS[ended.status]} {escape(ended.reason)}")


@audit.command("list")
@command
def list_audit(
    store: Store = None,
    actor: Annotated[str | None, typer.Option("--actor", help="Only what this one did.")] = None,
    action: Annotated[AuditAction | None, typer.Option("--action", help="Only this act.")] = None,
    outcome: Annotated[AuditOutcome | None, typer.Option("--outcome", help="Only with this outcome.")] = None,
    page: PageOption = 1,
    page_size: PageSize = 50,
    as_json: Json = False,
) -> None:
    """List the audit, the newest entry first."""
    query: dict[str, str | int | None] = {"store_id": store, "actor": actor, "page": page, "page_size": page_size}
    query["action"] = action.value if action else None
    query["outcome"] = outcome.value if outcome else None
    with connect() as client:
        found = client.get("/api/v1/audit", Page[AuditEntry], query)
    if as_json:
        output.show_json(found)
        return
    if not found.items:
        output.say("No entry matches.")
        return
    output.table(
        ["#", "WHEN (UTC)", "ACT", "OUTCOME", "DETAIL"],
        [
            [str(e.sequence), f"{e.at:%m-%d %H:%M:%S}\n[dim]{escape(e.actor)}[/]",
             e.action.value + (f"\n[dim]{e.store_id}[/]" if e.store_id else ""), e.outcome.value, escape(e.detail)]
            for e in found.items
        ],
    )  # fmt: skip
    _show_rest(found)


@audit.command("verify")
@command
def verify(as_json: Json = False) -> None:
    """Check that no entry of the audit was changed, added or taken out."""
    with connect() as client:
        state = client.get("/api/v1/audit/verify", ChainState)
    if as_json:
        output.show_json(state)
    if not state.verified:
        raise Problem(state.message, "Treat the registry as tampered with; compare with a backup.")
    if not as_json:
        output.say(f"{output.OUTCOME_LOOKS[Outcome.PASSED]} {escape(state.message)}")
