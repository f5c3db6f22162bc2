"""The process runtime: a store is a folder, a group of sandboxed processes, and a few files that start them."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import IsolationReport
from galleria.contracts.words import STORE_COMPONENTS, Catalogue, Component, Runtime, Slot, is_store_id
from galleria.control.runtimes import slots as moves
from galleria.control.runtimes.files import write_atomically
from galleria.control.runtimes.port import (
    Artifact,
    Doors,
    InstanceSpec,
    MigrationPlan,
    ObservedInstance,
    Placement,
    Placements,
    RuntimeBroken,
    RuntimeFault,
    RuntimeRefused,
    Template,
)
from galleria.control.runtimes.process import (
    artifact,
    bundles,
    configurations,
    folders,
    halves,
    isolation,
    leftovers,
    logs,
    observing,
    older,
    supervision,
    templates,
    units,
)
from galleria.control.runtimes.process.artifact import Source
from galleria.control.runtimes.process.book import Book
from galleria.control.runtimes.process.engine_runs import Engine
from galleria.control.runtimes.process.ids import GATEWAY, PLANE, Ids
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.means import find_means
from galleria.control.runtimes.process.profiles import Ground, programs_of
from galleria.control.runtimes.process.supervision import Supervisor, Watched
from galleria.control.runtimes.process.units import Units, name_of
from galleria.control.runtimes.slots import Place, Slots


class ProcessRuntime:
    """The `RuntimePort` of this machine, for the platform in the state folder ``home``."""

    kind = Runtime.PROCESS

    def __init__(self, home: Path) -> None:
        self._layout = Layout(home.absolute())
        self._supervisor = Supervisor(self._layout)
        self._ids = Ids(self._layout)
        self._book = Book(self._layout)
        self._units = Units(self._layout, self._supervisor)
        self._memory = observing.Memory()

    @cached_property
    def ground(self) -> Ground:
        """What all launches of this platform have in common."""
        return Ground(self._layout, find_means(), self._ids.of_part(PLANE), self._ids.of_part(GATEWAY))

    # --- artifact and template ----------------------------------------------------------------------------------------

    def prepare_artifact(self) -> Artifact:
        return artifact.check_and_compile()

    def fetch_artifact(self, component: Component, artifact: Artifact) -> bool:
        if units.is_installed(artifact):
            return False
        with _refusing_full_disk():
            return bundles.fetch(self._layout, component, artifact)

    def make_template(self, artifact: Artifact, catalogue: Catalogue) -> Template:
        source = self._source(artifact)
        with _refusing_full_disk():
            return templates.make(self.ground, self._ids, Template(artifact, catalogue), source)

    def _source(self, chosen: Artifact) -> Source:
        """What programs of an artifact are started from; refuses one that is not here."""
        if not units.is_there(self._layout, chosen):
            raise moves.unknown_artifact(chosen)
        return units.source_of(self._layout, chosen)

    # --- instance -----------------------------------------------------------------------------------------------------

    def make_instance(self, spec: InstanceSpec, env_text: str) -> None:
        if not is_store_id(spec.store_id):
            raise RuntimeRefused(f"{spec.store_id!r} is not a store id.", code=ErrorCode.STORE_ID_INVALID)
        place, owner = self._layout.store(spec.store_id), self._ids.of_store(spec.store_id)
        slots = moves.born(spec)
        for component in STORE_COMPONENTS:
            self._source(spec.artifact_of(component))
        with self._book.alone(spec.store_id), _refusing_full_disk():
            folders.make_store_folders(place, self._ids)
            configurations.replace(place, 1, env_text, owner)
            configurations.make_live(place, 1, owner)
            self._book.write(spec.store_id, slots)
            self._write_units(spec.store_id, slots, slots.everywhere())
            units.point(self._layout, spec.store_id, slots)

    def take_over(self) -> bool:
        """Take over the stores of a platform that an older version brought up; no shop stops. True if any."""
        older_stores = older.find(self._layout)
        if not older_stores:
            return False
        self._layout.placements.mkdir(mode=0o700, exist_ok=True)
        with _refusing_full_disk():
            for each in older_stores:
                place = self._layout.store(each.store_id)
                folders.make_store_folders(place, self._ids)
                configurations.adopt(place, self._ids.of_store(each.store_id))
                slots = moves.born(InstanceSpec(each.store_id, artifact.artifact(), slot=each.slot))
                self._book.write(each.store_id, slots)
                self._write_units(each.store_id, slots, slots.everywhere())
                for live in slots.live.values():
                    self._units.set_wanted(name_of(each.store_id, live), live, wanted=each.wanted)
            older.end_supervisor(self._supervisor)
            for each in older_stores:
                each.conf.unlink(missing_ok=True)
        return True

    def rewrite_launch_files(self) -> list[str]:
        """Write anew how every store's processes are started: artifact or means may be others than last time.

        What was measured before is then worth nothing; `keep_up` measures again.

        :returns: the stores that this was not possible for, because of what lies in their folders.
        """
        self.take_over()
        left = []
        for store_id in self.store_ids():
            try:
                self._fetch_again(self._book.read(store_id))
                with self._book.alone(store_id):
                    self._rewrite(store_id)
            except (OSError, RuntimeRefused):
                left.append(store_id)
        return left

    def _rewrite(self, store_id: str) -> None:
        slots = self._book.read(store_id)
        self._book.write(store_id, slots)
        self._write_units(store_id, slots, slots.everywhere())
        self._report(store_id).unlink(missing_ok=True)
        self._settle(store_id, slots)

    def _fetch_again(self, slots: Slots) -> None:
        """Make bundles that are gone, or for an older interpreter. One that can't be made keeps no other from it."""
        for place in slots.everywhere():
            with suppress(RuntimeFault):
                self.fetch_artifact(place.placement.component, place.placement.artifact)

    def _write_units(self, store_id: str, slots: Slots, places: Iterable[Place]) -> None:
        for place in places:
            self._units.write(units.launch_of(self.ground, self._ids, store_id, slots, place), place)

    def copy_template(self, store_id: str, template: Template) -> None:
        place = self._layout.store(self._book.known(store_id))
        with _refusing_full_disk():
            templates.copy(self._layout, template, place, self._ids.of_store(store_id))

    def provision_engine(self, store_id: str) -> None:
        engine = self._book.read(store_id).live[Component.ENGINE].placement
        with _refusing_full_disk():
            self._engine(store_id, engine.artifact, engine.config_version).provision()

    def live_engine(self, store_id: str) -> Source:
        """What the store's live engine is started from, for programs of its merchant.

        :raises RuntimeRefused: no such store, or it is gone.
        """
        return self._source(self._book.read(store_id).live[Component.ENGINE].placement.artifact)

    def _engine(self, store_id: str, chosen: Artifact, config_version: int) -> Engine:
        configurations.check(self._layout.store(store_id), config_version)
        return Engine(self.ground, store_id, self._source(chosen), config_version, self._ids.of_store(store_id))

    def remove_instance(self, store_id: str) -> None:
        if not is_store_id(store_id):
            raise RuntimeRefused(f"{store_id!r} is not a store id.", code=ErrorCode.STORE_ID_INVALID)
        place, programs = self._layout.store(store_id), programs_of(store_id)
        with self._book.alone(store_id):
            self._supervisor.forget(self._units.all_of(store_id))
            leftovers.end(self._layout, programs)
            folders.take_away(place.agent)
            folders.take_away(place.root)
            self._units.clear(programs)
            self._report(store_id).unlink(missing_ok=True)
            # Last: as long as it is there, the store is known and its removal can be asked for again.
            self._book.strike(store_id)

    # --- processes ----------------------------------------------------------------------------------------------------

    def start(self, store_id: str, component: Component | None = None) -> None:
        with self._book.alone(self._book.known(store_id)):
            slots = self._book.read(store_id)
            if component is None:
                for place in slots.live.values():
                    self._units.set_wanted(name_of(store_id, place), place, wanted=True)
            with _refusing_full_disk():
                units.point(self._layout, store_id, slots)
            self._units.start([name_of(store_id, place) for place in _chosen(slots.live, component)])

    def stop(self, store_id: str, component: Component | None = None) -> None:
        with self._book.alone(self._book.known(store_id)):
            slots = self._book.read(store_id)
            if component is None:
                for place in slots.live.values():
                    self._units.set_wanted(name_of(store_id, place), place, wanted=False)
            beside = slots.beside.values() if component is None else ()
            self._supervisor.stop([name_of(store_id, place) for place in (*_chosen(slots.live, component), *beside)])

    def restart(self, store_id: str, component: Component | None = None) -> None:
        self.stop(store_id, component)
        self.start(store_id, component)

    def doors(self, store_id: str, slots: Mapping[Component, Slot] | None = None) -> Doors:
        meant = dict.fromkeys(STORE_COMPONENTS, Slot.BLUE)
        with suppress(RuntimeRefused):
            meant |= {component: place.slot for component, place in self._book.read(store_id).live.items()}
        meant |= slots or {}
        place = self._layout.store(store_id)
        return Doors(
            place.run / f"engine-{meant[Component.ENGINE]}.sock",
            place.run / f"storefront-{meant[Component.STOREFRONT]}.sock",
            units.agent_door(place, meant[Component.SHOP_AGENT]),
        )

    # --- slots --------------------------------------------------------------------------------------------------------

    def placements(self, store_id: str) -> Placements:
        return self._book.read(store_id).placements()

    def prepare_slot(self, store_id: str, placements: Sequence[Placement]) -> None:
        with self._book.alone(self._book.known(store_id)):
            self._prepare(store_id, placements)

    def _prepare(self, store_id: str, placements: Sequence[Placement]) -> None:
        before = self._book.read(store_id)
        after = moves.prepared(before, placements)
        for each in placements:
            self._source(each.artifact)
            configurations.check(self._layout.store(store_id), each.config_version)
        others = [each for each, place in before.beside.items() if after.beside[each] != place]
        self._empty(store_id, others)
        with _refusing_full_disk():
            # The book first: what it names can be found and emptied, should this be the last thing that we do.
            self._book.write(store_id, after)
            self._write_units(store_id, after, [after.beside[each.component] for each in placements])

    def start_slot(self, store_id: str, components: Sequence[Component]) -> None:
        found = moves.found_beside(self._book.read(store_id), components)
        self._units.start([name_of(store_id, place) for place in found])

    def switch_slots(self, store_id: str, slots: Mapping[Component, Slot]) -> None:
        with self._book.alone(self._book.known(store_id)), _refusing_full_disk():
            after = moves.switched(self._book.read(store_id), slots)
            self._book.write(store_id, after)
            self._settle(store_id, after)

    def _settle(self, store_id: str, slots: Slots) -> None:
        """Let all follow the book: what starts with the platform, the live configuration, and the links."""
        for component, place in slots.live.items():
            sides = [name_of(store_id, each) for each in (place, slots.beside.get(component)) if each]
            wanted = any(supervision.wanted(self._layout, program) for program in sides)
            self._units.set_wanted(name_of(store_id, place), place, wanted=wanted)
        for place in slots.beside.values():  # only now: nothing that is live is ever unwanted on the way
            self._units.set_wanted(name_of(store_id, place), place, wanted=False)
        version = slots.live[Component.ENGINE].placement.config_version
        configurations.make_live(self._layout.store(store_id), version, self._ids.of_store(store_id))
        units.point(self._layout, store_id, slots)

    def empty_slot(self, store_id: str, components: Sequence[Component]) -> None:
        with self._book.alone(self._book.known(store_id)):
            self._empty(store_id, components)

    def _empty(self, store_id: str, components: Sequence[Component]) -> None:
        slots = self._book.read(store_id)
        gone = [slots.beside[component] for component in components if component in slots.beside]
        if not gone:
            return
        self._units.remove([name_of(store_id, place) for place in gone])
        units.remove_sockets(self._layout, store_id, gone)
        with _refusing_full_disk():
            self._book.write(store_id, moves.emptied(slots, components))

    def plan_migrations(self, store_id: str, artifact: Artifact) -> MigrationPlan:
        version = self._book.read(store_id).live[Component.ENGINE].placement.config_version
        with _refusing_full_disk():
            return self._engine(store_id, artifact, version).plan_migrations()

    def migrate(self, store_id: str, artifact: Artifact, config_version: int) -> MigrationPlan:
        with _refusing_full_disk():
            return self._engine(self._book.known(store_id), artifact, config_version).migrate()

    def put_configuration(self, store_id: str, version: int, env_text: str) -> None:
        place = self._layout.store(self._book.known(store_id))
        with _refusing_full_disk():
            configurations.put(place, version, env_text, self._ids.of_store(store_id))

    # --- observation --------------------------------------------------------------------------------------------------

    def observe(self) -> Sequence[ObservedInstance]:
        watched = {each.program: each for each in self._supervisor.watched()}
        found = []
        for store_id in self.store_ids():
            with suppress(FileNotFoundError, RuntimeRefused):  # it is being removed while we look
                found.append(self._observe(store_id, watched))
        return found

    def _observe(self, store_id: str, watched: dict[str, Watched]) -> ObservedInstance:
        slots = self._book.read(store_id)
        processes = []
        for place in slots.everywhere():
            program = name_of(store_id, place)
            live = slots.live[place.placement.component] is place
            seen = observing.Seen(program, place.placement.component, place.slot, live)
            processes.append(observing.observed(self._layout, seen, watched.get(program), self._memory))
        return ObservedInstance(store_id, tuple(processes), self._last_report(store_id))

    def probe_isolation(self, store_id: str) -> IsolationReport:
        slots = self._book.read(store_id)
        launch = units.launch_of(self.ground, self._ids, store_id, slots, slots.live[Component.ENGINE])
        report = isolation.measure(self._layout, launch)
        write_atomically(self._report(store_id), report.model_dump_json(), mode=0o600)
        return report

    def _last_report(self, store_id: str) -> IsolationReport | None:
        try:
            return IsolationReport.model_validate_json(self._report(store_id).read_bytes())
        except (OSError, ValidationError):
            return None

    @property
    def is_down(self) -> bool:
        return self._layout.down_mark.exists()

    def keep_up(self, *, at_once: bool = False) -> bool:
        if self.is_down:
            return False
        self.take_over()
        mended = not self._supervisor.alive()
        if mended:
            supervision.start_supervisor(self._layout)
            self._take_up_again()
        mended |= bool(supervision.revive(self._layout, 0) if at_once else supervision.revive(self._layout))
        for store_id in self.store_ids():
            # Who is at work on a store sees to its links, and must not find them as they were before.
            with suppress(OSError, RuntimeFault), self._book.alone(store_id, wait=False):
                mended |= units.point(self._layout, store_id, self._book.read(store_id))
        parts = (self._layout.plane, self._layout.gateway / "logs", self._layout.runner / "logs")
        for place in (*self._layout.instances.glob("*/logs"), *parts):
            with suppress(OSError):  # one folder that can't be read keeps no other log long
                mended |= logs.shorten(place)
        mended |= bool(halves.sweep(self._layout))
        self._measure_the_unmeasured()
        return mended

    def _take_up_again(self) -> None:
        """Let a new supervisor take up what runs beside live processes: it starts only what starts by itself."""
        running = set(leftovers.running(self._layout))
        for store_id in self.store_ids():
            with suppress(RuntimeFault):
                names = {name_of(store_id, place) for place in self._book.read(store_id).everywhere()}
                self._units.start(sorted(names & running))

    def _measure_the_unmeasured(self) -> None:
        """Measure a store that has no report: what is shown was measured since the platform came up, never before."""
        for store_id in self.store_ids():
            if self._last_report(store_id) is None and self._layout.store(store_id).data.is_dir():
                with suppress(RuntimeFault):
                    self.probe_isolation(store_id)
                return

    # --- what is there ------------------------------------------------------------------------------------------------

    def _report(self, store_id: str) -> Path:
        return self._layout.reports / f"{store_id}.json"

    def store_ids(self) -> list[str]:
        """Name the stores that are here, in order."""
        return [store_id for store_id in self._book.store_ids() if self._layout.store(store_id).root.is_dir()]


def _chosen(live: Mapping[Component, Place], component: Component | None) -> list[Place]:
    return [live[each] for each in STORE_COMPONENTS if component in (None, each)]


@contextmanager
def _refusing_full_disk() -> Iterator[None]:
    try:
        yield
    except shutil.Error as error:  # an OSError without a number: copying a tree collects what went wrong
        raise RuntimeRefused("The disk is full: make room, then try again.", code=ErrorCode.UNAVAILABLE) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise RuntimeRefused("The disk is full: make room, then try again.", code=ErrorCode.UNAVAILABLE) from error
        raise RuntimeBroken(f"A file of the store can't be written: {error.strerror}.") from error
