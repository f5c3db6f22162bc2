"""``galleria store configure``: another configuration or new secrets for a store, as a deployment.

The values go from this machine into the store's own folder; the control plane learns two numbers.
"""

from __future__ import annotations

from typing import Annotated

import typer
from pydantic import ValidationError

from galleria.cli import output, programs, watch
from galleria.cli import place as places
from galleria.cli.app import Json, StoreArgument, Wait, command, connect, store_id
from galleria.cli.problems import Misuse, Problem
from galleria.contracts.delivery import ConfigureSpec
from galleria.contracts.wire import Deployment

Settings = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A value; repeatable.")]
Rotated = Annotated[
    list[str] | None, typer.Option("--rotate", metavar="KEY", help="A secret that is drawn anew; repeatable.")
]


@command
def configure(
    store: StoreArgument,
    settings: Settings = None,
    rotate: Rotated = None,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the record.")] = "",
    wait: Wait = True,
    as_json: Json = False,
) -> None:
    """Change a store's configuration or secrets: smoked before any shopper meets it, with the same way back."""
    store_id(store)
    _check_reason(reason)  # before anything is put on the store's disk
    with connect() as client:
        spec = _prepared(store, settings or [], rotate or [], reason)
        made = client.post(f"/api/v1/stores/{store}/configure", Deployment, spec)
        ended = watch.show(client, made.deployment_id, quiet=as_json) if wait else made
    if as_json:
        output.show_json(ended)
    elif wait:
        output.say(f"{store} runs configuration {spec.config_version}, {watch.took(ended)}")
    else:
        output.say(f"{store}: deployment {made.deployment_id}")


def _check_reason(reason: str) -> None:
    try:
        ConfigureSpec(config_version=1, secret_version=1, reason=reason)
    except ValidationError as error:
        raise Misuse("The reason is too long or has control characters.", "Use up to 500 plain characters.") from error


def _prepared(store: str, settings: list[str], rotate: list[str], reason: str) -> ConfigureSpec:
    for event in programs.prepare_configuration(places.find().home, store, settings, rotate):
        if event.event == "end":
            numbers = {key: event.model_dump().get(key) for key in ("config_version", "secret_version")}
            return ConfigureSpec.model_validate({**numbers, "reason": reason})
    raise Problem("The program ended without an answer.", "Try again.")
