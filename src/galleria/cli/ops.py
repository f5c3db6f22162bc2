"""``galleria ops``: the allowlisted operations of a store's agent."""

from __future__ import annotations

import typer
from rich.markup import escape

from galleria.cli import output
from galleria.cli.app import Json, StoreArgument, command, connect, store_id
from galleria.cli.problems import Problem
from galleria.contracts.wire import OperationRun, Store
from galleria.contracts.words import Operation, Outcome

app = typer.Typer(no_args_is_help=True, help="Run an allowlisted operation on one store, through its agent.")


def _run(store: str, operation: Operation, as_json: bool) -> None:
    with connect() as client:
        run = client.post(f"/api/v1/stores/{store_id(store)}/operations/{operation.value}", OperationRun)
        found = client.get(f"/api/v1/stores/{store}", Store) if operation is Operation.VERIFY_SMOKE else None
    if as_json:
        output.show_json(run)
    elif found and found.last_smoke:
        for result in found.last_smoke.results:
            look = output.OUTCOME_LOOKS[result.outcome]
            detail = f"  [dim]{escape(result.detail)}[/]" if result.detail else ""
            output.say(f"{look} {result.check.value} [dim]{result.seconds:.2f} s[/]{detail}")
    if run.outcome is not Outcome.PASSED:
        raise Problem(
            f"{operation.value} on {store} failed: {run.message}",
            "Try again in a moment." if run.retryable else f"Look at it with `galleria store show {store}`.",
            code=run.error_code.value if run.error_code else "",
        )
    if not as_json:
        output.say(f"{store}: {escape(run.message)} [dim]({run.seconds:.1f} s)[/]")


@app.command()
@command
def health(store: StoreArgument, as_json: Json = False) -> None:
    """Ask the agent whether it is well."""
    _run(store, Operation.HEALTH, as_json)


@app.command()
@command
def status(store: StoreArgument, as_json: Json = False) -> None:
    """Ask the agent what it sees of its store."""
    _run(store, Operation.STATUS, as_json)


@app.command()
@command
def flush(store: StoreArgument, as_json: Json = False) -> None:
    """Empty the engine's cache."""
    _run(store, Operation.CACHE_FLUSH, as_json)


@app.command()
@command
def reindex(store: StoreArgument, as_json: Json = False) -> None:
    """Rebuild the catalogue index, without a gap in service."""
    _run(store, Operation.INDEX_REINDEX, as_json)


@app.command()
@command
def cron(store: StoreArgument, as_json: Json = False) -> None:
    """Run the engine's due jobs."""
    _run(store, Operation.CRON_RUN, as_json)


@app.command()
@command
def diagnostics(store: StoreArgument, as_json: Json = False) -> None:
    """Look at the store's machinery; never at its data."""
    _run(store, Operation.DIAGNOSTICS, as_json)


@app.command()
@command
def smoke(store: StoreArgument, as_json: Json = False) -> None:
    """Shop in the store: every check of a smoke run; no order is placed, nothing remains."""
    _run(store, Operation.VERIFY_SMOKE, as_json)
