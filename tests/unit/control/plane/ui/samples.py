"""Wire values as the plane's services give them, all seen at `NOW`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from galleria.contracts import wire
from galleria.contracts.words import (
    STORE_COMPONENTS,
    DeploymentKind,
    DeploymentStatus,
    IsolationMode,
    Operation,
    Outcome,
    Runtime,
    SmokeCheck,
    Stage,
    StoreState,
    Wanted,
)

NOW: Final = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def before(seconds: float) -> datetime:
    """A moment before `NOW`."""
    return NOW - timedelta(seconds=seconds)


def revision() -> wire.Revision:
    """What a store runs."""
    return wire.Revision(
        number=12,
        artifacts=dict.fromkeys(STORE_COMPONENTS, "sha256:" + "ab" * 32),
        versions=dict.fromkeys(STORE_COMPONENTS, "1.4.0"),
        since=before(3 * 3600),
    )


def summary(**changes: Any) -> wire.DeploymentSummary:
    """A provisioning that succeeded."""
    values: dict[str, Any] = {
        "deployment_id": "dep-1",
        "store_id": "shop-001",
        "kind": DeploymentKind.PROVISION,
        "status": DeploymentStatus.SUCCEEDED,
        "requested_by": "ana",
        "requested_at": before(130),
        "started_at": before(129),
        "finished_at": before(125.6),
    }
    return wire.DeploymentSummary(**(values | changes))


def smoke(*, leave_out: SmokeCheck | None = None, failed: SmokeCheck | None = None) -> wire.SmokeRun:
    """A smoke run, whole unless told otherwise."""
    results = [
        wire.SmokeResult(check=check, outcome=Outcome.FAILED if check is failed else Outcome.PASSED, seconds=0.084)
        for check in SmokeCheck
        if check is not leave_out
    ]
    passed = leave_out is None and failed is None
    return wire.SmokeRun(run_id="smoke-1", started_at=before(120), seconds=1.25, passed=passed, results=results)


def store(**changes: Any) -> wire.Store:
    """A store that sells."""
    values: dict[str, Any] = {
        "store_id": "shop-001",
        "name": "Arcade",
        "host": "shop-001.localhost",
        "url": "http://shop-001.localhost:8080",
        "runtime": Runtime.PROCESS,
        "isolation_mode": IsolationMode.STRICT,
        "isolation": None,
        "wanted": Wanted.RUNNING,
        "state": StoreState.SELLING,
        "state_since": before(3 * 3600),
        "sentence": "Selling. Last smoke passed 2 min ago.",
        "revision": revision(),
        "processes": [],
        "last_deployment": summary(),
        "last_operation": None,
        "last_smoke": smoke(),
        "time_to_provision_seconds": 3.4,
        "registered_at": before(9000),
        "observed_at": before(2),
        "version": 4,
    }
    return wire.Store(**(values | changes))


def unborn() -> wire.Store:
    """A store whose provisioning failed."""
    failed = summary(status=DeploymentStatus.FAILED, reason="The disk is full.")
    return store(revision=None, last_smoke=None, last_deployment=failed, state=StoreState.NEEDS_ATTENTION)


def step(stage: Stage, name: str, outcome: Outcome, began: float, seconds: float | None) -> wire.Step:
    """A step that began ``began`` seconds before `NOW`."""
    ended = None if seconds is None else before(began - seconds)
    return wire.Step(stage=stage, name=name, outcome=outcome, started_at=before(began), finished_at=ended)


def deployment(status: DeploymentStatus, steps: list[wire.Step], **changes: Any) -> wire.Deployment:
    """A provisioning with evidence."""
    final = status.final
    values = summary(status=status, finished_at=before(100) if final else None).model_dump() | {
        "steps": steps,
        "spec": wire.StoreSpec(store_id="shop-001", name="Arcade"),
    }
    return wire.Deployment(**(values | changes))


def run(operation: Operation, ago: float, **changes: Any) -> wire.OperationRun:
    """A run of an operation that passed."""
    values: dict[str, Any] = {
        "run_id": f"run-{operation.value}-{ago}",
        "store_id": "shop-001",
        "operation": operation,
        "outcome": Outcome.PASSED,
        "requested_by": "ben",
        "started_at": before(ago),
        "seconds": 3.1,
        "message": "Rebuilt 1,994 documents in 3.1 s.",
    }
    return wire.OperationRun(**(values | changes))
