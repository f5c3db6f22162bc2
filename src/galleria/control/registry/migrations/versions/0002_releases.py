"""Deployments of releases: revisions with their history, quarantines, releases on runners, rollouts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables and columns; what each store runs becomes the first entry of its history."""
    op.add_column("stores", sa.Column("followed_from", sa.Integer(), nullable=True))
    op.add_column("runners", sa.Column("releases", sa.JSON(), nullable=True))
    op.add_column("smoke_runs", sa.Column("place", sa.String(8), nullable=False, server_default="slot"))
    op.add_column("smoke_runs", sa.Column("environment", sa.String(40), nullable=False, server_default=""))
    _deployments()
    _revisions()
    _rollouts()
    _keep_what_runs()


def _deployments() -> None:
    for column in (
        sa.Column("deploy", sa.JSON(), nullable=True),
        sa.Column("rollback", sa.JSON(), nullable=True),
        sa.Column("configure", sa.JSON(), nullable=True),
        sa.Column("release_id", sa.String(16), nullable=True),
        sa.Column("rollback_class", sa.String(1), nullable=True),
        sa.Column("from_revision", sa.Integer(), nullable=True),
        sa.Column("to_revision", sa.Integer(), nullable=True),
        sa.Column("rollout_id", sa.String(40), nullable=True),
        sa.Column("local", sa.Boolean(), nullable=False, server_default=sa.false()),
    ):
        op.add_column("deployments", column)
    op.create_index("ix_deployments_rollout_id", "deployments", ["rollout_id"])


def _revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("store_key", _COUNTER, sa.ForeignKey("stores.key"), primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("revision", sa.JSON(), nullable=False),
        sa.Column("healthy", sa.Boolean(), nullable=False),
        sa.Column("rollback_class", sa.String(1), nullable=True),
        sa.Column("deployment_id", sa.String(40), nullable=True),
    )
    op.create_table(
        "quarantines",
        sa.Column("store_key", _COUNTER, sa.ForeignKey("stores.key"), primary_key=True, autoincrement=False),
        sa.Column("release_id", sa.String(16), primary_key=True),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("deployment_id", sa.String(40), nullable=True),
    )


def _rollouts() -> None:
    op.create_table(
        "rollouts",
        sa.Column("rollout_id", sa.String(40), primary_key=True),
        sa.Column("spec", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("requested_by", sa.String(128), nullable=False),
        sa.Column("requested_kind", sa.String(16), nullable=False),
        sa.Column("requested_at", _MOMENT, nullable=False),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("finished_at", _MOMENT, nullable=True),
        sa.Column("waves", sa.Integer(), nullable=False),
        sa.Column("forgiven", sa.Integer(), nullable=False),
        sa.Column("taken_back_by", sa.String(128), nullable=True),
        sa.Column("taken_back_kind", sa.String(16), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
    )
    op.create_index("ix_rollouts_status", "rollouts", ["status"])
    op.create_index("ix_rollouts_requested_at", "rollouts", ["requested_at"])
    op.create_table(
        "rollout_stores",
        sa.Column("rollout_id", sa.String(40), sa.ForeignKey("rollouts.rollout_id"), primary_key=True),
        sa.Column("store_key", _COUNTER, sa.ForeignKey("stores.key"), primary_key=True, autoincrement=False),
        sa.Column("store_id", sa.String(40), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("settled", sa.String(16), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("deployment_id", sa.String(40), nullable=True),
        sa.Column("back_settled", sa.String(16), nullable=True),
        sa.Column("rollback_deployment_id", sa.String(40), nullable=True),
    )


def _keep_what_runs() -> None:
    stores = sa.table("stores", sa.column("key"), sa.column("revision", sa.JSON()))
    revisions = sa.table(
        "revisions",
        sa.column("store_key"),
        sa.column("number"),
        sa.column("revision", sa.JSON()),
        sa.column("healthy", sa.Boolean()),
    )
    rows = op.get_bind().execute(sa.select(stores.c.key, stores.c.revision).where(stores.c.revision.is_not(None)))
    kept = [
        {"store_key": key, "number": found["number"], "revision": found, "healthy": True}
        for key, found in rows
        if isinstance(found, dict)
    ]
    if kept:
        op.bulk_insert(revisions, kept)
