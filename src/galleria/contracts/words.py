"""The words of DESIGN.md section 1 as types, so that none of them can be mistyped."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

STORE_ID_PATTERN: Final = r"^[a-z][a-z0-9-]{1,38}[a-z0-9]$"
"""What a store's id looks like (DESIGN.md section 1). 3 to 40 characters, a DNS label."""

_STORE_ID = re.compile(STORE_ID_PATTERN)


def is_store_id(text: str) -> bool:
    """Say whether ``text`` is a well-formed store id."""
    return _STORE_ID.fullmatch(text) is not None


RELEASE_ID_PATTERN: Final = r"^rel-[0-9a-f]{12}$"
"""What a release is called: by the digest of its manifest."""


class Component(StrEnum):
    """A deployable unit."""

    CONTROL_PLANE = "control-plane"
    RUNNER = "runner"
    SHOP_AGENT = "shop-agent"
    ENGINE = "engine"
    STOREFRONT = "storefront"


STORE_COMPONENTS: Final = (Component.ENGINE, Component.STOREFRONT, Component.SHOP_AGENT)
"""The components that every instance runs, in the order in which they start."""


class Slot(StrEnum):
    """The place a revision's processes run in, beside the other one."""

    BLUE = "blue"
    GREEN = "green"


class Runtime(StrEnum):
    """Where an instance runs."""

    PROCESS = "process"
    COMPOSE = "compose"
    KUBERNETES = "kubernetes"


class IsolationMode(StrEnum):
    """What was wished for at creation. What is really there is an `IsolationLevel`."""

    STRICT = "strict"
    COST_OPTIMISED = "cost-optimised"


class IsolationLevel(StrEnum):
    """What a probe measured, never what was assumed."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


class Catalogue(StrEnum):
    """What a new store has on its shelves. Never nothing: a smoke run shops, so there must be something to buy.

    The demo catalogue leaves the shelves when the merchant's own comes.
    """

    DEMO = "demo"


class Wanted(StrEnum):
    """What an operator wants of a store."""

    RUNNING = "running"
    STOPPED = "stopped"
    REMOVED = "removed"


class StoreState(StrEnum):
    """What a store is observed to be. In the order of how much it needs a person."""

    NEEDS_ATTENTION = "needs_attention"
    DEGRADED = "degraded"
    UNOBSERVED = "unobserved"
    DEPLOYING = "deploying"
    STOPPED = "stopped"
    SELLING = "selling"
    REMOVED = "removed"


class ProcessState(StrEnum):
    """What the supervisor says of one process; `SILENT` is one that runs and has ceased to answer."""

    RUNNING = "running"
    SILENT = "silent"
    STARTING = "starting"
    RESTARTING = "restarting"
    STOPPED = "stopped"
    GAVE_UP = "gave_up"


class DeploymentKind(StrEnum):
    """What a deployment does: it moves one store from one revision (or none) to another (or none)."""

    PROVISION = "provision"
    START = "start"
    STOP = "stop"
    RESTART = "restart"
    DECOMMISSION = "decommission"
    DEPLOY = "deploy"
    ROLLBACK = "rollback"
    CONFIGURE = "configure"


class RollbackClass(StrEnum):
    """Whether there is a way back from a deployment (DESIGN.md section 4)."""

    A = "A"
    """No schema change: the old code simply goes on."""
    B = "B"
    """The schema grew in a backward-compatible way: code goes back, data stays."""
    C = "C"
    """Not reversible."""


class RolloutStatus(StrEnum):
    """How far a rollout is."""

    RUNNING = "running"
    HALTED = "halted"
    SUCCEEDED = "succeeded"
    ROLLING_BACK = "rolling_back"
    ROLLED_BACK = "rolled_back"
    NEEDS_ATTENTION = "needs_attention"

    @property
    def final(self) -> bool:
        """Whether nothing more will happen by itself. A halted one may be resumed or taken back."""
        return self not in (RolloutStatus.RUNNING, RolloutStatus.ROLLING_BACK)


class DeploymentStatus(StrEnum):
    """How far a deployment is. The last four are final."""

    REQUESTED = "requested"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ROLLED_BACK = "rolled_back"
    NEEDS_ATTENTION = "needs_attention"

    @property
    def final(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self not in (DeploymentStatus.REQUESTED, DeploymentStatus.RUNNING)


class Stage(StrEnum):
    """The stages of a deployment, in their order (DESIGN.md section 4)."""

    INTAKE = "intake"
    BUILD = "build"
    VERIFICATION = "verification"
    RELEASE = "release"
    DEPLOY = "deploy"
    POST_DEPLOY = "post-deploy verification"
    COMPLETION = "completion"
    ROLLBACK = "rollback"


class Outcome(StrEnum):
    """How one step, stage, check or act ended."""

    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


class Role(StrEnum):
    """What an operator may do. Each role may do all that the ones before it may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"

    def includes(self, other: Role) -> bool:
        """Say whether this role may do what ``other`` may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


class ActorKind(StrEnum):
    """Who is behind an act."""

    HUMAN = "human"
    AUTOMATION = "automation"
    RUNNER = "runner"
    SYSTEM = "system"


class AuditAction(StrEnum):
    """Everything that the audit can say was done: ``resource.act``."""

    SIGN_IN = "session.sign-in"
    SIGN_OUT = "session.sign-out"
    TOKEN_CREATE = "token.create"  # noqa: S105 - an action's name, not a secret
    TOKEN_REVOKE = "token.revoke"  # noqa: S105
    STORE_REGISTER = "store.register"
    STORE_START = "store.start"
    STORE_STOP = "store.stop"
    STORE_RESTART = "store.restart"
    STORE_DECOMMISSION = "store.decommission"
    STORE_RETRY = "store.retry"
    STORE_DEPLOY = "store.deploy"
    STORE_ROLLBACK = "store.rollback"
    STORE_ROLLBACK_LOCAL = "store.rollback-local"
    STORE_CONFIGURE = "store.configure"
    ROLLOUT_START = "rollout.start"
    ROLLOUT_HALT = "rollout.halt"
    ROLLOUT_RESUME = "rollout.resume"
    ROLLOUT_ROLLBACK = "rollout.rollback"
    ROLLOUT_FINISH = "rollout.finish"
    OPERATION_RUN = "operation.run"
    DEPLOYMENT_CLAIM = "deployment.claim"
    DEPLOYMENT_FINISH = "deployment.finish"
    DEPLOYMENT_LEASE_EXPIRE = "deployment.lease-expire"
    MERCHANT_IMPORT = "merchant.import"
    MERCHANT_PASSWORD = "merchant.password"  # noqa: S105
    ACCESS_DENIED = "access.denied"


class AuditOutcome(StrEnum):
    """How an act ended, as far as the one who records it knows."""

    ACCEPTED = "accepted"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUSED = "refused"


class Operation(StrEnum):
    """Everything a shop agent does (DESIGN.md section 5). Agent routes and client methods equal this set, by test."""

    HEALTH = "health"
    STATUS = "status"
    CACHE_FLUSH = "cache.flush"
    INDEX_REINDEX = "index.reindex"
    CRON_RUN = "cron.run"
    DIAGNOSTICS = "diagnostics"
    VERIFY_SMOKE = "verify.smoke"

    @property
    def method(self) -> str:
        """The HTTP method of its route."""
        return "GET" if self in (Operation.HEALTH, Operation.STATUS) else "POST"

    @property
    def path(self) -> str:
        """The path of its route."""
        return _OPERATION_PATHS[self]

    @property
    def public(self) -> bool:
        """Whether it needs no token."""
        return self is Operation.HEALTH

    @property
    def timeout_seconds(self) -> float:
        """The bound within which the agent answers, in seconds."""
        return _OPERATION_TIMEOUTS[self]


_OPERATION_PATHS: Final = {
    Operation.HEALTH: "/health",
    Operation.STATUS: "/status",
    Operation.CACHE_FLUSH: "/ops/cache/flush",
    Operation.INDEX_REINDEX: "/ops/index/reindex",
    Operation.CRON_RUN: "/ops/cron/run",
    Operation.DIAGNOSTICS: "/ops/diagnostics",
    Operation.VERIFY_SMOKE: "/verify/smoke",
}

_OPERATION_TIMEOUTS: Final = {
    Operation.HEALTH: 5.0,
    Operation.STATUS: 10.0,
    Operation.CACHE_FLUSH: 30.0,
    Operation.INDEX_REINDEX: 300.0,
    Operation.CRON_RUN: 120.0,
    Operation.DIAGNOSTICS: 30.0,
    Operation.VERIFY_SMOKE: 60.0,
}


class SmokeCheck(StrEnum):
    """The checks of a smoke run, in their order. All are required (DESIGN.md section 5)."""

    STOREFRONT_PAGE = "storefront page"
    CATALOGUE_QUERY = "catalogue query"
    PRODUCT_PAGE = "product page"
    CART = "put into cart and take out"
    AGENT_HEALTH = "agent health"
    AGENT_STATUS = "agent status"
    CONTROL_PLANE_STATUS = "control plane status"


class SmokePlace(StrEnum):
    """Where a smoke run shopped."""

    SLOT = "slot"
    """At the store's own sockets, by its agent."""
    DOOR = "door"
    """Through the public door, by the runner: the checks of `AGENT_SMOKE_CHECKS`."""


AGENT_SMOKE_CHECKS: Final = (
    SmokeCheck.STOREFRONT_PAGE,
    SmokeCheck.CATALOGUE_QUERY,
    SmokeCheck.PRODUCT_PAGE,
    SmokeCheck.CART,
)
"""The checks that the agent makes itself; the plane adds the rest of `SmokeCheck` around its call."""
