"""A runner process over parts that outlive it in files, which dies at every step once. ``mortal_runner.py HOME``"""

from __future__ import annotations

import pickle
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import ParamSpec, TypeVar

from galleria.contracts.wire import IsolationReport
from galleria.contracts.words import Catalogue, Component, Slot
from galleria.control.delivery.clock import WallClock
from galleria.control.delivery.journal import DbosJournal
from galleria.control.delivery.parts import Parts
from galleria.control.delivery.plane import HttpPlane
from galleria.control.delivery.records import Records
from galleria.control.delivery.runner import Runner, shape_of, workflows
from galleria.control.delivery.serving import serve
from galleria.control.delivery.settings import PublicDoor, RunnerSettings
from galleria.control.delivery.shopping import Visited
from galleria.control.gateway.null import NullGateway
from galleria.control.gateway.port import Route
from galleria.control.runtimes.null import NullRuntime
from galleria.control.runtimes.port import Artifact, InstanceSpec, MigrationPlan, Placement, Template
from galleria.control.secrets.null import NullSecrets
from galleria.observability import logs
from tests.support.mortal import live_on, make_mortal
from tests.unit.control.delivery.stage import ScriptedKnocking, ScriptedReleases, visit

P = ParamSpec("P")
T = TypeVar("T")


class LastingFile:
    """What a part is, kept in a file after each act. Threads act one at a time, and a death while one writes leaves the
    old file or the new one: a step of one store may die while another one's is at work."""

    def __init__(self, path: Path, state: Callable[[], object]) -> None:
        self._path, self._state, self._lock = path, state, threading.Lock()

    def after(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do it, write down what came of it, and return what it returned."""
        with self._lock:
            result = act(*args, **kwargs)
            unfinished = self._path.with_suffix(".new")
            unfinished.write_bytes(pickle.dumps(self._state()))
            unfinished.replace(self._path)
        return result


class LastingRuntime(NullRuntime):
    """The null runtime, kept in a file after every act that had an effect."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file = LastingFile(path, lambda: (self._templates, self._instances, self._fetched))
        if path.exists():
            self._templates, self._instances, self._fetched = pickle.loads(path.read_bytes())  # noqa: S301 - our own

    def make_template(self, artifact: Artifact, catalogue: Catalogue) -> Template:
        return self._file.after(super().make_template, artifact, catalogue)

    def make_instance(self, spec: InstanceSpec, env_text: str) -> None:
        self._file.after(super().make_instance, spec, env_text)

    def copy_template(self, store_id: str, template: Template) -> None:
        self._file.after(super().copy_template, store_id, template)

    def start(self, store_id: str, component: Component | None = None) -> None:
        self._file.after(super().start, store_id, component)

    def stop(self, store_id: str, component: Component | None = None) -> None:
        self._file.after(super().stop, store_id, component)

    def remove_instance(self, store_id: str) -> None:
        self._file.after(super().remove_instance, store_id)

    def probe_isolation(self, store_id: str) -> IsolationReport:
        return self._file.after(super().probe_isolation, store_id)

    def fetch_artifact(self, component: Component, artifact: Artifact) -> bool:
        return self._file.after(super().fetch_artifact, component, artifact)

    def prepare_slot(self, store_id: str, placements: Sequence[Placement]) -> None:
        self._file.after(super().prepare_slot, store_id, placements)

    def start_slot(self, store_id: str, components: Sequence[Component]) -> None:
        self._file.after(super().start_slot, store_id, components)

    def switch_slots(self, store_id: str, slots: Mapping[Component, Slot]) -> None:
        self._file.after(super().switch_slots, store_id, slots)

    def empty_slot(self, store_id: str, components: Sequence[Component]) -> None:
        self._file.after(super().empty_slot, store_id, components)

    def migrate(self, store_id: str, artifact: Artifact, config_version: int) -> MigrationPlan:
        return self._file.after(super().migrate, store_id, artifact, config_version)

    def put_configuration(self, store_id: str, version: int, env_text: str) -> None:
        self._file.after(super().put_configuration, store_id, version, env_text)


class LastingGateway(NullGateway):
    """The null gateway, kept in a file."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file = LastingFile(path, lambda: self._routes)
        if path.exists():
            self._routes = pickle.loads(path.read_bytes())  # noqa: S301 - our own file

    def put_route(self, route: Route) -> None:
        self._file.after(super().put_route, route)

    def close(self, store_id: str) -> None:
        self._file.after(super().close, store_id)

    def remove_route(self, store_id: str) -> None:
        self._file.after(super().remove_route, store_id)


class SlotKnocking(ScriptedKnocking):
    """A door behind which only the blue slot does well."""

    def __init__(self, routes: Path) -> None:
        super().__init__()
        self._routes = routes

    def at_the_door(self, door: PublicDoor, host: str, unseen: str = "") -> Visited:
        if unseen:
            return visit(passes=True)
        routes: dict[str, Route] = pickle.loads(self._routes.read_bytes())  # noqa: S301 - our own file
        well = any(route.host == host and "blue" in route.storefront_socket.name for route in routes.values())
        return visit(passes=well)


def make_runner(settings: RunnerSettings) -> Runner:
    """Put a mortal runner together."""
    home = settings.home
    releases = ScriptedReleases()
    for generation in (2, 3):
        releases.add(generation=generation)
    door = ScriptedKnocking(door_passes=not (home / "door-fails").exists())
    if (home / "green-door-fails").exists():
        door = SlotKnocking(home / "gateway.pickle")
    parts = Parts(
        home=home,
        runner_id="runner-1",
        runtime=LastingRuntime(home / "runtime.pickle"),
        gateway=LastingGateway(home / "gateway.pickle"),
        plane=HttpPlane.over_socket(settings.plane_socket, settings.token_file),
        secrets=NullSecrets(),
        knocking=door,
        records=Records(settings.records_folder),
        clock=WallClock(),
        releases=releases,
        watch_seconds=0.0,
    )
    kinds = workflows(parts)
    journal = DbosJournal(settings.journal_file, shape_of(kinds))
    return Runner(parts, make_mortal(kinds, home / "deaths"), journal, settings.slots)


def live() -> int:
    """Be one runner, until its death or its end."""
    logs.configure("runner")
    return serve(RunnerSettings(home=Path(sys.argv[1])), make_runner)


if __name__ == "__main__":
    sys.exit(live_on(live))
