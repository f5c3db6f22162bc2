"""``galleria release``: build, look at, verify and promote releases on this machine."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel, ConfigDict
from rich.markup import escape

from galleria.cli import output, programs
from galleria.cli import place as places
from galleria.cli.app import Json, command
from galleria.cli.problems import Misuse, Problem
from galleria.contracts.words import Component

app = typer.Typer(no_args_is_help=True, help="Build, sign, verify and promote releases.")

ReleaseId = Annotated[str, typer.Argument(metavar="RELEASE", help="The release's id, such as rel-0123456789ab.")]


class _Source(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    revision: str
    committed_at: int


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    component: Component
    version: str
    artifact: str
    size: int


class ReleaseView(BaseModel):
    """A release as the program behind this command says it."""

    model_config = ConfigDict(frozen=True, extra="allow")

    release_id: str
    source: _Source
    components: list[_Part]
    promoted: list[str] = []


class _End(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    release: ReleaseView | None = None
    releases: list[ReleaseView] = []
    signed_by: str = ""
    blobs: int = 0
    size: int = 0
    public_key: str = ""
    removed: list[str] = []
    damaged: list[str] = []


def _run(arguments: list[str], as_json: bool) -> _End:
    end: programs.Event | None = None
    for event in programs.release(places.find().home, arguments):
        if event.event == "step" and not as_json:
            output.say(f"· {escape(event.name)}")
        if event.event == "end":
            end = event
    if end is None:
        raise Problem("The release program ended without an answer.", "Try again.")
    return _End.model_validate(end.model_dump())


@app.command()
@command
def build(
    revision: Annotated[str, typer.Option("--revision", help="What to build from.")] = "HEAD",
    component: Annotated[list[Component] | None, typer.Option("--component", help="Only this one; repeatable.")] = None,
    repository: Annotated[Path, typer.Option("--repository", help="The clone.")] = Path(),
    source: Annotated[
        str, typer.Option("--source", help="What the repository is called in the trust/sources of a platform.")
    ] = "galleria",
    key: Annotated[
        Path | None, typer.Option("--key", help="The signing key; default: the file that GALLERIA_SIGNING_KEY names.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Build a signed release from a clean revision. The same revision gives the same release."""
    signing_key = key or (Path(os.environ["GALLERIA_SIGNING_KEY"]) if os.environ.get("GALLERIA_SIGNING_KEY") else None)
    if signing_key is None:
        raise Misuse("No signing key was given.", "Give --key, or make one: galleria release keygen FILE")
    arguments = ["build", "--repository", str(repository), "--revision", revision, "--key", str(signing_key)]
    arguments += ["--source", source]
    for chosen in component or []:
        arguments += ["--component", chosen.value]
    _show(_run(arguments, as_json), as_json)


@app.command("list")
@command
def list_releases(as_json: Json = False) -> None:
    """List the releases on this machine, the oldest first."""
    end = _run(["list"], as_json)
    if as_json:
        output.show_json(end.releases)
        return
    for damaged in end.damaged:
        output.say(f"[red]✗[/] {escape(damaged)} is damaged: build or take it again")
    if not end.releases:
        output.say("No release here yet. Build one: galleria release build")
        return
    rows = [
        [r.release_id, r.source.revision[:12], _day(r.source.committed_at), ", ".join(r.promoted) or "-"]
        for r in end.releases
    ]
    output.table(["RELEASE", "REVISION", "COMMITTED", "PROMOTED FOR"], rows)


@app.command()
@command
def show(release: ReleaseId, as_json: Json = False) -> None:
    """Show a release and its artifacts."""
    _show(_run(["show", release], as_json), as_json)


@app.command()
@command
def verify(release: ReleaseId, as_json: Json = False) -> None:
    """Check a release whole: signature, manifest, SBOMs, every byte."""
    _show_verified(_run(["verify", release], as_json), "is whole", as_json)


@app.command()
@command
def promote(
    release: ReleaseId,
    environment: Annotated[str, typer.Option("--environment", help="For which environment.")] = "production",
    as_json: Json = False,
) -> None:
    """Promote a release for an environment: the same bytes, never rebuilt."""
    end = _run(["promote", release, "--environment", environment], as_json)
    _show_verified(end, f"is promoted for {environment}", as_json)


@app.command()
@command
def demote(
    release: ReleaseId,
    environment: Annotated[str, typer.Option("--environment", help="For which environment.")] = "production",
    as_json: Json = False,
) -> None:
    """Take a promotion back. Stores that run the release go on; it is deployed there no more."""
    end = _run(["demote", release, "--environment", environment], as_json)
    if as_json:
        output.show_json(end)
    else:
        output.say(f"{release} is promoted for {escape(environment)} no more.")


@app.command()
@command
def gc(
    keep: Annotated[int, typer.Option("--keep", min=0, help="So many of the newest stay in any case.")] = 5,
    as_json: Json = False,
) -> None:
    """Remove releases that nobody needs. What is promoted, runs, or may be rolled back to always stays."""
    end = _run(["gc", "--keep", str(keep)], as_json)
    if as_json:
        output.show_json(end)
    elif end.removed:
        output.say(f"Removed {', '.join(end.removed)}: {end.blobs} blobs, {end.size / 1e6:.1f} MB.")
    else:
        output.say("Every release here is needed; nothing was removed.")


@app.command()
@command
def take(
    folder: Annotated[Path, typer.Argument(help="The artifact store that it lies in, such as another var/artifacts.")],
    release: ReleaseId,
    as_json: Json = False,
) -> None:
    """Take over a release that was built elsewhere, if a key trusted here has signed it."""
    _show_verified(_run(["take", str(folder), release], as_json), "is here", as_json)


@app.command()
@command
def keygen(
    file: Annotated[Path, typer.Argument(help="Where the private key goes (mode 0600).")],
    as_json: Json = False,
) -> None:
    """Make a signing key. Put its public part into trust/ of the state folder where its releases may run."""
    end = _run(["keygen", str(file)], as_json)
    if as_json:
        output.show_json(end)
    else:
        trust = places.find().home / "trust"
        output.say(f"{escape(str(file))} signs; {escape(end.public_key)} checks.")
        output.say(f"To run here what it signs: mkdir -p {trust} && cp {end.public_key} {trust}/", markup=False)


def _show(end: _End, as_json: bool) -> None:
    release = end.release
    if release is None:
        raise Problem("The release program named no release.", "Try again.")
    if as_json:
        output.show_json(release)
        return
    output.say(
        f"[bold]{release.release_id}[/] from {release.source.revision[:12]}, {_day(release.source.committed_at)}"
    )
    rows = [[p.component.value, p.version, p.artifact[:19], f"{p.size / 1e6:.1f} MB"] for p in release.components]
    output.table(["COMPONENT", "VERSION", "ARTIFACT", "SIZE"], rows)


def _show_verified(end: _End, what: str, as_json: bool) -> None:
    if as_json:
        output.show_json(end)
    elif end.release is not None:
        output.say(
            f"[green]✓[/] {end.release.release_id} {escape(what)}: {end.blobs} blobs, {end.size / 1e6:.1f} MB, "
            f"signed by {end.signed_by[:12]}"
        )


def _day(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M}"
