"""Runs the allowlisted operations through a store's agent, and keeps what each really did."""

from __future__ import annotations

import asyncio
import functools
import time
from dataclasses import dataclass

from sqlalchemy import func, select, update

from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import (
    AgentHealth,
    AgentStatus,
    CacheFlushed,
    CronRun,
    Diagnostics,
    OperationRun,
    Page,
    PartState,
    Reindexed,
    SmokeRun,
)
from galleria.contracts.words import AuditAction, AuditOutcome, Operation, Outcome, Role
from galleria.control.plane.agents import AgentAnswer, AgentRefused, Behind
from galleria.control.plane.callers import Caller
from galleria.control.plane.context import PageRequest, Services, new_id
from galleria.control.plane.events import Change, Event
from galleria.control.plane.services import finding, reading, smoke, writing
from galleria.control.registry.schema import OperationRunRow
from galleria.observability.redaction import redact_text


@dataclass(frozen=True)
class _End:
    """How a run ended."""

    outcome: Outcome
    message: str
    error_code: ErrorCode | None = None
    retryable: bool = False
    smoke: SmokeRun | None = None


def list_operations(services: Services, caller: Caller, store_id: str, page: PageRequest) -> Page[OperationRun]:
    """Return one page of a store's runs, newest first.

    Raises:
        PlaneProblem: with ``store_not_found``.
    """
    del caller
    with services.database.reading() as session:
        store = finding.store_or_history(session, store_id)
        mine = OperationRunRow.store_key == store.key
        total = session.scalar(select(func.count()).select_from(OperationRunRow).where(mine)) or 0
        query = select(OperationRunRow).where(mine)
        query = query.order_by(OperationRunRow.started_at.desc(), OperationRunRow.run_id)
        rows = session.scalars(query.limit(page.page_size).offset(page.offset))
        items = [reading.operation_run(row) for row in rows]
    return Page(items=items, page=page.page, page_size=page.page_size, total=total)


async def run_operation(services: Services, caller: Caller, store_id: str, operation: Operation) -> OperationRun:
    """Run an operation and return what it did. A failed one is a run too: its ``outcome`` says so.

    Raises:
        PlaneProblem: ``forbidden`` or ``store_not_found``; then nothing was run.
    """
    work = functools.partial(_run, services, caller, store_id, operation)
    return await asyncio.get_running_loop().run_in_executor(services.workers, work)


def end_abandoned(services: Services) -> None:
    """Mark runs that a plane killed in the middle left behind. Called once, before the first request."""
    with services.database.writing() as session:
        session.execute(
            update(OperationRunRow)
            .where(OperationRunRow.outcome == Outcome.RUNNING.value)
            .values(
                outcome=Outcome.FAILED.value,
                message="The control plane stopped while it ran; what it did is not known. Run it again.",
                error_code=ErrorCode.UNAVAILABLE.value,
                retryable=True,
            )
        )


def _run(services: Services, caller: Caller, store_id: str, operation: Operation) -> OperationRun:
    writing.require(services, caller, Role.OPERATOR, AuditAction.OPERATION_RUN, store_id)
    asked = writing.act(caller, AuditAction.OPERATION_RUN, store_id, outcome=AuditOutcome.REFUSED)
    with writing.refusals_audited(services, asked):
        run_id = _begin(services, caller, store_id, operation)
    begun = time.monotonic()
    end = _do(services, store_id, operation, Behind(caller.name, caller.kind, caller.request_id))
    return _end(services, caller, run_id, end, time.monotonic() - begun)


def _begin(services: Services, caller: Caller, store_id: str, operation: Operation) -> str:
    run_id = new_id("run")
    with services.database.writing() as session:
        store = finding.store(session, store_id, locked=True)
        session.add(
            OperationRunRow(
                run_id=run_id,
                store_key=store.key,
                store_id=store_id,
                operation=operation.value,
                outcome=Outcome.RUNNING.value,
                requested_by=caller.name,
                started_at=services.now(),
                seconds=0.0,
                message="",
                retryable=False,
            )
        )
        store.last_operation_id = run_id
        accepted = writing.act(
            caller, AuditAction.OPERATION_RUN, store_id, f"{operation.value}.", outcome=AuditOutcome.ACCEPTED
        )
        writing.commit_with(services, session, accepted)
    services.events.publish(Event(type=Change.OPERATION, store_id=store_id))
    return run_id


def _do(services: Services, store_id: str, operation: Operation, behind: Behind) -> _End:
    if operation is Operation.VERIFY_SMOKE:
        found = smoke.run(services, store_id, behind)
        code = None if found.passed else ErrorCode.SMOKE_FAILED
        return _End(Outcome.PASSED if found.passed else Outcome.FAILED, smoke.said(found), code, smoke=found)
    try:
        answer = services.agents.call(store_id, operation, behind)
    except AgentRefused as refused:
        return _End(Outcome.FAILED, refused.message, refused.code, refused.retryable)
    return _told(answer)


def _end(services: Services, caller: Caller, run_id: str, end: _End, seconds: float) -> OperationRun:
    message = redact_text(end.message)  # a store is a stranger: what it says is kept only without secrets
    with services.database.writing() as session:
        row = session.get_one(OperationRunRow, run_id)
        row.outcome, row.message, row.seconds = end.outcome.value, message, round(seconds, 3)
        row.error_code = end.error_code.value if end.error_code else None
        row.retryable = end.retryable
        if end.smoke is not None:
            store = finding.store_or_history(session, row.store_id)
            if store.key == row.store_key:
                smoke.keep(session, store, end.smoke, None)
        outcome = AuditOutcome.SUCCEEDED if end.outcome is Outcome.PASSED else AuditOutcome.FAILED
        detail = f"{row.operation}: {message}"
        writing.commit_with(
            services, session, writing.act(caller, AuditAction.OPERATION_RUN, row.store_id, detail, outcome=outcome)
        )
        run = reading.operation_run(row)
    about = run.store_id
    services.events.publish(
        Event(type=Change.OPERATION, store_id=about), Event(type=Change.STORE, store_id=about), Event(type=Change.AUDIT)
    )
    return run


def _told(answer: AgentAnswer) -> _End:
    """Say what an operation did, from the agent's answer."""
    match answer:
        case CacheFlushed():
            return _passed(f"Removed {answer.entries_removed:,} entries from the cache in {answer.seconds:.1f} s.")
        case Reindexed():
            return _passed(f"Rebuilt {answer.documents:,} documents in {answer.seconds:.1f} s.")
        case CronRun(jobs_failed=0):
            return _passed(f"Ran {answer.jobs_run} due jobs in {answer.seconds:.1f} s.")
        case CronRun():
            return _failed(f"Ran {answer.jobs_run} due jobs, of which {answer.jobs_failed} failed.")
        case Diagnostics():
            return _diagnosed(answer)
        case AgentHealth():
            return _passed("The agent is well.") if answer.healthy else _failed("The agent says that it is not well.")
        case AgentStatus():
            return _seen(answer)
        case _:
            return _failed("The agent answered something else than what was asked.")


def _diagnosed(answer: Diagnostics) -> _End:
    failed = [check for check in answer.checks if check.outcome is not Outcome.PASSED]
    if not failed:
        return _passed(f"{len(answer.checks)} checks, all well, in {answer.seconds:.1f} s.")
    return _failed("Not well: " + "; ".join(f"{check.name}: {check.detail}" for check in failed))


def _seen(answer: AgentStatus) -> _End:
    parts = f"engine {answer.engine.value}, storefront {answer.storefront.value}"
    indexed = f", {answer.documents:,} documents in the index" if answer.documents is not None else ""
    well = answer.engine is PartState.OK and answer.storefront is PartState.OK
    return _passed(f"{parts}{indexed}.") if well else _failed(f"{parts}{indexed}.")


def _passed(message: str) -> _End:
    return _End(Outcome.PASSED, message)


def _failed(message: str) -> _End:
    return _End(Outcome.FAILED, message, ErrorCode.OPERATION_FAILED)
