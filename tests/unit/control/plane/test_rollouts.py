"""Rollouts over real rows: canary first, halting by itself, going on, going back, and a plane that comes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from galleria.contracts.delivery import ConfigureSpec, Rollout, RolloutSpec
from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import (
    AuditAction,
    AuditOutcome,
    DeploymentKind,
    DeploymentStatus,
    Role,
    RolloutStatus,
)
from galleria.control.plane.context import PageRequest
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.services import (
    auditing,
    deployments,
    driving,
    fleet,
    rollouts,
    runners,
    stores,
    wishing,
)
from galleria.control.plane.services.aiming import Wish
from tests.support.planes import AS_RUNNER, Plane, claim_request, release_id


def refused(act: Callable[[], object]) -> PlaneProblem:
    with pytest.raises(PlaneProblem) as caught:
        act()
    return caught.value


def spec(selector: str = "all", waves: str = "1,50%,100%", max_failures: int = 1) -> RolloutSpec:
    return RolloutSpec(release_id=release_id(1), stores=selector, waves=waves.split(","), max_failures=max_failures)


def start(plane: Plane, wanted: RolloutSpec | None = None) -> str:
    return rollouts.start(plane.services, plane.caller(), wanted or spec()).rollout_id


def show(plane: Plane, rollout_id: str) -> Rollout:
    return rollouts.show_rollout(plane.services, plane.caller(), rollout_id)


def statuses(plane: Plane, rollout_id: str) -> list[DeploymentStatus | None]:
    return [part.status for part in show(plane, rollout_id).parts]


def end_next(plane: Plane, status: DeploymentStatus = DeploymentStatus.SUCCEEDED) -> str:
    """Have the runner end what was asked for first; return the store."""
    claim = plane.claim()
    plane.smoke(claim.deployment_id)
    plane.clock.pass_by(3)
    plane.finish(claim, status, "" if status is DeploymentStatus.SUCCEEDED else "It does not start.")
    return claim.spec.store_id


def end_all(plane: Plane) -> list[str]:
    """Have the runner end everything that is asked for, all well."""
    ended = []
    while _asked(plane):
        ended.append(end_next(plane))
        plane.have_releases(1, 2)
    return ended


def _asked(plane: Plane) -> int:
    wanted = deployments.DeploymentFilter(status=DeploymentStatus.REQUESTED)
    return deployments.list_deployments(plane.services, plane.caller(), wanted, PageRequest()).total


@pytest.fixture
def four(plane: Plane) -> Plane:
    """A plane with four stores that sell, and a runner that has two releases."""
    for number in range(1, 5):
        plane.sell(f"shop-00{number}")
    plane.have_releases(1, 2)
    return plane


def test_waves_follow_each_other_to_the_end(four: Plane) -> None:
    rollout_id = start(four)
    assert [(part.store_id, part.wave) for part in show(four, rollout_id).parts] == [
        ("shop-001", 1),
        ("shop-002", 2),
        ("shop-003", 3),
        ("shop-004", 3),
    ]
    assert _asked(four) == 1
    assert end_next(four) == "shop-001"
    assert (show(four, rollout_id).wave, _asked(four)) == (2, 1)
    assert end_next(four) == "shop-002"
    assert (show(four, rollout_id).wave, _asked(four)) == (3, 2)
    end_all(four)
    found = show(four, rollout_id)
    assert (found.status, found.succeeded, found.failed) == (RolloutStatus.SUCCEEDED, 4, 0)
    assert found.finished_at is not None
    assert found.reason == "4 of 4 stores run it, 0 failed."
    about = deployments.show_deployment(four.services, four.caller(), found.parts[0].deployment_id or "")
    assert (about.rollout_id, about.requested_by) == (rollout_id, "ana")
    wanted = auditing.AuditFilter(action=AuditAction.ROLLOUT_FINISH)
    (entry,) = auditing.list_audit(four.services, four.caller(), wanted, PageRequest()).items
    assert (entry.actor, entry.outcome) == ("control-plane", AuditOutcome.SUCCEEDED)


def test_a_bad_release_hits_the_canary_and_no_other(plane: Plane) -> None:
    for number in range(1, 21):
        plane.sell(f"shop-{number:03}")
    plane.have_releases(1)
    rollout_id = start(plane, spec(waves="1,10%,100%"))
    end_next(plane, DeploymentStatus.FAILED)
    found = show(plane, rollout_id)
    assert (found.status, found.failed, _asked(plane)) == (RolloutStatus.HALTED, 1, 0)
    assert found.reason == "1 of 20 stores failed. shop-001: It does not start."
    assert [part.store_id for part in found.parts if part.deployment_id] == ["shop-001"]
    driving.drive_all(plane.services)
    assert _asked(plane) == 0


def test_what_is_under_way_ends_after_a_halt(four: Plane) -> None:
    rollout_id = start(four, spec(waves="100%"))
    assert _asked(four) == 4
    end_next(four, DeploymentStatus.ROLLED_BACK)
    assert show(four, rollout_id).status is RolloutStatus.HALTED
    end_all(four)
    assert statuses(four, rollout_id).count(DeploymentStatus.SUCCEEDED) == 3
    assert show(four, rollout_id).status is RolloutStatus.HALTED


def test_told_to_go_on_it_forgives_what_failed_so_far(four: Plane) -> None:
    rollout_id = start(four)
    end_next(four, DeploymentStatus.FAILED)
    assert refused(lambda: rollouts.halt(four.services, four.caller(), rollout_id)).code is ErrorCode.STATE_CONFLICT
    rollouts.resume(four.services, four.caller("ben"), rollout_id)
    assert _asked(four) == 1
    end_next(four, DeploymentStatus.FAILED)
    assert show(four, rollout_id).status is RolloutStatus.HALTED
    rollouts.resume(four.services, four.caller("ben"), rollout_id)
    end_all(four)
    found = show(four, rollout_id)
    assert (found.status, found.succeeded, found.failed) == (RolloutStatus.SUCCEEDED, 2, 2)


def test_halted_by_hand_it_begins_nothing_more(four: Plane) -> None:
    rollout_id = start(four)
    rollouts.halt(four.services, four.caller("ben"), rollout_id)
    end_next(four)
    found = show(four, rollout_id)
    assert (found.status, found.reason, _asked(four)) == (RolloutStatus.HALTED, "Halted by ben.", 0)
    rollouts.resume(four.services, four.caller("ben"), rollout_id)
    end_all(four)
    assert show(four, rollout_id).status is RolloutStatus.SUCCEEDED


def test_taken_back_every_touched_store_runs_what_it_ran_before(four: Plane) -> None:
    rollout_id = start(four)
    end_next(four)
    end_next(four, DeploymentStatus.FAILED)
    rollouts.take_back(four.services, four.caller("ben"), rollout_id)
    assert show(four, rollout_id).status is RolloutStatus.ROLLING_BACK
    assert end_all(four) == ["shop-001"]
    found = show(four, rollout_id)
    assert found.status is RolloutStatus.ROLLED_BACK
    assert found.reason == "The store that it moved is back at what it ran before."
    assert [part.rollback_status for part in found.parts] == [DeploymentStatus.SUCCEEDED, None, None, None]
    revision = fleet.show_store(four.services, four.caller(), "shop-001").revision
    assert revision is not None
    assert (revision.number, revision.release_id) == (1, None)
    back = deployments.show_deployment(four.services, four.caller(), found.parts[0].rollback_deployment_id or "")
    assert (back.kind, back.requested_by) == (DeploymentKind.ROLLBACK, "ben")
    assert refused(lambda: rollouts.resume(four.services, four.caller(), rollout_id)).code is ErrorCode.STATE_CONFLICT


def test_a_way_back_that_fails_needs_a_person(four: Plane) -> None:
    rollout_id = start(four, spec("shop-001,shop-002"))
    end_all(four)
    rollouts.take_back(four.services, four.caller(), rollout_id)
    end_next(four, DeploymentStatus.NEEDS_ATTENTION)
    end_all(four)
    found = show(four, rollout_id)
    assert found.status is RolloutStatus.NEEDS_ATTENTION
    assert found.reason.startswith("Not taken back: shop-00")


def test_a_store_that_has_moved_on_is_left_alone_and_nobody_says_that_it_is_back(four: Plane) -> None:
    rollout_id = start(four, spec("shop-001,shop-002,shop-003"))
    end_all(four)
    four.deploy(2)
    end_all(four)
    stores.request(four.services, four.caller("ada", Role.ADMIN), DeploymentKind.DECOMMISSION, "shop-003")
    end_all(four)
    rollouts.take_back(four.services, four.caller(), rollout_id)
    end_all(four)
    found = show(four, rollout_id)
    assert found.status is RolloutStatus.ROLLED_BACK
    assert found.reason == (
        "1 of the 3 stores that it moved is back at what it ran before. Left alone: shop-001, shop-003."
    )
    first, second, third = found.parts
    assert (first.rollback_skipped, first.rollback_status) == (True, None)
    assert first.reason == "It has moved on to revision 3 since, and runs nothing of this rollout any more."
    assert (second.rollback_skipped, second.rollback_status) == (False, DeploymentStatus.SUCCEEDED)
    assert (third.rollback_skipped, third.reason) == (True, "It was removed.")


def test_a_store_that_moved_on_and_still_runs_the_release_is_not_called_taken_back(four: Plane) -> None:
    rollout_id = start(four, spec("shop-001"))
    end_all(four)
    wish = Wish.to_configure(ConfigureSpec(config_version=2, secret_version=1))
    wishing.request(four.services, four.caller(), wish, "shop-001")
    end_all(four)
    rollouts.take_back(four.services, four.caller(), rollout_id)
    found = show(four, rollout_id)
    assert found.status is RolloutStatus.NEEDS_ATTENTION
    assert found.reason == "Not taken back: shop-001. See each store's page."
    assert found.parts[0].rollback_status is DeploymentStatus.FAILED
    assert found.parts[0].reason == (
        f"It has moved on to revision 3 since, which still runs {release_id(1)}. "
        "Roll it back by hand: before this rollout it ran revision 1."
    )


def test_a_store_that_waits_for_a_person_is_told_when_the_others_are_back(four: Plane) -> None:
    rollout_id = start(four)
    end_next(four)
    end_next(four, DeploymentStatus.NEEDS_ATTENTION)
    rollouts.take_back(four.services, four.caller(), rollout_id)
    end_all(four)
    found = show(four, rollout_id)
    assert found.status is RolloutStatus.NEEDS_ATTENTION
    assert found.reason == (
        "Waits for a person since its deployment: shop-002. See each store's page. "
        "The store that it moved is back at what it ran before."
    )


def test_a_store_that_a_person_has_mended_since_waits_for_nobody(four: Plane) -> None:
    rollout_id = start(four, spec("shop-001"))
    end_next(four, DeploymentStatus.NEEDS_ATTENTION)
    stores.request(four.services, four.caller(), DeploymentKind.RESTART, "shop-001")
    end_all(four)
    rollouts.take_back(four.services, four.caller(), rollout_id)
    found = show(four, rollout_id)
    assert (found.status, found.reason) == (RolloutStatus.ROLLED_BACK, "It had moved no store.")


def test_no_two_rollouts_move_one_store_at_a_time(four: Plane) -> None:
    halted = start(four, spec("shop-001,shop-002"))
    rollouts.halt(four.services, four.caller(), halted)
    end_all(four)
    other = start(four, spec("shop-00*"))
    for tell in (rollouts.resume, rollouts.take_back):
        problem = refused(lambda tell=tell: tell(four.services, four.caller(), halted))  # type: ignore[misc]
        assert (problem.code, problem.details) == (ErrorCode.ROLLOUT_BUSY, {"rollout_id": other})
    assert show(four, halted).status is RolloutStatus.HALTED
    rollouts.halt(four.services, four.caller(), other)
    assert rollouts.resume(four.services, four.caller(), halted).status is not RolloutStatus.HALTED
    assert rollouts.take_back(four.services, four.caller(), halted).status is not RolloutStatus.HALTED


def test_a_busy_store_is_waited_for(four: Plane) -> None:
    stores.request(four.services, four.caller("ben"), DeploymentKind.RESTART, "shop-001")
    rollout_id = start(four)
    (first, *_) = show(four, rollout_id).parts
    assert first.status is None
    assert "ben asked to restart shop-001" in first.reason
    end_next(four)
    driving.drive_all(four.services)
    assert statuses(four, rollout_id)[0] is DeploymentStatus.REQUESTED


def test_who_runs_it_already_is_done_and_who_cannot_is_skipped_with_a_reason(four: Plane) -> None:
    four.deploy(1, "shop-001")
    end_next(four)
    stores.request(four.services, four.caller(), DeploymentKind.STOP, "shop-002")
    end_next(four)
    rollout_id = start(four, spec(waves="3,100%"))
    stores.request(four.services, four.caller("ada", Role.ADMIN), DeploymentKind.DECOMMISSION, "shop-004")
    end_all(four)
    driving.drive_all(four.services)  # it may have been busy when its turn came
    found = show(four, rollout_id)
    assert [(part.status, part.skipped) for part in found.parts] == [
        (DeploymentStatus.SUCCEEDED, False),
        (None, True),
        (DeploymentStatus.SUCCEEDED, False),
        (None, True),
    ]
    assert [part.reason for part in found.parts] == [
        f"It runs {release_id(1)} already.",
        "shop-002 is stopped. Start it first: what it moves to is smoked before shoppers meet it.",
        "",
        "It was removed.",
    ]
    assert found.status is RolloutStatus.SUCCEEDED
    assert sum(part.deployment_id is not None for part in found.parts) == 1


def test_a_plane_that_is_killed_between_any_two_acts_makes_nothing_twice(
    four: Plane, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each commit is a moment at which the plane may be gone; a new one drives on from what is written."""
    once = driving._act_once
    monkeypatch.setattr(driving, "drive", lambda services, rollout_id: once(services, rollout_id, set()) and None)
    rollout_id = start(four, spec(waves="2,100%"))
    for _ in range(40):
        driving.drive_all(four.services)  # one act, then it is killed
        if _asked(four):
            end_next(four)
            four.have_releases(1, 2)
    assert show(four, rollout_id).status is RolloutStatus.SUCCEEDED
    made = deployments.list_deployments(four.services, four.caller(), deployments.DeploymentFilter(), PageRequest())
    assert sorted(one.store_id for one in made.items if one.rollout_id == rollout_id) == [
        f"shop-00{number}" for number in range(1, 5)
    ]


def test_a_deployment_that_cost_too_many_leases_counts_as_failed(four: Plane) -> None:
    rollout_id = start(four)
    for _ in range(runners.MOST_ATTEMPTS):
        assert runners.claim(four.services, AS_RUNNER, claim_request()) is not None
        four.clock.pass_by(31)
    assert runners.claim(four.services, AS_RUNNER, claim_request()) is None
    assert show(four, rollout_id).status is RolloutStatus.HALTED


def test_what_makes_no_rollout_is_refused(four: Plane) -> None:
    def begin(wanted: RolloutSpec, role: Role = Role.OPERATOR) -> PlaneProblem:
        return refused(lambda: rollouts.start(four.services, four.caller("ana", role), wanted))

    assert begin(spec(), Role.VIEWER).code is ErrorCode.FORBIDDEN
    assert begin(spec().model_copy(update={"accept_irreversible": True})).code is ErrorCode.FORBIDDEN
    assert begin(spec().model_copy(update={"release_id": release_id(9)})).code is ErrorCode.RELEASE_NOT_FOUND
    assert begin(spec("nowhere")).details == {"field": "stores"}
    assert begin(spec(waves="75%,1,100%")).code is ErrorCode.INVALID_REQUEST
    assert begin(spec(waves="1")).details == {"field": "waves"}
    start(four, spec("shop-001"))
    assert begin(spec("shop-00*")).code is ErrorCode.ROLLOUT_BUSY
    start(four, spec("shop-002"))
    unknown = refused(lambda: rollouts.halt(four.services, four.caller(), "rol-404"))
    assert unknown.code is ErrorCode.ROLLOUT_NOT_FOUND
    assert rollouts.list_rollouts(four.services, four.caller(), PageRequest()).total == 2
