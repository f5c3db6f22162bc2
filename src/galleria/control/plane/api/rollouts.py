"""Rollouts: one release over many stores, in waves."""

from __future__ import annotations

from fastapi import APIRouter, Request

from galleria.contracts.delivery import Rollout, RolloutSpec, RolloutSummary
from galleria.contracts.wire import Page, Success
from galleria.control.plane.api.asking import AsOperator, IdPath, InPage, InServices
from galleria.control.plane.api.envelope import success
from galleria.control.plane.services import rollouts

router = APIRouter(prefix="/api/v1/rollouts", tags=["rollouts"])


@router.get("")
def list_rollouts(
    request: Request, services: InServices, caller: AsOperator, page: InPage
) -> Success[Page[RolloutSummary]]:
    """List rollouts, newest first."""
    found = rollouts.list_rollouts(services, caller, page)
    return success(request, f"{found.total} rollouts.", found)


@router.post("", status_code=202)
def start_rollout(request: Request, services: InServices, caller: AsOperator, spec: RolloutSpec) -> Success[Rollout]:
    """Start a rollout; its first wave is asked for at once. Operators; admins when there may be no way back."""
    made = rollouts.start(services, caller, spec)
    return success(request, f"{made.release_id} goes to {made.stores} stores in {made.waves} waves.", made)


@router.get("/{rollout_id}")
def show_rollout(request: Request, services: InServices, caller: AsOperator, rollout_id: IdPath) -> Success[Rollout]:
    """Show one rollout with its stores, in the order of their waves."""
    found = rollouts.show_rollout(services, caller, rollout_id)
    return success(request, found.reason or f"Wave {found.wave} of {found.waves}.", found)


@router.post("/{rollout_id}/halt", status_code=202)
def halt_rollout(request: Request, services: InServices, caller: AsOperator, rollout_id: IdPath) -> Success[Rollout]:
    """Begin nothing more; what is under way ends. Operators."""
    return success(request, "Nothing more begins.", rollouts.halt(services, caller, rollout_id))


@router.post("/{rollout_id}/resume", status_code=202)
def resume_rollout(request: Request, services: InServices, caller: AsOperator, rollout_id: IdPath) -> Success[Rollout]:
    """Go on after a halt; the failures so far count no more. Operators."""
    return success(request, "It goes on.", rollouts.resume(services, caller, rollout_id))


@router.post("/{rollout_id}/rollback", status_code=202)
def take_rollout_back(
    request: Request, services: InServices, caller: AsOperator, rollout_id: IdPath
) -> Success[Rollout]:
    """Take every store that it moved back to what that store ran before. Operators."""
    return success(request, "Its stores go back.", rollouts.take_back(services, caller, rollout_id))
