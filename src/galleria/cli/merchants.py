"""``galleria merchant``: what a merchant does on this machine. It runs inside the store's own sandbox.

The plane learns only that it happened; file, pictures and password never pass through it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from galleria.cli import output, programs
from galleria.cli import place as places
from galleria.cli.app import Json, StoreArgument, command, store_id
from galleria.cli.client import PlaneClient
from galleria.cli.problems import Misuse, Problem
from galleria.contracts.wire import Acknowledged, MerchantNotice
from galleria.contracts.words import AuditAction, AuditOutcome

app = typer.Typer(
    no_args_is_help=True, help="A merchant's own acts, inside the store; the platform learns only that they happened."
)


def _run(store: str, action: AuditAction, arguments: list[str], as_json: bool) -> None:
    place = places.find()
    if not (place.home / "instances" / store).is_dir():
        raise Misuse(
            f"There is no store {store} in the state folder {place.home}.",
            "Run this on the store's machine, with GALLERIA_HOME set; `galleria store list` shows the stores.",
        )
    extra = ["--json"] if as_json else []
    code = programs.merchant([arguments[0], "--home", str(place.home), "--store", store, *arguments[1:], *extra])
    outcome = AuditOutcome.SUCCEEDED if code == 0 else AuditOutcome.FAILED
    _tell_plane(place, store, action, outcome)
    if code:
        # The program has said what was wrong in its own words.
        raise typer.Exit(code)


def _tell_plane(place: places.Place, store: str, action: AuditAction, outcome: AuditOutcome) -> None:
    notice = MerchantNotice.model_validate({"action": action, "outcome": outcome})
    try:
        with PlaneClient(place, places.token(place)) as client:
            client.post(f"/api/v1/stores/{store}/merchant-notices", Acknowledged, notice)
    except Problem as problem:
        # The act itself is done and is the merchant's right; only its record in the plane is missing.
        output.err.print(f"[yellow]The control plane was not told: {problem.what}[/]")


@app.command("import")
@command
def import_catalogue(
    store: StoreArgument,
    file: Annotated[Path, typer.Argument(help="The product file: Magento's product CSV.")],
    media: Annotated[
        Path | None, typer.Option("--media", help="The folder with the pictures that the file names.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Import a catalogue. Run again with the same file, it changes nothing."""
    store_id(store)
    if not file.is_file():
        raise Misuse(f"There is no file {file}.", "Give the path of the product CSV.")
    if media is not None and not media.is_dir():
        raise Misuse(f"There is no folder {media}.", "Give the folder that holds the pictures.")
    arguments = ["import", str(file.absolute())]
    if media is not None:
        arguments += ["--media", str(media.absolute())]
    _run(store, AuditAction.MERCHANT_IMPORT, arguments, as_json)


@app.command()
@command
def password(
    store: StoreArgument,
    email: Annotated[str | None, typer.Option("--email", help="Which merchant; default: the first one.")] = None,
    as_json: Json = False,
) -> None:
    """Give a merchant a new password."""
    store_id(store)
    _run(store, AuditAction.MERCHANT_PASSWORD, ["password", *(["--email", email] if email else [])], as_json)
