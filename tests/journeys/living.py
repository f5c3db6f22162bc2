"""A whole platform for the runner's journeys: brought up as a user does, watched from outside, gone afterwards."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import psutil

from galleria.cli.client import PlaneClient
from galleria.cli.place import Place
from galleria.cli.problems import Unreachable
from galleria.contracts.delivery import DeploySpec, ReleaseInfo, RollbackSpec
from galleria.contracts.wire import Deployment, Page, Store, StoreSpec
from galleria.contracts.words import STORE_COMPONENTS, Catalogue, Component, DeploymentStatus, StoreState
from tests.support.ports import free_port

PROGRAM = "galleria.control.runtimes.process.platform"
BOUND = 180.0
"""How long anything may take before a test gives up, in seconds. Generous: many tests share this machine."""

MODULES = {
    Component.ENGINE: "galleria.shop.engine",
    Component.STOREFRONT: "galleria.shop.storefront",
    Component.SHOP_AGENT: "galleria.shop.agent",
    Component.CONTROL_PLANE: "galleria.control.plane",
    Component.RUNNER: "galleria.control.delivery",
}


@dataclass
class LivingPlatform:
    """One platform in a folder and on a port of its own."""

    home: Path
    port: int
    prefix: list[str] = field(default_factory=list)
    """What the platform's program is started through: an own mount namespace, for one."""
    root: Path = Path("/")
    """Where that namespace's files are seen from here."""
    settings: dict[str, str] = field(default_factory=dict)
    """What the environment says besides, when it is brought up: how the runner works, for one."""

    @property
    def files(self) -> Path:
        """The state folder as seen from here."""
        return self.root / self.home.relative_to("/")

    @property
    def plane(self) -> PlaneClient:
        """A client with the first admin's token."""
        place = Place(home=self.home, url=f"http://galleria.localhost:{self.port}", port=self.port)
        return PlaneClient(place, (self.files / "operator-token").read_text().strip())

    def up(self) -> None:
        self._act("up")

    def down(self) -> None:
        self._act("down")

    def _act(self, act: str) -> None:
        command = [sys.executable, "-m", PROGRAM, act, "--home", str(self.home), "--port", str(self.port), "--json"]
        environment = {**os.environ, **self.settings}
        done = subprocess.run([*self.prefix, *command], capture_output=True, text=True, check=False, env=environment)
        assert done.returncode == 0, f"platform {act}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"

    # --- through the plane's API -------------------------------------------------------------------------------------

    def ask(self, store_id: str, catalogue: Catalogue = Catalogue.DEMO) -> Deployment:
        """Ask for a new store."""
        spec = StoreSpec(store_id=store_id, name=f"The {store_id}", catalogue=catalogue)
        with self.plane as plane:
            return plane.post("/api/v1/stores", Deployment, spec)

    def create(self, store_id: str) -> Deployment:
        """Ask for a new store and see it made."""
        return self.succeeded(self.ask(store_id))

    def act(self, store_id: str, act: str) -> Deployment:
        """Ask for start, stop, restart or retry."""
        with self.plane as plane:
            return plane.post(f"/api/v1/stores/{store_id}/{act}", Deployment)

    def deploy(self, store_id: str, release_id: str, *components: Component) -> Deployment:
        """Deploy a release and return how it ended."""
        spec = DeploySpec(release_id=release_id, components=list(components))
        until(lambda: self.knows(release_id), f"the control plane to hear of {release_id}")
        with self.plane as plane:
            asked = plane.post(f"/api/v1/stores/{store_id}/deploy", Deployment, spec)
        return self.ended(asked)

    def knows(self, release_id: str) -> bool:
        """Say whether the control plane has heard of a release."""
        with self.plane as plane:
            return any(each.release_id == release_id for each in plane.get("/api/v1/releases", Page[ReleaseInfo]).items)

    def roll_back(self, store_id: str, to_revision: int | None = None, reason: str = "") -> Deployment:
        """Roll a store back and return how it ended."""
        spec = RollbackSpec(to_revision=to_revision, reason=reason)
        with self.plane as plane:
            asked = plane.post(f"/api/v1/stores/{store_id}/rollback", Deployment, spec)
        return self.ended(asked)

    def remove(self, store_id: str) -> Deployment:
        """Ask for the store's removal."""
        with self.plane as plane:
            return plane.delete(f"/api/v1/stores/{store_id}", Deployment)

    def ended(self, asked: Deployment) -> Deployment:
        """Wait until a deployment has ended. With one client: a new one for each question takes 20 ms of processor time
        from what is waited for."""
        with self.plane as plane:
            return until(
                lambda: _final(plane, asked.deployment_id), f"{asked.kind} of {asked.store_id} to end", 3 * BOUND
            )

    def succeeded(self, asked: Deployment) -> Deployment:
        """Wait until a deployment has ended, well."""
        ended = self.ended(asked)
        assert ended.status is DeploymentStatus.SUCCEEDED, ended.reason
        return ended

    def final(self, deployment_id: str) -> Deployment | None:
        """Return a deployment if it has ended. A plane that is away for a moment has not said so."""
        with self.plane as plane:
            return _final(plane, deployment_id)

    def store(self, store_id: str) -> Store:
        with self.plane as plane:
            return plane.get(f"/api/v1/stores/{store_id}", Store)

    def selling(self, store_id: str) -> Store:
        """Wait until the plane shows the store as selling; it may have to start first."""

        def shown() -> Store | None:
            with suppress(Unreachable):
                store = self.store(store_id)
                return store if store.state is StoreState.SELLING else None
            return None

        return until(shown, f"{store_id} to sell")

    # --- from outside ------------------------------------------------------------------------------------------------

    def shop(self, store_id: str, path: str = "/") -> int:
        """Return the status that a shopper meets; 0 if nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request("GET", path, headers={"Host": f"{store_id}.localhost"})
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def pids(self, component: Component, store_id: str | None = None) -> set[int]:
        """Return the programs of a component that run for this platform, or for one of its stores."""
        pattern = "*" if store_id is None else f"store-{store_id}.*"
        return {
            process.pid
            for process in self._processes(pattern)
            if (words := _command_line(process)) and MODULES[component] in words and "--args" not in words
        }

    def store_pids(self, store_id: str) -> dict[Component, set[int]]:
        """Return the programs of a store."""
        return {component: self.pids(component, store_id) for component in STORE_COMPONENTS}

    def everything(self) -> set[int]:
        """Return every process of this platform."""
        supervisors = {
            process.pid
            for process in psutil.process_iter()
            if any(str(self.home / "supervisor") in word for word in _command_line(process))
        }
        return supervisors | {process.pid for process in self._processes("*")}

    def _processes(self, pattern: str) -> set[psutil.Process]:
        """Return the sandboxes that the launcher keeps records of, with all that runs in them."""
        found: set[psutil.Process] = set()
        for record in (self.files / "supervisor" / "run").glob(f"{pattern}.pid"):
            with suppress(psutil.Error, OSError, ValueError):
                outer = psutil.Process(int(json.loads(record.read_text())["outer"]))
                found |= {outer, *outer.children(recursive=True)}
        return found

    def commands(self, program: str) -> list[list[str]]:
        """Return the command lines of a program, such as ``store-shop-001.engine-blue``, inside its sandbox."""
        return [
            words
            for each in self._processes(program)
            if "serve" in (words := _command_line(each)) and "--args" not in words
        ]

    def strays(self) -> dict[int, str]:
        """Return what runs in a sandbox of this platform, or names its folder, and that no record knows."""
        known = self.everything()
        found: dict[int, str] = {}
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                words = " ".join(process.cmdline())
                inside = self.home.name in Path(f"/proc/{process.pid}/mountinfo").read_text("utf-8", "replace")
                mortal = "tests.journeys.mortal_runner" in words  # a runner in the place of the platform's own
                if (inside or str(self.home) in words) and process.pid not in known and not mortal:
                    found[process.pid] = words
        return found

    def supervisor_pid(self) -> int:
        """Return it once it is written whole: a supervisor that starts makes the file first, and fills it then."""
        file = self.files / "supervisor" / "supervisord.pid"
        return int(until(lambda: file.read_text().strip(), "the supervisor's pid"))

    def traces(self, store_id: str) -> list[str]:
        """Name everything on disk and in the process table that is of a store."""
        files = [
            str(path.relative_to(self.files))
            for folder in ("instances", "agents", "supervisor", "doors", "runner/stores")
            for path in (self.files / folder).rglob("*")
            if store_id in path.name
        ]
        running = [pid for pids in self.store_pids(store_id).values() for pid in pids]
        return files + [f"process {pid}" for pid in running]


def _final(plane: PlaneClient, deployment_id: str) -> Deployment | None:
    try:
        deployment = plane.get(f"/api/v1/deployments/{deployment_id}", Deployment)
    except Unreachable:
        return None
    return deployment if deployment.status.final else None


def _command_line(process: psutil.Process) -> list[str]:
    with suppress(psutil.Error):
        return process.cmdline()
    return []


def kill(pids: set[int]) -> None:
    """Kill -9."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


T = TypeVar("T")


def until(look: Callable[[], T | None], what: str, bound: float = BOUND) -> T:
    """Look again and again until there is something to see; fail when the bound is over."""
    give_up_at = time.monotonic() + bound
    while time.monotonic() < give_up_at:
        seen = look()
        if seen:
            return seen
        time.sleep(0.05)
    raise AssertionError(f"waited {bound:.0f} s for {what}")


@contextmanager
def living_platform(
    prefix: list[str] | None = None, settings: dict[str, str] | None = None
) -> Iterator[LivingPlatform]:
    """Bring a platform up, and down again; nothing of it is left."""
    home = Path(tempfile.mkdtemp(prefix="g-", dir="/tmp"))
    platform = LivingPlatform(home, free_port(), prefix or [], settings=settings or {})
    try:
        platform.up()
        yield platform
    finally:
        with suppress(AssertionError):
            platform.down()
        kill(platform.everything())
        shutil.rmtree(platform.home, ignore_errors=True)
