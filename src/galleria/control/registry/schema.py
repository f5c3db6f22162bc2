"""The registry's tables. Every column is about the fleet: ids, revisions, health, acts; none about a store's trade."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Plain = dict[str, object]
"""A wire type as JSON."""

COUNTER = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit row number; SQLite counts up by itself only what is an INTEGER PRIMARY KEY."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment with its zone, always UTC. SQLite keeps none, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time; write UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time in the registry has a time zone; use UTC")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(DeclarativeBase):
    """The base of all tables."""


class StoreRow(Table):
    """A store, from its registration on. A removed one stays as history; its id and its host are free again."""

    __tablename__ = "stores"

    key: Mapped[int] = mapped_column(COUNTER, primary_key=True, autoincrement=True)
    store_id: Mapped[str] = mapped_column(String(40), index=True)
    name: Mapped[str] = mapped_column(String(80))
    host: Mapped[str] = mapped_column(String(253))
    runtime: Mapped[str] = mapped_column(String(16))
    isolation_mode: Mapped[str] = mapped_column(String(16))
    spec: Mapped[Plain] = mapped_column(JSON)
    wanted: Mapped[str] = mapped_column(String(16))
    revision: Mapped[Plain | None] = mapped_column(JSON(none_as_null=True))
    revision_number: Mapped[int] = mapped_column(default=0)
    followed_from: Mapped[int | None]
    time_to_provision_seconds: Mapped[float | None]
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    registered_by: Mapped[str] = mapped_column(String(128))
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    # What is shown of every store in every listing: kept here so that a listing asks for no maximum.
    last_deployment_id: Mapped[str | None] = mapped_column(String(40))
    last_operation_id: Mapped[str | None] = mapped_column(String(40))
    last_smoke_id: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (
        Index(
            "one_store_an_id",
            "store_id",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
        Index(
            "one_store_a_host",
            "host",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )


class DeploymentRow(Table):
    """A deployment: what was asked, who works on it, how it ended."""

    __tablename__ = "deployments"

    deployment_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    store_key: Mapped[int] = mapped_column(ForeignKey("stores.key"), index=True)
    store_id: Mapped[str] = mapped_column(String(40), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16), index=True)
    runtime: Mapped[str] = mapped_column(String(16))
    spec: Mapped[Plain] = mapped_column(JSON)
    revision_number: Mapped[int]
    requested_by: Mapped[str] = mapped_column(String(128))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    request_id: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")
    runner_id: Mapped[str | None] = mapped_column(String(64))
    attempt: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    smoke_id: Mapped[str | None] = mapped_column(String(40))
    deploy: Mapped[Plain | None] = mapped_column(JSON(none_as_null=True))
    rollback: Mapped[Plain | None] = mapped_column(JSON(none_as_null=True))
    configure: Mapped[Plain | None] = mapped_column(JSON(none_as_null=True))
    release_id: Mapped[str | None] = mapped_column(String(16))
    rollback_class: Mapped[str | None] = mapped_column(String(1))
    from_revision: Mapped[int | None]
    to_revision: Mapped[int | None]
    rollout_id: Mapped[str | None] = mapped_column(String(40), index=True)
    local: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        Index(
            "one_unfinished_deployment_a_store",
            "store_key",
            unique=True,
            sqlite_where=text("status IN ('requested', 'running')"),
            postgresql_where=text("status IN ('requested', 'running')"),
        ),
    )


class RevisionRow(Table):
    """A revision that a store runs or ran. Which one it runs now, the store itself says."""

    __tablename__ = "revisions"

    store_key: Mapped[int] = mapped_column(ForeignKey("stores.key"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[Plain] = mapped_column(JSON)
    healthy: Mapped[bool]
    rollback_class: Mapped[str | None] = mapped_column(String(1))
    deployment_id: Mapped[str | None] = mapped_column(String(40))


class QuarantineRow(Table):
    """A release that failed on a store, which takes it no more."""

    __tablename__ = "quarantines"

    store_key: Mapped[int] = mapped_column(ForeignKey("stores.key"), primary_key=True, autoincrement=False)
    release_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)
    deployment_id: Mapped[str | None] = mapped_column(String(40))


class RolloutRow(Table):
    """Deployments of one release over many stores. ``forgiven`` failures do not count towards its budget."""

    __tablename__ = "rollouts"

    rollout_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    spec: Mapped[Plain] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(16), index=True)
    requested_by: Mapped[str] = mapped_column(String(128))
    requested_kind: Mapped[str] = mapped_column(String(16))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    request_id: Mapped[str] = mapped_column(String(64))
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    waves: Mapped[int]
    forgiven: Mapped[int] = mapped_column(default=0)
    taken_back_by: Mapped[str | None] = mapped_column(String(128))
    taken_back_kind: Mapped[str | None] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text, default="")


class RolloutStoreRow(Table):
    """One store's part in a rollout. How its deployments are, they say themselves; ``settled`` is how it ended without.

    ``reason`` is why it was settled so, or what it waits for.
    """

    __tablename__ = "rollout_stores"

    rollout_id: Mapped[str] = mapped_column(ForeignKey("rollouts.rollout_id"), primary_key=True)
    store_key: Mapped[int] = mapped_column(ForeignKey("stores.key"), primary_key=True, autoincrement=False)
    store_id: Mapped[str] = mapped_column(String(40))
    wave: Mapped[int]
    place: Mapped[int]
    settled: Mapped[str | None] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text, default="")
    deployment_id: Mapped[str | None] = mapped_column(String(40))
    back_settled: Mapped[str | None] = mapped_column(String(16))
    rollback_deployment_id: Mapped[str | None] = mapped_column(String(40))


class StepRow(Table):
    """A step of a deployment, as last reported."""

    __tablename__ = "steps"

    deployment_id: Mapped[str] = mapped_column(ForeignKey("deployments.deployment_id"), primary_key=True)
    stage: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(16))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    evidence: Mapped[str] = mapped_column(Text, default="")


class OperationRunRow(Table):
    """A run of an allowlisted operation."""

    __tablename__ = "operation_runs"

    run_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    store_key: Mapped[int] = mapped_column(ForeignKey("stores.key"), index=True)
    store_id: Mapped[str] = mapped_column(String(40))
    operation: Mapped[str] = mapped_column(String(32))
    outcome: Mapped[str] = mapped_column(String(16))
    requested_by: Mapped[str] = mapped_column(String(128))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    seconds: Mapped[float] = mapped_column(default=0.0)
    message: Mapped[str] = mapped_column(Text, default="")
    error_code: Mapped[str | None] = mapped_column(String(40))
    retryable: Mapped[bool] = mapped_column(default=False)


class SmokeRunRow(Table):
    """A smoke run with all its checks."""

    __tablename__ = "smoke_runs"

    run_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    store_key: Mapped[int] = mapped_column(ForeignKey("stores.key"), index=True)
    deployment_id: Mapped[str | None] = mapped_column(String(40), index=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seconds: Mapped[float]
    passed: Mapped[bool]
    place: Mapped[str] = mapped_column(String(8), default="slot")
    environment: Mapped[str] = mapped_column(String(40), default="")
    results: Mapped[list[Plain]] = mapped_column(JSON)


class ObservationRow(Table):
    """What a runner last saw of one store."""

    __tablename__ = "observations"

    store_key: Mapped[int] = mapped_column(ForeignKey("stores.key"), primary_key=True, autoincrement=False)
    runner_id: Mapped[str] = mapped_column(String(64))
    observed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    routed: Mapped[bool]
    isolation: Mapped[Plain | None] = mapped_column(JSON(none_as_null=True))
    processes: Mapped[list[Plain]] = mapped_column(JSON)


class RunnerRow(Table):
    """A runner, as last heard of."""

    __tablename__ = "runners"

    runner_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    runtime: Mapped[str] = mapped_column(String(16))
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    releases: Mapped[list[Plain] | None] = mapped_column(JSON(none_as_null=True))


class TokenRow(Table):
    """A token. Its secret is not here: only the sha256 of it."""

    __tablename__ = "tokens"

    token_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SessionRow(Table):
    """A signed-in browser. It is worth what its token is worth, and no longer."""

    __tablename__ = "sessions"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    token_id: Mapped[str] = mapped_column(ForeignKey("tokens.token_id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class AuditRow(Table):
    """An entry of the audit. The database itself refuses to change or delete it."""

    __tablename__ = "audit"

    sequence: Mapped[int] = mapped_column(COUNTER, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(128), index=True)
    actor_kind: Mapped[str] = mapped_column(String(16))
    action: Mapped[str] = mapped_column(String(40), index=True)
    store_id: Mapped[str | None] = mapped_column(String(40), index=True)
    outcome: Mapped[str] = mapped_column(String(16))
    request_id: Mapped[str] = mapped_column(String(64))
    detail: Mapped[str] = mapped_column(Text)
    previous_hash: Mapped[str] = mapped_column(String(64))
    entry_hash: Mapped[str] = mapped_column(String(64))
