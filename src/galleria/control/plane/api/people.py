"""Who one is, operators' tokens, the platform's status, and the stream of events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from galleria.contracts.wire import (
    Acknowledged,
    Health,
    Page,
    PlaneStatus,
    Success,
    TokenCreated,
    TokenInfo,
    TokenSpec,
    WhoAmI,
)
from galleria.control.plane.api.asking import AsOperator, IdPath, InPage, InServices
from galleria.control.plane.api.envelope import success
from galleria.control.plane.callers import Caller
from galleria.control.plane.context import Services
from galleria.control.plane.services import status, tokens

HEARTBEAT_SECONDS: Final = 15.0

router = APIRouter()


@router.get("/health", tags=["platform"])
def show_health(request: Request, services: InServices) -> Success[Health]:
    """Say that the control plane answers. Public."""
    return success(request, "The control plane answers.", status.health(services))


@router.get("/status", tags=["platform"])
def show_status(request: Request, services: InServices, caller: AsOperator) -> Success[PlaneStatus]:
    """Show the fleet's counts, the runners and the audit's state."""
    found = status.status(services, caller)
    alive = sum(runner.alive for runner in found.runners)
    return success(request, f"{sum(found.stores.values())} stores, {alive} runners alive.", found)


@router.get("/api/v1/whoami", tags=["access"])
def show_caller(request: Request, caller: AsOperator) -> Success[WhoAmI]:
    """Say whom the control plane takes one for."""
    found = WhoAmI(name=caller.name, role=caller.role, kind=caller.kind)
    return success(request, f"{caller.name}, {caller.role.value}.", found)


@router.get("/api/v1/tokens", tags=["access"])
def list_tokens(request: Request, services: InServices, caller: AsOperator, page: InPage) -> Success[Page[TokenInfo]]:
    """List operators' tokens without their secrets. Admins."""
    found = tokens.list_tokens(services, caller, page)
    return success(request, f"{found.total} tokens.", found)


@router.post("/api/v1/tokens", status_code=201, tags=["access"])
def create_token(request: Request, services: InServices, caller: AsOperator, spec: TokenSpec) -> Success[TokenCreated]:
    """Create a token. Its secret is in this answer and nowhere else. Admins."""
    made = tokens.create_token(services, caller, spec)
    return success(request, "Keep the secret now; it is not shown again.", made)


@router.delete("/api/v1/tokens/{token_id}", tags=["access"])
def revoke_token(request: Request, services: InServices, caller: AsOperator, token_id: IdPath) -> Success[Acknowledged]:
    """Revoke a token at once. The last admin's can't be revoked. Admins."""
    done = tokens.revoke_token(services, caller, token_id)
    return success(request, "The token is worth nothing any more.", done)


@router.get(
    "/api/v1/events",
    tags=["platform"],
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "Server-sent."}},
)
async def stream_events(services: InServices, caller: AsOperator) -> StreamingResponse:
    """Stream what changes, as server-sent events: `{"type", "store_id", "deployment_id"}`. Ask for the rest."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(services, caller), media_type="text/event-stream", headers=headers)


async def _events(services: Services, caller: Caller) -> AsyncIterator[str]:
    yield "retry: 2000\n\n"
    with services.events.subscribed() as news:
        while True:
            try:
                event = await news.next(HEARTBEAT_SECONDS)
            except TimeoutError:
                if not await run_in_threadpool(tokens.is_valid, services, caller.token_id):
                    return
                yield ": still here\n\n"
                continue
            if event is None:
                return
            yield f"data: {event.model_dump_json()}\n\n"
