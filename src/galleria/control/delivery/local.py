"""A rollback on the runner's own machine, when nobody else answers: no control plane, no agent, no store.

``python -m galleria.control.delivery rollback --home DIR --store ID``. The same steps as any rollback, over parts that
ask no plane: the smoke runs shop at the slot's sockets and through the door. What was done is written down first and
told to the control plane by the runner, as soon as both are back.
"""

from __future__ import annotations

import getpass
import json
import os
import sys
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from galleria.contracts.delivery import RollbackSpec
from galleria.contracts.wire import (
    Claim,
    ClaimRequest,
    FinishReport,
    Heartbeat,
    LocalDeployment,
    Observation,
    SmokeRequest,
    SmokeRun,
    StepReport,
    StoreSpec,
)
from galleria.contracts.wire import Step as ToldStep
from galleria.contracts.words import Component, DeploymentKind, DeploymentStatus, SmokePlace
from galleria.control.delivery.checkpoints import NullCheckpoints
from galleria.control.delivery.common import visit
from galleria.control.delivery.faults import AskAgain, DeliveryFault
from galleria.control.delivery.lease import Lease
from galleria.control.delivery.parts import Parts
from galleria.control.delivery.records import Busy, InstanceRecord
from galleria.control.delivery.reporting import Reporter
from galleria.control.delivery.rollback import BOUND_SECONDS, rollback
from galleria.control.delivery.steps import Work
from galleria.control.delivery.workflow import Workflow
from galleria.control.runtimes.files import write_atomically
from galleria.control.runtimes.port import RuntimeFault
from galleria.observability import logs

_log = logs.get(__name__)

Say = Callable[[dict[str, object]], None]
"""Takes one event of the progress that a person sees."""

HEALTHY_SECONDS: Final = 180.0
"""So long the store's processes may take at least until they answer: with everything dead, all of the machine's stores
are starting beside it."""

REFUSED = 3
FAILED = 1


class NobodysPlane:
    """A `PlanePort` that stands in for a control plane which is away. Reports are kept; smoke runs are made here."""

    def __init__(self, parts: Parts, record: InstanceRecord, say: Say) -> None:
        self._parts = parts
        self._record = record
        self._say = say
        self.steps: dict[str, ToldStep] = {}

    def claim(self, request: ClaimRequest) -> Claim | None:
        return None

    def heartbeat(self, deployment_id: str, beat: Heartbeat) -> None:
        return

    def report_step(self, deployment_id: str, report: StepReport) -> None:
        told = ToldStep.model_validate(report.model_dump(include=set(ToldStep.model_fields)))
        self.steps[report.name] = told
        seconds = (report.finished_at - report.started_at).total_seconds() if report.finished_at else 0.0
        self._say(
            {
                "event": "step",
                "stage": report.stage.value,
                "name": report.name,
                "outcome": report.outcome.value,
                "seconds": round(seconds, 3),
                "detail": report.evidence,
            }
        )

    def smoke(self, deployment_id: str, request: SmokeRequest) -> SmokeRun:
        """Shop at the sockets of the slot that is meant. The agent may be dead: nobody needs it for this."""
        record = self._parts.records.find(self._record.store_id)
        slots = record.moving.move.slots if record is not None and record.moving is not None else {}
        if request.storefront is None:
            slots.pop(Component.STOREFRONT, None)
        doors = self._parts.runtime.doors(self._record.store_id, slots)
        host, knocking = self._record.host, self._parts.knocking
        return visit(self._parts, deployment_id, SmokePlace.SLOT, lambda: knocking.in_the_slot(doors, host).results)

    def finish(self, deployment_id: str, report: FinishReport) -> None:
        return

    def observed(self, observation: Observation) -> None:
        return

    def local_deployment(self, deployment: LocalDeployment) -> None:
        return


def roll_back_here(parts: Parts, store_id: str, spec: RollbackSpec, say: Say) -> int:
    """Roll a store back with what is on this machine, and return the exit code: 0 done, 1 failed, 3 refused."""
    record = parts.records.find(store_id)
    if record is None:
        return _refuse(say, f"There is no instance of {store_id} here. See what there is: ls {parts.home}/instances")
    if parts.runtime.is_down:
        return _refuse(
            say, "The platform was brought down on purpose, so nothing is started. Bring it up: galleria up."
        )
    try:
        with parts.records.working_on(store_id, wait=False):
            # With the runner dead as well, nobody else brings back what starts the store's processes.
            parts.runtime.keep_up(at_once=True)
            return _roll_back(parts, record, spec, say)
    except Busy:
        return _refuse(
            say,
            f"The runner is at work on {store_id}. Watch it: galleria deployment list --store {store_id}; "
            "if it hangs, stop the runner first (docs/RUNBOOK.md).",
        )
    except RuntimeFault as fault:
        return _refuse(say, f"{fault} Start what is missing first: galleria up.")


def tell_of_local_deployments(parts: Parts) -> int:
    """Tell the control plane what was done while it was away; return how many it took. What it has not taken stays.

    :raises AskAgain: it does not answer.
    """
    told = 0
    for file in sorted(_folder(parts.home).glob("*.json")):
        try:
            parts.plane.local_deployment(LocalDeployment.model_validate_json(file.read_bytes()))
        except AskAgain:
            raise
        except (DeliveryFault, ValidationError) as fault:
            # One that the plane will not take must not keep it from hearing anything else.
            _log.error("local deployment refused", file=file.name, reason=str(fault))
            file.rename(file.with_suffix(".refused"))
        else:
            file.unlink()
            told += 1
    return told


def _roll_back(parts: Parts, record: InstanceRecord, spec: RollbackSpec, say: Say) -> int:
    plane = NobodysPlane(parts, record, say)
    alone = replace(parts, plane=plane, healthy_seconds=max(parts.healthy_seconds, HEALTHY_SECONDS))
    claim = _claim(record, spec)
    lease = Lease(claim, parts.runner_id, plane, parts.clock)
    started_at = parts.clock.now()
    workflow = Workflow(
        rollback(alone),
        NullCheckpoints(),
        Reporter(plane, lease, parts.runner_id),
        lease,
        parts.clock,
        lambda: None,
        takes_back=False,
        bound_seconds=BOUND_SECONDS,
    )
    end = workflow.carry_out(Work(claim))
    _write_down(
        parts.home,
        LocalDeployment(
            runner_id=parts.runner_id,
            deployment_id=claim.deployment_id,
            store_id=record.store_id,
            rollback=spec,
            requested_by=f"{_user()} on the runner's machine",
            started_at=started_at,
            finished_at=parts.clock.now(),
            status=end.status,
            reason=end.reason[:2000],
            revision=end.facts.revision,
            steps=list(plane.steps.values()),
        ),
    )
    say({"event": "end", "status": end.status.value, "reason": end.reason, "seconds": _seconds(parts, started_at)})
    return 0 if end.status is DeploymentStatus.SUCCEEDED else FAILED


def _claim(record: InstanceRecord, spec: RollbackSpec) -> Claim:
    # A move that was begun and left is gone on with: run again after a crash, the command ends what it began.
    begun = record.moving.deployment_id if record.moving and record.moving.deployment_id.startswith("dep-local") else ""
    return Claim(
        deployment_id=begun or f"dep-local-{uuid.uuid4().hex[:16]}",
        kind=DeploymentKind.ROLLBACK,
        spec=StoreSpec(store_id=record.store_id, name=record.store_id, host=record.host),
        revision_number=record.current,
        lease_seconds=BOUND_SECONDS * 2,
        attempt=1,
        agent_public_key="",
        rollback=spec,
    )


def _write_down(home: Path, deployment: LocalDeployment) -> None:
    folder = _folder(home)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomically(folder / f"{deployment.deployment_id}.json", deployment.model_dump_json(), mode=0o600)


def _folder(home: Path) -> Path:
    return home / "runner" / "local"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _seconds(parts: Parts, since: datetime) -> float:
    return round((parts.clock.now() - since).total_seconds(), 3)


def _refuse(say: Say, message: str) -> int:
    say({"event": "error", "message": message})
    return REFUSED


def say_on_stdout(event: dict[str, object]) -> None:
    """Print one event as a line of JSON."""
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()
