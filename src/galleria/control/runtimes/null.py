"""The null runtime: keeps the port's promises in memory, starts nothing. For tests of what stands above the port."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import IsolationReport, ObservedProcess
from galleria.contracts.words import (
    STORE_COMPONENTS,
    Catalogue,
    Component,
    IsolationLevel,
    ProcessState,
    Runtime,
    Slot,
    is_store_id,
)
from galleria.control.runtimes.port import (
    Artifact,
    Doors,
    InstanceSpec,
    ObservedInstance,
    RuntimeFault,
    RuntimeRefused,
    Template,
)


def _now() -> datetime:
    return datetime.now(UTC)


def _check_id(store_id: str) -> None:
    if not is_store_id(store_id):
        raise RuntimeRefused(f"{store_id!r} is not a store id.", code=ErrorCode.STORE_ID_INVALID)


@dataclass
class _Process:
    state: ProcessState
    since: datetime


@dataclass
class _Instance:
    spec: InstanceSpec
    processes: dict[Component, _Process]
    catalogue: Catalogue | None = None
    isolation: IsolationReport | None = None


@dataclass
class NullRuntime:
    """A `RuntimePort` that only remembers. Set `faults["start"]` to make the next start fail, and so on."""

    clock: Callable[[], datetime] = _now
    faults: dict[str, RuntimeFault] = field(default_factory=dict)
    acts: list[str] = field(default_factory=list)
    kind: Runtime = Runtime.PROCESS
    _templates: set[tuple[str, Catalogue]] = field(default_factory=set)
    _instances: dict[str, _Instance] = field(default_factory=dict)

    def prepare_artifact(self) -> Artifact:
        self._act("prepare_artifact")
        return Artifact(digest="sha256:" + "0" * 64, version="0")

    def make_template(self, artifact: Artifact, catalogue: Catalogue) -> Template:
        self._act(f"make_template {catalogue}")
        made_now = (artifact.digest, catalogue) not in self._templates
        self._templates.add((artifact.digest, catalogue))
        return Template(artifact, catalogue, made_now=made_now)

    def make_instance(self, spec: InstanceSpec, env_text: str) -> None:
        self._act(f"make_instance {spec.store_id}")
        _check_id(spec.store_id)
        fresh = {component: _Process(ProcessState.STOPPED, self.clock()) for component in STORE_COMPONENTS}
        self._instances.setdefault(spec.store_id, _Instance(spec, fresh))

    def copy_template(self, store_id: str, template: Template) -> None:
        self._act(f"copy_template {store_id}")
        instance = self._instance(store_id)
        if (template.artifact.digest, template.catalogue) not in self._templates:
            raise RuntimeRefused(f"There is no {template.catalogue} template.", code=ErrorCode.NOT_FOUND)
        instance.catalogue = instance.catalogue or template.catalogue

    def provision_engine(self, store_id: str) -> None:
        self._act(f"provision_engine {store_id}")
        if self._instance(store_id).catalogue is None:
            raise RuntimeRefused(f"{store_id} has no data yet: copy a template first.")

    def start(self, store_id: str, component: Component | None = None) -> None:
        self._act(f"start {store_id}")
        self._turn(store_id, component, ProcessState.RUNNING)

    def stop(self, store_id: str, component: Component | None = None) -> None:
        self._act(f"stop {store_id}")
        self._turn(store_id, component, ProcessState.STOPPED)

    def restart(self, store_id: str, component: Component | None = None) -> None:
        self.stop(store_id, component)
        self.start(store_id, component)

    def remove_instance(self, store_id: str) -> None:
        self._act(f"remove_instance {store_id}")
        _check_id(store_id)
        self._instances.pop(store_id, None)

    def doors(self, store_id: str, slot: Slot = Slot.BLUE) -> Doors:
        run = Path("/nowhere") / store_id
        return Doors(run / f"engine-{slot}.sock", run / f"storefront-{slot}.sock", run / "agent.sock")

    def observe(self) -> Sequence[ObservedInstance]:
        self._act("observe")
        return [self._observed(store_id) for store_id in sorted(self._instances)]

    def probe_isolation(self, store_id: str) -> IsolationReport:
        self._act(f"probe_isolation {store_id}")
        report = IsolationReport(
            level=IsolationLevel.NONE,
            means="none",
            missing=["Nothing is started here, so nothing is isolated."],
            measured_at=self.clock(),
        )
        self._instance(store_id).isolation = report
        return report

    def keep_up(self) -> bool:
        self._act("keep_up")
        return False

    def _act(self, what: str) -> None:
        self.acts.append(what)
        fault = self.faults.pop(what.split()[0], None)
        if fault is not None:
            raise fault

    def _instance(self, store_id: str) -> _Instance:
        try:
            return self._instances[store_id]
        except KeyError:
            raise RuntimeRefused(f"There is no store {store_id} here.", code=ErrorCode.STORE_NOT_FOUND) from None

    def _turn(self, store_id: str, component: Component | None, state: ProcessState) -> None:
        processes = self._instance(store_id).processes
        for each in STORE_COMPONENTS if component is None else (component,):
            if processes[each].state is not state:
                processes[each] = _Process(state, self.clock())

    def _observed(self, store_id: str) -> ObservedInstance:
        instance = self._instances[store_id]
        slot = instance.spec.slot
        processes = tuple(
            ObservedProcess(component=component, slot=slot, state=process.state, since=process.since)
            for component, process in instance.processes.items()
        )
        return ObservedInstance(store_id, processes, instance.isolation)
