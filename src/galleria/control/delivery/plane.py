"""What the runner asks of the plane, over its HTTP API only. The one place where the runner makes such a request."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import (
    Acknowledged,
    Claim,
    ClaimRequest,
    Failure,
    FinishReport,
    Heartbeat,
    LocalDeployment,
    Observation,
    SmokeRequest,
    SmokeRun,
    StepReport,
    Success,
)
from galleria.contracts.words import Operation
from galleria.control.delivery.faults import AskAgain, GiveUp, LeaseLost, PlaneBroken

ANSWER_SECONDS: Final = 10.0
"""How long the plane may take for an answer that it need not wait for."""

SMOKE_SECONDS: Final = Operation.VERIFY_SMOKE.timeout_seconds + 15.0
"""The agent's own bound, and what the plane adds around it."""

D = TypeVar("D", bound=BaseModel)


class PlanePort(Protocol):
    """The plane as the runner sees it.

    Every call raises `AskAgain` when the plane is away, `LeaseLost` when the deployment is no longer ours, `GiveUp`
    when the plane refuses, and `PlaneBroken` when it breaks the contract.
    """

    def claim(self, request: ClaimRequest) -> Claim | None:
        """Ask for work and wait for it; None if there was none."""
        ...

    def heartbeat(self, deployment_id: str, beat: Heartbeat) -> None:
        """Say that we are still at it. Prolongs the lease."""
        ...

    def report_step(self, deployment_id: str, report: StepReport) -> None:
        """Say that a step began or ended."""
        ...

    def smoke(self, deployment_id: str, request: SmokeRequest) -> SmokeRun:
        """Have the store smoked by its agent, with a token that only the plane can sign."""
        ...

    def finish(self, deployment_id: str, report: FinishReport) -> None:
        """Say how the deployment ended."""
        ...

    def observed(self, observation: Observation) -> None:
        """Say what is really there."""
        ...

    def local_deployment(self, deployment: LocalDeployment) -> None:
        """Say what was done on this machine while the plane was away. Told again, it changes nothing."""
        ...


class HttpPlane:
    """A `PlanePort` over the plane's Unix socket, or over an address on another machine."""

    def __init__(self, client: httpx.Client, token: Callable[[], str]) -> None:
        """``token`` is read for each request, so that a new runner token needs no restart."""
        self._client = client
        self._token = token

    @classmethod
    def over_socket(cls, socket: Path, token_file: Path) -> HttpPlane:
        """Reach the plane over its Unix socket on this machine."""
        transport = httpx.HTTPTransport(uds=str(socket))
        return cls(httpx.Client(transport=transport, base_url="http://plane"), lambda: _read_token(token_file))

    @classmethod
    def over_address(cls, address: str, token_file: Path) -> HttpPlane:
        """Reach the plane at ``address`` (http://... or https://...)."""
        return cls(httpx.Client(base_url=address), lambda: _read_token(token_file))

    def close(self) -> None:
        self._client.close()

    def claim(self, request: ClaimRequest) -> Claim | None:
        response = self._post("/claim", request, request.wait_seconds + ANSWER_SECONDS)
        return None if response.status_code == httpx.codes.NO_CONTENT else _data(response, Success[Claim])

    def heartbeat(self, deployment_id: str, beat: Heartbeat) -> None:
        _data(self._post(f"/deployments/{deployment_id}/heartbeat", beat), Success[Acknowledged])

    def report_step(self, deployment_id: str, report: StepReport) -> None:
        _data(self._post(f"/deployments/{deployment_id}/steps", report), Success[Acknowledged])

    def smoke(self, deployment_id: str, request: SmokeRequest) -> SmokeRun:
        return _data(self._post(f"/deployments/{deployment_id}/smoke", request, SMOKE_SECONDS), Success[SmokeRun])

    def finish(self, deployment_id: str, report: FinishReport) -> None:
        _data(self._post(f"/deployments/{deployment_id}/finish", report), Success[Acknowledged])

    def observed(self, observation: Observation) -> None:
        _data(self._post("/observations", observation), Success[Acknowledged])

    def local_deployment(self, deployment: LocalDeployment) -> None:
        _data(self._post("/local-deployments", deployment), Success[Acknowledged])

    def _post(self, path: str, body: BaseModel, seconds: float = ANSWER_SECONDS) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._token()}", "Content-Type": "application/json"}
        content = body.model_dump_json()
        try:
            return self._client.post(f"/api/v1/runner{path}", content=content, headers=headers, timeout=seconds)
        except httpx.TransportError as error:
            raise AskAgain("The control plane does not answer.", retry_after=1.0) from error


def _read_token(file: Path) -> str:
    try:
        return file.read_text("ascii").strip()
    except OSError as error:
        raise AskAgain("The runner's token is not there yet: has the plane been set up?", retry_after=1.0) from error


def _data(response: httpx.Response, envelope: type[Success[D]]) -> D:
    """Take the answer out of its envelope, or raise what the failure in it means to the runner."""
    if not response.is_success:
        raise _fault(response)
    try:
        return envelope.model_validate_json(response.content).data
    except ValidationError as error:
        raise PlaneBroken("The plane's answer does not fit its contract.") from error


def _fault(response: httpx.Response) -> Exception:
    try:
        failure = Failure.model_validate_json(response.content)
    except ValidationError:
        if response.is_server_error:
            return AskAgain("The control plane has trouble of its own.", retry_after=1.0)
        return PlaneBroken(f"The plane answered {response.status_code} outside its contract.")
    if failure.error_code is ErrorCode.LEASE_LOST:
        return LeaseLost(failure.message)
    if failure.retryable or response.is_server_error:
        return AskAgain(failure.message, retry_after=1.0)
    return GiveUp(failure.message, code=failure.error_code)
