"""The registry has no column for a store's trade, and no canary gets into it, whatever an agent says."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, text

from galleria.contracts import wire
from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import DeploymentStatus, Operation, Outcome, SmokeCheck, Stage
from galleria.control.plane.agents import AgentRefused
from galleria.control.plane.services import operations, runners
from galleria.control.registry.database import Database
from tests.support.planes import AS_RUNNER, RUNNER_ID, START, Plane, database, plane, postgresql, registry_url

__all__ = ["database", "plane", "postgresql", "registry_url"]

COLUMNS = {
    "alembic_version": {"version_num"},
    "stores": {
        "key", "store_id", "name", "host", "runtime", "isolation_mode", "spec", "wanted", "revision",
        "revision_number", "followed_from", "time_to_provision_seconds", "registered_at", "registered_by", "removed_at",
        "version", "last_deployment_id", "last_operation_id", "last_smoke_id",
    },
    "deployments": {
        "deployment_id", "store_key", "store_id", "kind", "status", "runtime", "spec", "revision_number",
        "requested_by", "requested_at", "request_id", "started_at", "finished_at", "reason", "runner_id", "attempt",
        "lease_until", "smoke_id", "deploy", "rollback", "configure", "release_id", "rollback_class", "from_revision",
        "to_revision", "rollout_id", "local",
    },
    "revisions": {"store_key", "number", "revision", "healthy", "rollback_class", "deployment_id"},
    "quarantines": {"store_key", "release_id", "since", "reason", "deployment_id"},
    "rollouts": {
        "rollout_id", "spec", "status", "requested_by", "requested_kind", "requested_at",
        "request_id", "finished_at", "waves", "forgiven", "taken_back_by", "taken_back_kind", "reason",
    },
    "rollout_stores": {
        "rollout_id", "store_key", "store_id", "wave", "place", "settled", "reason", "deployment_id", "back_settled",
        "rollback_deployment_id",
    },
    "steps": {"deployment_id", "stage", "name", "outcome", "started_at", "finished_at", "evidence"},
    "operation_runs": {
        "run_id", "store_key", "store_id", "operation", "outcome", "requested_by", "started_at", "seconds", "message",
        "error_code", "retryable",
    },
    "smoke_runs": {
        "run_id", "store_key", "deployment_id", "started_at", "seconds", "passed", "place", "environment", "results",
    },
    "observations": {"store_key", "runner_id", "observed_at", "routed", "isolation", "processes"},
    "runners": {"runner_id", "runtime", "first_seen_at", "last_seen_at", "releases"},
    "tokens": {
        "token_id", "name", "role", "kind", "digest", "created_at", "last_used_at", "expires_at", "revoked_at",
    },
    "sessions": {"digest", "token_id", "created_at", "expires_at"},
    "audit": {
        "sequence", "at", "actor", "actor_kind", "action", "store_id", "outcome", "request_id", "detail",
        "previous_hash", "entry_hash",
    },
}  # fmt: skip
"""Every table and column. A new one is added here after somebody has asked: is it about the fleet, or about trade?"""

CANARIES = ("canary-customer@example.com", "password=canary-secret-1", "Bearer canaryCANARYcanary")


def test_there_are_these_columns_and_no_others(database: Database) -> None:
    found = inspect(database.engine)
    tables = {table: {column["name"] for column in found.get_columns(table)} for table in found.get_table_names()}
    assert tables == COLUMNS


@pytest.mark.parametrize("canary", CANARIES)
async def test_what_an_agent_or_a_runner_lets_slip_is_not_kept(plane: Plane, canary: str) -> None:
    """The contract forbids it; should a store say it all the same, it is taken out before it is written."""
    plane.register()
    claim = plane.claim()
    step = wire.StepReport(
        runner_id=RUNNER_ID, stage=Stage.DEPLOY, name="s", outcome=Outcome.FAILED, started_at=START, evidence=canary
    )
    runners.report_step(plane.services, AS_RUNNER, claim.deployment_id, step)
    result = wire.SmokeResult(check=SmokeCheck.CART, outcome=Outcome.FAILED, seconds=1, detail=canary)
    plane.agents.answers[Operation.VERIFY_SMOKE] = wire.AgentSmoke(passed=False, results=[result], seconds=1)
    plane.agents.refusals[Operation.CACHE_FLUSH] = AgentRefused(ErrorCode.OPERATION_FAILED, canary, retryable=False)
    for operation in (Operation.VERIFY_SMOKE, Operation.CACHE_FLUSH):
        await operations.run_operation(plane.services, plane.caller(), "shop-001", operation)
    plane.finish(claim, DeploymentStatus.FAILED, canary)
    needle = canary.split("=")[-1].split()[-1]
    assert needle not in _everything(plane.services.database)


def _everything(database: Database) -> str:
    with database.reading() as session:
        return "\n".join(str(session.execute(text(f"SELECT * FROM {table}")).all()) for table in COLUMNS)  # noqa: S608
