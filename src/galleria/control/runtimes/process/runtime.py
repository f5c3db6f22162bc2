"""The process runtime: a store is a folder, a group of sandboxed processes, and a few files that start them."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import IsolationReport
from galleria.contracts.words import STORE_COMPONENTS, Catalogue, Component, Runtime, Slot, is_store_id
from galleria.control.runtimes.files import write_atomically
from galleria.control.runtimes.port import (
    Artifact,
    Doors,
    InstanceSpec,
    ObservedInstance,
    RuntimeBroken,
    RuntimeFault,
    RuntimeRefused,
    Template,
)
from galleria.control.runtimes.process import (
    artifact,
    folders,
    isolation,
    leftovers,
    logs,
    observing,
    profiles,
    supervision,
    templates,
)
from galleria.control.runtimes.process.ids import GATEWAY, PLANE, Ids
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.means import find_means
from galleria.control.runtimes.process.profiles import SHORT_NAMES, Ground, group_of, program_of
from galleria.control.runtimes.process.running import run_once
from galleria.control.runtimes.process.sandbox import STORE_PLACE, Launch
from galleria.control.runtimes.process.supervision import Supervisor, Watched

_PROVISION_SECONDS: Final = 60.0
_STORE_PRIORITY: Final = 500


class ProcessRuntime:
    """The `RuntimePort` of this machine, for the platform in the state folder ``home``."""

    kind = Runtime.PROCESS

    def __init__(self, home: Path) -> None:
        self._layout = Layout(home.absolute())
        self._supervisor = Supervisor(self._layout)
        self._ids = Ids(self._layout)

    @cached_property
    def ground(self) -> Ground:
        """What all launches of this platform have in common."""
        return Ground(self._layout, find_means(), self._ids.of_part(PLANE), self._ids.of_part(GATEWAY))

    # --- artifact and template ----------------------------------------------------------------------------------------

    def prepare_artifact(self) -> Artifact:
        return artifact.check_and_compile()

    def make_template(self, artifact: Artifact, catalogue: Catalogue) -> Template:
        with _refusing_full_disk():
            return templates.make(self.ground, self._ids, artifact, catalogue)

    # --- instance -----------------------------------------------------------------------------------------------------

    def make_instance(self, spec: InstanceSpec, env_text: str) -> None:
        if not is_store_id(spec.store_id):
            raise RuntimeRefused(f"{spec.store_id!r} is not a store id.", code=ErrorCode.STORE_ID_INVALID)
        place, owner = self._layout.store(spec.store_id), self._ids.of_store(spec.store_id)
        with _refusing_full_disk():
            folders.make_store_folders(place, self._ids)
            write_atomically(place.env, env_text, mode=0o600)
            if owner is not None:
                os.chown(place.env, owner.uid, owner.gid, follow_symlinks=False)
            self._write_launch_files(spec.store_id, spec.slot)
            if not self._conf(spec.store_id).exists():
                self._write_conf(spec.store_id, spec.slot, autostart=False)

    def rewrite_launch_files(self) -> None:
        """Write anew how every store's processes are started: artifact or means may be others than last time.

        What was measured before is then worth nothing; `keep_up` measures again.
        """
        for store_id in self.store_ids():
            self._write_launch_files(store_id, self._slot(store_id))
            self._report(store_id).unlink(missing_ok=True)

    def _write_launch_files(self, store_id: str, slot: Slot) -> None:
        for component in STORE_COMPONENTS:
            launch = profiles.component_launch(self.ground, store_id, component, slot, self._ids.of_store(store_id))
            write_atomically(self._layout.launch_file(launch.program), launch.to_json(), mode=0o600)

    def copy_template(self, store_id: str, template: Template) -> None:
        place = self._layout.store(self._known(store_id))
        with _refusing_full_disk():
            templates.copy(self._layout, template, place, self._ids.of_store(store_id))

    def provision_engine(self, store_id: str) -> None:
        owner = self._ids.of_store(self._known(store_id))
        module = ("galleria.shop.engine", "provision", "--store-dir", STORE_PLACE)
        launch = profiles.store_launch(self.ground, store_id, module, owner)
        ended = run_once(launch, wait_seconds=_PROVISION_SECONDS)
        with _refusing_full_disk():
            logs.append(self._layout.store(store_id).logs, "provision.log", ended.stderr)
        if ended.returncode != 0:
            raise RuntimeRefused("The engine's provisioning program failed; the reason is in the store's own log.")

    def remove_instance(self, store_id: str) -> None:
        if not is_store_id(store_id):
            raise RuntimeRefused(f"{store_id!r} is not a store id.", code=ErrorCode.STORE_ID_INVALID)
        place, programs = self._layout.store(store_id), f"{group_of(store_id)}."
        self._supervisor.remove_group(group_of(store_id))
        leftovers.end(self._layout, programs)
        leftovers.forget(self._layout, programs)
        folders.take_away(place.agent)
        folders.take_away(place.root)
        for file in (*self._layout.launch_d.glob(f"{programs}*"), *_locks(self._layout, programs)):
            file.unlink(missing_ok=True)
        self._report(store_id).unlink(missing_ok=True)
        # Last: as long as it is there, the store is known and its removal can be asked for again.
        self._conf(store_id).unlink(missing_ok=True)

    # --- processes ----------------------------------------------------------------------------------------------------

    def start(self, store_id: str, component: Component | None = None) -> None:
        slot = self._slot(self._known(store_id))
        if component is None:
            self._write_conf(store_id, slot, autostart=True)
        self._supervisor.add_group(group_of(store_id))
        for each in _chosen(component):
            program = program_of(store_id, each, slot)
            if not leftovers.running(self._layout, program.replace(":", ".")):  # one that runs keeps its record
                leftovers.forget(self._layout, program.replace(":", "."))
            self._supervisor.start(program)

    def stop(self, store_id: str, component: Component | None = None) -> None:
        slot = self._slot(self._known(store_id))
        if component is None:
            self._write_conf(store_id, slot, autostart=False)
            self._supervisor.stop_group(group_of(store_id))
        else:
            self._supervisor.stop(program_of(store_id, component, slot))

    def restart(self, store_id: str, component: Component | None = None) -> None:
        self.stop(store_id, component)
        self.start(store_id, component)

    def doors(self, store_id: str, slot: Slot = Slot.BLUE) -> Doors:
        place = self._layout.store(store_id)
        return Doors(
            place.run / f"engine-{slot}.sock", place.run / f"storefront-{slot}.sock", place.agent / "agent.sock"
        )

    # --- observation --------------------------------------------------------------------------------------------------

    def observe(self) -> Sequence[ObservedInstance]:
        watched = {each.program: each for each in self._supervisor.watched()}
        found = []
        for store_id in self.store_ids():
            with suppress(FileNotFoundError):  # it is being removed while we look
                found.append(self._observe(store_id, watched))
        return found

    def _observe(self, store_id: str, watched: dict[str, Watched]) -> ObservedInstance:
        slot = self._slot(store_id)
        processes = []
        for component in STORE_COMPONENTS:
            program = program_of(store_id, component, slot)
            file = self._layout.launch_file(program)
            launch = Launch.from_json(file.read_text("utf-8"))
            processes.append(observing.observed(launch, file, watched.get(program)))
        return ObservedInstance(store_id, tuple(processes), self._last_report(store_id))

    def probe_isolation(self, store_id: str) -> IsolationReport:
        slot = self._slot(self._known(store_id))
        owner = self._ids.of_store(store_id)
        launch = profiles.component_launch(self.ground, store_id, Component.ENGINE, slot, owner)
        report = isolation.measure(self._layout, launch)
        write_atomically(self._report(store_id), report.model_dump_json(), mode=0o600)
        return report

    def _last_report(self, store_id: str) -> IsolationReport | None:
        try:
            return IsolationReport.model_validate_json(self._report(store_id).read_bytes())
        except (OSError, ValidationError):
            return None

    def keep_up(self) -> bool:
        if (self._layout.supervisor / "down").exists():
            return False
        mended = not self._supervisor.alive()
        if mended:
            supervision.start_supervisor(self._layout)
        mended |= bool(supervision.revive(self._layout))
        parts = (self._layout.plane, self._layout.gateway / "logs", self._layout.runner / "logs")
        for place in (*self._layout.instances.glob("*/logs"), *parts):
            with suppress(OSError):  # one folder that can't be read keeps no other log long
                mended |= logs.shorten(place)
        self._measure_the_unmeasured()
        return mended

    def _measure_the_unmeasured(self) -> None:
        """Measure a store that has no report: what is shown was measured since the platform came up, never before."""
        for store_id in self.store_ids():
            if self._last_report(store_id) is None and self._layout.store(store_id).data.is_dir():
                with suppress(RuntimeFault):
                    self.probe_isolation(store_id)
                return

    # --- what is there ------------------------------------------------------------------------------------------------

    def _conf(self, store_id: str) -> Path:
        return self._layout.conf_d / f"{group_of(store_id)}.conf"

    def _report(self, store_id: str) -> Path:
        return self._layout.reports / f"{store_id}.json"

    def _write_conf(self, store_id: str, slot: Slot, *, autostart: bool) -> None:
        names = [f"{SHORT_NAMES[component]}-{slot}" for component in STORE_COMPONENTS]
        text = supervision.group_conf(
            self._layout, group_of(store_id), names, priority=_STORE_PRIORITY, autostart=autostart
        )
        write_atomically(self._conf(store_id), text, mode=0o600)

    def store_ids(self) -> list[str]:
        """Name the stores that are here, in order."""
        found = (conf.stem.removeprefix(group_of("")) for conf in self._layout.conf_d.glob(f"{group_of('*')}.conf"))
        return sorted(store_id for store_id in found if self._layout.store(store_id).root.is_dir())

    def _known(self, store_id: str) -> str:
        if not is_store_id(store_id) or not self._conf(store_id).exists():
            raise RuntimeRefused(f"There is no store {store_id} here.", code=ErrorCode.STORE_NOT_FOUND)
        return store_id

    def _slot(self, store_id: str) -> Slot:
        text = self._conf(store_id).read_text("utf-8")
        return Slot.GREEN if f"process_name=engine-{Slot.GREEN}" in text else Slot.BLUE


def _chosen(component: Component | None) -> tuple[Component, ...]:
    return STORE_COMPONENTS if component is None else (component,)


def _locks(layout: Layout, prefix: str) -> list[Path]:
    return [*(layout.supervisor / "run").glob(f"{prefix}*.lock")]


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
