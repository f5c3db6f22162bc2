"""The smoke run: the agent's four checks, and the plane's three around them. All are required."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import AgentHealth, AgentSmoke, AgentStatus, PartState, SmokeResult, SmokeRun
from galleria.contracts.words import AGENT_SMOKE_CHECKS, Operation, Outcome, SmokeCheck, SmokePlace
from galleria.control.plane.agents import LIVE, AgentRefused, Behind, Where
from galleria.control.plane.context import Services, new_id
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.services import auditing
from galleria.control.registry.schema import DeploymentRow, SmokeRunRow, StoreRow
from galleria.observability.redaction import redact_text


def run(services: Services, store_id: str, behind: Behind, where: Where = LIVE) -> SmokeRun:
    """Smoke one store where ``where`` says. Never raises for a store that fails: the run says so.

    Blocks for at most the agent's bounds.
    """
    started_at, begun = services.now(), time.monotonic()
    results = [
        _timed(SmokeCheck.AGENT_HEALTH, lambda: _agent_health(services, store_id, behind, where)),
        _timed(SmokeCheck.AGENT_STATUS, lambda: _agent_status(services, store_id, behind, where)),
        _timed(SmokeCheck.CONTROL_PLANE_STATUS, lambda: _own_status(services)),
        *_agent_checks(services, store_id, behind, where),
    ]
    return assemble(new_id("smk"), started_at, time.monotonic() - begun, results)


def assemble(run_id: str, started_at: datetime, seconds: float, results: Sequence[SmokeResult]) -> SmokeRun:
    """Put a run together: every check of `SmokeCheck` once, in order; one that is not there has failed."""
    by_check: dict[SmokeCheck, list[SmokeResult]] = {}
    for result in results:
        by_check.setdefault(result.check, []).append(result)
    complete = [_one(check, by_check.get(check, [])) for check in SmokeCheck]
    passed = all(result.outcome is Outcome.PASSED for result in complete)
    return SmokeRun(run_id=run_id, started_at=started_at, seconds=round(seconds, 3), passed=passed, results=complete)


def keep(session: Session, store: StoreRow, found: SmokeRun, deployment_id: str | None, *, met: bool = True) -> None:
    """Put a run into the registry: as the store's last, if it shopped in what shoppers meet."""
    session.add(
        SmokeRunRow(
            run_id=found.run_id,
            store_key=store.key,
            deployment_id=deployment_id,
            started_at=found.started_at,
            seconds=found.seconds,
            passed=found.passed,
            place=found.place.value,
            environment=found.environment,
            results=[result.model_dump(mode="json") for result in found.results],
        )
    )
    if met:
        store.last_smoke_id = found.run_id


def keep_reported(session: Session, row: DeploymentRow, found: SmokeRun) -> None:
    """Keep a run that the runner made itself, through the public door. Sent again, it changes nothing.

    It is evidence of its deployment and no more: only a run by the agent, with every check, says that a store sells.

    Raises:
        PlaneProblem: with ``invalid_request``: it was not made through the door, or its numbers are none.
    """
    numbers = [found.seconds, *(result.seconds for result in found.results)]
    if found.place is not SmokePlace.DOOR or not all(math.isfinite(number) for number in numbers):
        message = "A step reports only smoke runs that were made through the door, with their times in seconds."
        raise PlaneProblem(ErrorCode.INVALID_REQUEST, message, {"field": "smoke"})
    if session.get(SmokeRunRow, found.run_id) is not None:
        return
    complete = [_one(check, [r for r in found.results if r.check is check]) for check in AGENT_SMOKE_CHECKS]
    passed = found.passed and all(result.outcome is Outcome.PASSED for result in complete)
    kept = found.model_copy(update={"results": complete, "passed": passed})
    keep(session, session.get_one(StoreRow, row.store_key), kept, row.deployment_id, met=False)


def said(found: SmokeRun) -> str:
    """Say in a sentence how a run ended."""
    failed = [result for result in found.results if result.outcome is not Outcome.PASSED]
    if not failed:
        return f"All {len(found.results)} checks passed."
    first = failed[0]
    rest = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
    return f'Check "{first.check.value}" failed{rest}: {first.detail or "no reason given."}'


def _one(check: SmokeCheck, results: Sequence[SmokeResult]) -> SmokeResult:
    if len(results) == 1:
        return results[0].model_copy(update={"detail": redact_text(results[0].detail)})
    detail = "The check was not made." if not results else "The check was reported more than once."
    return SmokeResult(check=check, outcome=Outcome.FAILED, seconds=0, detail=detail)


def _timed(check: SmokeCheck, look: Callable[[], str]) -> SmokeResult:
    """Make one check. ``look`` returns what is wrong, or nothing."""
    begun = time.monotonic()
    try:
        wrong = look()
    except AgentRefused as refused:
        wrong = refused.message
    outcome = Outcome.FAILED if wrong else Outcome.PASSED
    return SmokeResult(check=check, outcome=outcome, seconds=round(time.monotonic() - begun, 3), detail=wrong)


def _agent_health(services: Services, store_id: str, behind: Behind, where: Where) -> str:
    answer = services.agents.call(store_id, Operation.HEALTH, behind, where)
    if not isinstance(answer, AgentHealth) or answer.store_id != store_id:
        return "Something else answered in the agent's place."
    return "" if answer.healthy else "The agent says that it is not well."


def _agent_status(services: Services, store_id: str, behind: Behind, where: Where) -> str:
    answer = services.agents.call(store_id, Operation.STATUS, behind, where)
    if not isinstance(answer, AgentStatus) or answer.store_id != store_id:
        return "Something else answered in the agent's place."
    parts = {"engine": answer.engine, "storefront": answer.storefront}
    down = [name for name, part in parts.items() if part is not PartState.OK]
    return f"The agent sees that it is down: {', '.join(down)}." if down else ""


def _own_status(services: Services) -> str:
    state = auditing.chain_state(services)
    return "" if state.verified else "The control plane's audit chain is broken."


def _agent_checks(services: Services, store_id: str, behind: Behind, where: Where) -> list[SmokeResult]:
    try:
        answer = services.agents.call(store_id, Operation.VERIFY_SMOKE, behind, where)
    except AgentRefused as refused:
        detail = refused.message
    else:
        if isinstance(answer, AgentSmoke):
            return [result for result in answer.results if result.check in AGENT_SMOKE_CHECKS]
        detail = "Something else answered in the agent's place."
    return [SmokeResult(check=check, outcome=Outcome.FAILED, seconds=0, detail=detail) for check in AGENT_SMOKE_CHECKS]
