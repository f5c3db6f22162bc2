"""A stage for the runner's tests: a plane, a clock and a shop door that are plain objects, and the null parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from galleria.contracts.wire import (
    Claim,
    ClaimRequest,
    FinishReport,
    Heartbeat,
    Observation,
    SmokeRequest,
    SmokeResult,
    SmokeRun,
    StepReport,
    StoreSpec,
)
from galleria.contracts.words import Component, DeploymentKind, Outcome, SmokeCheck
from galleria.control.delivery.executing import Executor
from galleria.control.delivery.knocking import Knock
from galleria.control.delivery.lease import LeaseKeeper
from galleria.control.delivery.parts import Parts
from galleria.control.delivery.records import Records
from galleria.control.delivery.runner import workflows
from galleria.control.delivery.settings import PublicDoor
from galleria.control.gateway.null import NullGateway
from galleria.control.runtimes.null import NullRuntime
from galleria.control.secrets.null import NullSecrets

BEGINNING = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
PUBLIC_KEY = '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"1","alg":"EdDSA"}'


@dataclass
class HandClock:
    """Time that passes only when someone sleeps, or when it is moved."""

    passed: float = 0.0
    on_sleep: Callable[[], None] | None = None

    def now(self) -> datetime:
        return BEGINNING + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return self.passed

    def sleep(self, seconds: float) -> None:
        self.passed += seconds
        if self.on_sleep is not None:
            self.on_sleep()


@dataclass
class ScriptedPlane:
    """A `PlanePort` that remembers what it was told. `faults` holds errors by call, raised in order."""

    clock: HandClock
    faults: dict[str, list[Exception]] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    beats: list[Heartbeat] = field(default_factory=list)
    reports: list[StepReport] = field(default_factory=list)
    finishes: list[FinishReport] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    smoke_passes: bool = True
    _finished: list[tuple[str, FinishReport]] = field(default_factory=list)
    """What was told: a runner that is killed right after its finish report tells it again, which changes nothing."""

    def claim(self, request: ClaimRequest) -> Claim | None:
        self._fail("claim")
        return self.claims.pop(0) if self.claims else None

    def heartbeat(self, deployment_id: str, beat: Heartbeat) -> None:
        self._fail("heartbeat")
        self.beats.append(beat)

    def report_step(self, deployment_id: str, report: StepReport) -> None:
        self._fail("report_step")
        self.reports.append(report)

    def smoke(self, deployment_id: str, request: SmokeRequest) -> SmokeRun:
        self._fail("smoke")
        outcome = Outcome.PASSED if self.smoke_passes else Outcome.FAILED
        results = [SmokeResult(check=check, outcome=outcome, seconds=0.1) for check in SmokeCheck]
        return SmokeRun(
            run_id="smoke-1", started_at=self.clock.now(), seconds=0.7, passed=self.smoke_passes, results=results
        )

    def finish(self, deployment_id: str, report: FinishReport) -> None:
        self._fail("finish")
        if (deployment_id, report) not in self._finished:
            self._finished.append((deployment_id, report))
            self.finishes.append(report)

    def observed(self, observation: Observation) -> None:
        self._fail("observed")
        self.observations.append(observation)

    def shown(self) -> dict[str, Outcome]:
        """Return each step as a plane shows it, which takes no report that is older than what it knows."""
        known: dict[str, StepReport] = {}
        for report in self.reports:
            before = known.get(report.name)
            if before is None or report.started_at >= before.started_at:
                known[report.name] = report
        return {name: report.outcome for name, report in known.items()}

    def _fail(self, call: str) -> None:
        if self.faults.get(call):
            raise self.faults[call].pop(0)


@dataclass
class ScriptedKnocking:
    """A `KnockingPort` whose answers are set."""

    healthy_after: int = 0
    door_passes: bool = True
    asked: int = 0

    def healthy(self, component: Component, socket_path: Path) -> bool:
        self.asked += 1
        return self.asked > self.healthy_after

    def at_the_door(self, door: PublicDoor, host: str) -> list[Knock]:
        outcome = Outcome.PASSED if self.door_passes else Outcome.FAILED
        return [Knock("front page", outcome, "" if self.door_passes else "status 500")]


@dataclass
class Stage:
    """Everything that a deployment meets, to look at and to break."""

    parts: Parts
    runtime: NullRuntime
    gateway: NullGateway
    plane: ScriptedPlane
    knocking: ScriptedKnocking
    records: Records
    clock: HandClock
    leases: LeaseKeeper
    executor: Executor

    def held(self) -> set[str]:
        """Name the stores that have an instance."""
        return {found.store_id for found in self.runtime.observe()}


def make_stage(home: Path) -> Stage:
    """Set the stage in ``home``."""
    (home / "platform.json").write_text('{"port": 8080, "listen": "127.0.0.1"}')
    clock = HandClock()
    runtime, gateway, plane = NullRuntime(clock=clock.now), NullGateway(), ScriptedPlane(clock)
    knocking, records = ScriptedKnocking(), Records(home / "runner" / "stores")
    parts = Parts(
        home=home,
        runner_id="runner-1",
        runtime=runtime,
        gateway=gateway,
        plane=plane,
        secrets=NullSecrets(),
        knocking=knocking,
        records=records,
        clock=clock,
    )
    leases = LeaseKeeper()
    executor = Executor(parts, workflows(parts), leases, lambda: None)
    return Stage(parts, runtime, gateway, plane, knocking, records, clock, leases, executor)


def a_claim(
    kind: DeploymentKind = DeploymentKind.PROVISION,
    store_id: str = "shop-001",
    *,
    deployment_id: str = "dep-1",
    attempt: int = 1,
) -> Claim:
    """Return a claim as the plane gives it."""
    return Claim(
        deployment_id=deployment_id,
        kind=kind,
        spec=StoreSpec(store_id=store_id, name="Shop One"),
        revision_number=1,
        lease_seconds=30.0,
        attempt=attempt,
        requested_at=BEGINNING - timedelta(seconds=2),
        agent_public_key=PUBLIC_KEY,
    )
