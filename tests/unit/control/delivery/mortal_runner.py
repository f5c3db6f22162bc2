"""A runner process over parts that outlive it in files, which dies at every step once. ``mortal_runner.py HOME``"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import TypeVar

from galleria.contracts.wire import IsolationReport
from galleria.contracts.words import Catalogue, Component
from galleria.control.delivery.clock import WallClock
from galleria.control.delivery.journal import DbosJournal
from galleria.control.delivery.parts import Parts
from galleria.control.delivery.plane import HttpPlane
from galleria.control.delivery.records import Records
from galleria.control.delivery.runner import Runner, shape_of, workflows
from galleria.control.delivery.serving import end, serve
from galleria.control.delivery.settings import RunnerSettings
from galleria.control.gateway.null import NullGateway
from galleria.control.gateway.port import Route
from galleria.control.runtimes.null import NullRuntime
from galleria.control.runtimes.port import Artifact, InstanceSpec, Template
from galleria.control.secrets.null import NullSecrets
from galleria.observability import logs
from tests.support.mortal import make_mortal, recover_at_once
from tests.unit.control.delivery.stage import ScriptedKnocking

T = TypeVar("T")


class LastingRuntime(NullRuntime):
    """The null runtime, kept in a file after every act, with a list of the acts that had an effect."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file
        if file.exists():
            self._templates, self._instances = pickle.loads(file.read_bytes())  # noqa: S301 - our own file

    def make_template(self, artifact: Artifact, catalogue: Catalogue) -> Template:
        template = super().make_template(artifact, catalogue)
        return self._keep(template)

    def make_instance(self, spec: InstanceSpec, env_text: str) -> None:
        super().make_instance(spec, env_text)
        self._keep(None)

    def copy_template(self, store_id: str, template: Template) -> None:
        super().copy_template(store_id, template)
        self._keep(None)

    def start(self, store_id: str, component: Component | None = None) -> None:
        super().start(store_id, component)
        self._keep(None)

    def stop(self, store_id: str, component: Component | None = None) -> None:
        super().stop(store_id, component)
        self._keep(None)

    def remove_instance(self, store_id: str) -> None:
        super().remove_instance(store_id)
        self._keep(None)

    def probe_isolation(self, store_id: str) -> IsolationReport:
        return self._keep(super().probe_isolation(store_id))

    def _keep(self, result: T) -> T:
        self._file.write_bytes(pickle.dumps((self._templates, self._instances)))
        return result


class LastingGateway(NullGateway):
    """The null gateway, kept in a file."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file
        if file.exists():
            self._routes = pickle.loads(file.read_bytes())  # noqa: S301 - our own file

    def put_route(self, route: Route) -> None:
        super().put_route(route)
        self._file.write_bytes(pickle.dumps(self._routes))

    def close(self, store_id: str) -> None:
        super().close(store_id)
        self._file.write_bytes(pickle.dumps(self._routes))

    def remove_route(self, store_id: str) -> None:
        super().remove_route(store_id)
        self._file.write_bytes(pickle.dumps(self._routes))


def make_runner(settings: RunnerSettings) -> Runner:
    """Put a mortal runner together."""
    home = settings.home
    parts = Parts(
        home=home,
        runner_id="runner-1",
        runtime=LastingRuntime(home / "runtime.pickle"),
        gateway=LastingGateway(home / "gateway.pickle"),
        plane=HttpPlane.over_socket(settings.plane_socket, settings.token_file),
        secrets=NullSecrets(),
        knocking=ScriptedKnocking(door_passes=not (home / "door-fails").exists()),
        records=Records(settings.records_folder),
        clock=WallClock(),
    )
    kinds = workflows(parts)
    journal = DbosJournal(settings.journal_file, shape_of(kinds))
    return Runner(parts, make_mortal(kinds, home / "deaths"), journal, settings.slots)


if __name__ == "__main__":
    recover_at_once()
    logs.configure("runner")
    end(serve(RunnerSettings(home=Path(sys.argv[1])), make_runner))
