"""Deploys, rollbacks and configurations: what they lead to, when they make no sense, what their ends change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from galleria.contracts import wire
from galleria.contracts.delivery import ConfigureSpec, DeploySpec, RollbackSpec
from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import (
    AGENT_SMOKE_CHECKS,
    AuditAction,
    AuditOutcome,
    Component,
    DeploymentKind,
    DeploymentStatus,
    Operation,
    Outcome,
    ProcessState,
    Role,
    RollbackClass,
    Slot,
    SmokePlace,
    Stage,
    StoreState,
)
from galleria.control.plane.agents import LIVE, Where
from galleria.control.plane.context import PageRequest
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.services import (
    auditing,
    deployments,
    ending,
    fleet,
    history,
    releases,
    runners,
    stores,
    wishing,
)
from galleria.control.plane.services.aiming import Wish
from galleria.control.registry.schema import RevisionRow
from tests.support.planes import (
    AS_RUNNER,
    RUNNER_ID,
    START,
    Plane,
    agent_smoke,
    claim_request,
    processes,
    release,
    release_id,
)


def refused(act: Callable[[], object]) -> PlaneProblem:
    with pytest.raises(PlaneProblem) as caught:
        act()
    return caught.value


def store(plane: Plane) -> wire.Store:
    return fleet.show_store(plane.services, plane.caller(), "shop-001")


def show(plane: Plane, deployment_id: str) -> wire.Deployment:
    return deployments.show_deployment(plane.services, plane.caller(), deployment_id)


def revisions(plane: Plane) -> list[wire.KnownRevision]:
    return history.list_revisions(plane.services, plane.caller(), "shop-001", PageRequest()).items


def ask(plane: Plane, wish: Wish, role: Role = Role.OPERATOR, version: int | None = None) -> wire.Deployment:
    return wishing.request(plane.services, plane.caller("ana", role), wish, "shop-001", version)


def classify(plane: Plane, claim: wire.Claim, rollback_class: RollbackClass) -> None:
    report = wire.StepReport(
        runner_id=RUNNER_ID,
        stage=Stage.VERIFICATION,
        name="classify the migrations",
        outcome=Outcome.PASSED,
        started_at=START,
        finished_at=START + timedelta(seconds=1),
        rollback_class=rollback_class,
    )
    runners.report_step(plane.services, AS_RUNNER, claim.deployment_id, report)


def move(plane: Plane, number: int, rollback_class: RollbackClass = RollbackClass.A) -> wire.Claim:
    """Bring the store to a release, all well."""
    plane.deploy(number)
    claim = plane.claim()
    classify(plane, claim, rollback_class)
    plane.smoke(claim.deployment_id)
    plane.clock.pass_by(3)
    plane.finish(claim, DeploymentStatus.SUCCEEDED)
    plane.observe("shop-001")
    return claim


@pytest.fixture
def selling(plane: Plane) -> Plane:
    """A plane with a store that sells, and a runner with three releases."""
    plane.sell()
    plane.have_releases(1, 2, 3)
    return plane


def test_a_store_moves_to_a_release(selling: Plane) -> None:
    asked = selling.deploy(1)
    assert (asked.kind, asked.release_id, asked.from_revision, asked.to_revision) == (
        DeploymentKind.DEPLOY,
        release_id(1),
        1,
        2,
    )
    claim = selling.claim()
    assert claim.deploy == DeploySpec(release_id=release_id(1))
    assert (claim.revision_number, claim.requested_by) == (2, "ana")
    classify(selling, claim, RollbackClass.B)
    assert show(selling, asked.deployment_id).rollback_class is RollbackClass.B
    assert store(selling).sentence.startswith(f"Deploying {release_id(1)} for ")
    selling.smoke(claim.deployment_id)
    selling.finish(claim, DeploymentStatus.SUCCEEDED)
    selling.observe("shop-001")
    found = store(selling)
    assert (found.state, found.revision) == (StoreState.SELLING, selling.revision(2, release_id(1)))
    newest, first = revisions(selling)
    assert (newest.number, newest.current, newest.rollback_class) == (2, True, RollbackClass.B)
    assert (first.number, first.current, first.healthy) == (1, False, True)
    assert newest.deployment_id == asked.deployment_id


def test_a_success_without_a_smoke_run_or_a_revision_is_none(selling: Plane) -> None:
    selling.deploy(1)
    claim = selling.claim()
    selling.finish(claim, DeploymentStatus.SUCCEEDED)
    assert show(selling, claim.deployment_id).status is DeploymentStatus.NEEDS_ATTENTION
    selling.deploy(1)
    claim = selling.claim()
    selling.smoke(claim.deployment_id)
    report = wire.FinishReport(runner_id=RUNNER_ID, status=DeploymentStatus.SUCCEEDED, reason="", seconds=1)
    ending.finish(selling.services, AS_RUNNER, claim.deployment_id, report)
    assert show(selling, claim.deployment_id).status is DeploymentStatus.NEEDS_ATTENTION
    assert [one.number for one in revisions(selling)] == [1]


def test_a_number_is_given_once(selling: Plane) -> None:
    selling.deploy(1)
    selling.finish(selling.claim(), DeploymentStatus.FAILED, "It does not start.")
    assert selling.deploy(2).to_revision == 3
    assert selling.claim().revision_number == 3


@pytest.mark.parametrize("status", [DeploymentStatus.FAILED, DeploymentStatus.ROLLED_BACK])
def test_a_failed_release_is_quarantined_and_the_store_sells_on(selling: Plane, status: DeploymentStatus) -> None:
    selling.deploy(1)
    claim = selling.claim()
    selling.agents.answers[Operation.VERIFY_SMOKE] = agent_smoke(failed="product page")
    green = wire.SmokeRequest(runner_id=RUNNER_ID, storefront=Slot.GREEN)
    run = runners.smoke_deployment(selling.services, AS_RUNNER, claim.deployment_id, green)
    assert not run.passed
    selling.finish(claim, status, 'Check "product page" failed on the new slot. No shopper met it.')
    selling.observe("shop-001")
    found = store(selling)
    assert found.state is StoreState.SELLING  # what was smoked out of their sight is not what shoppers meet
    assert "No shopper met it." in found.sentence
    (held,) = found.quarantined
    assert (held.release_id, held.deployment_id) == (release_id(1), claim.deployment_id)
    problem = refused(lambda: selling.deploy(1))
    assert problem.code is ErrorCode.RELEASE_QUARANTINED
    assert problem.message.startswith(f"{release_id(1)} is quarantined on shop-001: ")
    assert "No shopper met it." in problem.message
    assert "`galleria store revisions shop-001`" in problem.message


def test_a_quarantine_ends_when_the_store_is_well_at_a_revision_of_that_release(selling: Plane) -> None:
    move(selling, 1)
    move(selling, 2)
    selling.deploy(1)
    selling.finish(selling.claim(), DeploymentStatus.FAILED, "It does not start.")
    assert [held.release_id for held in store(selling).quarantined] == [release_id(1)]
    selling.roll_back(2)
    selling.carry_out()
    assert store(selling).quarantined == []


def test_smoke_is_asked_of_the_slot_that_is_meant(selling: Plane) -> None:
    selling.deploy(1)
    claim = selling.claim()
    selling.agents.places.clear()
    request = wire.SmokeRequest(runner_id=RUNNER_ID, agent=Slot.GREEN, storefront=Slot.GREEN, environment="staging")
    run = runners.smoke_deployment(selling.services, AS_RUNNER, claim.deployment_id, request)
    assert set(selling.agents.places) == {Where(Slot.GREEN, Slot.GREEN)}
    assert (run.environment, run.deployment_id) == ("staging", claim.deployment_id)
    selling.agents.places.clear()
    selling.smoke(claim.deployment_id)
    assert set(selling.agents.places) == {LIVE}
    assert show(selling, claim.deployment_id).smokes[0] == run


def test_runs_through_the_door_are_kept_as_evidence(selling: Plane) -> None:
    claim = move(selling, 1)
    selling.deploy(2)
    claim = selling.claim()
    results = [wire.SmokeResult(check=one, outcome=Outcome.PASSED, seconds=0.1) for one in AGENT_SMOKE_CHECKS]
    door = wire.SmokeRun(
        run_id="smk-door", started_at=START, seconds=0.4, passed=True, results=results, place=SmokePlace.DOOR
    )
    report = wire.StepReport(
        runner_id=RUNNER_ID,
        stage=Stage.POST_DEPLOY,
        name="smoke through the public door",
        outcome=Outcome.PASSED,
        started_at=START,
        smoke=door,
    )
    before = store(selling).last_smoke
    for _ in range(2):
        runners.report_step(selling.services, AS_RUNNER, claim.deployment_id, report)
    (kept,) = show(selling, claim.deployment_id).smokes
    assert (kept.place, kept.passed, kept.deployment_id) == (SmokePlace.DOOR, True, claim.deployment_id)
    assert show(selling, claim.deployment_id).smoke is None  # only a run by the agent is worth a success
    assert store(selling).last_smoke == before
    for update in ({"place": SmokePlace.SLOT}, {"seconds": float("nan")}):
        wrong = report.model_copy(update={"name": "again", "smoke": door.model_copy(update=update)})
        problem = refused(
            lambda wrong=wrong: runners.report_step(  # type: ignore[misc]
                selling.services, AS_RUNNER, claim.deployment_id, wrong
            )
        )
        assert problem.code is ErrorCode.INVALID_REQUEST
    lame = door.model_copy(update={"run_id": "smk-lame", "results": results[1:]})
    runners.report_step(
        selling.services, AS_RUNNER, claim.deployment_id, report.model_copy(update={"name": "lame", "smoke": lame})
    )
    assert not show(selling, claim.deployment_id).smokes[1].passed


def test_releases_that_nobody_has_are_refused(selling: Plane) -> None:
    assert refused(lambda: selling.deploy(9)).code is ErrorCode.RELEASE_NOT_FOUND
    found = releases.list_releases(selling.services, selling.caller(), PageRequest())
    assert [one.release_id for one in found.items] == [release_id(3), release_id(2), release_id(1)]
    selling.clock.pass_by(31)  # the runner that has them is gone
    assert releases.list_releases(selling.services, selling.caller(), PageRequest()).total == 0
    assert refused(lambda: selling.deploy(1)).code is ErrorCode.RELEASE_NOT_FOUND


def test_a_runner_that_says_nothing_of_releases_has_what_it_had(selling: Plane) -> None:
    selling.see(releases=[release(5)])
    selling.see()
    assert _ids(selling) == [release_id(5)]
    selling.see(releases=[])
    assert _ids(selling) == []


def _ids(plane: Plane) -> list[str]:
    return [one.release_id for one in releases.list_releases(plane.services, plane.caller(), PageRequest()).items]


def test_components_are_those_of_the_release_and_of_stores(selling: Plane) -> None:
    runner = DeploySpec(release_id=release_id(1), components=[Component.RUNNER])
    assert refused(lambda: ask(selling, Wish.to_deploy(runner))).code is ErrorCode.INVALID_REQUEST
    one = DeploySpec(release_id=release_id(1), components=[Component.STOREFRONT])
    assert ask(selling, Wish.to_deploy(one)).deploy == one


def test_what_runs_already_is_not_deployed_again(selling: Plane) -> None:
    move(selling, 1)
    assert refused(lambda: selling.deploy(1)).code is ErrorCode.STATE_CONFLICT


def test_what_cannot_be_taken_back_takes_an_admin(selling: Plane) -> None:
    spec = DeploySpec(release_id=release_id(1), accept_irreversible=True)
    assert refused(lambda: ask(selling, Wish.to_deploy(spec))).code is ErrorCode.FORBIDDEN
    assert ask(selling, Wish.to_deploy(spec), Role.ADMIN).deploy == spec


@pytest.mark.parametrize(
    "wish",
    [
        Wish.to_deploy(DeploySpec(release_id=release_id(1))),
        Wish.to_roll_back(RollbackSpec()),
        Wish.to_configure(ConfigureSpec(config_version=2, secret_version=1)),
    ],
)
def test_a_store_that_is_not_meant_to_run_is_left_alone(selling: Plane, wish: Wish) -> None:
    assert refused(lambda: ask(selling, wish, Role.VIEWER)).code is ErrorCode.FORBIDDEN
    assert refused(lambda: ask(selling, wish, version=99)).code is ErrorCode.STORE_CHANGED
    stores.request(selling.services, selling.caller(), DeploymentKind.STOP, "shop-001")
    assert refused(lambda: ask(selling, wish)).code is ErrorCode.STORE_BUSY
    selling.finish(selling.claim(), DeploymentStatus.SUCCEEDED)
    assert refused(lambda: ask(selling, wish)).code is ErrorCode.STATE_CONFLICT


def test_a_rollback_leads_to_the_last_one_known_healthy(selling: Plane) -> None:
    move(selling, 1)
    move(selling, 2)
    asked = selling.roll_back()
    assert (asked.from_revision, asked.to_revision, asked.release_id) == (3, 2, release_id(1))
    claim = selling.claim()
    assert claim.rollback == RollbackSpec(to_revision=2, reason="prices were wrong")  # the plane says where to
    assert claim.revision_number == 2
    selling.smoke(claim.deployment_id)
    selling.finish(claim, DeploymentStatus.SUCCEEDED)
    assert [(one.number, one.current) for one in revisions(selling)] == [(3, False), (2, True), (1, False)]
    assert selling.deploy(3).to_revision == 4  # above the highest that ever was
    wanted = auditing.AuditFilter(action=AuditAction.STORE_ROLLBACK)
    (entry,) = auditing.list_audit(selling.services, selling.caller(), wanted, PageRequest()).items
    assert "from revision 3 to 2" in entry.detail
    assert "prices were wrong" in entry.detail


def test_a_rollback_leads_past_what_was_taken_back(selling: Plane) -> None:
    move(selling, 1)
    move(selling, 2)
    with selling.services.database.writing() as session:
        (row,) = session.scalars(select(RevisionRow).where(RevisionRow.number == 3))
        row.revision = {**row.revision, "came_from": 1}
    assert selling.roll_back().to_revision == 1


def test_a_rollback_knows_where_it_must_not_go(selling: Plane) -> None:
    assert refused(lambda: selling.roll_back()).code is ErrorCode.REVISION_NOT_FOUND
    assert refused(lambda: selling.roll_back(7)).code is ErrorCode.REVISION_NOT_FOUND
    assert refused(lambda: selling.roll_back(1)).code is ErrorCode.STATE_CONFLICT
    move(selling, 1, RollbackClass.C)
    assert refused(lambda: selling.roll_back()).code is ErrorCode.IRREVERSIBLE
    move(selling, 2)
    assert selling.roll_back().to_revision == 2  # not past the one that can't be taken back
    selling.finish(selling.claim(), DeploymentStatus.FAILED, "refused")
    assert refused(lambda: selling.roll_back(1)).code is ErrorCode.IRREVERSIBLE


def test_a_rollback_ends_where_it_was_led_to_and_nowhere_else(selling: Plane) -> None:
    for number in (1, 2):
        move(selling, number)
    for to in (None, 2):
        selling.roll_back(to)
        claim = selling.claim()
        selling.smoke(claim.deployment_id)
        report = wire.FinishReport(
            runner_id=RUNNER_ID, status=DeploymentStatus.SUCCEEDED, reason="", revision=selling.revision(1), seconds=1
        )
        problem = refused(
            lambda claim=claim, report=report: ending.finish(  # type: ignore[misc]
                selling.services, AS_RUNNER, claim.deployment_id, report
            )
        )
        assert problem.code is ErrorCode.INVALID_REQUEST
        selling.finish(claim, DeploymentStatus.NEEDS_ATTENTION, "The control plane refused the end.")


@pytest.mark.parametrize(
    "wish",
    [
        Wish.to_deploy(DeploySpec(release_id=release_id(1))),
        Wish.to_configure(ConfigureSpec(config_version=2, secret_version=1)),
    ],
)
def test_a_deployment_that_changes_nothing_ends_at_what_the_store_runs(selling: Plane, wish: Wish) -> None:
    made = move(selling, 1)
    before = revisions(selling)
    asked = ask(selling, Wish.to_configure(ConfigureSpec(config_version=3, secret_version=1)))
    selling.finish(selling.claim(), DeploymentStatus.FAILED, "There is no such configuration.")
    asked = ask(selling, wish)
    assert asked.to_revision == 4
    claim = selling.claim()
    selling.smoke(claim.deployment_id)
    now = store(selling).revision
    report = wire.FinishReport(
        runner_id=RUNNER_ID, status=DeploymentStatus.SUCCEEDED, reason="", revision=now, seconds=1
    )
    ending.finish(selling.services, AS_RUNNER, claim.deployment_id, report)
    ended = show(selling, asked.deployment_id)
    assert (ended.status, ended.from_revision, ended.to_revision) == (DeploymentStatus.SUCCEEDED, 2, 2)
    assert revisions(selling) == before  # who made a revision stays
    assert revisions(selling)[0].deployment_id == made.deployment_id


def test_a_deployment_does_not_end_at_a_revision_that_nobody_knows(selling: Plane) -> None:
    selling.deploy(1)
    claim = selling.claim()
    selling.smoke(claim.deployment_id)
    report = wire.FinishReport(
        runner_id=RUNNER_ID, status=DeploymentStatus.SUCCEEDED, reason="", revision=selling.revision(7), seconds=1
    )
    problem = refused(lambda: ending.finish(selling.services, AS_RUNNER, claim.deployment_id, report))
    assert problem.code is ErrorCode.INVALID_REQUEST


def test_data_that_a_failed_deployment_changed_for_good_bars_the_way_back(selling: Plane) -> None:
    move(selling, 1)
    selling.deploy(2)
    claim = selling.claim()
    classify(selling, claim, RollbackClass.C)
    report = wire.FinishReport(
        runner_id=RUNNER_ID,
        status=DeploymentStatus.NEEDS_ATTENTION,
        reason="The data was changed.",
        no_way_back_before=selling.revision(3, release_id(2)).model_copy(update={"healthy": False}),
        seconds=1,
    )
    ending.finish(selling.services, AS_RUNNER, claim.deployment_id, report)
    newest = revisions(selling)[0]
    assert (newest.number, newest.current, newest.healthy, newest.rollback_class, newest.deployment_id) == (
        3,
        False,
        False,
        RollbackClass.C,
        claim.deployment_id,
    )
    assert refused(lambda: selling.roll_back()).code is ErrorCode.IRREVERSIBLE
    assert refused(lambda: selling.roll_back(1)).code is ErrorCode.IRREVERSIBLE
    assert selling.deploy(3).to_revision == 4


def test_a_failed_rollback_needs_a_person(selling: Plane) -> None:
    move(selling, 1)
    selling.roll_back()
    selling.finish(selling.claim(), DeploymentStatus.NEEDS_ATTENTION, "The previous revision does not start (exit 3).")
    selling.observe("shop-001")
    found = store(selling)
    assert found.state is StoreState.NEEDS_ATTENTION
    assert "Rolling back to revision 1 failed" in found.sentence
    assert "runbook" in found.sentence


def test_a_configuration_is_a_revision(selling: Plane) -> None:
    same = ConfigureSpec(config_version=1, secret_version=1)
    assert refused(lambda: ask(selling, Wish.to_configure(same))).code is ErrorCode.STATE_CONFLICT
    spec = ConfigureSpec(config_version=2, secret_version=1, reason="more workers")
    asked = ask(selling, Wish.to_configure(spec))
    assert (asked.to_revision, asked.configure) == (2, spec)
    selling.carry_out()
    found = store(selling).revision
    assert found is not None
    assert (found.number, found.config_version) == (2, 2)
    assert selling.roll_back().to_revision == 1


def test_what_is_kept_warm_says_nothing_of_the_store(selling: Plane) -> None:
    now = selling.clock()
    warm = [
        one.model_copy(update={"slot": Slot.GREEN, "live": False, "state": ProcessState.GAVE_UP})
        for one in processes(now)
    ]
    selling.see(wire.ObservedStore(store_id="shop-001", processes=[*processes(now), *warm], routed=True))
    assert store(selling).state is StoreState.SELLING
    cold = [one.model_copy(update={"live": False}) for one in processes(now)]
    selling.see(wire.ObservedStore(store_id="shop-001", processes=cold, routed=True))
    assert store(selling).state is StoreState.DEGRADED


def test_a_store_that_breaks_while_something_is_deployed_is_seen_to(selling: Plane) -> None:
    selling.deploy(1)
    selling.claim()
    selling.observe("shop-001")
    assert store(selling).state is StoreState.DEPLOYING
    selling.observe("shop-001", state=ProcessState.RESTARTING)
    found = store(selling)
    assert found.state is StoreState.DEGRADED
    assert f"Deploying {release_id(1)}" in found.sentence


def test_nothing_waits_for_a_runner_of_its_own(selling: Plane) -> None:
    selling.deploy(1)
    assert runners.claim(selling.services, AS_RUNNER, claim_request()) is not None
    assert runners.claim(selling.services, AS_RUNNER, claim_request()) is None


def test_who_asked_and_what_for_is_in_the_audit(selling: Plane) -> None:
    selling.deploy(1, name="ben")
    refused(lambda: selling.deploy(2, name="eve"))
    wanted = auditing.AuditFilter(action=AuditAction.STORE_DEPLOY)
    second, first = auditing.list_audit(selling.services, selling.caller(), wanted, PageRequest()).items
    assert (first.actor, first.outcome) == ("ben", AuditOutcome.ACCEPTED)
    assert f"{release_id(1)}, from revision 1 to 2" in first.detail
    assert (second.actor, second.outcome) == ("eve", AuditOutcome.REFUSED)
