"""What goes over the wire: the envelope, and the types of the plane's, the runner's and the agent's API.

Times are timezone-aware UTC; durations are in seconds, memory in bytes. Requests refuse unknown fields; a reader of
an answer ignores fields that it does not know, so that a newer plane can talk to an older runner or CLI.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Generic, Literal, TypeVar

from pydantic import AwareDatetime, Field

from galleria.contracts.base import Answer, ReleaseId, Request, StoreId
from galleria.contracts.delivery import ConfigureSpec, DeploySpec, ReleaseInfo, RollbackSpec
from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import (
    ActorKind,
    AuditAction,
    AuditOutcome,
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
    SmokeCheck,
    SmokePlace,
    Stage,
    StoreState,
    Wanted,
)

D = TypeVar("D")


class Success(Answer, Generic[D]):
    """The envelope of an answer that did what was asked (DESIGN.md section 5)."""

    request_id: str
    timestamp: AwareDatetime
    status: Literal["success"] = "success"
    message: str
    data: D


class Failure(Answer):
    """The envelope of an answer that did not. `message` names what to do next; no traces, paths or addresses."""

    request_id: str
    timestamp: AwareDatetime
    status: Literal["failure"] = "failure"
    message: str
    error_code: ErrorCode
    retryable: bool
    details: dict[str, str] = Field(default_factory=dict, description="What it is about: a key, a store, a field.")


class Page(Answer, Generic[D]):
    """One page of a listing. Pages count from 1."""

    items: list[D]
    page: int
    page_size: int
    total: int


# --- stores -----------------------------------------------------------------------------------------------------------


class StoreSpec(Request):
    """What an operator asks for when creating a store."""

    store_id: StoreId
    name: str = Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")
    host: str | None = Field(default=None, description="The shop's host name; default: <store_id>.localhost.")
    isolation_mode: IsolationMode = IsolationMode.STRICT
    catalogue: Catalogue = Catalogue.DEMO
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$")
    locale: str = Field(default="en_US", pattern=r"^[a-z]{2}_[A-Z]{2}$")


class IsolationReport(Answer):
    """What the probe measured from inside a store's sandbox."""

    level: IsolationLevel
    means: str = Field(description="What does the isolating: bubblewrap, landlock or none.")
    missing: list[str] = Field(default_factory=list, description="What the probe could break, a sentence each.")
    measured_at: AwareDatetime


class ObservedProcess(Answer):
    """One process of a store as the runtime sees it now."""

    component: Component
    slot: Slot
    state: ProcessState
    since: AwareDatetime
    restarts: int = 0
    memory_bytes: int | None = None
    live: bool = Field(default=True, description="Whether shoppers meet it; else it starts up, or is kept warm.")


class Revision(Answer):
    """What a store runs."""

    number: int
    artifacts: dict[Component, str] = Field(description="sha256 digest of each component's artifact.")
    versions: dict[Component, str]
    release_id: ReleaseId | None = Field(default=None, description="None: from the installed environment.")
    config_version: int = 1
    secret_version: int = 1
    schema_level: str = ""
    healthy: bool = Field(default=True, description="Whether its smoke run through the public door has passed.")
    came_from: int | None = Field(default=None, description="The revision that the store ran before it.")
    since: AwareDatetime


class KnownRevision(Revision):
    """A revision in a store's history."""

    current: bool = Field(description="Whether the store runs it now.")
    rollback_class: RollbackClass | None = Field(default=None, description="Of the deployment that made it.")
    deployment_id: str | None = Field(default=None, description="The deployment that made it.")


class Quarantine(Answer):
    """A release that a store takes no more, because it failed there."""

    release_id: ReleaseId
    since: AwareDatetime
    reason: str
    deployment_id: str | None = None


class SmokeResult(Answer):
    """One check of a smoke run. `detail` is one plain sentence and never carries business data."""

    check: SmokeCheck
    outcome: Outcome
    seconds: float
    detail: str = ""


class SmokeRun(Answer):
    """A smoke run. It passed only if every check of `SmokeCheck`, or through the door every one of
    `AGENT_SMOKE_CHECKS`, is there and passed."""

    run_id: str
    place: SmokePlace = SmokePlace.SLOT
    environment: str = Field(default="", description="The environment of the runner that asked for it.")
    deployment_id: str | None = None
    started_at: AwareDatetime
    seconds: float
    passed: bool
    results: list[SmokeResult]


class DeploymentSummary(Answer):
    """A deployment in one line."""

    deployment_id: str
    store_id: str
    kind: DeploymentKind
    status: DeploymentStatus
    requested_by: str
    requested_at: AwareDatetime
    started_at: AwareDatetime | None = None
    finished_at: AwareDatetime | None = None
    reason: str = Field(default="", description="Why it ended as it did, as a sentence; empty while it runs.")
    release_id: ReleaseId | None = None
    rollback_class: RollbackClass | None = Field(default=None, description="Known from the verification stage on.")
    from_revision: int | None = None
    to_revision: int | None = None
    rollout_id: str | None = None
    local: bool = Field(default=False, description="Made on the runner's machine without the control plane.")


class OperationRun(Answer):
    """One run of an allowlisted operation, and what it really did."""

    run_id: str
    store_id: str
    operation: Operation
    outcome: Outcome
    requested_by: str
    started_at: AwareDatetime
    seconds: float
    message: str
    error_code: ErrorCode | None = None
    retryable: bool = False


class Store(Answer):
    """A store as the plane knows it: by id, revision and health."""

    store_id: str
    name: str
    host: str
    url: str
    runtime: Runtime
    isolation_mode: IsolationMode
    isolation: IsolationReport | None
    wanted: Wanted
    state: StoreState
    state_since: AwareDatetime
    sentence: str = Field(description="The state as a sentence: what, since when, what next.")
    revision: Revision | None
    processes: list[ObservedProcess]
    last_deployment: DeploymentSummary | None
    last_operation: OperationRun | None
    last_smoke: SmokeRun | None
    time_to_provision_seconds: float | None
    registered_at: AwareDatetime
    observed_at: AwareDatetime | None
    quarantined: list[Quarantine] = Field(default_factory=list, description="Releases that it takes no more.")
    version: int = Field(description="Grows with every change; send it back as If-Match to change only what you saw.")


# --- deployments ------------------------------------------------------------------------------------------------------


class Step(Answer):
    """One named step of a stage."""

    stage: Stage
    name: str
    outcome: Outcome
    started_at: AwareDatetime
    finished_at: AwareDatetime | None = None
    evidence: str = ""


class Deployment(DeploymentSummary):
    """A deployment with all its evidence."""

    steps: list[Step]
    smoke: SmokeRun | None = Field(default=None, description="The last one by the agent.")
    smokes: list[SmokeRun] = Field(default_factory=list, description="All of them, in their order.")
    runner_id: str | None = None
    spec: StoreSpec
    deploy: DeploySpec | None = None
    rollback: RollbackSpec | None = None
    configure: ConfigureSpec | None = None


# --- runner -----------------------------------------------------------------------------------------------------------


class ClaimRequest(Request):
    """A runner asks for work and waits for it at most `wait_seconds`."""

    runner_id: str = Field(min_length=1, max_length=64)
    runtimes: list[Runtime]
    wait_seconds: float = Field(default=20.0, ge=0, le=25)


class Claim(Answer):
    """Work for a runner. The lease ends `lease_seconds` after the last heartbeat; then another runner may take over."""

    deployment_id: str
    kind: DeploymentKind
    spec: StoreSpec
    revision_number: int
    lease_seconds: float
    attempt: int = Field(description="1 for the first claim, more after a lease has expired.")
    requested_at: AwareDatetime | None = Field(
        default=None, description="When the operator asked; time-to-provision counts from here."
    )
    agent_public_key: str = Field(description="The key that agents check tokens with: an OKP JWK as JSON, public part.")
    steps: list[Step] = Field(default_factory=list, description="What an earlier attempt reported.")
    requested_by: str = ""
    deploy: DeploySpec | None = Field(default=None, description="There for kind deploy.")
    rollback: RollbackSpec | None = Field(
        default=None, description="There for kind rollback; it always names the revision to go back to."
    )
    configure: ConfigureSpec | None = Field(default=None, description="There for kind configure.")


class Heartbeat(Request):
    """The runner is alive and still at this deployment."""

    runner_id: str


class StepReport(Request):
    """A step began or ended. Sent again, it changes nothing."""

    runner_id: str
    stage: Stage
    name: str
    outcome: Outcome
    started_at: AwareDatetime
    finished_at: AwareDatetime | None = None
    evidence: str = Field(default="", max_length=2000)
    rollback_class: RollbackClass | None = Field(default=None, description="Once it is known.")
    smoke: SmokeRun | None = Field(default=None, description="The run that this step made through the public door.")


class FinishReport(Request):
    """The deployment has ended."""

    runner_id: str
    status: DeploymentStatus
    reason: str = Field(max_length=2000)
    revision: Revision | None = Field(default=None, description="What the store runs after a success.")
    no_way_back_before: Revision | None = Field(
        default=None, description="After no success: the revision whose migrations changed the data for good (class C)."
    )
    quarantined: bool = Field(default=False, description="Whether the store takes this release no more.")
    seconds: float


class SmokeRequest(Request):
    """The runner asks the plane for a smoke run, since only the plane can sign a token for the agent."""

    runner_id: str
    environment: str = ""
    agent: Slot | None = Field(default=None, description="Ask the agent in this slot; default: the live one.")
    storefront: Slot | None = Field(default=None, description="Shop in the storefront in this slot; default: live.")


class ObservedStore(Request):
    """One store as its runtime sees it now."""

    store_id: StoreId
    processes: list[ObservedProcess]
    isolation: IsolationReport | None = None
    routed: bool = Field(description="Whether the gateway has a route to it.")
    revision: Revision | None = Field(default=None, description="What the runner's own record says that it runs.")
    quarantined: list[ReleaseId] = Field(default_factory=list, description="Releases that it takes no more.")


class Observation(Request):
    """What a runner sees. Sent every few seconds and at every change; it replaces the one before."""

    runner_id: str
    runtime: Runtime
    observed_at: AwareDatetime
    stores: list[ObservedStore]
    releases: list[ReleaseInfo] | None = Field(default=None, description="What this runner has; None: as told before.")


class LocalDeployment(Request):
    """A rollback that was made on the runner's machine while the control plane was away. Told as often as needed."""

    runner_id: str
    deployment_id: str = Field(pattern=r"^dep-[0-9a-z-]{1,36}$")
    store_id: StoreId
    rollback: RollbackSpec
    requested_by: str = Field(max_length=128, description="The machine's user who asked.")
    started_at: AwareDatetime
    finished_at: AwareDatetime
    status: DeploymentStatus
    reason: str = Field(max_length=2000)
    revision: Revision | None = None
    steps: list[Step]


class Acknowledged(Answer):
    """Nothing more to say than that it was taken."""

    deployment_id: str | None = None


# --- access and audit -------------------------------------------------------------------------------------------------


class TokenSpec(Request):
    """A new operator token."""

    name: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._@ -]*$")
    role: Role
    kind: ActorKind = ActorKind.HUMAN
    expires_at: AwareDatetime | None = None


class TokenInfo(Answer):
    """A token without its secret."""

    token_id: str
    name: str
    role: Role
    kind: ActorKind
    created_at: AwareDatetime
    last_used_at: AwareDatetime | None
    expires_at: AwareDatetime | None
    revoked_at: AwareDatetime | None


class TokenCreated(Answer):
    """A new token with its secret, which is shown this once."""

    token: TokenInfo
    secret: str


class WhoAmI(Answer):
    """Whom the plane takes a caller for."""

    name: str
    role: Role
    kind: ActorKind


class AuditEntry(Answer):
    """One entry of the chain. `entry_hash` covers every other field and the hash of the entry before."""

    sequence: int
    at: AwareDatetime
    actor: str
    actor_kind: ActorKind
    action: AuditAction
    store_id: str | None
    outcome: AuditOutcome
    request_id: str
    detail: str
    previous_hash: str
    entry_hash: str


class ChainState(Answer):
    """Whether the audit's chain holds."""

    verified: bool
    entries: int
    verified_up_to: int
    checked_at: AwareDatetime
    broken_at: int | None = None
    message: str


class MerchantNotice(Request):
    """The CLI tells the plane that a merchant act happened on a store, and nothing of what was in it."""

    action: Literal[AuditAction.MERCHANT_IMPORT, AuditAction.MERCHANT_PASSWORD]
    outcome: AuditOutcome


# --- plane status -----------------------------------------------------------------------------------------------------


class RunnerInfo(Answer):
    """A runner as the plane last heard of it."""

    runner_id: str
    runtime: Runtime
    last_seen_at: AwareDatetime
    alive: bool


class Health(Answer):
    """Public: whether the service answers."""

    service: Component
    healthy: bool
    version: str


class PlaneStatus(Answer):
    """What the platform knows of itself."""

    version: str
    started_at: AwareDatetime
    registry: str = Field(description="sqlite or postgresql.")
    stores: dict[StoreState, int]
    runners: list[RunnerInfo]
    audit: ChainState


# --- shop agent -------------------------------------------------------------------------------------------------------


class PartState(StrEnum):
    """What the agent sees of a part of its store."""

    OK = "ok"
    DOWN = "down"


class AgentHealth(Answer):
    """Public: whether the agent answers. Says nothing of the store's trade."""

    store_id: str
    healthy: bool


class AgentStatus(Answer):
    """What the agent sees of its store."""

    store_id: str
    engine: PartState
    storefront: PartState
    engine_kind: str
    documents: int | None = Field(description="Products in the catalogue index; null when the engine is down.")
    index_age_seconds: float | None


class CacheFlushed(Answer):
    """The engine's cache was emptied."""

    entries_removed: int
    seconds: float


class Reindexed(Answer):
    """The catalogue index was rebuilt."""

    documents: int
    seconds: float


class CronRun(Answer):
    """The engine's due jobs were run."""

    jobs_run: int
    jobs_failed: int
    seconds: float


class Diagnosis(Answer):
    """One thing the diagnostics looked at."""

    name: str
    outcome: Outcome
    detail: str


class Diagnostics(Answer):
    """What the diagnostics found. Facts about the store's machinery; never logs, paths or data."""

    checks: list[Diagnosis]
    seconds: float


class AgentSmoke(Answer):
    """The agent's part of a smoke run: the checks of `AGENT_SMOKE_CHECKS`."""

    passed: bool
    results: list[SmokeResult]
    seconds: float


class AgentTokenClaims(Answer):
    """The claims of a token for a shop agent (RFC 7519; `act` as in RFC 8693 section 4.1). Signed with EdDSA."""

    iss: Literal["galleria-control-plane"] = "galleria-control-plane"
    aud: str = Field(description="shop-agent:<store_id>")
    sub: str = Field(description="The human or automation behind the act.")
    act: dict[str, str] = Field(description='{"sub": "control-plane", "kind": <ActorKind>}')
    store_id: str
    scope: Operation
    jti: str
    iat: int
    exp: int


TOKEN_LIFETIME_SECONDS = 60
"""No token for an agent lives longer (DESIGN.md section 5)."""

TOKEN_ALGORITHM = "Ed25519"  # noqa: S105 - an algorithm's name
"""EdDSA with curve Ed25519, by the name that RFC 9864 gives it; it deprecates the vaguer "EdDSA"."""


def agent_audience(store_id: str) -> str:
    """Return the `aud` of tokens for the agent of ``store_id``."""
    return f"shop-agent:{store_id}"
