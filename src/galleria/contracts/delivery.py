"""What goes over the wire about releases, deployments of them, rollbacks and rollouts."""

from __future__ import annotations

from pydantic import AwareDatetime, Field

from galleria.contracts.base import Answer, ReleaseId, Request
from galleria.contracts.words import (
    STORE_COMPONENTS,
    Component,
    DeploymentStatus,
    RolloutStatus,
)

REASON_PATTERN = r"^[^\x00-\x08\x0b-\x1f\x7f]*$"


class DeploySpec(Request):
    """Move a store to what a release holds."""

    release_id: ReleaseId
    components: list[Component] = Field(
        default_factory=list, max_length=len(STORE_COMPONENTS), description="Only these; default: all of the release."
    )
    accept_irreversible: bool = Field(
        default=False, description="Go on although data changes so that there is no way back (rollback class C)."
    )


class RollbackSpec(Request):
    """Take a store back to a revision that it ran before: code, configuration and secrets together."""

    to_revision: int | None = Field(default=None, ge=1, description="Default: the last one known healthy before this.")
    reason: str = Field(default="", max_length=500, pattern=REASON_PATTERN, description="Why, for the record.")


class ConfigureSpec(Request):
    """Move a store to a configuration that lies with it already. The plane knows its number, never what is in it."""

    config_version: int = Field(ge=1)
    secret_version: int = Field(ge=1)
    reason: str = Field(default="", max_length=500, pattern=REASON_PATTERN)


class ReleasedPart(Answer):
    """One component in a release."""

    component: Component
    version: str
    artifact: str = Field(description="sha256 digest of the artifact.")


class ReleaseInfo(Answer):
    """A release that a runner has, and the environments it is promoted for."""

    release_id: ReleaseId
    source_revision: str
    committed_at: AwareDatetime
    components: list[ReleasedPart]
    promoted: list[str] = Field(default_factory=list)


# --- rollouts ---------------------------------------------------------------------------------------------------------


class RolloutSpec(Request):
    """Deployments of one release over many stores, in waves."""

    release_id: ReleaseId
    components: list[Component] = Field(default_factory=list, max_length=len(STORE_COMPONENTS))
    stores: str = Field(
        min_length=1, max_length=2000, description="`all`, or ids and id patterns with `*`, separated by commas."
    )
    waves: list[str] = Field(
        default=["1", "10%", "100%"],
        min_length=1,
        max_length=20,
        description="How many stores are done after each wave: a number, or a share of all, growing; the last is 100%.",
    )
    max_failures: int = Field(default=1, ge=1, description="At this many failed stores the rollout halts by itself.")
    accept_irreversible: bool = False


class RolloutStore(Answer):
    """One store in a rollout."""

    store_id: str
    wave: int = Field(description="Counts from 1.")
    deployment_id: str | None = None
    status: DeploymentStatus | None = Field(default=None, description="None as long as its turn has not come.")
    skipped: bool = Field(default=False, description="Nothing was or will be deployed to it; the reason says why.")
    reason: str = ""
    rollback_deployment_id: str | None = None
    rollback_status: DeploymentStatus | None = None
    rollback_skipped: bool = Field(
        default=False, description="It is not taken back: it has moved on or was removed since; the reason says which."
    )


class RolloutSummary(Answer):
    """A rollout in one line."""

    rollout_id: str
    release_id: str
    status: RolloutStatus
    requested_by: str
    requested_at: AwareDatetime
    finished_at: AwareDatetime | None = None
    wave: int = Field(description="The wave that runs or ran last; counts from 1.")
    waves: int
    stores: int
    succeeded: int
    failed: int
    reason: str = ""


class Rollout(RolloutSummary):
    """A rollout with its stores, in the order of their waves."""

    spec: RolloutSpec
    taken_back_by: str | None = Field(default=None, description="Who told it to go back.")
    forgiven: int = Field(default=0, description="Failures that were known when somebody said to go on.")
    parts: list[RolloutStore]
