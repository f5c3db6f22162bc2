"""The null runtime: keeps the port's promises in memory, starts nothing. For tests of what stands above the port."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import IsolationReport, ObservedProcess
from galleria.contracts.words import (
    STORE_COMPONENTS,
    Catalogue,
    Component,
    IsolationLevel,
    ProcessState,
    RollbackClass,
    Runtime,
    Slot,
    is_store_id,
)
from galleria.control.runtimes import slots as moves
from galleria.control.runtimes.port import (
    Artifact,
    Doors,
    InstanceSpec,
    MigrationPlan,
    ObservedInstance,
    Placement,
    Placements,
    RuntimeFault,
    RuntimeRefused,
    Template,
)
from galleria.control.runtimes.slots import Place, Slots

INSTALLED: Final = Artifact(digest="sha256:" + "0" * 64, version="0")
"""What this runtime says that it is installed from."""

NOTHING_PENDING: Final = MigrationPlan(RollbackClass.A, (), (), "0" * 12)


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
    slots: Slots
    processes: dict[tuple[Component, Slot], _Process]
    configurations: dict[int, str]
    catalogue: Catalogue | None = None
    isolation: IsolationReport | None = None
    migrated: set[str] = field(default_factory=set)


@dataclass
class NullRuntime:
    """A `RuntimePort` that only remembers. Set `faults["start"]` to make the next start fail, and so on.

    Every artifact can be fetched but those in `absent`; what one would do to a database is said in `migrations`.
    """

    clock: Callable[[], datetime] = _now
    faults: dict[str, RuntimeFault] = field(default_factory=dict)
    acts: list[str] = field(default_factory=list)
    kind: Runtime = Runtime.PROCESS
    is_down: bool = False
    absent: set[str] = field(default_factory=set)
    """Digests of artifacts that are not here."""
    migrations: dict[str, MigrationPlan] = field(default_factory=dict)
    """By the engine artifact's digest; one that is not named here does nothing to a database."""
    _templates: set[tuple[str, Catalogue]] = field(default_factory=set)
    _instances: dict[str, _Instance] = field(default_factory=dict)
    _fetched: set[str] = field(default_factory=lambda: {INSTALLED.digest})

    def prepare_artifact(self) -> Artifact:
        self._act("prepare_artifact")
        return INSTALLED

    def make_template(self, artifact: Artifact, catalogue: Catalogue) -> Template:
        self._act(f"make_template {catalogue}")
        made_now = (artifact.digest, catalogue) not in self._templates
        self._templates.add((artifact.digest, catalogue))
        return Template(artifact, catalogue, made_now=made_now)

    def make_instance(self, spec: InstanceSpec, env_text: str) -> None:
        self._act(f"make_instance {spec.store_id}")
        _check_id(spec.store_id)
        if spec.store_id in self._instances:
            return
        slots = moves.born(spec)
        fresh = {(each, spec.slot): _Process(ProcessState.STOPPED, self.clock()) for each in STORE_COMPONENTS}
        self._instances[spec.store_id] = _Instance(spec, slots, fresh, {1: env_text})

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
        instance = self._instance(store_id)
        self._turn(instance, _chosen(instance.slots.live, component), ProcessState.RUNNING)

    def stop(self, store_id: str, component: Component | None = None) -> None:
        self._act(f"stop {store_id}")
        instance = self._instance(store_id)
        self._turn(instance, _chosen(instance.slots.live, component), ProcessState.STOPPED)
        if component is None:
            self._turn(instance, instance.slots.beside.values(), ProcessState.STOPPED)

    def restart(self, store_id: str, component: Component | None = None) -> None:
        self.stop(store_id, component)
        self.start(store_id, component)

    def remove_instance(self, store_id: str) -> None:
        self._act(f"remove_instance {store_id}")
        _check_id(store_id)
        self._instances.pop(store_id, None)

    def doors(self, store_id: str, slots: Mapping[Component, Slot] | None = None) -> Doors:
        live = self._instances[store_id].slots.live if store_id in self._instances else {}
        meant = {each: place.slot for each, place in live.items()} | dict(slots or {})
        engine, storefront, agent = (meant.get(each, Slot.BLUE) for each in STORE_COMPONENTS)
        run = Path("/nowhere") / store_id
        return Doors(run / f"engine-{engine}.sock", run / f"storefront-{storefront}.sock", run / f"agent-{agent}.sock")

    # --- slots --------------------------------------------------------------------------------------------------------

    def fetch_artifact(self, component: Component, artifact: Artifact) -> bool:
        self._act(f"fetch_artifact {component}")
        if artifact.digest in self.absent:
            raise moves.unknown_artifact(artifact)
        fetched = artifact.digest not in self._fetched
        self._fetched.add(artifact.digest)
        return fetched

    def placements(self, store_id: str) -> Placements:
        return self._instance(store_id).slots.placements()

    def prepare_slot(self, store_id: str, placements: Sequence[Placement]) -> None:
        self._act(f"prepare_slot {store_id}")
        instance = self._instance(store_id)
        for each in placements:
            self._check_artifact(each.artifact)
            _check_configuration(instance, each.config_version)
        after = moves.prepared(instance.slots, placements)
        for component, place in after.beside.items():
            if instance.slots.beside.get(component) != place:
                instance.processes[component, place.slot] = _Process(ProcessState.STOPPED, self.clock())
        instance.slots = after

    def start_slot(self, store_id: str, components: Sequence[Component]) -> None:
        self._act(f"start_slot {store_id}")
        instance = self._instance(store_id)
        self._turn(instance, moves.found_beside(instance.slots, components), ProcessState.RUNNING)

    def switch_slots(self, store_id: str, slots: Mapping[Component, Slot]) -> None:
        self._act(f"switch_slots {store_id}")
        instance = self._instance(store_id)
        instance.slots = moves.switched(instance.slots, slots)

    def empty_slot(self, store_id: str, components: Sequence[Component]) -> None:
        self._act(f"empty_slot {store_id}")
        instance = self._instance(store_id)
        for component in components:
            if component in instance.slots.beside:
                del instance.processes[component, instance.slots.beside[component].slot]
        instance.slots = moves.emptied(instance.slots, components)

    def plan_migrations(self, store_id: str, artifact: Artifact) -> MigrationPlan:
        self._act(f"plan_migrations {store_id}")
        instance = self._instance(store_id)
        self._check_artifact(artifact)
        planned = self.migrations.get(artifact.digest, NOTHING_PENDING)
        if artifact.digest not in instance.migrated:
            return planned
        return MigrationPlan(RollbackClass.A, (), (), planned.level)

    def migrate(self, store_id: str, artifact: Artifact, config_version: int) -> MigrationPlan:
        self._act(f"migrate {store_id}")
        instance = self._instance(store_id)
        self._check_artifact(artifact)
        _check_configuration(instance, config_version)
        instance.migrated.add(artifact.digest)
        return self.migrations.get(artifact.digest, NOTHING_PENDING)

    def put_configuration(self, store_id: str, version: int, env_text: str) -> None:
        self._act(f"put_configuration {store_id}")
        kept = self._instance(store_id).configurations.setdefault(version, env_text)
        if kept != env_text:
            raise RuntimeRefused(f"The store has another configuration {version}: take the next number.")

    # --- observation --------------------------------------------------------------------------------------------------

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

    def keep_up(self, *, at_once: bool = False) -> bool:
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

    def _check_artifact(self, artifact: Artifact) -> None:
        if artifact.digest not in self._fetched:
            raise moves.unknown_artifact(artifact)

    def _turn(self, instance: _Instance, places: Iterable[Place], state: ProcessState) -> None:
        for place in places:
            key = (place.placement.component, place.slot)
            if instance.processes[key].state is not state:
                instance.processes[key] = _Process(state, self.clock())

    def _observed(self, store_id: str) -> ObservedInstance:
        instance = self._instances[store_id]
        processes = []
        for side, live in ((instance.slots.live, True), (instance.slots.beside, False)):
            for component, place in side.items():
                process = instance.processes[component, place.slot]
                about = {"component": component, "slot": place.slot, "state": process.state, "since": process.since}
                processes.append(ObservedProcess.model_validate({**about, "live": live}))
        return ObservedInstance(store_id, tuple(processes), instance.isolation)


def _chosen(live: Mapping[Component, Place], component: Component | None) -> list[Place]:
    return list(live.values()) if component is None else [live[component]]


def _check_configuration(instance: _Instance, version: int) -> None:
    if version not in instance.configurations:
        raise moves.unknown_configuration(version)
