"""``galleria rollout``: one release over many stores, canary first."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.markup import escape

from galleria.cli import output, watch
from galleria.cli.app import Json, PageSize, Wait, command, connect
from galleria.cli.app import Page as PageOption
from galleria.cli.client import PlaneClient
from galleria.cli.delivery import Components, Irreversible, Release
from galleria.cli.problems import Misuse, Problem, Stopped, Unreachable
from galleria.contracts.delivery import Rollout, RolloutSpec, RolloutStore, RolloutSummary
from galleria.contracts.wire import Page
from galleria.contracts.words import DeploymentStatus, RolloutStatus

app = typer.Typer(no_args_is_help=True, help="Move many stores to a release in waves, and take them back.")

RolloutId = Annotated[str, typer.Argument(metavar="ROLLOUT", help="The rollout's id.")]

LOOKS = {
    RolloutStatus.RUNNING: "[blue]◐ running[/]",
    RolloutStatus.HALTED: "[yellow]▲ halted[/]",
    RolloutStatus.SUCCEEDED: "[green]✓ succeeded[/]",
    RolloutStatus.ROLLING_BACK: "[blue]◐ rolling back[/]",
    RolloutStatus.ROLLED_BACK: "[yellow]↩ rolled back[/]",
    RolloutStatus.NEEDS_ATTENTION: "[red]■ needs attention[/]",
}


@app.command()
@command
def start(
    release: Release,
    stores: Annotated[
        str, typer.Option("--stores", metavar="SELECTOR", help="all, or ids and patterns with *, by commas.")
    ],
    waves: Annotated[
        str, typer.Option("--waves", help="How many stores are done after each: numbers or shares of all.")
    ] = "1,10%,100%",
    max_failures: Annotated[
        int, typer.Option("--max-failures", min=1, help="At this many failed stores it halts by itself.")
    ] = 1,
    component: Components = None,
    accept_irreversible: Irreversible = False,
    wait: Wait = True,
    as_json: Json = False,
) -> None:
    """Start a rollout: the first wave is the canary, the next begins when the one before has ended."""
    try:
        spec = RolloutSpec(
            release_id=release,
            components=component or [],
            stores=stores,
            waves=[wave.strip() for wave in waves.split(",")],
            max_failures=max_failures,
            accept_irreversible=accept_irreversible,
        )
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "rollout"
        raise Misuse(f"{field}: {first['msg']}.", "See `galleria rollout start --help`.") from error
    with connect() as client:
        made = client.post("/api/v1/rollouts", Rollout, spec)
        if not as_json:
            output.say(f"{made.rollout_id}: {release} to {made.stores} stores in {made.waves} waves")
        _follow(client, made, wait, as_json)


@app.command("list")
@command
def list_rollouts(page: PageOption = 1, page_size: PageSize = 20, as_json: Json = False) -> None:
    """List rollouts, the newest first."""
    with connect() as client:
        found = client.get("/api/v1/rollouts", Page[RolloutSummary], {"page": page, "page_size": page_size})
    if as_json:
        output.show_json(found)
        return
    if not found.items:
        output.say("No rollout yet. Start one: galleria rollout start --release RELEASE --stores all")
        return
    rows = [
        [r.rollout_id, r.release_id, LOOKS[r.status], f"{r.wave}/{r.waves}", _done(r), output.ago(r.requested_at),
         escape(r.requested_by)]
        for r in found.items
    ]  # fmt: skip
    output.table(["ROLLOUT", "RELEASE", "STATUS", "WAVE", "STORES", "WHEN", "BY"], rows)


@app.command()
@command
def show(rollout: RolloutId, as_json: Json = False) -> None:
    """Show one rollout with its stores, in the order of their waves."""
    with connect() as client:
        found = client.get(f"/api/v1/rollouts/{rollout}", Rollout)
    if as_json:
        output.show_json(found)
        return
    output.say(f"{LOOKS[found.status]} {found.rollout_id}. {escape(found.reason)}")
    output.facts(
        [
            ("release", found.release_id),
            ("components", ", ".join(found.spec.components) or "all of the release"),
            ("stores", f"{_done(found)}, as selected by {escape(found.spec.stores)}"),
            ("wave", f"{found.wave} of {found.waves} ({escape(', '.join(found.spec.waves))})"),
            ("halts at", f"{found.spec.max_failures} failed"),
            *([("taken back by", escape(found.taken_back_by))] if found.taken_back_by else []),
            *([("no way back", "accepted")] if found.spec.accept_irreversible else []),
            ("asked for by", f"{escape(found.requested_by)}, {output.ago(found.requested_at)}"),
        ]
    )
    rows = [
        [str(part.wave), part.store_id, _look(part, found), part.deployment_id or "-", escape(part.reason)]
        for part in found.parts
    ]
    output.table(["WAVE", "STORE", "STATUS", "DEPLOYMENT", "WHY"], rows)


@app.command("watch")
@command
def watch_rollout(rollout: RolloutId, as_json: Json = False) -> None:
    """Follow a rollout until it has ended or halts."""
    with connect() as client:
        now = client.get(f"/api/v1/rollouts/{rollout}", Rollout)
        back = now.status in (RolloutStatus.ROLLING_BACK, RolloutStatus.ROLLED_BACK)
        _follow(client, now, True, as_json, RolloutStatus.ROLLED_BACK if back else RolloutStatus.SUCCEEDED)


@app.command()
@command
def halt(rollout: RolloutId, as_json: Json = False) -> None:
    """Begin nothing more; what is under way ends."""
    with connect() as client:
        told = client.post(f"/api/v1/rollouts/{rollout}/halt", Rollout)
    if as_json:
        output.show_json(told)
    else:
        output.say(f"{LOOKS[told.status]} {told.rollout_id}. Go on with `galleria rollout resume {told.rollout_id}`.")


@app.command()
@command
def resume(rollout: RolloutId, wait: Wait = True, as_json: Json = False) -> None:
    """Go on after a halt; the failures so far count no more."""
    with connect() as client:
        _follow(client, client.post(f"/api/v1/rollouts/{rollout}/resume", Rollout), wait, as_json)


@app.command()
@command
def rollback(rollout: RolloutId, wait: Wait = True, as_json: Json = False) -> None:
    """Take every store that it moved back to what that store ran before."""
    with connect() as client:
        told = client.post(f"/api/v1/rollouts/{rollout}/rollback", Rollout)
        _follow(client, told, wait, as_json, wanted=RolloutStatus.ROLLED_BACK)


def _follow(
    client: PlaneClient, now: Rollout, wait: bool, as_json: bool, wanted: RolloutStatus = RolloutStatus.SUCCEEDED
) -> None:
    """Show a rollout's stores as they end, then how it ended; without ``wait`` only that it was asked for.

    Raises:
        Problem: it has ended in another way than ``wanted``; taken back by somebody, a release is not rolled out.
        Stopped: Ctrl-C was pressed; the rollout goes on.
    """
    if wait:
        try:
            now = _until_ended(client, now, quiet=as_json)
        except KeyboardInterrupt as interrupt:
            raise Stopped(
                f"Stopped watching; rollout {now.rollout_id} goes on.",
                f"Watch it again: `galleria rollout watch {now.rollout_id}`; halt it: "
                f"`galleria rollout halt {now.rollout_id}`.",
            ) from interrupt
    if as_json:
        output.show_json(now)
    elif not wait:
        output.say(f"{LOOKS[now.status]} {now.rollout_id}")
    if not wait:
        return
    if now.status is not wanted:
        said = f"rollout {now.rollout_id} {now.status.value.replace('_', ' ')}: {now.reason}"
        raise Problem(output.sentence(said), _next(now))
    if not as_json:
        output.say(f"{LOOKS[now.status]} {escape(now.reason)}")


def _next(now: Rollout) -> str:
    if now.status is RolloutStatus.HALTED:
        return f"Go on: `galleria rollout resume {now.rollout_id}`. Back: `galleria rollout rollback {now.rollout_id}`."
    return f"See `galleria rollout show {now.rollout_id}`."


def _until_ended(
    client: PlaneClient, now: Rollout, quiet: bool, sleep: Callable[[float], None] = time.sleep
) -> Rollout:
    """Look at a rollout until it moves no more by itself and nothing of it is under way."""
    shown: set[str] = set()
    silent_since: float | None = None
    with output.out.status("", spinner="dots") as status:
        if quiet or not output.out.is_terminal:
            status.stop()
        while True:
            if not quiet:
                _show_news(now, shown)
                status.update(f"wave {now.wave} of {now.waves}: {_done(now)}")
            if now.status.final and not any(_moves(part) for part in now.parts):
                return now
            sleep(watch.POLL_SECONDS * 2)
            try:
                now = client.get(f"/api/v1/rollouts/{now.rollout_id}", Rollout)
                silent_since = None
            except Unreachable:
                silent_since = silent_since or time.monotonic()
                if time.monotonic() - silent_since > watch.PATIENCE_SECONDS:
                    raise


def _show_news(now: Rollout, shown: set[str]) -> None:
    for part in now.parts:
        line = f"wave {part.wave}  {part.store_id}  {_look(part, now)}"
        settled = part.skipped or part.status is not None
        if settled and not _moves(part) and line not in shown:
            shown.add(line)
            output.say(f"{line}  [dim]{escape(part.reason)}[/]" if part.reason else line)


def _moves(part: RolloutStore) -> bool:
    return any(one is not None and not one.final for one in (part.status, part.rollback_status))


def _look(part: RolloutStore, whole: Rollout) -> str:
    if part.rollback_status is DeploymentStatus.SUCCEEDED:
        return "[yellow]↩ back[/]"
    if part.rollback_status is not None:
        return f"{output.STATUS_LOOKS[part.rollback_status]}, {'not' if part.rollback_status.final else 'going'} back"
    if part.rollback_skipped:
        return "[dim]- left alone[/]"
    if part.skipped:
        return "[dim]- skipped[/]"
    if part.status is None:
        return "[dim]  waits[/]" if whole.taken_back_by is None else "[dim]- not begun[/]"
    return output.STATUS_LOOKS[part.status]


def _done(found: RolloutSummary) -> str:
    failed = f", [red]{found.failed} failed[/]" if found.failed else ""
    return f"{found.succeeded} of {found.stores} done{failed}"
