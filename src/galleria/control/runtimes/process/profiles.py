"""Who is started how: one profile a kind of program, as launch values. Pure but for the artifact's whereabouts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from galleria.contracts.words import Catalogue, Component, Slot
from galleria.control.runtimes.process import artifact
from galleria.control.runtimes.process.artifact import Source
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.sandbox import STORE_PLACE, Bind, Identity, Launch, Limits, Means
from galleria.control.runtimes.slots import Place

PLANE_PROGRAM: Final = "plane"
GATEWAY_PROGRAM: Final = "gateway"
RUNNER_PROGRAM: Final = "runner"

SHORT_NAMES: Final = {Component.ENGINE: "engine", Component.STOREFRONT: "storefront", Component.SHOP_AGENT: "agent"}
"""What a component's processes, sockets and logs are called."""

AGENT_PLACE: Final = "/agent"
"""Where the folder of the agent's sockets is mounted, for the agent only. Not below the store's own folder: there the
store could put a link in the mount point's place and have it mounted over the sandbox's own programs."""

_PROCESSES: Final = 512
_PLAIN_ENVIRONMENT: Final = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    # glibc gives every thread its own heap otherwise: tens of megabytes a store.
    "MALLOC_ARENA_MAX": "2",
}


@dataclass(frozen=True)
class Ground:
    """What all profiles of a platform have in common."""

    layout: Layout
    means: Means
    plane: Identity | None
    gateway: Identity | None


@dataclass(frozen=True)
class Sources:
    """What one process of a store is started from, and what its engine's commands are."""

    own: Source
    engine: Source


def programs_of(store_id: str) -> str:
    """What the names of all of a store's programs begin with. A store's id has no dot."""
    return f"store-{store_id}."


def program_of(store_id: str, component: Component, slot: Slot) -> str:
    """Name one process of a store as the supervisor knows it."""
    return f"{programs_of(store_id)}{SHORT_NAMES[component]}-{slot}"


def component_launch(
    ground: Ground, store_id: str, place: Place, sources: Sources, identity: Identity | None
) -> Launch:
    """How a process of a store is started."""
    component, slot = place.placement.component, place.slot
    engine = f"unix:{STORE_PLACE}/run/engine-{place.engine}.sock"
    arguments = {
        Component.ENGINE: ["--socket", f"{STORE_PLACE}/run/engine-{slot}.sock"],
        Component.STOREFRONT: ["--socket", f"{STORE_PLACE}/run/storefront-{slot}.sock", "--engine", engine],
        Component.SHOP_AGENT: [
            *("--socket", f"{AGENT_PLACE}/agent-{slot}.sock", "--engine", engine),
            *("--storefront", f"unix:{STORE_PLACE}/run/storefront.sock", "--engine-python", sources.engine.python),
        ],
    }[component]
    config = ("--config", config_place(place.placement.config_version))
    module = (f"galleria.shop.{SHORT_NAMES[component]}", "serve", "--store-dir", STORE_PLACE, *config, *arguments)
    base = store_launch(ground, store_id, module, identity, sources.own)
    folders = ground.layout.store(store_id)
    return replace(
        base,
        program=program_of(store_id, component, slot),
        binds=base.binds + (_agents_own(sources, folders.agent) if component is Component.SHOP_AGENT else ()),
        log=str(folders.logs / f"{SHORT_NAMES[component]}.log"),
        state=str(ground.layout.supervisor / "run"),
        die_with_parent=False,
    )


def _agents_own(sources: Sources, sockets: Path) -> tuple[Bind, ...]:
    """What only the agent sees: the engine that it drives, and the folder of its sockets."""
    more = tuple(bind for bind in sources.engine.binds if bind not in sources.own.binds)
    return (*more, Bind(str(sockets), AGENT_PLACE, writable=True))


def config_place(version: int) -> str:
    """Where a version of a store's configuration lies, as seen inside its sandbox."""
    return f"{STORE_PLACE}/config/{version}.env"


def store_launch(
    ground: Ground, store_id: str, module: tuple[str, ...], identity: Identity | None, source: Source | None = None
) -> Launch:
    """How a program of the shop zone is started in a store's sandbox, unsupervised.

    :param module: its name, and its arguments.
    :param source: what it is started from; default: the installed environment.
    """
    origin = source or artifact.installed()
    place = ground.layout.store(store_id)
    scratch = "/tmp" if ground.means is Means.BUBBLEWRAP else f"{STORE_PLACE}/tmp"  # noqa: S108 - the sandbox's own
    return Launch(
        program=f"{programs_of(store_id)}{module[0].rpartition('.')[2]}",
        argv=(origin.python, "-I", "-m", *module),
        binds=(
            *origin.binds,
            Bind(str(place.root), STORE_PLACE, writable=True),
        ),
        means=ground.means,
        environment={**_PLAIN_ENVIRONMENT, "HOME": f"{STORE_PLACE}/tmp", "TMPDIR": scratch},  # noqa: S108
        identity=identity,
        hostname=store_id,
        limits=Limits(processes=None if identity is None else _PROCESSES),
        die_with_parent=True,
        bwrap=artifact.bwrap(),
    )


def template_launch(
    ground: Ground, out: Path, catalogue: Catalogue, identity: Identity | None, source: Source
) -> Launch:
    """How a store template is made: a sandbox that can write the output folder and nothing else."""
    module = ("galleria.shop.engine", "template", "--out", "/template", "--catalogue", catalogue.value)
    return Launch(
        program="template",
        argv=(source.python, "-I", "-m", *module),
        binds=(*source.binds, Bind(str(out), "/template", writable=True)),
        means=ground.means,
        cwd="/template",
        environment={**_PLAIN_ENVIRONMENT, "HOME": "/template", "TMPDIR": _scratch(ground, "/template")},
        identity=identity,
        hostname="template",
        die_with_parent=True,
        bwrap=artifact.bwrap(),
    )


def plane_launch(ground: Ground, environment: dict[str, str], source: Source | None = None) -> Launch:
    """How the control plane is started: the mirror image of a store. It sees its own folder and the agents' sockets.

    :param source: what it starts from; the installed environment unless said otherwise.
    :param environment: the settings it reads; a PostgreSQL address among them opens the network, or the folder of its
        socket, and only then.
    """
    layout, origin = ground.layout, source or artifact.installed()
    network, sockets = registry_needs(environment.get("GALLERIA_REGISTRY_URL", ""))
    arguments = ("--data", "/plane", "--agents", "/agents", "--socket", "/plane/run/plane.sock")
    return Launch(
        program=PLANE_PROGRAM,
        argv=(origin.python, "-I", "-m", "galleria.control.plane", "serve", *arguments),
        binds=(
            *origin.binds,
            *(Bind(folder, folder) for folder in sockets),
            Bind(str(layout.plane), "/plane", writable=True),
            Bind(str(layout.agents), "/agents"),
        ),
        means=ground.means,
        cwd="/plane",
        environment={**_PLAIN_ENVIRONMENT, "HOME": "/plane", "TMPDIR": _scratch(ground, "/plane"), **environment},
        identity=ground.plane,
        network=network,
        hostname="control-plane",
        log=str(layout.plane / "plane.log"),
        state=str(layout.supervisor / "run"),
        bwrap=artifact.bwrap(),
    )


def gateway_launch(ground: Ground, listen: str, port: int) -> Launch:
    """How the gateway is started: the machine's network, its own folder, and the sockets behind the door."""
    layout = ground.layout
    arguments = ("serve", "--home", str(layout.home), "--listen", f"{listen}:{port}")
    return Launch(
        program=GATEWAY_PROGRAM,
        argv=(artifact.python(), "-I", "-m", "galleria.control.gateway", *arguments),
        binds=(
            *artifact.binds(),
            Bind(str(layout.gateway), str(layout.gateway), writable=True),
            Bind(str(layout.doors), str(layout.doors)),
            Bind(str(layout.plane_socket.parent), str(layout.plane_socket.parent)),
            Bind(str(layout.instances), str(layout.instances)),
        ),
        means=ground.means,
        cwd=str(layout.home),
        environment={
            **_PLAIN_ENVIRONMENT,
            "HOME": str(layout.gateway),
            "TMPDIR": _scratch(ground, str(layout.gateway)),
        },
        identity=ground.gateway,
        network=True,
        hostname="gateway",
        log=str(layout.gateway / "logs" / "gateway.log"),
        state=str(layout.supervisor / "run"),
        limits=Limits(open_files=65536),
        low_ports=port < 1024,
        bwrap=artifact.bwrap(),
    )


def runner_launch(ground: Ground, environment: dict[str, str], source: Source | None = None) -> Launch:
    """How the runner is started: unconfined, since it is what makes the others' confinement."""
    layout, origin = ground.layout, source or artifact.installed()
    home = {"HOME": str(layout.runner), "TMPDIR": "/tmp"}  # noqa: S108 - the machine's own is right here
    return Launch(
        program=RUNNER_PROGRAM,
        argv=(origin.python, "-I", "-m", "galleria.control.delivery", "serve", "--home", str(layout.home)),
        binds=(),
        means=Means.NONE,
        cwd=str(layout.home),
        environment={**_PLAIN_ENVIRONMENT, **home, **environment},
        log=str(layout.runner / "logs" / "runner.log"),
        state=str(layout.supervisor / "run"),
    )


def registry_needs(url: str) -> tuple[bool, tuple[str, ...]]:
    """Say what a registry address needs beyond the plane's folder: the network, or folders with a socket in them."""
    parts = urlsplit(url)
    if not parts.scheme.startswith("postgresql"):
        return False, ()
    hosts = [parts.hostname or "", *parse_qs(parts.query).get("host", [])]
    sockets = tuple(host for host in hosts if host.startswith("/"))
    return not sockets, sockets


def _scratch(ground: Ground, own: str) -> str:
    return "/tmp" if ground.means is Means.BUBBLEWRAP else own  # noqa: S108 - the sandbox's own
