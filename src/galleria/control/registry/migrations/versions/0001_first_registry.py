"""The first registry: stores, deployments, operations, smoke runs, observations, runners, tokens, sessions, audit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables and the triggers that guard the audit."""
    _stores()
    _deployments()
    _runs()
    _runners()
    _access()
    _audit()


def _create_partial_index(name: str, table: str, column: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, [column], unique=True, sqlite_where=where, postgresql_where=where)


def _stores() -> None:
    op.create_table(
        "stores",
        sa.Column("key", _COUNTER, primary_key=True, autoincrement=True),
        sa.Column("store_id", sa.String(40), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("host", sa.String(253), nullable=False),
        sa.Column("runtime", sa.String(16), nullable=False),
        sa.Column("isolation_mode", sa.String(16), nullable=False),
        sa.Column("spec", sa.JSON(), nullable=False),
        sa.Column("wanted", sa.String(16), nullable=False),
        sa.Column("revision", sa.JSON(), nullable=True),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("time_to_provision_seconds", sa.Double(), nullable=True),
        sa.Column("registered_at", _MOMENT, nullable=False),
        sa.Column("registered_by", sa.String(128), nullable=False),
        sa.Column("removed_at", _MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("last_deployment_id", sa.String(40), nullable=True),
        sa.Column("last_operation_id", sa.String(40), nullable=True),
        sa.Column("last_smoke_id", sa.String(40), nullable=True),
    )
    op.create_index("ix_stores_store_id", "stores", ["store_id"])
    _create_partial_index("one_store_an_id", "stores", "store_id", "removed_at IS NULL")
    _create_partial_index("one_store_a_host", "stores", "host", "removed_at IS NULL")


def _deployments() -> None:
    op.create_table(
        "deployments",
        sa.Column("deployment_id", sa.String(40), primary_key=True),
        sa.Column("store_key", _COUNTER, sa.ForeignKey("stores.key"), nullable=False),
        sa.Column("store_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("runtime", sa.String(16), nullable=False),
        sa.Column("spec", sa.JSON(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("requested_by", sa.String(128), nullable=False),
        sa.Column("requested_at", _MOMENT, nullable=False),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("started_at", _MOMENT, nullable=True),
        sa.Column("finished_at", _MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("runner_id", sa.String(64), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lease_until", _MOMENT, nullable=True),
        sa.Column("smoke_id", sa.String(40), nullable=True),
    )
    for column in ("store_key", "store_id", "status", "requested_at"):
        op.create_index(f"ix_deployments_{column}", "deployments", [column])
    unfinished = "status IN ('requested', 'running')"
    _create_partial_index("one_unfinished_deployment_a_store", "deployments", "store_key", unfinished)
    op.create_table(
        "steps",
        sa.Column("deployment_id", sa.String(40), sa.ForeignKey("deployments.deployment_id"), primary_key=True),
        sa.Column("stage", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("finished_at", _MOMENT, nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
    )


def _runs() -> None:
    op.create_table(
        "operation_runs",
        sa.Column("run_id", sa.String(40), primary_key=True),
        sa.Column("store_key", _COUNTER, sa.ForeignKey("stores.key"), nullable=False),
        sa.Column("store_id", sa.String(40), nullable=False),
        sa.Column("operation", sa.String(32), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("requested_by", sa.String(128), nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("error_code", sa.String(40), nullable=True),
        sa.Column("retryable", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_operation_runs_started_at", "operation_runs", ["started_at"])
    op.create_index("ix_operation_runs_store_key", "operation_runs", ["store_key"])
    op.create_table(
        "smoke_runs",
        sa.Column("run_id", sa.String(40), primary_key=True),
        sa.Column("store_key", _COUNTER, sa.ForeignKey("stores.key"), nullable=False),
        sa.Column("deployment_id", sa.String(40), nullable=True),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("results", sa.JSON(), nullable=False),
    )
    op.create_index("ix_smoke_runs_store_key", "smoke_runs", ["store_key"])
    op.create_index("ix_smoke_runs_deployment_id", "smoke_runs", ["deployment_id"])


def _runners() -> None:
    op.create_table(
        "observations",
        sa.Column("store_key", _COUNTER, sa.ForeignKey("stores.key"), primary_key=True, autoincrement=False),
        sa.Column("runner_id", sa.String(64), nullable=False),
        sa.Column("observed_at", _MOMENT, nullable=False),
        sa.Column("routed", sa.Boolean(), nullable=False),
        sa.Column("isolation", sa.JSON(), nullable=True),
        sa.Column("processes", sa.JSON(), nullable=False),
    )
    op.create_table(
        "runners",
        sa.Column("runner_id", sa.String(64), primary_key=True),
        sa.Column("runtime", sa.String(16), nullable=False),
        sa.Column("first_seen_at", _MOMENT, nullable=False),
        sa.Column("last_seen_at", _MOMENT, nullable=False),
    )


def _access() -> None:
    op.create_table(
        "tokens",
        sa.Column("token_id", sa.String(40), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("last_used_at", _MOMENT, nullable=True),
        sa.Column("expires_at", _MOMENT, nullable=True),
        sa.Column("revoked_at", _MOMENT, nullable=True),
    )
    op.create_table(
        "sessions",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("token_id", sa.String(40), sa.ForeignKey("tokens.token_id"), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
    )
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("sequence", _COUNTER, primary_key=True, autoincrement=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("actor_kind", sa.String(16), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("store_id", sa.String(40), nullable=True),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("entry_hash", sa.String(64), nullable=False),
    )
    for column in ("actor", "action", "store_id"):
        op.create_index(f"ix_audit_{column}", "audit", [column])
    guard = _GUARDS[op.get_bind().dialect.name]
    for statement in guard:
        op.execute(statement)


_GUARDS = {
    "sqlite": (
        "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit "
        "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END",
        "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit "
        "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$",
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit "
        "FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()",
        "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()",
    ),
}
