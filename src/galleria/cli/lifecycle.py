"""``galleria up``, ``down``, ``status`` and ``reset``: the platform on this machine."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from galleria.cli import output, programs, watch
from galleria.cli import place as places
from galleria.cli.app import Json, command, store_id
from galleria.cli.client import PlaneClient
from galleria.cli.problems import Exit, Problem, Refused, Unreachable
from galleria.contracts.wire import Deployment, Page, PlaneStatus, Store, StoreSpec
from galleria.contracts.words import DeploymentStatus, StoreState, Wanted

FIRST_STORE = "shop-001"
SETTLE_SECONDS = 60.0
"""How long `up` waits for stores that should run to be seen selling."""

FirstStore = Annotated[
    str, typer.Option("--store", help="The first store's id; it is created if there is no store yet.", metavar="STORE")
]


@dataclass(frozen=True)
class Addresses:
    """Where everything is, as `up` prints it."""

    control_plane: str
    operator_token: Path
    shops: tuple[tuple[str, str, Path], ...]
    """(store id, address, file with the merchant's login) of each store that runs."""


@command
def up(
    store: FirstStore = FIRST_STORE,
    first_store: Annotated[bool, typer.Option("--first-store/--no-store", help="Create a first store.")] = True,
    as_json: Json = False,
) -> None:
    """Bring up the platform with its first store. Run again, it changes nothing."""
    store_id(store)
    place = places.find()
    begun = time.monotonic()
    for event in programs.platform("up", place.home, place.port):
        if event.event == "step" and event.outcome != "running" and not as_json:
            _show_step(event)
    made_token = _read_once(place.home / "operator-token")
    secret = places.token(_local(place))
    if secret is None:
        raise Refused(
            f"The platform is up at {_local(place).url}, but no operator token is here to see its stores.",
            "Sign in: galleria login",
        )
    with PlaneClient(_local(place), secret) as client:
        created = _create_first_store(client, store, as_json) if first_store else False
        stores = _wait_until_settled(client, as_json)
    addresses = Addresses(
        control_plane=_local(place).url,
        operator_token=place.home / "operator-token",
        shops=tuple(
            (s.store_id, s.url, place.home / "instances" / s.store_id / "merchant-login")
            for s in stores
            if s.wanted is Wanted.RUNNING
        ),
    )
    _show_end(addresses, time.monotonic() - begun, as_json, secret if made_token else None, created)
    lame = [s.store_id for s in stores if s.wanted is Wanted.RUNNING and s.state is not StoreState.SELLING]
    if lame:
        raise Problem(
            f"The platform is up, but {', '.join(lame)} does not sell.", f"See `galleria store show {lame[0]}`."
        )


def _local(place: places.Place) -> places.Place:
    """`up` always speaks to the platform that it has just started, wherever GALLERIA_URL points."""
    return places.Place(home=place.home, url=f"http://{places.PLANE_HOST}:{place.port}", port=place.port)


def _read_once(path: Path) -> bool:
    """Say whether this file's secret has not been shown yet, and remember that it was: by a digest, never by itself."""
    shown = path.with_name(f".{path.name}-shown")
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if shown.exists() and shown.read_text(encoding="ascii") == digest:
            return False
        shown.touch(mode=0o600)
        shown.write_text(digest, encoding="ascii")
    except OSError:
        return False
    return True


def _run(act: str, place: places.Place, as_json: bool) -> None:
    """Run an act of the platform, showing each step as it ends and how the whole act ended; as JSON only the latter."""
    for event in programs.platform(act, place.home):
        if event.event == "step" and event.outcome != "running" and not as_json:
            _show_step(event)
        if event.event != "end":
            continue
        if as_json:
            output.show_json(event)
        else:
            output.say(escape(event.detail))


def _show_step(event: programs.Event) -> None:
    look = "[green]✓[/]" if event.outcome == "passed" else "[red]✗[/]"
    detail = f"  [dim]{escape(event.detail)}[/]" if event.detail else ""
    output.say(f"{look} {escape(event.name)} [dim]{event.seconds:.1f} s[/]{detail}")


def _create_first_store(client: PlaneClient, store: str, as_json: bool) -> bool:
    """Create the first store, or go on watching it if an earlier `up` was stopped on the way."""
    found = client.get("/api/v1/stores", Page[Store], {"page_size": 200})
    unfinished = next((s.last_deployment for s in found.items if s.store_id == store and s.last_deployment), None)
    if unfinished is not None:
        if not unfinished.status.final:
            watch.show(client, unfinished.deployment_id, quiet=as_json)
        elif unfinished.kind.value == "provision" and unfinished.status is not DeploymentStatus.SUCCEEDED:
            again = client.post(f"/api/v1/stores/{store}/retry", Deployment)
            watch.show(client, again.deployment_id, quiet=as_json)
        return False
    if found.total:
        return False
    spec = StoreSpec(store_id=store, name="Kiln & Field" if store == FIRST_STORE else store.replace("-", " ").title())
    deployment = client.post("/api/v1/stores", Deployment, spec)
    watch.show(client, deployment.deployment_id, quiet=as_json)
    return True


def _wait_until_settled(client: PlaneClient, as_json: bool) -> list[Store]:
    deadline = time.monotonic() + SETTLE_SECONDS
    with output.out.status("waiting for the stores", spinner="dots") as status:
        if as_json or not output.out.is_terminal:
            status.stop()
        while True:
            stores = _all_stores(client)
            waiting = [s for s in stores if s.wanted is Wanted.RUNNING and s.state is not StoreState.SELLING]
            hopeless = all(s.state is StoreState.NEEDS_ATTENTION for s in waiting)
            if not waiting or hopeless or time.monotonic() > deadline:
                return stores
            status.update(f"waiting for {', '.join(s.store_id for s in waiting[:3])}")
            time.sleep(watch.POLL_SECONDS)


def _all_stores(client: PlaneClient) -> list[Store]:
    stores: list[Store] = []
    page = 1
    while True:
        found = client.get("/api/v1/stores", Page[Store], {"page": page, "page_size": 200})
        stores += found.items
        if len(stores) >= found.total or not found.items:
            return stores
        page += 1


def _show_end(addresses: Addresses, seconds: float, as_json: bool, token: str | None, created: bool) -> None:
    if as_json:
        shops = [{"store_id": i, "url": url, "admin": f"{url}/admin", "login": str(f)} for i, url, f in addresses.shops]
        body: dict[str, object] = {
            "control_plane": addresses.control_plane,
            "operator_token": str(addresses.operator_token),
            "stores": shops,
            "seconds": round(seconds, 1),
        }
        output.show_json(body)
        return
    pairs = [("control plane", addresses.control_plane), ("  operator token", _relative(addresses.operator_token))]
    # A secret goes to a person's terminal once, never into a pipe that may be a log.
    if token and output.out.is_terminal:
        pairs.append(("  shown this once", token))
    for identity, url, login in addresses.shops:
        pairs += [(identity, url), ("  merchant admin", f"{url}/admin"), ("  merchant login", _relative(login))]
        if created and output.out.is_terminal and os.access(login, os.R_OK):
            pairs.append(("  shown this once", " ".join(login.read_text(encoding="utf-8").split())))
    output.say("")
    output.facts([(name, escape(value)) for name, value in pairs])
    output.say(f"[dim]Ready in {seconds:.1f} s.[/]")


def _relative(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


@command
def down(as_json: Json = False) -> None:
    """Stop every process of the platform. Data stays; `galleria up` brings it back."""
    _run("down", places.find(), as_json)


@command
def reset(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Stop the platform and delete its state folder: every store with all its data."""
    place = places.find()
    if not yes:
        if not output.out.is_terminal:
            raise Refused("Nothing was reset: this deletes every store.", "Give --yes to do it.")
        typer.confirm(f"This deletes every store in {place.home} for good. Go on?", abort=True)
    _run("reset", place, as_json)


@command
def status(as_json: Json = False) -> None:
    """Tell the truth about the platform. Exit code 0: all well; 1: something is not; 4: it is not running."""
    place = places.find()
    local = list(programs.platform("status", place.home)) if place.local else []
    end = next((event for event in local if event.event == "end"), None)
    if end is not None and end.outcome in ("absent", "down"):
        if as_json:
            output.show_json(end)
        else:
            output.say(escape(end.detail))
        raise typer.Exit(Exit.UNREACHABLE)
    try:
        with PlaneClient(place, places.token(place)) as client:
            plane = client.get("/status", PlaneStatus)
            stores = _all_stores(client)
    except Unreachable as silent:
        if end is None:
            raise
        raise Unreachable(end.detail, f"Running: {end.pids or 'nothing'}. Stores sell on.") from silent
    sick = [s for s in stores if s.wanted is Wanted.RUNNING and s.state is not StoreState.SELLING]
    partly = end is not None and end.outcome != "up"
    if as_json:
        output.show_json(
            {
                "platform": end.model_dump(mode="json") if end else None,
                "plane": plane.model_dump(mode="json"),
                "stores": [s.model_dump(mode="json") for s in stores],
            }
        )
    else:
        _show_status(place, end, plane, stores)
    if sick or partly or not plane.audit.verified or not any(runner.alive for runner in plane.runners):
        raise typer.Exit(Exit.FAILED)


def _show_status(place: places.Place, end: programs.Event | None, plane: PlaneStatus, stores: list[Store]) -> None:
    alive = sum(runner.alive for runner in plane.runners)
    pairs = [
        (
            "control plane",
            f"{escape(place.url)}  version {escape(plane.version)}, started {output.ago(plane.started_at)}",
        ),
        ("runners", f"{alive} alive" if alive else "[red]none alive: nothing is observed or carried out[/]"),
        ("registry", plane.registry),
        ("audit", escape(plane.audit.message)),
    ]
    if end is not None:
        pairs.insert(0, ("platform", escape(end.detail)))
        pairs.append(("pids", escape(end.pids)))
    output.facts(pairs)
    output.say("")
    if not stores:
        output.say("No store yet. Create one: galleria store create shop-001")
        return
    output.table(
        ["STORE", "STATE", "ISOLATION", "SHOP"],
        [
            [
                s.store_id,
                output.STATE_LOOKS[s.state],
                output.LEVEL_LOOKS[s.isolation.level] if s.isolation else "not measured",
                escape(s.url),
            ]
            for s in stores
        ],
    )
    for store in stores:
        if store.wanted is Wanted.RUNNING and store.state is not StoreState.SELLING:
            output.say(f"{store.store_id}: {escape(store.sentence)}")
