"""The runners' endpoints: claim work, report on it, report what is seen."""

from __future__ import annotations

import asyncio
from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from galleria.contracts.wire import (
    Acknowledged,
    Claim,
    ClaimRequest,
    FinishReport,
    Heartbeat,
    LocalDeployment,
    Observation,
    SmokeRequest,
    SmokeRun,
    StepReport,
    Success,
)
from galleria.control.plane.api.asking import AsRunner, IdPath, InServices
from galleria.control.plane.api.envelope import success
from galleria.control.plane.callers import RunnerCaller
from galleria.control.plane.context import Services
from galleria.control.plane.events import Subscription
from galleria.control.plane.services import ending, local, observing, runners, smoke

LOOK_AGAIN_SECONDS: Final = 5.0
"""The longest sleep of a waiting claim: another plane on the same registry sends no event here."""

router = APIRouter(prefix="/api/v1/runner", tags=["runner"])


@router.post("/claim", responses={204: {"description": "There was no work."}})
async def claim(request: Request, services: InServices, caller: AsRunner, body: ClaimRequest) -> Success[Claim]:
    """Claim the oldest deployment; waits for one at most `wait_seconds`."""
    found = await _wait_for_work(request, services, caller, body)
    if found is None:
        return Response(status_code=204)  # type: ignore[return-value]
    return success(request, f"{found.kind.value} {found.spec.store_id}.", found)


@router.post("/deployments/{deployment_id}/heartbeat")
def heartbeat(
    request: Request, services: InServices, caller: AsRunner, deployment_id: IdPath, body: Heartbeat
) -> Success[Acknowledged]:
    """Prolong the lease."""
    return success(request, "The lease is prolonged.", runners.heartbeat(services, caller, deployment_id, body))


@router.post("/deployments/{deployment_id}/steps")
def report_step(
    request: Request, services: InServices, caller: AsRunner, deployment_id: IdPath, body: StepReport
) -> Success[Acknowledged]:
    """Report that a step began or ended."""
    return success(request, "Taken.", runners.report_step(services, caller, deployment_id, body))


@router.post("/deployments/{deployment_id}/finish")
def finish(
    request: Request, services: InServices, caller: AsRunner, deployment_id: IdPath, body: FinishReport
) -> Success[Acknowledged]:
    """Report that the deployment has ended."""
    return success(request, "Taken.", ending.finish(services, caller, deployment_id, body))


@router.post("/deployments/{deployment_id}/smoke")
async def smoke_deployment(
    request: Request, services: InServices, caller: AsRunner, deployment_id: IdPath, body: SmokeRequest
) -> Success[SmokeRun]:
    """Have the deployment's store smoked."""
    loop = asyncio.get_running_loop()
    run = await loop.run_in_executor(services.workers, runners.smoke_deployment, services, caller, deployment_id, body)
    return success(request, smoke.said(run), run)


@router.post("/observations")
def observe(request: Request, services: InServices, caller: AsRunner, body: Observation) -> Success[Acknowledged]:
    """Report what is seen of every store."""
    return success(request, "Taken.", observing.observe(services, caller, body))


@router.post("/local-deployments")
def take_local_deployment(
    request: Request, services: InServices, caller: AsRunner, body: LocalDeployment
) -> Success[Acknowledged]:
    """Take in a rollback that was made on the runner's machine while the control plane was away."""
    return success(request, "Taken.", local.take(services, caller, body))


async def _wait_for_work(
    request: Request, services: Services, caller: RunnerCaller, body: ClaimRequest
) -> Claim | None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + body.wait_seconds
    await run_in_threadpool(runners.note, services, body)
    gone = asyncio.create_task(_hung_up(request))
    try:
        with services.events.subscribed() as news:
            while not gone.done():
                found = await run_in_threadpool(runners.claim, services, caller, body)
                remaining = deadline - loop.time()
                if found is not None or remaining <= 0:
                    return found
                lease = await run_in_threadpool(runners.seconds_to_lease_end, services, body.runtimes)
                if not await _news(news, min(remaining, lease, LOOK_AGAIN_SECONDS)):
                    return None
    finally:
        gone.cancel()
    return None


async def _news(subscription: Subscription, seconds: float) -> bool:
    """Wait for something to happen, or for the time to pass; false when the plane is stopping."""
    try:
        return await subscription.next(seconds) is not None
    except TimeoutError:
        return True


async def _hung_up(request: Request) -> None:
    """Return when the runner has hung up: what it would be given then, nobody would do for a whole lease."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
