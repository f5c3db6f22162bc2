"""A control plane in a process of its own, for a browser: real registry, real server, real socket, a fleet with a past.

The shop agents are the null part of their port, and a small runner carries out what is asked for, step by step, so that
pages move. Started as: python -m tests.journeys.ui.served_plane FOLDER [--empty]
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from galleria.contracts import wire
from galleria.contracts.delivery import RolloutSpec
from galleria.contracts.words import (
    STORE_COMPONENTS,
    ActorKind,
    Catalogue,
    Component,
    DeploymentKind,
    DeploymentStatus,
    IsolationLevel,
    IsolationMode,
    Operation,
    Outcome,
    ProcessState,
    Role,
    RollbackClass,
    Runtime,
    Slot,
    Stage,
)
from galleria.control.plane.api.app import create_app
from galleria.control.plane.context import Services
from galleria.control.plane.services import ending, observing, operations, rollouts, runners, stores, tokens
from galleria.control.plane.settings import PlaneSettings
from galleria.control.registry import migrating
from galleria.control.registry.database import Database
from galleria.serving import server
from tests.support.planes import AS_RUNNER, MOVING, RUNNER_ID, Clock, Plane, ToldAgents, release_id

STEPS = (
    (Stage.INTAKE, "read what is wanted", "shop asked for with its defaults"),
    (Stage.BUILD, "prepare artifact", "sha256:4c1f09aa2b7e, all distributions there"),
    (Stage.BUILD, "make template", "made before, for the same artifact"),
    (Stage.VERIFICATION, "check configuration", "21 keys, all valid"),
    (Stage.RELEASE, "promote revision 1", "revision 1"),
    (Stage.DEPLOY, "make store folder", "user id 20003, mode 0700"),
    (Stage.DEPLOY, "copy template", "38.2 MiB"),
    (Stage.DEPLOY, "provision engine", "merchant account made"),
    (Stage.DEPLOY, "probe isolation", "full, by bubblewrap"),
    (Stage.DEPLOY, "start processes", "engine, storefront, shop-agent"),
    (Stage.DEPLOY, "wait until healthy", "healthy after 1.2 s"),
    (Stage.POST_DEPLOY, "smoke through the public door", "7 of 7"),
    (Stage.COMPLETION, "record time-to-provision", ""),
)
SHORT = (STEPS[0], *STEPS[9:12])


MOVE = (
    (Stage.INTAKE, "read what is wanted", "one release, all of its components"),
    (Stage.BUILD, "fetch the artifacts", "3 artifacts, there before"),
    (Stage.VERIFICATION, "verify the release", "signed, whole, with its SBOMs"),
    (Stage.VERIFICATION, "classify the migrations", "class A: no schema change"),
    (Stage.RELEASE, "check the promotion", "production"),
    (Stage.DEPLOY, "start the free slot", "green"),
    (Stage.DEPLOY, "smoke the new slot", "7 of 7"),
    (Stage.DEPLOY, "switch", "one rename"),
    (Stage.POST_DEPLOY, "smoke through the public door", "4 of 4"),
    (Stage.POST_DEPLOY, "watch", "10 s without a restart"),
)


@dataclass(frozen=True)
class Fails:
    """How a release fails wherever it goes: at a step, for a reason, and on the way back too if it needs a person."""

    step: str
    evidence: str
    reason: str
    undoes: tuple[str, ...]
    stuck: bool = False


FAILS = {
    release_id(9): Fails(
        "smoke the new slot",
        'Check "product page" failed: answered 502.',
        'Check "product page" failed on the new slot (answered 502). No shopper met it.',
        ("undo start the free slot",),
    ),
    release_id(8): Fails(
        "watch",
        "The new storefront died 3 times in 6 s.",
        "Watch: the new storefront died 3 times in 6 s. Rollback stopped: revision 1 does not start (exit 3).",
        ("undo switch", "undo start the free slot"),
        stuck=True,
    ),
}


def _steps(kind: DeploymentKind) -> tuple[tuple[Stage, str, str], ...]:
    if kind is DeploymentKind.PROVISION:
        return STEPS
    return MOVE if kind in (DeploymentKind.DEPLOY, DeploymentKind.ROLLBACK) else SHORT


class ShiftedClock(Clock):
    """The real time, moved: the past is made first, then it is now."""

    def __init__(self, ago: timedelta) -> None:
        super().__init__()
        self.shift = -ago

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def pass_by(self, seconds: float) -> None:
        self.shift = min(self.shift + timedelta(seconds=seconds), timedelta())


class Fleet:
    """The stores, and the runner that looks after them."""

    def __init__(self, plane: Plane, pause_seconds: float) -> None:
        self.plane = plane
        self.pause = pause_seconds
        self.states: dict[str, ProcessState] = {}
        self.partial: set[str] = set()
        self.lock = threading.Lock()

    def observe(self) -> None:
        """Report what runs."""
        now = self.plane.clock()
        with self.lock:
            seen = [self._seen(store_id, state, now) for store_id, state in self.states.items()]
        observation = wire.Observation(runner_id=RUNNER_ID, runtime=Runtime.PROCESS, observed_at=now, stores=seen)
        observing.observe(self.plane.services, AS_RUNNER, observation)

    def _seen(self, store_id: str, state: ProcessState, now: datetime) -> wire.ObservedStore:
        since = now - timedelta(hours=3)
        memory = dict(zip(STORE_COMPONENTS, (88_400_000, 41_200_000, 36_900_000), strict=True))
        processes = [
            wire.ObservedProcess(
                component=component,
                slot=Slot.BLUE,
                state=state if component is Component.ENGINE or state is ProcessState.STOPPED else ProcessState.RUNNING,
                since=since,
                restarts=3 if state is ProcessState.RESTARTING and component is Component.ENGINE else 0,
                memory_bytes=None if state is ProcessState.STOPPED else memory[component],
            )
            for component in STORE_COMPONENTS
        ]
        partial = store_id in self.partial
        isolation = wire.IsolationReport(
            level=IsolationLevel.PARTIAL if partial else IsolationLevel.FULL,
            means="landlock" if partial else "bubblewrap",
            missing=["A connect to another store's Unix socket by its path is not denied."] if partial else [],
            measured_at=since,
        )
        return wire.ObservedStore(
            store_id=store_id, processes=processes, isolation=isolation, routed=state is not ProcessState.STOPPED
        )

    def work(self) -> bool:
        """Carry out one deployment; say whether there was one."""
        claim = runners.claim(
            self.plane.services,
            AS_RUNNER,
            wire.ClaimRequest(runner_id=RUNNER_ID, runtimes=[Runtime.PROCESS], wait_seconds=0),
        )
        if claim is None:
            return False
        self._carry_out(claim)
        return True

    def _carry_out(self, claim: wire.Claim) -> None:
        store_id, kind = claim.spec.store_id, claim.kind
        if claim.deploy is not None and claim.deploy.release_id in FAILS:
            self._fail(claim, FAILS[claim.deploy.release_id])
            return
        broken = claim.spec.name.startswith("Broken")
        for stage, name, evidence in _steps(kind):
            failed = broken and name == "copy template"
            self._step(
                claim, stage, name, "the disk is full: 38.2 MiB wanted, 11.0 MiB free" if failed else evidence, failed
            )
            if failed:
                reason = "The disk is full: 38.2 MiB wanted, 11.0 MiB free. Everything made so far was removed."
                self._finish(claim, DeploymentStatus.FAILED, reason)
                return
        if kind in ending.SMOKED:
            request = wire.SmokeRequest(runner_id=RUNNER_ID)
            runners.smoke_deployment(self.plane.services, AS_RUNNER, claim.deployment_id, request)
        with self.lock:
            if kind is DeploymentKind.DECOMMISSION:
                self.states.pop(store_id, None)
            else:
                self.states[store_id] = ProcessState.STOPPED if kind is DeploymentKind.STOP else ProcessState.RUNNING
        self._finish(claim, DeploymentStatus.SUCCEEDED)
        self.observe()

    def _fail(self, claim: wire.Claim, fails: Fails) -> None:
        for stage, name, evidence in MOVE:
            failed = name == fails.step
            self._step(claim, stage, name, fails.evidence if failed else evidence, failed)
            if failed:
                break
        for name in fails.undoes[:1] if fails.stuck else fails.undoes:
            self._step(claim, Stage.ROLLBACK, name, "exit 3" if fails.stuck else "as before", fails.stuck)
        status = DeploymentStatus.NEEDS_ATTENTION if fails.stuck else DeploymentStatus.FAILED
        self._finish(claim, status, fails.reason)

    def _step(self, claim: wire.Claim, stage: Stage, name: str, evidence: str, failed: bool) -> None:
        begun = self.plane.clock()
        report = wire.StepReport(runner_id=RUNNER_ID, stage=stage, name=name, outcome=Outcome.RUNNING, started_at=begun)
        runners.report_step(self.plane.services, AS_RUNNER, claim.deployment_id, report)
        time.sleep(self.pause)
        self.plane.clock.pass_by(0.26)
        ended = report.model_copy(
            update={
                "outcome": Outcome.FAILED if failed else Outcome.PASSED,
                "finished_at": self.plane.clock(),
                "evidence": evidence,
                "rollback_class": RollbackClass.A if name == "classify the migrations" else None,
            }
        )
        runners.report_step(self.plane.services, AS_RUNNER, claim.deployment_id, ended)

    def _finish(self, claim: wire.Claim, status: DeploymentStatus, reason: str = "") -> None:
        revision = None
        if claim.kind is DeploymentKind.PROVISION and status is DeploymentStatus.SUCCEEDED:
            revision = wire.Revision(
                number=1,
                artifacts=dict.fromkeys(STORE_COMPONENTS, "sha256:4c1f09aa2b7e" + "5d" * 26),
                versions=dict.fromkeys(STORE_COMPONENTS, "0.1.0"),
                schema_level="2026.11",
                since=self.plane.clock(),
            )
        elif claim.kind.value in MOVING and status is DeploymentStatus.SUCCEEDED:
            revision = self.plane.result(claim)
        report = wire.FinishReport(
            runner_id=RUNNER_ID,
            status=status,
            reason=reason,
            revision=revision,
            quarantined=claim.deploy is not None and status is not DeploymentStatus.SUCCEEDED,
            seconds=3.4,
        )
        ending.finish(self.plane.services, AS_RUNNER, claim.deployment_id, report)

    def run_for_ever(self) -> None:
        """Work and watch."""
        while True:
            if not self.work():
                self.observe()
                time.sleep(0.3)


RELEASES = (1, 2, 8, 9)

NAMES = (
    ("shop-001", "Arcade & Sons"),
    ("shop-002", "Luma"),
    ("shop-003", "Café Nørrebro"),
    ("bookshop", "Leaf & Spine"),
    ("bike-works", "Bike Works"),
    ("glasshouse", "Glasshouse Plants"),
    ("north-light", "North Light Lamps"),
    ("paper-moon", "Paper Moon"),
    ("umbrellas", "Umbrellas & Rain"),
    ("velvet-room", "The Velvet Room"),
    ("window-box", "Window Box"),
)


def live_through(fleet: Fleet) -> None:
    """Give the fleet a past: sales, a stop, a store that never came to be, an engine that restarts."""
    plane = fleet.plane
    ana, ben = plane.caller("ana", Role.ADMIN), plane.caller("ben", Role.OPERATOR)
    for place, (store_id, name) in enumerate(NAMES):
        mode = IsolationMode.STRICT if place % 3 else IsolationMode.COST_OPTIMISED
        wish = wire.StoreSpec(store_id=store_id, name=name, isolation_mode=mode, catalogue=Catalogue.DEMO)
        stores.register_store(plane.services, ana, wish)
        fleet.work()
        plane.clock.pass_by(420)
    stores.register_store(plane.services, ben, wire.StoreSpec(store_id="tea-house", name="Broken Teapot"))
    fleet.work()
    plane.clock.pass_by(300)
    stores.request(plane.services, ben, DeploymentKind.STOP, "paper-moon")
    fleet.work()
    plane.clock.pass_by(240)
    for operation in (Operation.CACHE_FLUSH, Operation.INDEX_REINDEX, Operation.STATUS, Operation.DIAGNOSTICS):
        asyncio.run(operations.run_operation(plane.services, ben, "shop-001", operation))
        plane.clock.pass_by(60)
    asyncio.run(operations.run_operation(plane.services, ana, "shop-001", Operation.VERIFY_SMOKE))
    move_around(fleet)
    fleet.states["bike-works"] = ProcessState.RESTARTING
    fleet.partial.update({"shop-003", "glasshouse"})


def move_around(fleet: Fleet) -> None:
    """Releases that go well and badly: a store with a history, a rollout that halted at its canary, one that ended."""
    plane = fleet.plane
    for number in (1, 9):
        plane.have_releases(*RELEASES)
        plane.deploy(number, "shop-002", "ben")
        fleet.work()
        plane.clock.pass_by(120)
    for number, stores_of in ((9, "shop-003,north-light,glasshouse"), (2, "bookshop,glasshouse")):
        roll_out(fleet, number, stores_of)
    taken_back = roll_out(fleet, 2, "velvet-room,window-box,umbrellas")
    plane.have_releases(*RELEASES)
    plane.deploy(1, "window-box", "ben")
    fleet.work()
    rollouts.take_back(plane.services, plane.caller("ben", Role.OPERATOR), taken_back)
    while fleet.work():
        plane.clock.pass_by(5)
    needy = roll_out(fleet, 8, "umbrellas,velvet-room")
    rollouts.take_back(plane.services, plane.caller("ben", Role.OPERATOR), needy)


def roll_out(fleet: Fleet, number: int, stores_of: str) -> str:
    """Roll a release out until nothing of it moves any more; return the rollout's id."""
    plane = fleet.plane
    plane.have_releases(*RELEASES)
    spec = RolloutSpec(release_id=release_id(number), stores=stores_of)
    made = rollouts.start(plane.services, plane.caller("ben", Role.OPERATOR), spec)
    while fleet.work():
        plane.clock.pass_by(5)
    return made.rollout_id


def make_tokens(plane: Plane) -> dict[str, str]:
    """One token for each role, and its secret."""
    made = {}
    for name, role in (("ana", Role.ADMIN), ("ben", Role.OPERATOR), ("vera", Role.VIEWER)):
        wish = wire.TokenSpec(name=name, role=role, kind=ActorKind.HUMAN)
        made[role.value] = tokens.create_token(plane.services, plane.caller("set-up", Role.ADMIN), wish).secret
    return made


def main() -> None:
    """Serve until asked to go."""
    folder, empty = Path(sys.argv[1]), "--empty" in sys.argv
    settings = PlaneSettings(data=folder, agents=folder / "agents")
    database = Database(settings.registry)
    migrating.migrate(database)
    clock, agents = ShiftedClock(timedelta(hours=2)), ToldAgents()
    services = Services(
        settings=settings, database=database, agents=agents, session_secret=b"made for this test", now=clock
    )
    plane = Plane(services, clock, agents)
    secrets = make_tokens(plane)
    fleet = Fleet(plane, 0.0)
    if not empty:
        live_through(fleet)
    clock.shift = timedelta()
    if not empty:
        plane.have_releases(*RELEASES)
    fleet.observe()
    fleet.pause = 0.15
    threading.Thread(target=fleet.run_for_ever, daemon=True).start()
    (folder / "tokens.new").write_text(json.dumps(secrets), encoding="utf-8")
    (folder / "tokens.new").rename(folder / "tokens.json")
    server.serve(create_app(services), folder / "plane.sock", lifespan=True, leaving=services.events.close)


if __name__ == "__main__":
    main()
