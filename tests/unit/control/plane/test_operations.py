"""Operations through agents, and the smoke run: what was really done, and nothing but."""

from __future__ import annotations

import pytest

from galleria.contracts import wire
from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import (
    AGENT_SMOKE_CHECKS,
    AuditAction,
    AuditOutcome,
    Operation,
    Outcome,
    Role,
    SmokeCheck,
    StoreState,
)
from galleria.control.plane.agents import AgentRefused
from galleria.control.plane.context import PageRequest
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.services import auditing, fleet, operations, smoke
from tests.support.planes import START, Plane, agent_smoke, down

SAID = {
    Operation.HEALTH: "The agent is well.",
    Operation.STATUS: "engine ok, storefront ok, 40 documents in the index.",
    Operation.CACHE_FLUSH: "Removed 12 entries from the cache in 0.1 s.",
    Operation.INDEX_REINDEX: "Rebuilt 1,994 documents in 3.1 s.",
    Operation.CRON_RUN: "Ran 3 due jobs in 0.2 s.",
    Operation.DIAGNOSTICS: "1 checks, all well, in 0.1 s.",
    Operation.VERIFY_SMOKE: "All 7 checks passed.",
}


async def run(plane: Plane, operation: Operation, role: Role = Role.OPERATOR) -> wire.OperationRun:
    return await operations.run_operation(plane.services, plane.caller("ana", role), "shop-001", operation)


@pytest.mark.parametrize("operation", list(Operation))
async def test_each_operation_says_what_it_did(plane: Plane, operation: Operation) -> None:
    plane.sell()
    plane.agents.asked.clear()
    done = await run(plane, operation)
    assert (done.outcome, done.message) == (Outcome.PASSED, SAID[operation])
    assert {(store, behind.name) for store, _, behind in plane.agents.asked} == {("shop-001", "ana")}
    assert operation in {asked for _, asked, _ in plane.agents.asked}
    store = fleet.show_store(plane.services, plane.caller(), "shop-001")
    assert store.last_operation == done
    page = operations.list_operations(plane.services, plane.caller(), "shop-001", PageRequest())
    assert page.items == [done]
    wanted = auditing.AuditFilter(action=AuditAction.OPERATION_RUN, actor="ana")
    entries = auditing.list_audit(plane.services, plane.caller(), wanted, PageRequest()).items
    assert [entry.outcome for entry in entries] == [AuditOutcome.SUCCEEDED, AuditOutcome.ACCEPTED]


async def test_a_refusal_of_the_agent_is_a_failed_run(plane: Plane) -> None:
    plane.sell()
    busy = AgentRefused(ErrorCode.OPERATION_BUSY, "A reindex runs already.", retryable=True)
    plane.agents.refusals[Operation.INDEX_REINDEX] = busy
    done = await run(plane, Operation.INDEX_REINDEX)
    assert (done.outcome, done.error_code, done.retryable) == (Outcome.FAILED, ErrorCode.OPERATION_BUSY, True)
    assert done.message == "A reindex runs already."


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        (Operation.HEALTH, wire.AgentHealth(store_id="shop-001", healthy=False)),
        (Operation.CRON_RUN, wire.CronRun(jobs_run=3, jobs_failed=1, seconds=1)),
        (
            Operation.STATUS,
            wire.AgentStatus(
                store_id="shop-001",
                engine=wire.PartState.DOWN,
                storefront=wire.PartState.OK,
                engine_kind="embedded",
                documents=None,
                index_age_seconds=None,
            ),
        ),
        (
            Operation.DIAGNOSTICS,
            wire.Diagnostics(checks=[wire.Diagnosis(name="disk", outcome=Outcome.FAILED, detail="full")], seconds=0.1),
        ),
        (Operation.CACHE_FLUSH, agent_smoke()),
    ],
)
async def test_an_answer_that_is_not_well_is_a_failed_run(
    plane: Plane, operation: Operation, answer: wire.AgentStatus
) -> None:
    plane.sell()
    plane.agents.answers[operation] = answer
    done = await run(plane, operation)
    assert (done.outcome, done.error_code) == (Outcome.FAILED, ErrorCode.OPERATION_FAILED)


async def test_viewers_run_nothing(plane: Plane) -> None:
    plane.sell()
    plane.agents.asked.clear()
    for operation in Operation:
        with pytest.raises(PlaneProblem) as caught:
            await run(plane, operation, Role.VIEWER)
        assert caught.value.code is ErrorCode.FORBIDDEN
    assert plane.agents.asked == []


async def test_a_store_that_is_not_there_is_not_asked(plane: Plane) -> None:
    with pytest.raises(PlaneProblem) as caught:
        await run(plane, Operation.CACHE_FLUSH)
    assert caught.value.code is ErrorCode.STORE_NOT_FOUND
    assert plane.agents.asked == []


async def test_a_smoke_run_is_kept_as_the_stores_last(plane: Plane) -> None:
    plane.sell()
    plane.clock.pass_by(1)
    plane.agents.answers[Operation.VERIFY_SMOKE] = agent_smoke(failed=SmokeCheck.PRODUCT_PAGE.value)
    done = await run(plane, Operation.VERIFY_SMOKE)
    assert (done.outcome, done.error_code) == (Outcome.FAILED, ErrorCode.SMOKE_FAILED)
    assert done.message == 'Check "product page" failed: answered 502'
    store = fleet.show_store(plane.services, plane.caller(), "shop-001")
    assert store.state is StoreState.DEGRADED
    assert store.last_smoke is not None
    assert not store.last_smoke.passed


async def test_runs_that_a_killed_plane_left_are_ended(plane: Plane) -> None:
    plane.sell()
    operations._begin(plane.services, plane.caller(), "shop-001", Operation.CACHE_FLUSH)
    operations.end_abandoned(plane.services)
    (left,) = operations.list_operations(plane.services, plane.caller(), "shop-001", PageRequest()).items
    assert (left.outcome, left.error_code, left.retryable) == (Outcome.FAILED, ErrorCode.UNAVAILABLE, True)


# --- the smoke run itself ---------------------------------------------------------------------------------------------


def results(outcome: Outcome = Outcome.PASSED) -> list[wire.SmokeResult]:
    return [wire.SmokeResult(check=check, outcome=outcome, seconds=0.1) for check in SmokeCheck]


def test_seven_passed_checks_pass() -> None:
    run = smoke.assemble("smk-1", START, 1.0, list(reversed(results())))
    assert run.passed
    assert [result.check for result in run.results] == list(SmokeCheck)


@pytest.mark.parametrize("check", list(SmokeCheck))
def test_a_missing_check_fails_the_run(check: SmokeCheck) -> None:
    run = smoke.assemble("smk-1", START, 1.0, [result for result in results() if result.check is not check])
    assert not run.passed
    assert smoke.said(run) == f'Check "{check.value}" failed: The check was not made.'


@pytest.mark.parametrize("check", list(SmokeCheck))
@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.SKIPPED, Outcome.RUNNING])
def test_a_check_that_did_not_pass_fails_the_run(check: SmokeCheck, outcome: Outcome) -> None:
    changed = [
        result.model_copy(update={"outcome": outcome}) if result.check is check else result for result in results()
    ]
    assert not smoke.assemble("smk-1", START, 1.0, changed).passed


def test_a_check_told_twice_fails_the_run() -> None:
    assert not smoke.assemble("smk-1", START, 1.0, [*results(), results()[0]]).passed


@pytest.mark.parametrize("operation", [Operation.HEALTH, Operation.STATUS, Operation.VERIFY_SMOKE])
async def test_an_agent_that_is_away_fails_the_run(plane: Plane, operation: Operation) -> None:
    plane.sell()
    plane.agents.refusals[operation] = down()
    done = await run(plane, Operation.VERIFY_SMOKE)
    assert done.outcome is Outcome.FAILED
    assert "does not answer" in done.message


async def test_an_agent_cannot_vouch_for_the_planes_checks(plane: Plane) -> None:
    """An agent that reports more checks than its own does not make them pass."""
    plane.sell()
    plane.agents.refusals[Operation.STATUS] = down()
    forged = wire.AgentSmoke(passed=True, results=results(), seconds=1)
    plane.agents.answers[Operation.VERIFY_SMOKE] = forged
    assert (await run(plane, Operation.VERIFY_SMOKE)).outcome is Outcome.FAILED


@pytest.mark.parametrize("operation", [Operation.HEALTH, Operation.STATUS])
async def test_another_stores_agent_fails_the_run(plane: Plane, operation: Operation) -> None:
    plane.sell()
    plane.agents.answers[operation] = (
        wire.AgentHealth(store_id="shop-002", healthy=True)
        if operation is Operation.HEALTH
        else wire.AgentStatus(
            store_id="shop-002",
            engine=wire.PartState.OK,
            storefront=wire.PartState.OK,
            engine_kind="embedded",
            documents=1,
            index_age_seconds=1,
        )
    )
    assert (await run(plane, Operation.VERIFY_SMOKE)).outcome is Outcome.FAILED


def test_the_agents_checks_are_four_of_seven() -> None:
    assert len(AGENT_SMOKE_CHECKS) == 4
    assert len(SmokeCheck) == 7
