"""``galleria deploy`` and ``galleria rollback``: move a store to a release, and take it back."""

from __future__ import annotations

from typing import Annotated

import typer
from pydantic import ValidationError
from rich.markup import escape

from galleria.cli import output, programs, watch
from galleria.cli import place as places
from galleria.cli.app import Json, StoreArgument, Wait, command, connect, store_id
from galleria.cli.problems import Misuse, Problem
from galleria.contracts.delivery import DeploySpec, RollbackSpec
from galleria.contracts.wire import Deployment
from galleria.contracts.words import Component, DeploymentStatus

Release = Annotated[
    str, typer.Option("--release", "-r", metavar="RELEASE", help="The release's id, such as rel-0123456789ab.")
]
Components = Annotated[
    list[Component] | None,
    typer.Option("--component", "-c", help="Only this component of the release; repeatable. Default: all it has."),
]
Irreversible = Annotated[
    bool, typer.Option("--accept-irreversible", help="Go on even if there is no way back (class C). Admins only.")
]


@command
def deploy(
    store: StoreArgument,
    release: Release,
    component: Components = None,
    accept_irreversible: Irreversible = False,
    wait: Wait = True,
    as_json: Json = False,
) -> None:
    """Move a store to a release: smoked before any shopper meets it, taken back by itself if it fails."""
    try:
        spec = DeploySpec(release_id=release, components=component or [], accept_irreversible=accept_irreversible)
    except ValidationError as error:
        raise Misuse(
            f"{release!r} is not a release's id.", "It looks like rel-0123456789ab; see `galleria release list`."
        ) from error
    with connect() as client:
        made = client.post(f"/api/v1/stores/{store_id(store)}/deploy", Deployment, spec)
        ended = watch.show(client, made.deployment_id, quiet=as_json) if wait else made
    if as_json:
        output.show_json(ended)
    elif wait:
        output.say(
            f"{store} runs revision {ended.to_revision} of {release}, {watch.took(ended)}"
            f"{f', rollback class {ended.rollback_class.value}' if ended.rollback_class else ''}"
        )
    else:
        output.say(f"{store}: deployment {made.deployment_id}")


@command
def rollback(
    store: StoreArgument,
    to: Annotated[
        int | None, typer.Option("--to", metavar="REVISION", min=1, help="Default: the last one known healthy.")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the record.")] = "",
    local: Annotated[
        bool,
        typer.Option("--local", help="On this machine, without the control plane: for when it is down."),
    ] = False,
    wait: Wait = True,
    as_json: Json = False,
) -> None:
    """Take a store back to a revision that it ran before: code, configuration and secrets together."""
    try:
        spec = RollbackSpec(to_revision=to, reason=reason)
    except ValidationError as error:
        raise Misuse("The reason is too long or has control characters.", "Use up to 500 plain characters.") from error
    store_id(store)
    if local:
        _roll_back_here(store, spec, as_json)
        return
    with connect() as client:
        made = client.post(f"/api/v1/stores/{store}/rollback", Deployment, spec)
        ended = watch.show(client, made.deployment_id, quiet=as_json) if wait else made
    if as_json:
        output.show_json(ended)
    elif wait:
        output.say(f"{store} is back at revision {ended.to_revision}, {watch.took(ended)}")
    else:
        output.say(f"{store}: deployment {made.deployment_id}")


def _roll_back_here(store: str, spec: RollbackSpec, as_json: bool) -> None:
    """Have this machine's own runner program roll back, whatever else is down."""
    end: programs.Event | None = None
    for event in programs.roll_back_here(places.find().home, store, spec.to_revision, spec.reason):
        if event.event == "step" and event.outcome != "running" and not as_json:
            output.say(watch.event_line(event))
        if event.event == "end":
            end = event
    if end is None:
        raise Problem("The rollback ended without an answer.", "Look at the runner's log in the state folder.")
    if end.status != DeploymentStatus.SUCCEEDED.value:
        raise Problem(
            f"rollback of {store} {end.status.replace('_', ' ') or 'failed'}: {end.reason}",
            'See "A deployment ended needs_attention" in docs/RUNBOOK.md; nothing more is done by itself.',
        )
    if as_json:
        output.show_json(end)
    else:
        said = f": {escape(end.reason)}" if end.reason else ""
        output.say(f"{store} is back{said} [dim]({end.seconds:.1f} s)[/]")
