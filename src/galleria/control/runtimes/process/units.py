"""A store's programs on the machine.

Each has a launch file and a supervisor's file of its own: it is added, started, stopped and removed without touching
the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from galleria.contracts.words import STORE_COMPONENTS, Slot
from galleria.control.runtimes.files import write_atomically
from galleria.control.runtimes.port import Artifact
from galleria.control.runtimes.process import artifact, bundles, leftovers, profiles, store_files, supervision
from galleria.control.runtimes.process.artifact import Source
from galleria.control.runtimes.process.ids import Ids
from galleria.control.runtimes.process.layout import Layout, StoreLayout
from galleria.control.runtimes.process.profiles import SHORT_NAMES, Ground, Sources, program_of, programs_of
from galleria.control.runtimes.process.sandbox import Launch
from galleria.control.runtimes.process.supervision import Supervisor
from galleria.control.runtimes.slots import Place, Slots

_FIRST_PRIORITY: Final = 500


def is_installed(chosen: Artifact) -> bool:
    """Say whether an artifact is the installed environment."""
    return chosen.digest == artifact.artifact().digest


def source_of(layout: Layout, chosen: Artifact) -> Source:
    """What programs of an artifact are started from, whether or not it is there."""
    return artifact.installed() if is_installed(chosen) else bundles.source(layout, chosen)


def is_there(layout: Layout, chosen: Artifact) -> bool:
    """Say whether programs can be started from an artifact."""
    return is_installed(chosen) or bundles.is_there(layout, chosen)


def launch_of(ground: Ground, ids: Ids, store_id: str, slots: Slots, place: Place) -> Launch:
    """How the process of a place is started."""
    own, engine = (each.placement.artifact for each in (place, slots.engine_of(place)))
    sources = Sources(source_of(ground.layout, own), source_of(ground.layout, engine))
    return profiles.component_launch(ground, store_id, place, sources, ids.of_store(store_id))


def name_of(store_id: str, place: Place) -> str:
    """Name the program of a place."""
    return program_of(store_id, place.placement.component, place.slot)


class Units:
    """The supervised programs of one platform's stores."""

    def __init__(self, layout: Layout, supervisor: Supervisor) -> None:
        self._layout = layout
        self._supervisor = supervisor

    def write(self, launch: Launch, place: Place) -> None:
        """Write how a program is started. One that is not supervised yet will not start by itself."""
        _write(self._layout.launch_file(launch.program), launch.to_json())
        self.set_wanted(launch.program, place, wanted=supervision.wanted(self._layout, launch.program))

    def set_wanted(self, program: str, place: Place, *, wanted: bool) -> None:
        """Write whether a program starts with the platform. What runs or rests now is not touched."""
        priority = _FIRST_PRIORITY + STORE_COMPONENTS.index(place.placement.component)
        conf = supervision.program_conf(self._layout, program, priority=priority, autostart=wanted)
        _write(self._layout.conf_d / f"{program}.conf", conf)

    def start(self, programs: Sequence[str]) -> None:
        """Start programs, without waiting for them to prove themselves; those that run stay."""
        known = {each.program for each in self._supervisor.watched()}
        if not known.issuperset(programs):  # it reads the files of all programs for it
            self._supervisor.take_up(programs)
        for program in programs:
            if not leftovers.running(self._layout, program):  # one that runs keeps its record
                leftovers.forget(self._layout, program)
            self._supervisor.start(program)

    def remove(self, programs: Sequence[str]) -> None:
        """Stop programs and forget all of them: files, records, locks. Gone already is fine."""
        self._supervisor.forget(programs)
        for program in programs:
            leftovers.end(self._layout, program)
            self.clear(program)

    def clear(self, prefix: str) -> None:
        """Remove the files of ended programs whose names begin like this."""
        leftovers.forget(self._layout, prefix)
        places = (self._layout.launch_d, self._layout.conf_d, self._layout.supervisor / "run")
        for place, suffix in zip(places, ("json", "conf", "lock"), strict=True):
            for file in place.glob(f"{prefix}*.{suffix}"):
                file.unlink(missing_ok=True)

    def all_of(self, store_id: str) -> list[str]:
        """Name every program of a store that there is any file of."""
        return sorted(file.stem for file in self._layout.conf_d.glob(f"{programs_of(store_id)}*.conf"))


def _write(file: Path, text: str) -> None:
    """Write it, unless just that lies there: each write waits for the disk."""
    with suppress(OSError, UnicodeDecodeError):
        if file.read_text("utf-8") == text:
            return
    write_atomically(file, text, mode=0o600)


# --- what leads to them -----------------------------------------------------------------------------------------------


def remove_sockets(layout: Layout, store_id: str, places: Iterable[Place]) -> None:
    """Remove the sockets that ended programs may have left, as far as the store lets anybody in its folders: what stays
    there is only its own."""
    folders = layout.store(store_id)
    for place in places:
        component = SHORT_NAMES[place.placement.component]
        at = (folders.agent,) if component == "agent" else (folders.root, "run")
        with suppress(OSError), store_files.opened(*at) as folder:
            store_files.remove(folder, f"{component}-{place.slot}.sock")


def point(layout: Layout, store_id: str, slots: Slots) -> bool:
    """Let the store's links lead to what is live. True if one did not.

    An agent that was started before there were slots has its socket in the link's place, until it is started again.
    """
    folders, changed = layout.store(store_id), False
    live = {SHORT_NAMES[component]: place.slot for component, place in slots.live.items()}
    for name, at in (("storefront", (folders.root, "run")), ("agent", (folders.agent,))):
        goal = f"{name}-{live[name]}.sock"
        with store_files.opened(*at) as folder:
            if store_files.linked(folder, f"{name}.sock") == goal:
                continue
            if store_files.is_socket(folder, f"{name}.sock") and not store_files.is_socket(folder, goal):
                continue
            store_files.link(folder, f"{name}.sock", goal)
            changed = True
    return changed


def agent_door(place: StoreLayout, slot: Slot) -> Path:
    """Where the agent of a slot answers; one that was started before there were slots answers at the link's place."""
    before = place.agent / "agent.sock"
    own = place.agent / f"agent-{slot}.sock"
    return before if before.is_socket() and not before.is_symlink() and not own.is_socket() else own
