"""What was done on a runner's machine without the plane: told to it, or found by looking."""

from __future__ import annotations

from datetime import timedelta

import pytest

from galleria.contracts import wire
from galleria.contracts.delivery import RollbackSpec
from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import (
    ActorKind,
    AuditAction,
    AuditOutcome,
    DeploymentKind,
    DeploymentStatus,
    Outcome,
    RollbackClass,
    Stage,
    StoreState,
    Wanted,
)
from galleria.control.plane.context import PageRequest
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.services import auditing, deployments, fleet, history, local, runners, stores
from tests.support.planes import AS_RUNNER, RUNNER_ID, Plane, processes, release_id


def store(plane: Plane) -> wire.Store:
    return fleet.show_store(plane.services, plane.caller(), "shop-001")


def told(plane: Plane, status: DeploymentStatus = DeploymentStatus.SUCCEEDED) -> wire.LocalDeployment:
    now = plane.clock()
    step = wire.Step(
        stage=Stage.DEPLOY, name="switch", outcome=Outcome.PASSED, started_at=now, finished_at=now, evidence="switched"
    )
    return wire.LocalDeployment(
        runner_id=RUNNER_ID,
        deployment_id="dep-local-0123456789abcdef",
        store_id="shop-001",
        rollback=RollbackSpec(reason="the plane is down"),
        requested_by="root",
        started_at=now - timedelta(seconds=4),
        finished_at=now,
        status=status,
        reason="Back at revision 1.",
        revision=plane.revision(1) if status is DeploymentStatus.SUCCEEDED else None,
        steps=[step],
    )


def see(plane: Plane, number: int, *quarantined: str) -> None:
    plane.see(
        wire.ObservedStore(
            store_id="shop-001",
            processes=processes(plane.clock()),
            routed=True,
            revision=plane.revision(number),
            quarantined=list(quarantined),
        )
    )


@pytest.fixture
def moved(plane: Plane) -> Plane:
    """A store at its second revision."""
    plane.sell()
    plane.have_releases(1)
    plane.deploy(1)
    plane.carry_out()
    plane.clock.pass_by(60)
    return plane


def test_a_local_rollback_is_taken_in_once(moved: Plane) -> None:
    for _ in range(2):
        local.take(moved.services, AS_RUNNER, told(moved))
    page = deployments.list_deployments(
        moved.services, moved.caller(), deployments.DeploymentFilter("shop-001"), PageRequest()
    )
    assert page.total == 3
    kept = deployments.show_deployment(moved.services, moved.caller(), "dep-local-0123456789abcdef")
    assert (kept.local, kept.requested_by, kept.from_revision, kept.to_revision) == (True, "root", 2, 1)
    assert [step.name for step in kept.steps] == ["switch"]
    see(moved, 1)
    found = store(moved)
    assert found.revision is not None
    assert (found.revision.number, found.state) == (1, StoreState.SELLING)
    assert "Rolled back on its own machine by root" in found.sentence
    wanted = auditing.AuditFilter(action=AuditAction.STORE_ROLLBACK_LOCAL)
    (entry,) = auditing.list_audit(moved.services, moved.caller(), wanted, PageRequest()).items
    assert (entry.actor, entry.actor_kind, entry.outcome) == ("root", ActorKind.HUMAN, AuditOutcome.SUCCEEDED)


def test_a_local_rollback_that_failed_needs_a_person(moved: Plane) -> None:
    local.take(moved.services, AS_RUNNER, told(moved, DeploymentStatus.NEEDS_ATTENTION))
    found = store(moved)
    assert found.state is StoreState.NEEDS_ATTENTION
    assert found.revision is not None
    assert found.revision.number == 2


def test_old_news_changes_nothing_on_the_store(moved: Plane) -> None:
    late = told(moved)
    moved.clock.pass_by(5)
    moved.roll_back()
    moved.carry_out()
    version = store(moved).version
    local.take(moved.services, AS_RUNNER, late)
    found = store(moved)
    assert found.version == version
    assert found.last_deployment is not None
    assert not found.last_deployment.local


def test_what_is_no_end_or_somebody_elses_is_refused(moved: Plane) -> None:
    running = told(moved).model_copy(update={"status": DeploymentStatus.RUNNING})
    taken = store(moved).last_deployment
    assert taken is not None
    stolen = told(moved).model_copy(update={"deployment_id": taken.deployment_id})
    unknown = told(moved).model_copy(update={"store_id": "shop-404"})
    for wrong, code in (
        (running, ErrorCode.INVALID_REQUEST),
        (stolen, ErrorCode.STATE_CONFLICT),
        (unknown, ErrorCode.STORE_NOT_FOUND),
    ):
        with pytest.raises(PlaneProblem) as caught:
            local.take(moved.services, AS_RUNNER, wrong)
        assert caught.value.code is code


def test_the_registry_follows_what_is_seen_and_says_so(moved: Plane) -> None:
    see(moved, 1)
    found = store(moved)
    assert found.revision is not None
    assert found.revision.number == 1
    assert "Its runner's record says that it runs revision 1, not 2." in found.sentence
    page = history.list_revisions(moved.services, moved.caller(), "shop-001", PageRequest())
    assert [(one.number, one.current) for one in page.items] == [(2, False), (1, True)]
    local.take(moved.services, AS_RUNNER, told(moved))  # and why comes later
    kept = deployments.show_deployment(moved.services, moved.caller(), "dep-local-0123456789abcdef")
    assert (kept.from_revision, kept.to_revision) == (2, 1)
    assert "record says" not in store(moved).sentence


def test_what_was_seen_before_an_end_is_not_followed(moved: Plane) -> None:
    moved.roll_back()
    claim = moved.claim()
    see(moved, 1)
    moved.smoke(claim.deployment_id)
    moved.finish(claim, DeploymentStatus.SUCCEEDED)
    see(moved, 2)  # on its way since before the end
    found = store(moved)
    assert found.revision is not None
    assert found.revision.number == 1
    moved.clock.pass_by(20)
    see(moved, 1)
    assert "record says" not in store(moved).sentence


def test_quarantines_are_those_of_the_runners_record(moved: Plane) -> None:
    see(moved, 2, release_id(7))
    (held,) = store(moved).quarantined
    assert held.release_id == release_id(7)
    assert "failed here or was taken back" in held.reason
    see(moved, 2)
    assert store(moved).quarantined == []
    moved.observe("shop-001")  # a runner that says nothing of revisions says nothing of these either
    see(moved, 2, release_id(7))
    moved.observe("shop-001")
    assert [one.release_id for one in store(moved).quarantined] == [release_id(7)]


def test_the_registry_follows_a_move_that_needs_attention_and_knows_its_class(moved: Plane) -> None:
    moved.have_releases(2)
    moved.deploy(2)
    claim = moved.claim()
    report = wire.StepReport(
        runner_id=RUNNER_ID,
        stage=Stage.VERIFICATION,
        name="classify the migrations",
        outcome=Outcome.PASSED,
        started_at=moved.clock(),
        rollback_class=RollbackClass.C,
    )
    runners.report_step(moved.services, AS_RUNNER, claim.deployment_id, report)
    moved.finish(claim, DeploymentStatus.NEEDS_ATTENTION, "Shoppers stay at revision 3.")
    moved.clock.pass_by(20)
    see(moved, 3)
    found = store(moved)
    assert found.revision is not None
    assert found.revision.number == 3
    newest = history.list_revisions(moved.services, moved.caller(), "shop-001", PageRequest()).items[0]
    assert (newest.rollback_class, newest.deployment_id) == (RollbackClass.C, claim.deployment_id)
    with pytest.raises(PlaneProblem) as caught:
        moved.roll_back()
    assert caught.value.code is ErrorCode.IRREVERSIBLE


def test_a_stopped_store_that_was_taken_back_on_its_machine_is_meant_to_run(moved: Plane) -> None:
    stores.request(moved.services, moved.caller(), DeploymentKind.STOP, "shop-001")
    moved.finish(moved.claim(), DeploymentStatus.SUCCEEDED)
    assert store(moved).wanted is Wanted.STOPPED
    moved.clock.pass_by(10)
    local.take(moved.services, AS_RUNNER, told(moved))
    see(moved, 1)
    assert (store(moved).wanted, store(moved).state) == (Wanted.RUNNING, StoreState.SELLING)
