"""A stage for the runner's tests: a plane, a clock and a shop door that are plain objects, and the null parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from galleria.contracts.delivery import ConfigureSpec, DeploySpec, ReleaseInfo, RollbackSpec
from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import (
    Claim,
    ClaimRequest,
    FinishReport,
    Heartbeat,
    LocalDeployment,
    Observation,
    SmokeRequest,
    SmokeResult,
    SmokeRun,
    StepReport,
    StoreSpec,
)
from galleria.contracts.words import (
    AGENT_SMOKE_CHECKS,
    STORE_COMPONENTS,
    Component,
    DeploymentKind,
    Outcome,
    Slot,
    SmokeCheck,
)
from galleria.control.delivery.executing import Executor
from galleria.control.delivery.faults import GiveUp
from galleria.control.delivery.lease import LeaseKeeper
from galleria.control.delivery.parts import Parts
from galleria.control.delivery.records import Records
from galleria.control.delivery.release.manifest import ContractVersions, Release, ReleasedComponent, SourceRevision
from galleria.control.delivery.release.shelf import Verified
from galleria.control.delivery.releases import info_of
from galleria.control.delivery.runner import workflows
from galleria.control.delivery.settings import PublicDoor
from galleria.control.delivery.shopping import Trade, Visited
from galleria.control.gateway.null import NullGateway
from galleria.control.runtimes.null import NullRuntime
from galleria.control.runtimes.port import Doors
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
    locals: list[LocalDeployment] = field(default_factory=list)
    smoke_passes: bool = True
    smokes: list[SmokeRequest] = field(default_factory=list)
    failing_slots: set[Slot] = field(default_factory=set)
    """A smoke run in such a slot fails; None in a request means the live one, which passes."""
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
        self.smokes.append(request)
        passes = self.smoke_passes and request.storefront not in self.failing_slots
        outcome = Outcome.PASSED if passes else Outcome.FAILED
        results = [SmokeResult(check=check, outcome=outcome, seconds=0.1) for check in SmokeCheck]
        return SmokeRun(run_id="smoke-1", started_at=self.clock.now(), seconds=0.7, passed=passes, results=results)

    def finish(self, deployment_id: str, report: FinishReport) -> None:
        self._fail("finish")
        if (deployment_id, report) not in self._finished:
            self._finished.append((deployment_id, report))
            self.finishes.append(report)

    def ended(self, deployment_id: str) -> bool:
        """Whether a deployment's end was told, since its beginning."""
        return any(finished == deployment_id for finished, _ in self._finished)

    def observed(self, observation: Observation) -> None:
        self._fail("observed")
        self.observations.append(observation)

    def local_deployment(self, deployment: LocalDeployment) -> None:
        self._fail("local_deployment")
        self.locals.append(deployment)

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


def visit(*, passes: bool, sold_out: bool = False) -> Visited:
    """Return how a shopper's visit went, from the front page on."""
    trade = Trade.UNTOLD if not passes else Trade.SOLD_OUT if sold_out else Trade.SELLS
    outcome, detail = (Outcome.PASSED, "") if passes else (Outcome.FAILED, "status 500")
    results = [SmokeResult(check=check, outcome=outcome, seconds=0.1, detail=detail) for check in AGENT_SMOKE_CHECKS]
    return Visited(results, trade)


@dataclass
class ScriptedKnocking:
    """A `KnockingPort` whose answers are set."""

    healthy_after: int = 0
    door_passes: bool = True
    door_fails: int = 0
    """So many times more the door fails."""
    door_faults: list[Exception] = field(default_factory=list)
    """What keeps whoever comes through the gateway from telling anything, each once."""
    unseen_passes: bool = True
    silent: set[str] = field(default_factory=set)
    """Sockets, by file name, that nobody answers at."""
    door_sold_out: bool = False
    unseen_sold_out: bool = False
    sold_out: set[str] = field(default_factory=set)
    """A storefront's sockets, by file name, where everything is sold out for who comes there."""
    asked: int = 0

    def healthy(self, component: Component, socket_path: Path) -> bool:
        self.asked += 1
        return self.asked > self.healthy_after and socket_path.name not in self.silent

    def at_the_door(self, door: PublicDoor, host: str, unseen: str = "") -> Visited:
        if self.door_faults:
            raise self.door_faults.pop(0)
        if unseen:
            return visit(passes=self.unseen_passes, sold_out=self.unseen_sold_out)
        passes = self.door_passes and self.door_fails == 0
        self.door_fails = max(0, self.door_fails - 1)
        return visit(passes=passes, sold_out=self.door_sold_out)

    def in_the_slot(self, doors: Doors, host: str) -> Visited:
        name = doors.storefront.name
        return visit(passes=name not in self.silent, sold_out=name in self.sold_out)


@dataclass
class ScriptedReleases:
    """A `ReleasesPort` over manifests that are set. Every one is signed and promoted unless said otherwise."""

    releases: dict[str, Release] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    unpromoted: set[str] = field(default_factory=set)
    contracts_of: dict[str, dict[str, str]] = field(default_factory=dict)
    listed: bool = False
    """Whether `known` lists them. New stores are born from what it lists."""

    def add(self, *components: Component, generation: int = 2, version: str = "2.0.0") -> str:
        """Put a release here, with an artifact of that generation for each component; return its id."""
        release = Release(
            source=SourceRevision(repository="galleria", revision=f"{generation:040x}", committed_at=generation),
            contracts=ContractVersions(
                commerce=digest(0), control_plane=digest(0), shop_agent=digest(0), instance=digest(0)
            ),
            components=[
                ReleasedComponent(
                    component=component,
                    version=version,
                    artifact=artifact_digest(component, generation),
                    sbom=digest(1),
                    size=1,
                    migrations=[],
                )
                for component in components or STORE_COMPONENTS
            ],
        )
        self.releases[release.release_id] = release
        return release.release_id

    def find(self, release_id: str) -> Release:
        if release_id not in self.releases:
            raise GiveUp(f"There is no release {release_id}.", code=ErrorCode.RELEASE_NOT_FOUND)
        return self.releases[release_id]

    def verify(self, release_id: str) -> Verified:
        if release_id in self.refused:
            raise GiveUp(self.refused[release_id], code=ErrorCode.RELEASE_REFUSED)
        return Verified(self.find(release_id), "k" * 64, 3, 1000)

    def check_signature(self, release_id: str) -> None:
        self.verify(release_id)

    def promoted_for(self, release_id: str) -> list[str]:
        return [] if release_id in self.unpromoted else ["production"]

    def contracts(self, artifact: str) -> Mapping[str, str]:
        return self.contracts_of.get(artifact, self.own_contracts())

    def own_contracts(self) -> Mapping[str, str]:
        return CONTRACT_TEXTS

    def known(self) -> list[ReleaseInfo]:
        listed = self.releases.values() if self.listed else ()
        return [info_of(release, self.promoted_for(release.release_id)) for release in listed]


CONTRACT_TEXTS = {
    "commerce.graphql": "type Query { shop: String }",
    "shop-agent.openapi.yaml": "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\n",
    "instance.schema.json": '{"required": ["A"], "properties": {"A": {}}}',
}


def digest(number: int) -> str:
    """Return a digest that is as good as any other."""
    return f"sha256:{number:064x}"


def artifact_digest(component: Component, generation: int) -> str:
    """Return the digest of a component's artifact of a generation."""
    return digest(1000 * list(Component).index(component) + generation)


@dataclass
class Stage:
    """Everything that a deployment meets, to look at and to break."""

    parts: Parts
    runtime: NullRuntime
    gateway: NullGateway
    plane: ScriptedPlane
    knocking: ScriptedKnocking
    releases: ScriptedReleases
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
    releases = ScriptedReleases()
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
        releases=releases,
    )
    leases = LeaseKeeper()
    executor = Executor(parts, workflows(parts), leases, lambda: None)
    return Stage(parts, runtime, gateway, plane, knocking, releases, records, clock, leases, executor)


def a_claim(
    kind: DeploymentKind = DeploymentKind.PROVISION,
    store_id: str = "shop-001",
    *,
    deployment_id: str = "dep-1",
    attempt: int = 1,
    revision_number: int = 1,
    asked: DeploySpec | RollbackSpec | ConfigureSpec | None = None,
) -> Claim:
    """Return a claim as the plane gives it."""
    return Claim(
        deployment_id=deployment_id,
        kind=kind,
        spec=StoreSpec(store_id=store_id, name="Shop One"),
        revision_number=revision_number,
        lease_seconds=30.0,
        attempt=attempt,
        requested_at=BEGINNING - timedelta(seconds=2),
        agent_public_key=PUBLIC_KEY,
        requested_by="ada",
        deploy=asked if isinstance(asked, DeploySpec) else None,
        rollback=asked if isinstance(asked, RollbackSpec) else None,
        configure=asked if isinstance(asked, ConfigureSpec) else None,
    )
