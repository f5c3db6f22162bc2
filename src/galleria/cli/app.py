"""What every command shares: the place, the client, the JSON switch, and how an error ends the program."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Annotated, ParamSpec, TypeVar

import typer

from galleria.cli import output
from galleria.cli import place as places
from galleria.cli.client import PlaneClient
from galleria.cli.problems import Misuse, Problem, Stopped
from galleria.contracts.words import is_store_id

P = ParamSpec("P")
R = TypeVar("R")

Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
StoreArgument = Annotated[str, typer.Argument(metavar="STORE", help="The store's id, such as shop-001.")]
Wait = Annotated[bool, typer.Option("--watch/--no-watch", help="Follow it until it has ended.")]
Page = Annotated[int, typer.Option("--page", min=1, help="Which page; pages count from 1.")]
PageSize = Annotated[int, typer.Option("--page-size", min=1, max=200, help="Rows on a page.")]


def connect() -> PlaneClient:
    """Return a client of the control plane this command line talks to."""
    place = places.find()
    return PlaneClient(place, places.token(place))


def store_id(text: str) -> str:
    """Return the text if it is a store's id.

    Raises:
        Misuse: if it is not; before anything is asked of the plane.
    """
    if not is_store_id(text):
        raise Misuse(
            f"{text!r} is not a store's id.",
            "Use 3 to 40 of a-z, 0-9 and '-', beginning with a letter and not ending with '-'.",
        )
    return text


def command(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function a command: a `Problem` becomes one line and an exit code, Ctrl-C an end that says so."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except Problem as problem:
            output.complain(problem, as_json=bool(kwargs.get("as_json")))
            raise typer.Exit(problem.exit_code) from problem
        except KeyboardInterrupt as interrupt:
            stopped = Stopped("Stopped.", "What the platform was asked for before goes on: `galleria status`.")
            output.complain(stopped, as_json=bool(kwargs.get("as_json")))
            raise typer.Exit(stopped.exit_code) from interrupt

    return run
