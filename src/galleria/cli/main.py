"""The command line's front door: the tree of commands and the manual."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from galleria import __version__
from galleria.cli import (
    access,
    configuring,
    delivery,
    lifecycle,
    merchants,
    ops,
    platforms,
    records,
    releases,
    rollouts,
    stores,
)

MANUAL = """Run many independent online stores from one place.

Every command takes --json for scripts. Exit codes: 0 done; 1 failed; 2 called wrongly; 3 refused (rights, a lock, a
state that does not allow it); 4 not reachable; 130 stopped by Ctrl-C.

GALLERIA_HOME is the state folder (default ./var), GALLERIA_PORT the public port (default 8080), GALLERIA_URL another
control plane, GALLERIA_TOKEN the operator token (default: what `galleria login` kept, else the first one, in the state
folder).
"""

app = typer.Typer(
    name="galleria", help=MANUAL, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False
)
app.command()(lifecycle.up)
app.command()(lifecycle.down)
app.command()(lifecycle.status)
app.command()(lifecycle.reset)
app.command()(access.login)
app.command()(delivery.deploy)
app.command()(delivery.rollback)
stores.app.command()(configuring.configure)
app.add_typer(stores.app, name="store")
app.add_typer(ops.app, name="ops")
app.add_typer(records.deployments, name="deployment")
app.add_typer(releases.app, name="release")
app.add_typer(rollouts.app, name="rollout")
app.add_typer(records.audit, name="audit")
app.add_typer(merchants.app, name="merchant")
app.add_typer(access.tokens, name="token")
app.add_typer(platforms.app, name="platform")


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"galleria {__version__}\n")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Only what is common to all commands."""


def main() -> None:
    """Run the command line."""
    app()
