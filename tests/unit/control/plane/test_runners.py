"""Claims, leases and reports: who holds a deployment, and what an end is worth."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from galleria.contracts import wire
from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import (
    AuditAction,
    AuditOutcome,
    DeploymentStatus,
    IsolationLevel,
    Operation,
    Outcome,
    ProcessState,
    Runtime,
    SmokeCheck,
    Stage,
    StoreState,
)
from galleria.control.plane.context import PageRequest
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.services import auditing, deployments, ending, fleet, observing, runners, stores
from tests.support.planes import AS_RUNNER, RUNNER_ID, START, Plane, claim_request, down, processes


def show(plane: Plane, deployment_id: str) -> wire.Deployment:
    return deployments.show_deployment(plane.services, plane.caller(), deployment_id)


def state(plane: Plane, store_id: str = "shop-001") -> StoreState:
    return fleet.show_store(plane.services, plane.caller(), store_id).state


def beat(plane: Plane, deployment_id: str, runner_id: str = RUNNER_ID) -> None:
    runners.heartbeat(plane.services, AS_RUNNER, deployment_id, wire.Heartbeat(runner_id=runner_id))


def report(outcome: Outcome, started: float = 0, runner_id: str = RUNNER_ID, name: str = "copy") -> wire.StepReport:
    begun = START + timedelta(seconds=started)
    ended = None if outcome is Outcome.RUNNING else begun + timedelta(seconds=1)
    return wire.StepReport(
        runner_id=runner_id, stage=Stage.DEPLOY, name=name, outcome=outcome, started_at=begun, finished_at=ended
    )


def step(plane: Plane, deployment_id: str, sent: wire.StepReport) -> None:
    runners.report_step(plane.services, AS_RUNNER, deployment_id, sent)


def lost(plane: Plane, deployment_id: str, runner_id: str) -> None:
    """Each report of this runner is refused."""
    finish = wire.FinishReport(runner_id=runner_id, status=DeploymentStatus.FAILED, reason="late", seconds=1)
    smoke = wire.SmokeRequest(runner_id=runner_id)
    for act in (
        lambda: beat(plane, deployment_id, runner_id),
        lambda: step(plane, deployment_id, report(Outcome.RUNNING, runner_id=runner_id)),
        lambda: ending.finish(plane.services, AS_RUNNER, deployment_id, finish),
        lambda: runners.smoke_deployment(plane.services, AS_RUNNER, deployment_id, smoke),
    ):
        with pytest.raises(PlaneProblem) as caught:
            act()
        assert caught.value.code is ErrorCode.LEASE_LOST


def test_the_oldest_is_claimed_first_and_once(plane: Plane) -> None:
    plane.register("shop-001")
    plane.clock.pass_by(1)
    plane.register("shop-002")
    assert plane.claim().spec.store_id == "shop-001"
    assert plane.claim("runner-b").spec.store_id == "shop-002"
    assert runners.claim(plane.services, AS_RUNNER, claim_request()) is None


def test_a_claim_says_what_to_do(plane: Plane) -> None:
    asked = plane.register()
    found = plane.claim()
    assert (found.deployment_id, found.attempt, found.revision_number, found.lease_seconds) == (
        asked.deployment_id,
        1,
        1,
        30,
    )
    assert found.requested_at == asked.requested_at
    assert found.agent_public_key == plane.agents.public_key
    assert found.spec.host == "shop-001.localhost"


def test_a_runner_of_another_runtime_gets_nothing(plane: Plane) -> None:
    plane.register()
    wanted = wire.ClaimRequest(runner_id="k", runtimes=[Runtime.KUBERNETES], wait_seconds=0)
    assert runners.claim(plane.services, AS_RUNNER, wanted) is None


def test_runners_at_once_never_get_the_same(plane: Plane) -> None:
    for number in range(6):
        plane.register(f"shop-10{number}")
    got: list[str] = []

    def work(runner_id: str) -> None:
        while (found := runners.claim(plane.services, AS_RUNNER, claim_request(runner_id))) is not None:
            got.append(found.deployment_id)

    threads = [threading.Thread(target=work, args=(f"r-{number}",)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == len(set(got)) == 6


def test_a_lease_lives_by_heartbeats(plane: Plane) -> None:
    plane.register()
    held = plane.claim()
    for _ in range(5):
        plane.clock.pass_by(20)
        beat(plane, held.deployment_id)
    assert runners.claim(plane.services, AS_RUNNER, claim_request("runner-b")) is None


def test_a_silent_runner_loses_its_deployment(plane: Plane) -> None:
    plane.register()
    first = plane.claim("runner-a")
    step(plane, first.deployment_id, report(Outcome.PASSED))
    plane.clock.pass_by(31)
    second = plane.claim("runner-b")
    assert (second.deployment_id, second.attempt) == (first.deployment_id, 2)
    assert [one.name for one in second.steps] == ["copy"]
    lost(plane, first.deployment_id, "runner-a")
    beat(plane, first.deployment_id, "runner-b")
    entries = auditing.list_audit(plane.services, plane.caller(), auditing.AuditFilter(), PageRequest()).items
    assert [entry.action for entry in entries[:2]] == [
        AuditAction.DEPLOYMENT_CLAIM,
        AuditAction.DEPLOYMENT_LEASE_EXPIRE,
    ]
    assert "runner-a fell silent" in entries[1].detail


def test_a_deployment_that_ends_all_its_runners_is_handed_out_no_more(plane: Plane) -> None:
    asked = plane.register("shop-001")
    for attempt in range(1, runners.MOST_ATTEMPTS + 1):
        assert plane.claim().attempt == attempt
        plane.clock.pass_by(31)
    plane.register("shop-002")
    version = fleet.show_store(plane.services, plane.caller(), "shop-001").version
    assert plane.claim("runner-b").spec.store_id == "shop-002"  # the one behind it does not wait for it
    ended = show(plane, asked.deployment_id)
    assert ended.status is DeploymentStatus.NEEDS_ATTENTION
    assert ended.reason == "Given up after 6 attempts: at each, its runner fell silent. Look at the runner's log."
    left = fleet.show_store(plane.services, plane.caller(), "shop-001")
    assert (left.state, left.version) == (StoreState.NEEDS_ATTENTION, version + 1)
    lost(plane, asked.deployment_id, "runner-b")
    with pytest.raises(PlaneProblem):
        beat(plane, asked.deployment_id)
    wanted = auditing.AuditFilter(action=AuditAction.DEPLOYMENT_FINISH)
    (entry,) = auditing.list_audit(plane.services, plane.caller(), wanted, PageRequest()).items
    assert (entry.actor, entry.outcome, entry.store_id) == ("control-plane", AuditOutcome.FAILED, "shop-001")
    assert ended.reason in entry.detail
    again = stores.retry(plane.services, plane.caller(), "shop-001")
    plane.clock.pass_by(1)
    assert plane.claim("runner-c").deployment_id == again.deployment_id


def test_a_late_runner_keeps_what_nobody_took(plane: Plane) -> None:
    plane.register()
    held = plane.claim()
    plane.clock.pass_by(300)
    beat(plane, held.deployment_id)
    assert runners.claim(plane.services, AS_RUNNER, claim_request("runner-b")) is None


def test_reports_of_others_are_refused(plane: Plane) -> None:
    asked = plane.register()
    lost(plane, asked.deployment_id, "nobody")
    plane.claim()
    lost(plane, asked.deployment_id, "runner-b")
    with pytest.raises(PlaneProblem) as caught:
        beat(plane, "dep-404")
    assert caught.value.code is ErrorCode.DEPLOYMENT_NOT_FOUND


def test_steps_sent_again_or_late_change_nothing(plane: Plane) -> None:
    plane.register()
    held = plane.claim()
    for sent in (
        report(Outcome.RUNNING),
        report(Outcome.RUNNING),
        report(Outcome.PASSED),
        report(Outcome.RUNNING),
        report(Outcome.PASSED),
    ):
        step(plane, held.deployment_id, sent)
    (only,) = show(plane, held.deployment_id).steps
    assert only.outcome is Outcome.PASSED
    step(plane, held.deployment_id, report(Outcome.RUNNING, started=40))  # a second attempt does the step again
    (only,) = show(plane, held.deployment_id).steps
    assert only.outcome is Outcome.RUNNING
    step(plane, held.deployment_id, report(Outcome.FAILED))  # from the first attempt, too late
    (only,) = show(plane, held.deployment_id).steps
    assert only.outcome is Outcome.RUNNING


def test_steps_are_shown_as_they_began(plane: Plane) -> None:
    plane.register()
    held = plane.claim()
    for started, name in ((2, "third"), (0, "first"), (1, "second")):
        step(plane, held.deployment_id, report(Outcome.PASSED, started, name=name))
    assert [one.name for one in show(plane, held.deployment_id).steps] == ["first", "second", "third"]


def test_finishing_twice_is_finishing_once(plane: Plane) -> None:
    plane.register()
    held = plane.claim()
    plane.smoke(held.deployment_id)
    plane.finish(held, DeploymentStatus.SUCCEEDED)
    version = fleet.show_store(plane.services, plane.caller(), "shop-001").version
    plane.finish(held, DeploymentStatus.FAILED, "something else")
    assert show(plane, held.deployment_id).status is DeploymentStatus.SUCCEEDED
    assert fleet.show_store(plane.services, plane.caller(), "shop-001").version == version
    step(plane, held.deployment_id, report(Outcome.PASSED))  # a late copy is taken and thrown away
    assert show(plane, held.deployment_id).steps == []


@pytest.mark.parametrize("smoked", ["never", "failed"])
def test_success_without_a_passed_smoke_run_is_no_success(plane: Plane, smoked: str) -> None:
    plane.register()
    held = plane.claim()
    if smoked == "failed":
        plane.agents.refusals[Operation.VERIFY_SMOKE] = down()
        assert not plane.smoke(held.deployment_id).passed
    plane.finish(held, DeploymentStatus.SUCCEEDED)
    ended = show(plane, held.deployment_id)
    assert ended.status is DeploymentStatus.NEEDS_ATTENTION
    assert "without a passed smoke run" in ended.reason
    store = fleet.show_store(plane.services, plane.caller(), "shop-001")
    assert (store.state, store.revision) == (StoreState.NEEDS_ATTENTION, None)


@pytest.mark.parametrize("status", [DeploymentStatus.REQUESTED, DeploymentStatus.RUNNING])
def test_an_end_that_is_none_is_refused(plane: Plane, status: DeploymentStatus) -> None:
    plane.register()
    held = plane.claim()
    with pytest.raises(PlaneProblem) as caught:
        plane.finish(held, status)
    assert caught.value.code is ErrorCode.INVALID_REQUEST


def test_impossible_ends_are_refused(plane: Plane) -> None:
    plane.register()
    held = plane.claim()
    for update in (
        {"seconds": float("nan")},
        {"seconds": float("inf")},
        {"seconds": -1.0},
        {"revision": plane.revision(7)},
    ):
        sent = wire.FinishReport(runner_id=RUNNER_ID, status=DeploymentStatus.SUCCEEDED, reason="", seconds=1)
        with pytest.raises(PlaneProblem) as caught:
            ending.finish(plane.services, AS_RUNNER, held.deployment_id, sent.model_copy(update=update))
        assert caught.value.code is ErrorCode.INVALID_REQUEST


def test_a_smoke_run_of_a_deployment_is_its_evidence(plane: Plane) -> None:
    plane.register(name="ana")
    held = plane.claim()
    run = plane.smoke(held.deployment_id)
    assert [result.check for result in run.results] == list(SmokeCheck)
    evidence = show(plane, held.deployment_id).smoke
    assert evidence == run
    assert {behind.name for _, _, behind in plane.agents.asked} == {"ana"}


def test_observations_replace_each_other(plane: Plane) -> None:
    plane.sell("shop-001")
    plane.sell("shop-002")
    plane.observe("shop-001", "shop-002")
    plane.clock.pass_by(5)
    plane.observe("shop-001")  # the runner does not see shop-002 any more
    assert state(plane) is StoreState.SELLING
    assert state(plane, "shop-002") is StoreState.DEGRADED
    plane.observe("shop-001", "shop-002", state=ProcessState.RESTARTING)
    assert state(plane) is StoreState.DEGRADED


def test_an_observed_store_goes_stale_by_the_planes_clock(plane: Plane) -> None:
    plane.sell()
    yesterday = START - timedelta(days=1)  # a runner whose clock is wrong
    seen = wire.ObservedStore(store_id="shop-001", processes=processes(yesterday), routed=True)
    observation = wire.Observation(runner_id=RUNNER_ID, runtime=Runtime.PROCESS, observed_at=yesterday, stores=[seen])
    observing.observe(plane.services, AS_RUNNER, observation)
    assert state(plane) is StoreState.SELLING
    plane.clock.pass_by(16)
    assert state(plane) is StoreState.UNOBSERVED


def test_stores_that_nobody_registered_are_not_kept(plane: Plane) -> None:
    plane.observe("stranger")
    assert fleet.counts(plane.services)[StoreState.DEGRADED] == 0


def test_a_measured_isolation_outlives_reports_without_one(plane: Plane) -> None:
    plane.sell()
    measured = wire.IsolationReport(
        level=IsolationLevel.PARTIAL, means="landlock", missing=["A socket."], measured_at=START
    )
    for isolation in (measured, None):
        seen = wire.ObservedStore(store_id="shop-001", processes=processes(START), routed=True, isolation=isolation)
        observing.observe(
            plane.services,
            AS_RUNNER,
            wire.Observation(runner_id=RUNNER_ID, runtime=Runtime.PROCESS, observed_at=START, stores=[seen]),
        )
    assert fleet.show_store(plane.services, plane.caller(), "shop-001").isolation == measured


def test_runners_are_alive_as_long_as_they_are_heard_of(plane: Plane) -> None:
    runners.note(plane.services, claim_request())
    assert [runner.alive for runner in runners.list_runners(plane.services)] == [True]
    plane.clock.pass_by(31)
    assert [runner.alive for runner in runners.list_runners(plane.services)] == [False]


def test_every_end_is_audited(plane: Plane) -> None:
    plane.register()
    plane.finish(plane.claim(), DeploymentStatus.FAILED, "disk full")
    wanted = auditing.AuditFilter(action=AuditAction.DEPLOYMENT_FINISH)
    (entry,) = auditing.list_audit(plane.services, plane.caller(), wanted, PageRequest()).items
    assert (entry.actor, entry.outcome, entry.store_id) == (RUNNER_ID, AuditOutcome.FAILED, "shop-001")
    assert "disk full" in entry.detail
