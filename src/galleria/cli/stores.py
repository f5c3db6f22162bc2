"""``galleria store``: create, watch, start, stop, restart and remove stores."""

from __future__ import annotations

from typing import Annotated

import typer
from pydantic import ValidationError
from rich.markup import escape

from galleria.cli import output, watch
from galleria.cli.app import Json, PageSize, StoreArgument, Wait, command, connect, store_id
from galleria.cli.app import Page as PageOption
from galleria.cli.problems import Misuse, Refused
from galleria.contracts.wire import Deployment, KnownRevision, Page, Store, StoreSpec
from galleria.contracts.words import Catalogue, IsolationMode, StoreState

app = typer.Typer(no_args_is_help=True, help="Create stores, see their health, start, stop and remove them.")


@app.command("list")
@command
def list_stores(
    search: Annotated[str | None, typer.Option("--search", "-s", help="Part of the id, name or host.")] = None,
    state: Annotated[StoreState | None, typer.Option("--state", help="Only stores in this state.")] = None,
    page: PageOption = 1,
    page_size: PageSize = 50,
    as_json: Json = False,
) -> None:
    """List stores, those that need a person first."""
    with connect() as client:
        found = client.get(
            "/api/v1/stores",
            Page[Store],
            {"q": search, "state": state.value if state else None, "page": page, "page_size": page_size},
        )
    if as_json:
        output.show_json(found)
        return
    if not found.items:
        output.say(
            "No store matches." if search or state else "No store yet. Create one: galleria store create shop-001"
        )
        return
    output.table(["STORE", "STATE", "REV", "ISOLATION", "LAST SMOKE"], [_row(store) for store in found.items])
    if found.total > len(found.items):
        output.say(f"[dim]{len(found.items)} of {found.total}; the next page: --page {found.page + 1}[/]")


def _row(store: Store) -> list[str]:
    smoke = "never"
    if store.last_smoke is not None:
        smoke = f"{'passed' if store.last_smoke.passed else '[red]failed[/]'} {output.ago(store.last_smoke.started_at)}"
    return [
        f"{store.store_id}\n  [dim]{escape(store.url)}[/]",
        output.STATE_LOOKS[store.state],
        str(store.revision.number) if store.revision else "-",
        output.LEVEL_LOOKS[store.isolation.level] if store.isolation else "not measured",
        smoke,
    ]


@app.command()
@command
def show(store: StoreArgument, as_json: Json = False) -> None:
    """Show one store: its state as a sentence, its processes, its isolation as measured."""
    with connect() as client:
        found = client.get(f"/api/v1/stores/{store_id(store)}", Store)
        known = client.get(f"/api/v1/stores/{store}/revisions", Page[KnownRevision], {"page_size": 5})
    if as_json:
        output.show_json(found)
        return
    output.say(f"[bold]{found.store_id}[/] {output.STATE_LOOKS[found.state]}  {escape(found.sentence)}")
    isolation = "not measured yet"
    if found.isolation:
        isolation = f"{output.LEVEL_LOOKS[found.isolation.level]} by {escape(found.isolation.means)}"
        isolation += "".join(f"\n[yellow]missing:[/] {escape(missing)}" for missing in found.isolation.missing)
    born = f"{found.time_to_provision_seconds:.1f} s" if found.time_to_provision_seconds is not None else "-"
    output.facts(
        [
            ("shop", escape(found.url)),
            ("merchant admin", escape(f"{found.url}/admin")),
            ("runtime", found.runtime.value),
            ("isolation wished", found.isolation_mode.value),
            ("isolation measured", isolation),
            ("revision", _revision(found)),
            *(("quarantined", f"{q.release_id}  [dim]{escape(q.reason)}[/]") for q in found.quarantined),
            ("time to provision", born),
            ("observed", output.ago(found.observed_at)),
        ]
    )
    rows = [
        [
            process.component.value,
            process.slot.value,
            process.state.value if process.live else f"[dim]{process.state.value}, warm[/]",
            output.ago(process.since),
            f"{process.memory_bytes / 1_048_576:.0f} MB" if process.memory_bytes else "-",
            str(process.restarts),
        ]
        for process in found.processes
    ]
    if rows:
        output.table(["COMPONENT", "SLOT", "STATE", "SINCE", "MEMORY", "RESTARTS"], rows)
    if known.total > 1:
        _show_revisions(known)


def _revision(store: Store) -> str:
    if store.revision is None:
        return "none"
    release = f" of {store.revision.release_id}" if store.revision.release_id else ""
    return f"{store.revision.number}{release}, {output.ago(store.revision.since)}"


@app.command()
@command
def revisions(store: StoreArgument, page: PageOption = 1, page_size: PageSize = 20, as_json: Json = False) -> None:
    """List what a store runs and ran: where a rollback can lead."""
    with connect() as client:
        found = client.get(
            f"/api/v1/stores/{store_id(store)}/revisions",
            Page[KnownRevision],
            {"page": page, "page_size": page_size},
        )
    if as_json:
        output.show_json(found)
    elif not found.items:
        output.say(f"{store} has no revision yet.")
    else:
        _show_revisions(found)


def _versions(revision: KnownRevision) -> str:
    """Say the versions; once, if all components have the same."""
    if len(revision.versions) > 1 and len(set(revision.versions.values())) == 1:
        return f"all {next(iter(revision.versions.values()))}"
    return ", ".join(f"{component.value} {version}" for component, version in revision.versions.items())


def _show_revisions(found: Page[KnownRevision]) -> None:
    rows = [
        [
            f"[green]● {r.number}[/]" if r.current else f"  {r.number}",
            r.release_id or "installed",
            _versions(r),
            f"{r.config_version}/{r.secret_version}",
            r.rollback_class.value if r.rollback_class else "-",
            "healthy" if r.healthy else "[red]not healthy[/]",
            output.ago(r.since),
        ]
        for r in found.items
    ]
    output.table(["REVISION", "RELEASE", "VERSIONS", "CONFIG", "CLASS", "KNOWN", "SINCE"], rows)


@app.command()
@command
def create(
    store: StoreArgument,
    name: Annotated[
        str | None, typer.Option("--name", help="What shoppers call it; default: made from the id.")
    ] = None,
    host: Annotated[str | None, typer.Option("--host", help="Host name; default: STORE.localhost.")] = None,
    catalogue: Annotated[
        Catalogue, typer.Option("--catalogue", help="What is on the shelves at first; it makes room for an import.")
    ] = Catalogue.DEMO,
    isolation: Annotated[IsolationMode, typer.Option("--isolation", help="Isolation mode.")] = IsolationMode.STRICT,
    currency: Annotated[str, typer.Option("--currency", help="ISO 4217 code.")] = "EUR",
    locale: Annotated[str, typer.Option("--locale", help="Such as en_US.")] = "en_US",
    wait: Wait = True,
    as_json: Json = False,
) -> None:
    """Create a store and follow it until it sells."""
    try:
        spec = StoreSpec(
            store_id=store_id(store),
            name=name or store.replace("-", " ").title(),
            host=host,
            isolation_mode=isolation,
            catalogue=catalogue,
            currency=currency,
            locale=locale,
        )
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "store"
        raise Misuse(f"{field}: {first['msg']}.", "See `galleria store create --help`.") from error
    with connect() as client:
        deployment = client.post("/api/v1/stores", Deployment, spec)
        if wait:
            deployment = watch.show(client, deployment.deployment_id, quiet=as_json)
        born = client.get(f"/api/v1/stores/{store}", Store)
    if as_json:
        output.show_json(deployment)
        return
    took = f", {born.time_to_provision_seconds:.1f} s" if born.time_to_provision_seconds is not None else ""
    output.say(
        f"{store} sells at {escape(born.url)}{took}" if wait else f"{store}: deployment {deployment.deployment_id}"
    )


def _act(store: str, act: str, done: str, wait: bool, as_json: bool) -> None:
    with connect() as client:
        path = f"/api/v1/stores/{store_id(store)}"
        deployment = client.delete(path, Deployment) if act == "remove" else client.post(f"{path}/{act}", Deployment)
        if wait:
            deployment = watch.show(client, deployment.deployment_id, quiet=as_json)
    if as_json:
        output.show_json(deployment)
    else:
        output.say(f"{store} {done}" if wait else f"{store}: deployment {deployment.deployment_id}")


@app.command()
@command
def start(store: StoreArgument, wait: Wait = True, as_json: Json = False) -> None:
    """Start a stopped store."""
    _act(store, "start", "is started", wait, as_json)


@app.command()
@command
def stop(store: StoreArgument, wait: Wait = True, as_json: Json = False) -> None:
    """Stop a store. Shoppers see a page that says so; its data stays."""
    _act(store, "stop", "is stopped", wait, as_json)


@app.command()
@command
def restart(store: StoreArgument, wait: Wait = True, as_json: Json = False) -> None:
    """Restart a store's processes."""
    _act(store, "restart", "is restarted", wait, as_json)


@app.command()
@command
def retry(store: StoreArgument, wait: Wait = True, as_json: Json = False) -> None:
    """Try a provisioning that failed again."""
    _act(store, "retry", "sells", wait, as_json)


@app.command()
@command
def remove(
    store: StoreArgument,
    confirm: Annotated[str | None, typer.Option("--confirm", help="The store's id, for scripts.")] = None,
    wait: Wait = True,
    as_json: Json = False,
) -> None:
    """Remove a store with all its data: catalogue, customers, orders. This cannot be taken back."""
    store_id(store)
    given = confirm
    if given is None and output.out.is_terminal:
        given = typer.prompt(f"This deletes {store} with its orders and customers for good. Type its id to go on")
    if given != store:
        raise Refused(f"{store} was not removed: its id was not given.", f"Give it: --confirm {store}")
    _act(store, "remove", "is removed", wait, as_json)
