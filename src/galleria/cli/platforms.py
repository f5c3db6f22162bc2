"""``galleria platform``: upgrade control plane and runner of this machine's platform, and take that back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.markup import escape

from galleria.cli import output, programs, watch
from galleria.cli import place as places
from galleria.cli.app import Json, command
from galleria.cli.problems import Misuse, Problem
from galleria.contracts.words import Component, DeploymentStatus

app = typer.Typer(no_args_is_help=True, help="Upgrade the control plane and the runner while the stores sell on.")

_UPGRADED = (Component.CONTROL_PLANE, Component.RUNNER)


@app.command()
@command
def upgrade(
    release: Annotated[str, typer.Option("--release", "-r", metavar="RELEASE", help="The release's id.")],
    component: Annotated[
        list[Component] | None, typer.Option("--component", "-c", help="Only this one: control-plane or runner.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Move control plane and runner to a release. If it does not run steadily, what ran before runs again."""
    for each in component or []:
        if each not in _UPGRADED:
            raise Misuse(f"{each} is part of a store.", f"Deploy it: galleria deploy STORE --release {release}")
    _follow(programs.upgrade(places.find().home, release, [each.value for each in component or []]), as_json)


@app.command()
@command
def rollback(as_json: Json = False) -> None:
    """Move control plane and runner back to what they ran before the last upgrade."""
    _follow(programs.downgrade(places.find().home), as_json)


def _follow(events: Iterator[programs.Event], as_json: bool) -> None:
    end: programs.Event | None = None
    for event in events:
        if event.event == "step" and event.outcome != "running" and not as_json:
            output.say(watch.event_line(event))
        if event.event == "end":
            end = event
    if end is None:
        raise Problem("The program ended without an answer.", "Look at the logs in the state folder.")
    if as_json:
        output.show_json(end)
    if end.status != DeploymentStatus.SUCCEEDED.value:
        raise Problem(end.reason, "Look at the plane's and the runner's log; see docs/RUNBOOK.md.")
    if not as_json:
        output.say(escape(end.reason))
