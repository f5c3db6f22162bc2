"""Who one is, operators' tokens, the platform's status, and the stream of events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
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
from galleria.control.plane.api.asking import AsOperator, IdPath, InPage, InServices, StillValid
from galleria.control.plane.api.envelope import success
from galleria.control.plane.context import Services
from galleria.control.plane.services import status, tokens

HEARTBEAT_SECONDS: Final = 15.0
"""How often a stream says that it is still there, and asks whether its listener may still listen."""

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
async def stream_events(services: InServices, still_valid: StillValid) -> StreamingResponse:
    """Stream what changes, as server-sent events: `{"type", "store_id", "deployment_id"}`. Ask for the rest."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(services, still_valid), media_type="text/event-stream", headers=headers)


async def _events(services: Services, still_valid: Callable[[], bool]) -> AsyncIterator[str]:
    clock = asyncio.get_running_loop().time
    yield "retry: 2000\n\n"
    with services.events.subscribed() as news:
        check_at = clock() + HEARTBEAT_SECONDS
        while True:
            if clock() >= check_at:  # by the clock, not by silence: a busy fleet is never silent
                if not await run_in_threadpool(still_valid):
                    return
                yield ": still here\n\n"
                check_at = clock() + HEARTBEAT_SECONDS
            try:
                event = await news.next(max(0.0, check_at - clock()))
            except TimeoutError:
                continue
            if event is None:
                return
            yield f"data: {event.model_dump_json()}\n\n"
