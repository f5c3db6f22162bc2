"""Finds out who asks: by bearer token or, for a browser, by session."""

from __future__ import annotations

from dataclasses import dataclass

from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import ActorKind, AuditAction, AuditOutcome, Role
from galleria.control.audit.chain import Act
from galleria.control.plane.callers import Caller, RunnerCaller
from galleria.control.plane.context import Services
from galleria.control.plane.failures import ALLOWED
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.services import tokens, writing
from galleria.control.registry.schema import TokenRow


@dataclass(frozen=True)
class Origin:
    """Where a request comes from. ``address`` is the person's, as the gateway gives it."""

    request_id: str
    address: str = "local"


def operator(services: Services, secret: str | None, origin: Origin) -> Caller:
    """Return the operator whose token this is.

    Raises:
        PlaneProblem: ``unauthenticated``, ``token_invalid``, ``token_expired``, ``rate_limited``; ``forbidden`` for a
            runner's token. Each refusal is audited, as far as the limit allows.
    """
    row = _token(services, secret, origin)
    if row.role == tokens.RUNNER_ROLE:
        message = "This is a runner's token; it opens the runner's endpoints only."
        raise _refused(services, origin, PlaneProblem(ErrorCode.FORBIDDEN, message), row)
    return caller_of(row, origin.request_id)


def runner(services: Services, secret: str | None, origin: Origin) -> RunnerCaller:
    """Return the runner whose token this is. Raises as `operator` does, and ``forbidden`` for an operator's token."""
    row = _token(services, secret, origin)
    if row.role != tokens.RUNNER_ROLE:
        message = "This is the runner's side of the control plane; it takes a runner's token."
        raise _refused(services, origin, PlaneProblem(ErrorCode.FORBIDDEN, message), row)
    return RunnerCaller(request_id=origin.request_id)


def caller_of(row: TokenRow, request_id: str) -> Caller:
    """Return the operator of a token."""
    return Caller(row.name, Role(row.role), ActorKind(row.kind), row.token_id, request_id)


def _token(services: Services, secret: str | None, origin: Origin) -> TokenRow:
    if not secret:
        message = "Say who you are: send a token as 'Authorization: Bearer <token>'."
        raise _refused(services, origin, PlaneProblem(ErrorCode.UNAUTHENTICATED, message))
    try:
        with services.database.reading() as session:
            row = tokens.find(session, secret, services.now())
    except PlaneProblem as problem:
        raise _refused(services, origin, problem) from None
    tokens.note_use(services, row)
    return row


def _refused(services: Services, origin: Origin, problem: PlaneProblem, row: TokenRow | None = None) -> PlaneProblem:
    """Return what to answer to a failed authentication; audit it unless its address has had too many of them."""
    count = services.failures.count(origin.address, services.now())
    if count > ALLOWED:
        return PlaneProblem(
            ErrorCode.RATE_LIMITED, "Too many failed authentications from here. Wait a minute, then use a valid token."
        )
    kind = ActorKind(row.kind) if row else ActorKind.SYSTEM
    detail = problem.message if count < ALLOWED else f"{problem.message} More from this address go unrecorded for now."
    denied = Act(
        actor=row.name if row else "unknown",
        actor_kind=kind,
        action=AuditAction.ACCESS_DENIED,
        outcome=AuditOutcome.REFUSED,
        request_id=origin.request_id,
        detail=detail,
    )
    writing.record(services, denied)
    return problem
