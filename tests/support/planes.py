"""A control plane for tests: real registry on either database, a clock set by hand, agents told what to say."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url, text

from galleria.contracts import wire
from galleria.contracts.delivery import DeploySpec, ReleasedPart, ReleaseInfo, RollbackSpec
from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import (
    AGENT_SMOKE_CHECKS,
    STORE_COMPONENTS,
    ActorKind,
    Component,
    DeploymentStatus,
    Operation,
    Outcome,
    ProcessState,
    Role,
    Runtime,
    Slot,
)
from galleria.control.plane.agents import LIVE, AgentAnswer, AgentRefused, Behind, Where
from galleria.control.plane.callers import Caller, RunnerCaller
from galleria.control.plane.context import PageRequest, Services
from galleria.control.plane.services import ending, fleet, history, observing, runners, stores, wishing
from galleria.control.plane.services.aiming import Wish
from galleria.control.plane.settings import PlaneSettings
from galleria.control.registry import migrating
from galleria.control.registry.database import Database, sqlite_url
from galleria.control.registry.schema import RunnerRow
from tests.support.postgresql import postgresql_server

START = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
RUNNER_ID = "runner-a"
AS_RUNNER = RunnerCaller("req-runner-0001")
_numbers = itertools.count(1)


@dataclass
class Clock:
    """A clock that only moves when told to."""

    moment: datetime = START

    def __call__(self) -> datetime:
        return self.moment

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.moment += timedelta(seconds=seconds)


@dataclass
class ToldAgents:
    """The null part of `AgentPort`: answers as it was told to, and keeps what it was asked."""

    public_key: str = '{"crv":"Ed25519","kty":"OKP","x":"test"}'
    asked: list[tuple[str, Operation, Behind]] = field(default_factory=list)
    places: list[Where] = field(default_factory=list)
    refusals: dict[Operation, AgentRefused] = field(default_factory=dict)
    answers: dict[Operation, AgentAnswer] = field(default_factory=dict)

    def call(self, store_id: str, operation: Operation, behind: Behind, where: Where = LIVE) -> AgentAnswer:
        """Answer, or refuse."""
        self.asked.append((store_id, operation, behind))
        self.places.append(where)
        if operation in self.refusals:
            raise self.refusals[operation]
        return self.answers.get(operation) or well(store_id, operation)


def well(store_id: str, operation: Operation) -> AgentAnswer:
    """What the agent of a store says with which all is well."""
    match operation:
        case Operation.HEALTH:
            return wire.AgentHealth(store_id=store_id, healthy=True)
        case Operation.STATUS:
            up = wire.PartState.OK
            return wire.AgentStatus(
                store_id=store_id, engine=up, storefront=up, engine_kind="embedded", documents=40, index_age_seconds=1
            )
        case Operation.CACHE_FLUSH:
            return wire.CacheFlushed(entries_removed=12, seconds=0.1)
        case Operation.INDEX_REINDEX:
            return wire.Reindexed(documents=1994, seconds=3.1)
        case Operation.CRON_RUN:
            return wire.CronRun(jobs_run=3, jobs_failed=0, seconds=0.2)
        case Operation.DIAGNOSTICS:
            return wire.Diagnostics(
                checks=[wire.Diagnosis(name="disk", outcome=Outcome.PASSED, detail="enough")], seconds=0.1
            )
        case Operation.VERIFY_SMOKE:
            return agent_smoke()


def agent_smoke(failed: str = "") -> wire.AgentSmoke:
    """The agent's part of a smoke run; ``failed`` is the check that fails."""
    results = [
        wire.SmokeResult(
            check=check,
            outcome=Outcome.FAILED if check.value == failed else Outcome.PASSED,
            seconds=0.1,
            detail="answered 502" if check.value == failed else "",
        )
        for check in AGENT_SMOKE_CHECKS
    ]
    return wire.AgentSmoke(passed=not failed, results=results, seconds=0.4)


def down() -> AgentRefused:
    """What happens when an agent is not there."""
    return AgentRefused(ErrorCode.AGENT_UNREACHABLE, "The shop agent does not answer.", retryable=True)


@dataclass
class Plane:
    """Everything a test of the services needs."""

    services: Services
    clock: Clock
    agents: ToldAgents

    def caller(self, name: str = "ana", role: Role = Role.OPERATOR) -> Caller:
        """An operator."""
        return Caller(name, role, ActorKind.HUMAN, f"tok-{name}", f"req-{next(_numbers):08}")

    def register(self, store_id: str = "shop-001", name: str = "ana") -> wire.Deployment:
        """Register a store."""
        return stores.register_store(self.services, self.caller(name), spec(store_id))

    def claim(self, runner_id: str = RUNNER_ID) -> wire.Claim:
        """Claim what waits."""
        found = runners.claim(self.services, AS_RUNNER, claim_request(runner_id))
        assert found is not None
        return found

    def smoke(self, deployment_id: str, runner_id: str = RUNNER_ID) -> wire.SmokeRun:
        """Have a deployment's store smoked."""
        request = wire.SmokeRequest(runner_id=runner_id)
        return runners.smoke_deployment(self.services, AS_RUNNER, deployment_id, request)

    def finish(self, claim: wire.Claim, status: DeploymentStatus, reason: str = "", runner_id: str = RUNNER_ID) -> None:
        """End a deployment."""
        revision = self.result(claim) if claim.kind.value in MOVING and status is DeploymentStatus.SUCCEEDED else None
        failed = status in (DeploymentStatus.FAILED, DeploymentStatus.ROLLED_BACK)
        report = wire.FinishReport(
            runner_id=runner_id,
            status=status,
            reason=reason,
            revision=revision,
            quarantined=failed and claim.deploy is not None,
            seconds=3.4,
        )
        ending.finish(self.services, AS_RUNNER, claim.deployment_id, report)

    def result(self, claim: wire.Claim) -> wire.Revision:
        """What the store of a claim runs after its success."""
        now = fleet.show_store(self.services, self.caller(), claim.spec.store_id).revision
        if now is None or claim.deploy is not None:
            release_id = claim.deploy.release_id if claim.deploy else None
            return self.revision(claim.revision_number, release_id)
        if claim.configure is not None:
            versions = claim.configure.model_dump(include={"config_version", "secret_version"})
            return now.model_copy(update={"number": claim.revision_number, "since": self.clock(), **versions})
        page = history.list_revisions(self.services, self.caller(), claim.spec.store_id, PageRequest())
        found = next(one for one in page.items if one.number == claim.revision_number)
        return wire.Revision.model_validate(found.model_dump() | {"since": self.clock()})

    def sell(self, store_id: str = "shop-001") -> wire.Claim:
        """Bring a store from nothing to selling."""
        self.register(store_id)
        return self.carry_out(store_id)

    def carry_out(self, store_id: str = "shop-001") -> wire.Claim:
        """Do what was asked, as a runner with which all goes well."""
        claim = self.claim()
        if claim.kind in ending.SMOKED:
            self.smoke(claim.deployment_id)
        self.clock.pass_by(3.4)
        self.finish(claim, DeploymentStatus.SUCCEEDED)
        self.observe(store_id)
        return claim

    def observe(self, *store_ids: str, state: ProcessState = ProcessState.RUNNING, routed: bool = True) -> None:
        """Report that all processes of these stores are in ``state``, and that there are no others."""
        self.see(
            *(
                wire.ObservedStore(store_id=one, processes=processes(self.clock(), state), routed=routed)
                for one in store_ids
            )
        )

    def see(self, *stores: wire.ObservedStore, releases: list[ReleaseInfo] | None = None) -> None:
        """Report what a runner sees."""
        observation = wire.Observation(
            runner_id=RUNNER_ID,
            runtime=Runtime.PROCESS,
            observed_at=self.clock(),
            stores=list(stores),
            releases=releases,
        )
        observing.observe(self.services, AS_RUNNER, observation)

    def have_releases(self, *numbers: int) -> None:
        """Report that the runner has these releases; what it sees of stores is reported again as it was."""
        runners.note(self.services, claim_request())
        with self.services.database.writing() as session:
            row = session.get_one(RunnerRow, RUNNER_ID)
            row.releases = [release(number).model_dump(mode="json") for number in numbers]

    def deploy(self, number: int, store_id: str = "shop-001", name: str = "ana") -> wire.Deployment:
        """Ask for a store to be moved to a release."""
        wish = Wish.to_deploy(DeploySpec(release_id=release_id(number)))
        return wishing.request(self.services, self.caller(name), wish, store_id)

    def roll_back(self, to: int | None = None, store_id: str = "shop-001") -> wire.Deployment:
        """Ask for a store to be taken back."""
        wish = Wish.to_roll_back(RollbackSpec(to_revision=to, reason="prices were wrong"))
        return wishing.request(self.services, self.caller(), wish, store_id)

    def revision(self, number: int, release_id: str | None = None) -> wire.Revision:
        """What a store runs: from the installed environment, or from a release."""
        return wire.Revision(
            number=number,
            artifacts=dict.fromkeys(STORE_COMPONENTS, artifact(release_id)),
            versions={Component.STOREFRONT: "1.4.0"},
            release_id=release_id,
            since=self.clock(),
        )


MOVING = ("provision", "deploy", "rollback", "configure")
"""The kinds whose success says what the store runs now."""


def release_id(number: int) -> str:
    """The id of the release with this number."""
    return f"rel-{number:012x}"


def artifact(of: str | None) -> str:
    """The digest of a release's artifacts; all of one release are the same."""
    return "sha256:" + (of.removeprefix("rel-") * 6)[:64] if of else "sha256:" + "a" * 64


def release(number: int) -> ReleaseInfo:
    """A release that has everything a store runs."""
    return ReleaseInfo(
        release_id=release_id(number),
        source_revision=f"{number:040x}",
        committed_at=START + timedelta(minutes=number),
        components=[
            ReleasedPart(component=component, version=f"1.{number}.0", artifact=artifact(release_id(number)))
            for component in STORE_COMPONENTS
        ],
        promoted=["production"],
    )


def spec(store_id: str = "shop-001", host: str | None = None) -> wire.StoreSpec:
    """A store that somebody wants."""
    return wire.StoreSpec(store_id=store_id, name=store_id.title(), host=host)


def claim_request(runner_id: str = RUNNER_ID, wait_seconds: float = 0) -> wire.ClaimRequest:
    """A runner's question for work."""
    return wire.ClaimRequest(runner_id=runner_id, runtimes=[Runtime.PROCESS], wait_seconds=wait_seconds)


def processes(since: datetime, state: ProcessState = ProcessState.RUNNING) -> list[wire.ObservedProcess]:
    """The processes of one store, all in ``state``."""
    return [
        wire.ObservedProcess(component=component, slot=Slot.BLUE, state=state, since=since, memory_bytes=60_000_000)
        for component in STORE_COMPONENTS
    ]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[URL]:
    """A real PostgreSQL server for the whole session."""
    try:
        with postgresql_server() as address:
            yield make_url(address).set(drivername="postgresql+psycopg")
    except RuntimeError as missing:
        pytest.skip(str(missing))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def registry_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[URL]:
    """The address of an empty registry, once on each database."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "registry.db")
        return
    server: URL = request.getfixturevalue("postgresql")
    name = f"registry_{next(_numbers)}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.set(database=name)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def database(registry_url: URL) -> Iterator[Database]:
    """A migrated registry."""
    opened = Database(registry_url)
    migrating.migrate(opened)
    yield opened
    opened.close()


@pytest.fixture
def plane(database: Database, tmp_path: Path) -> Iterator[Plane]:
    """A plane over a migrated registry."""
    clock, agents = Clock(), ToldAgents()
    services = Services(
        settings=PlaneSettings(data=tmp_path, agents=tmp_path / "agents"),
        database=database,
        agents=agents,
        session_secret=b"made for this test",
        now=clock,
    )
    yield Plane(services, clock, agents)
    services.workers.shutdown()
