"""The acts' common part: a transaction that ends with its audit entry, and the entry for what was refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy.orm import Session

from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import ActorKind, AuditAction, AuditOutcome, Role
from galleria.control.audit import trail
from galleria.control.audit.chain import Act
from galleria.control.plane.callers import Caller
from galleria.control.plane.context import Services
from galleria.control.plane.events import Change, Event
from galleria.control.plane.problems import PlaneProblem


def act(
    caller: Caller, action: AuditAction, store_id: str | None = None, detail: str = "", *, outcome: AuditOutcome
) -> Act:
    """Return what ``caller`` did as an audit entry's content."""
    return Act(
        actor=caller.name,
        actor_kind=caller.kind,
        action=action,
        outcome=outcome,
        request_id=caller.request_id,
        store_id=store_id,
        detail=detail,
    )


def by_runner(runner_id: str, request_id: str, action: AuditAction, outcome: AuditOutcome) -> Act:
    """Return what a runner did as an audit entry's content."""
    return Act(runner_id, ActorKind.RUNNER, action, outcome, request_id)


def record(services: Services, *acts: Act) -> None:
    """Write audit entries in a transaction of their own."""
    with services.database.writing() as session:
        trail.append(session, services.now(), *acts)
    services.events.publish(Event(type=Change.AUDIT))


def commit_with(services: Services, session: Session, *acts: Act) -> None:
    """Write audit entries as the last thing of ``session``'s transaction."""
    trail.append(session, services.now(), *acts)


def require(services: Services, caller: Caller, role: Role, action: AuditAction, store_id: str | None = None) -> None:
    """Refuse a caller whose role is not enough; the refusal is audited.

    Raises:
        PlaneProblem: with ``forbidden``.
    """
    if caller.role.includes(role):
        return
    message = f"This takes a token with the {role.value} role; yours is {caller.role.value}."
    denied = act(caller, action, store_id, message, outcome=AuditOutcome.REFUSED)
    record(services, denied)
    raise PlaneProblem(ErrorCode.FORBIDDEN, message, {"role": role.value})


@contextmanager
def refusals_audited(services: Services, refused: Act) -> Iterator[None]:
    """Write ``refused`` to the audit, with the reason, when the block raises a `PlaneProblem`."""
    try:
        yield
    except PlaneProblem as problem:
        record(services, replace(refused, outcome=AuditOutcome.REFUSED, detail=problem.message))
        raise
