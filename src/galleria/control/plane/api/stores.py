"""Stores and their operations."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from galleria.contracts.delivery import ConfigureSpec, DeploySpec, RollbackSpec
from galleria.contracts.wire import (
    Acknowledged,
    Deployment,
    KnownRevision,
    MerchantNotice,
    OperationRun,
    Page,
    Store,
    StoreSpec,
    Success,
)
from galleria.contracts.words import DeploymentKind, Operation, StoreState
from galleria.control.plane.api.asking import AsOperator, InPage, InServices, SeenVersion, StoreIdPath, TextQuery
from galleria.control.plane.api.envelope import success
from galleria.control.plane.services import fleet, history, operations, stores, wishing
from galleria.control.plane.services.aiming import Wish

router = APIRouter(prefix="/api/v1/stores", tags=["stores"])


@router.get("")
def list_stores(
    request: Request,
    services: InServices,
    caller: AsOperator,
    page: InPage,
    q: TextQuery = None,
    state: Annotated[StoreState | None, Query()] = None,
) -> Success[Page[Store]]:
    """List stores, what needs a person first. Removed ones are listed only by `state=removed`."""
    found = fleet.list_stores(services, caller, fleet.StoreFilter(q or "", state), page)
    return success(request, f"{found.total} stores.", found)


@router.post("", status_code=202)
def register_store(request: Request, services: InServices, caller: AsOperator, spec: StoreSpec) -> Success[Deployment]:
    """Register a store and ask for its provisioning. Operators."""
    made = stores.register_store(services, caller, spec)
    return success(request, f"{made.store_id} is registered; a runner will provision it.", made)


@router.get("/{store_id}")
def show_store(request: Request, services: InServices, caller: AsOperator, store_id: StoreIdPath) -> Success[Store]:
    """Show one store; a removed one as history."""
    found = fleet.show_store(services, caller, store_id)
    return success(request, found.sentence, found)


@router.delete("/{store_id}", status_code=202)
def decommission_store(
    request: Request, services: InServices, caller: AsOperator, store_id: StoreIdPath, version: SeenVersion
) -> Success[Deployment]:
    """Ask for a store to be removed with its data. Admins."""
    made = stores.request(services, caller, DeploymentKind.DECOMMISSION, store_id, version)
    return success(request, f"A runner will remove {store_id}.", made)


@router.post("/{store_id}/start", status_code=202)
def start_store(
    request: Request, services: InServices, caller: AsOperator, store_id: StoreIdPath, version: SeenVersion
) -> Success[Deployment]:
    """Ask for a stopped store to be started. Operators."""
    made = stores.request(services, caller, DeploymentKind.START, store_id, version)
    return success(request, f"A runner will start {store_id}.", made)


@router.post("/{store_id}/stop", status_code=202)
def stop_store(
    request: Request, services: InServices, caller: AsOperator, store_id: StoreIdPath, version: SeenVersion
) -> Success[Deployment]:
    """Ask for a store to be stopped; its data stays. Operators."""
    made = stores.request(services, caller, DeploymentKind.STOP, store_id, version)
    return success(request, f"A runner will stop {store_id}.", made)


@router.post("/{store_id}/restart", status_code=202)
def restart_store(
    request: Request, services: InServices, caller: AsOperator, store_id: StoreIdPath, version: SeenVersion
) -> Success[Deployment]:
    """Ask for a store's processes to be restarted. Operators."""
    made = stores.request(services, caller, DeploymentKind.RESTART, store_id, version)
    return success(request, f"A runner will restart {store_id}.", made)


@router.post("/{store_id}/retry", status_code=202)
def retry_store(
    request: Request, services: InServices, caller: AsOperator, store_id: StoreIdPath, version: SeenVersion
) -> Success[Deployment]:
    """Ask for a provisioning that failed to be done again. Operators."""
    made = stores.retry(services, caller, store_id, version)
    return success(request, f"A runner will provision {store_id} again.", made)


@router.post("/{store_id}/deploy", status_code=202)
def deploy_store(
    request: Request,
    services: InServices,
    caller: AsOperator,
    store_id: StoreIdPath,
    version: SeenVersion,
    spec: DeploySpec,
) -> Success[Deployment]:
    """Ask for a store to be moved to a release. Operators; admins when there may be no way back."""
    made = wishing.request(services, caller, Wish.to_deploy(spec), store_id, version)
    return success(request, f"A runner will move {store_id} to {spec.release_id}.", made)


@router.post("/{store_id}/rollback", status_code=202)
def roll_back_store(
    request: Request,
    services: InServices,
    caller: AsOperator,
    store_id: StoreIdPath,
    version: SeenVersion,
    spec: RollbackSpec,
) -> Success[Deployment]:
    """Ask for a store to be taken back to a revision that it ran before. Operators."""
    made = wishing.request(services, caller, Wish.to_roll_back(spec), store_id, version)
    return success(request, f"A runner will take {store_id} back to revision {made.to_revision}.", made)


@router.post("/{store_id}/configure", status_code=202)
def configure_store(
    request: Request,
    services: InServices,
    caller: AsOperator,
    store_id: StoreIdPath,
    version: SeenVersion,
    spec: ConfigureSpec,
) -> Success[Deployment]:
    """Ask for a store to be moved to a configuration that lies with it already. Operators."""
    made = wishing.request(services, caller, Wish.to_configure(spec), store_id, version)
    return success(request, f"A runner will move {store_id} to configuration {spec.config_version}.", made)


@router.get("/{store_id}/revisions")
def list_revisions(
    request: Request, services: InServices, caller: AsOperator, store_id: StoreIdPath, page: InPage
) -> Success[Page[KnownRevision]]:
    """List what a store runs and ran, the newest first."""
    found = history.list_revisions(services, caller, store_id, page)
    return success(request, f"{found.total} revisions.", found)


@router.get("/{store_id}/operations")
def list_operations(
    request: Request, services: InServices, caller: AsOperator, store_id: StoreIdPath, page: InPage
) -> Success[Page[OperationRun]]:
    """List what was run on a store, newest first."""
    found = operations.list_operations(services, caller, store_id, page)
    return success(request, f"{found.total} runs.", found)


@router.post("/{store_id}/operations/{operation}")
async def run_operation(
    request: Request, services: InServices, caller: AsOperator, store_id: StoreIdPath, operation: Operation
) -> Success[OperationRun]:
    """Run an allowlisted operation and wait for it. A run that failed is an answer too: see `outcome`. Operators."""
    run = await operations.run_operation(services, caller, store_id, operation)
    return success(request, run.message, run)


@router.post("/{store_id}/merchant-notices")
def note_merchant_act(
    request: Request, services: InServices, caller: AsOperator, store_id: StoreIdPath, notice: MerchantNotice
) -> Success[Acknowledged]:
    """Put into the audit that a merchant act happened. Operators."""
    return success(request, "Noted in the audit.", stores.note_merchant_act(services, caller, store_id, notice))
