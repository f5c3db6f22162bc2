"""What must be so once a deployment has ended, whatever died on the way: all witnesses say the same, nothing is there
twice, and nothing is left over.

The witnesses are the control plane, the runner's record, the placements, the gateway's door, the links, the
supervisor's files, the processes, and what a shopper is served.
"""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from galleria.contracts.wire import ChainState, Deployment, Revision, Store
from galleria.contracts.words import (
    STORE_COMPONENTS,
    Component,
    DeploymentKind,
    DeploymentStatus,
    Outcome,
    ProcessState,
    StoreState,
)
from galleria.control.delivery.records import InstanceRecord, Records
from galleria.control.runtimes import slots as moves
from galleria.control.runtimes.process import bundles
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.profiles import SHORT_NAMES, config_place, program_of, programs_of
from galleria.control.runtimes.slots import Place, Slots
from tests.journeys.living import LivingPlatform, until
from tests.support.workshop import Change, appending

MARK: Final = "x-made-from"


def marking(mark: str) -> Change:
    """Return a change to the storefront's ``app.py`` that lets every page say what it was made from."""
    return appending(_MARKED.replace("{header}", MARK).replace("{mark}", mark))


_MARKED: Final = """
_unmarked = application


def application(made):
    inner = _unmarked(made)

    async def marked(scope, receive, send):
        async def answer(message):
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], (b"{header}", b"{mark}")]}
            await send(message)

        await inner(scope, receive, answer)

    return marked
"""


@dataclass(frozen=True)
class Witnesses:
    """One store of one platform, seen from every side."""

    platform: LivingPlatform
    store_id: str
    marks: Mapping[str | None, str | None] = field(default_factory=lambda: {None: None})
    """What the storefront of each release puts in the header `MARK`."""

    @property
    def layout(self) -> Layout:
        return Layout(self.platform.files)

    @property
    def record(self) -> InstanceRecord:
        """What the runner wrote down."""
        record = Records(self.layout.runner / "stores").find(self.store_id)
        assert record is not None
        return record

    @property
    def current(self) -> Revision:
        """The revision that the runner's record says is met."""
        revision = self.record.revision(self.record.current)
        assert revision is not None
        return revision

    @property
    def slots(self) -> Slots:
        """What the runtime wrote down."""
        return moves.from_json((self.layout.placements / f"{self.store_id}.json").read_bytes())

    def agree_after(self, ended: Deployment) -> None:
        """Fail unless all say the same of how this deployment ended, and nothing is left of what died."""
        self._the_plane_tells_it_once(ended)
        self._nothing_is_under_way()
        self._the_door_leads_to_what_is_live()
        self._files_are_those_of_the_places()
        self._processes_are_those_of_the_places()
        until(self._shown_as_recorded, f"the plane to show what {self.store_id} runs: {self._sentence()}", 30)
        for program, place in self._places().items():
            assert self._runs_what_it_should(program, place), f"{program}: {self.platform.commands(program)}"
        assert header_of(self.platform, self.store_id, MARK) == self.marks[self.current.release_id]

    # --- one witness each ---------------------------------------------------------------------------------------------

    def _the_plane_tells_it_once(self, ended: Deployment) -> None:
        names = [step.name for step in ended.steps]
        assert len(names) == len(set(names)), f"steps are told twice: {names}"
        if ended.status is DeploymentStatus.SUCCEEDED:
            assert {step.outcome for step in ended.steps} == {Outcome.PASSED}
            moves_on = ended.kind in (DeploymentKind.DEPLOY, DeploymentKind.ROLLBACK, DeploymentKind.CONFIGURE)
            assert not moves_on or self.record.settled == ended.deployment_id
        with self.platform.plane as plane:
            chain = plane.get("/api/v1/audit/verify", ChainState)
        assert chain.verified, chain.message

    def _nothing_is_under_way(self) -> None:
        record = self.record
        assert record.moving is None
        numbers = [each.number for each in record.revisions]
        assert numbers == sorted(set(numbers))
        assert set(record.warm.components if record.warm else ()) == set(self.slots.beside)
        live = {component: place.placement.artifact.digest for component, place in self.slots.live.items()}
        assert live == self.current.artifacts
        assert {place.placement.config_version for place in self.slots.live.values()} <= {
            1,
            self.current.config_version,
        }

    def _the_door_leads_to_what_is_live(self) -> None:
        door, run = self.layout.doors / f"{self.store_id}.localhost", self.layout.store(self.store_id).run
        live = {SHORT_NAMES[component]: place.slot for component, place in self.slots.live.items()}
        for name in ("engine", "storefront"):
            assert (door / name).readlink() == run / f"{name}-{live[name]}.sock"
        assert not (door / "closed").exists()
        assert sorted(self.layout.doors.glob(".unseen/*")) == []
        assert sorted(self.layout.doors.glob(".ways/*.u")) == []
        assert not (self.layout.doors / ".next").is_symlink()
        assert (run / "storefront.sock").readlink() == Path(f"storefront-{live['storefront']}.sock")
        agent = self.layout.store(self.store_id).agent / "agent.sock"
        assert agent.readlink() == Path(f"agent-{live['agent']}.sock")

    def _files_are_those_of_the_places(self) -> None:
        folders, supervisor, programs = self.layout.store(self.store_id), self.layout.supervisor, self._places()
        ours = programs_of(self.store_id)
        for folder, suffix in ((self.layout.conf_d, "conf"), (self.layout.launch_d, "json")):
            assert {file.stem for file in folder.glob(f"{ours}*.{suffix}")} == set(programs), folder
        for suffix in ("lock", "pid", "starts"):
            found = {file.name.removesuffix(f".{suffix}") for file in (supervisor / "run").glob(f"{ours}*.{suffix}")}
            assert found == set(programs), suffix
        sockets = {f"{SHORT_NAMES[each.placement.component]}-{each.slot}.sock" for each in programs.values()}
        there = {file.name for folder in (folders.run, folders.agent) for file in folder.glob("*.sock")}
        assert there == sockets | {"storefront.sock", "agent.sock"}
        version = self.slots.live[Component.ENGINE].placement.config_version
        assert folders.env.read_bytes() == (folders.config / f"{version}.env").read_bytes()
        # The runner sweeps them away once they are a minute old.
        until(lambda: not any(self.layout.home.rglob("*.new")), "half-written files to be gone", 90)

    def _processes_are_those_of_the_places(self) -> None:
        places = list(self._places().values())
        wanted = {
            component: sum(each.placement.component is component for each in places) for component in STORE_COMPONENTS
        }
        found = {component: len(pids) for component, pids in self.platform.store_pids(self.store_id).items()}
        assert found == wanted
        until(lambda: not self.platform.strays() or None, f"nothing to run astray: {self.platform.strays()}", 15)

    def _shown_as_recorded(self) -> Store | None:
        """What the plane shows, once it is what the record says: it hears of it a moment later."""
        store, live = self.platform.store(self.store_id), self.slots.live
        shown = {process.component: process.slot for process in store.processes if process.live}
        running = all(process.state is ProcessState.RUNNING for process in store.processes)
        same = store.revision == self.current and shown == {component: place.slot for component, place in live.items()}
        complete = len(store.processes) == len(self._places()) and store.state is StoreState.SELLING
        return store if same and running and complete else None

    def _sentence(self) -> str:
        return self.platform.store(self.store_id).sentence

    def _places(self) -> dict[str, Place]:
        return {
            program_of(self.store_id, each.placement.component, each.slot): each for each in self.slots.everywhere()
        }

    def _runs_what_it_should(self, program: str, place: Place) -> bool:
        """Whether it runs once, from the artifact of its place, as configured there."""
        bundle = bundles.folder_of(self.layout, place.placement.artifact.digest)
        config = config_place(place.placement.config_version)
        running = self.platform.commands(program)
        if not bundle.exists():  # it is the installed environment
            return len(running) == 1 and str(self.layout.bundles) not in running[0][0] and config in running[0]
        return len(running) == 1 and running[0][0].startswith(f"{bundle}/") and config in running[0]


def header_of(platform: LivingPlatform, store_id: str, name: str) -> str | None:
    """Return a header of the page that a shopper is served."""
    connection = http.client.HTTPConnection("127.0.0.1", platform.port, timeout=15)
    try:
        connection.request("GET", "/", headers={"Host": f"{store_id}.localhost"})
        answer = connection.getresponse()
        answer.read()
        return answer.getheader(name)
    finally:
        connection.close()
