"""What the conformance tests of runtimes have in common: a runtime on a stage, and how to look at it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from galleria.contracts import instance
from galleria.contracts.wire import ObservedProcess
from galleria.contracts.words import STORE_COMPONENTS, Catalogue, Component, ProcessState
from galleria.control.runtimes.port import Artifact, InstanceSpec, RuntimePort, Template
from galleria.control.runtimes.process.layout import Layout
from tests.support.configs import complete_values

STORE: Final = "shop-001"
NEIGHBOUR: Final = "shop-002"
PATIENCE: Final = 60.0


@dataclass
class Stage:
    """A runtime, and what the tests know of it beyond the port."""

    runtime: RuntimePort
    layout: Layout | None = None
    """The state folder, if there is one."""
    candidates: Mapping[Component, Artifact] = field(default_factory=dict)
    artifact: Artifact = field(init=False)

    def __post_init__(self) -> None:
        self.artifact = self.runtime.prepare_artifact()

    def template(self) -> Template:
        """The demo template, made once."""
        return self.runtime.make_template(self.artifact, Catalogue.DEMO)

    def make(self, store_id: str) -> None:
        """Make a store's folder."""
        self.runtime.make_instance(
            InstanceSpec(store_id, self.artifact), instance.render_env(complete_values(store_id))
        )

    def candidate(self, component: Component) -> Artifact:
        """An artifact that this runtime can fetch, other than the installed one; the same for all of a module."""
        return self.candidates[component]

    def provision(self, store_id: str) -> None:
        """Make a store that can be started."""
        self.make(store_id)
        self.runtime.copy_template(store_id, self.template())
        self.runtime.provision_engine(store_id)

    def processes(self, store_id: str) -> dict[Component, ObservedProcess]:
        """What is observed of a store's live processes."""
        return {each.component: each for each in self.observed(store_id) if each.live}

    def observed(self, store_id: str) -> tuple[ObservedProcess, ...]:
        """Every process that is observed of a store, live or not."""
        return next(each for each in self.runtime.observe() if each.store_id == store_id).processes

    def wait_for(self, store_id: str, **states: ProcessState) -> dict[Component, ObservedProcess]:
        """Wait until each component is in the given state, ``RUNNING`` if none is given."""
        wanted = {each: states.get(each.name.lower(), ProcessState.RUNNING) for each in STORE_COMPONENTS}
        deadline = time.monotonic() + PATIENCE
        while True:
            seen = self.processes(store_id)
            if {component: each.state for component, each in seen.items()} == wanted:
                return seen
            assert time.monotonic() < deadline, (seen, self._logs(store_id))
            time.sleep(0.05)

    def wait_beside(self, store_id: str, *components: Component) -> dict[Component, ObservedProcess]:
        """Wait until these and no others run beside the live ones."""
        wait(lambda: self._running_beside(store_id).keys() == set(components))
        return self._running_beside(store_id)

    def _running_beside(self, store_id: str) -> dict[Component, ObservedProcess]:
        seen = self.observed(store_id)
        return {each.component: each for each in seen if not each.live and each.state is ProcessState.RUNNING}

    def _logs(self, store_id: str) -> list[str]:
        logs = () if self.layout is None else self.layout.store(store_id).logs.glob("*.log")
        return [log.read_text()[-500:] for log in logs]


def wait(done: Callable[[], bool]) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.05)
