"""``galleria login`` and ``galleria token``: who may speak to the plane."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer
from pydantic import BaseModel, ValidationError
from rich.markup import escape

from galleria.cli import output
from galleria.cli import place as places
from galleria.cli.app import Json, command, connect
from galleria.cli.client import PlaneClient
from galleria.cli.problems import Misuse
from galleria.contracts.wire import Acknowledged, Page, TokenCreated, TokenInfo, TokenSpec
from galleria.contracts.words import ActorKind, Role

tokens = typer.Typer(no_args_is_help=True, help="Operators' tokens (admins only).")


class WhoAmI(BaseModel):
    """Who the plane takes us for."""

    name: str
    role: Role
    kind: ActorKind


@command
def login(
    url: Annotated[str | None, typer.Option("--url", help="The control plane; default: this machine's.")] = None,
    token_stdin: Annotated[bool, typer.Option("--token-stdin", help="Read the token from standard input.")] = False,
    as_json: Json = False,
) -> None:
    """Sign in with an operator token, which is kept for this user only."""
    place = places.find()
    if url:
        place = places.Place(home=place.home, url=url.rstrip("/"), port=place.port)
    secret = sys.stdin.readline() if token_stdin else typer.prompt("Operator token", hide_input=True)
    if not secret.strip():
        raise Misuse("No token was given.", "Paste one, or pipe it in with --token-stdin.")
    with PlaneClient(place, secret.strip()) as client:
        who = client.get("/api/v1/whoami", WhoAmI)
    path = places.keep_token(place, secret.strip())
    if as_json:
        output.show_json(who)
    else:
        output.say(
            f"Signed in at {escape(place.url)} as {escape(who.name)} ({who.role.value}); kept in {escape(str(path))}"
        )


@tokens.command("list")
@command
def list_tokens(as_json: Json = False) -> None:
    """List tokens. Their secrets are not kept anywhere."""
    with connect() as client:
        found = client.get("/api/v1/tokens", Page[TokenInfo])
    if as_json:
        output.show_json(found)
        return
    rows = [
        [t.token_id, escape(t.name), t.role.value, t.kind.value, output.ago(t.last_used_at), _state(t)]
        for t in found.items
    ]
    output.table(["TOKEN", "NAME", "ROLE", "KIND", "LAST USED", "STATE"], rows)


def _state(token: TokenInfo) -> str:
    if token.revoked_at:
        return f"revoked {output.ago(token.revoked_at)}"
    if token.expires_at and token.expires_at <= datetime.now(UTC):
        return "expired"
    return "valid"


@tokens.command("create")
@command
def create_token(
    name: Annotated[str, typer.Argument(help="Whose it is, such as ana or ci-deploy.")],
    role: Annotated[Role, typer.Option("--role", help="What it may do.")] = Role.OPERATOR,
    automation: Annotated[bool, typer.Option("--automation", help="It belongs to a program, not a person.")] = False,
    as_json: Json = False,
) -> None:
    """Create a token. Its secret is shown this once."""
    kind = ActorKind.AUTOMATION if automation else ActorKind.HUMAN
    try:
        spec = TokenSpec(name=name, role=role, kind=kind)
    except ValidationError as error:
        raise Misuse(
            f"{name!r} can't be a token's name.",
            "Use up to 64 letters, digits, spaces and ._@-, beginning with a letter or a digit.",
        ) from error
    with connect() as client:
        made = client.post("/api/v1/tokens", TokenCreated, spec)
    if as_json:
        output.show_json(made)
        return
    output.say(
        f"Token {made.token.token_id} for {escape(name)} ({role.value}). Keep its secret now; it is not shown again:"
    )
    output.out.print(made.secret, markup=False)


@tokens.command("revoke")
@command
def revoke_token(token_id: Annotated[str, typer.Argument(help="The token's id.")], as_json: Json = False) -> None:
    """Revoke a token at once."""
    with connect() as client:
        answer = client.delete(f"/api/v1/tokens/{token_id}", Acknowledged)
    if as_json:
        output.show_json(answer)
    else:
        output.say(f"{escape(token_id)} is revoked")
