"""What the pages for moving stores say: deploys, ways back, rollouts."""

from __future__ import annotations

import pytest

from galleria.contracts import wire
from galleria.contracts.delivery import Rollout, RolloutSpec, RolloutStore
from galleria.contracts.words import (
    STORE_COMPONENTS,
    DeploymentKind,
    DeploymentStatus,
    Role,
    RollbackClass,
    RolloutStatus,
    StoreState,
    Wanted,
)
from galleria.control.plane.ui.views import (
    deployment,
    forms,
    moves,
    rollouts,
)
from tests.support import planes
from tests.unit.control.plane.ui import samples
from tests.unit.control.plane.ui.samples import NOW


def known(number: int, *, current: bool = False, healthy: bool = True) -> wire.KnownRevision:
    return wire.KnownRevision(
        number=number,
        artifacts=dict.fromkeys(STORE_COMPONENTS, "sha256:" + str(number) * 64),
        versions=dict.fromkeys(STORE_COMPONENTS, f"1.{number}.0"),
        release_id=f"rel-{number:012x}",
        since=NOW,
        current=current,
        healthy=healthy,
        rollback_class=RollbackClass.B,
    )


def test_a_way_back_is_offered_only_where_there_is_one() -> None:
    history = [known(3, current=True), known(2, healthy=False), known(1)]
    lines = moves.revision_lines(samples.store(), history, Role.OPERATOR, NOW)
    assert [line.back_href for line in lines] == [None, None, f"/stores/{samples.store().store_id}/rollback?to=1"]
    assert (lines[0].versions, lines[0].rollback_class) == ("all 1.3.0", "B")
    for store, role in (
        (samples.store(), Role.VIEWER),
        (samples.store(state=StoreState.DEPLOYING), Role.ADMIN),
        (samples.store(wanted=Wanted.STOPPED, state=StoreState.STOPPED), Role.ADMIN),
    ):
        assert not any(line.back_href for line in moves.revision_lines(store, history, role, NOW))


def test_a_page_to_deploy_without_a_release_says_what_to_do() -> None:
    page = moves.deploy_page(samples.store(), [], {}, Role.OPERATOR, None)
    assert page.impossible is not None
    assert "galleria release build" in page.impossible
    back = moves.rollback_page(samples.store(), [known(3, current=True)], None)
    assert back.impossible is not None
    assert moves.rollback_page(samples.store(), [known(3, current=True), known(1)], None).impossible is None


def test_the_newest_release_that_failed_nowhere_is_the_one_chosen_at_first() -> None:
    known, failed = [planes.release(number) for number in (9, 2, 1)], {planes.release_id(9): 2}
    choices = moves.release_choices(known, failed)
    assert choices[0][2].endswith("; quarantined on 2 stores")
    assert "quarantined" not in choices[1][2]
    blank = forms.Form({"release_id": ""})
    assert moves.with_release(blank, choices, failed).values["release_id"] == planes.release_id(2)
    promoted = {planes.release_id(1), planes.release_id(9)}
    assert moves.with_release(blank, choices, failed, promoted).values["release_id"] == planes.release_id(1)
    chosen = forms.Form({"release_id": planes.release_id(9)})
    assert moves.with_release(chosen, choices, failed) is chosen
    everywhere = dict.fromkeys((planes.release_id(number) for number in (9, 2, 1)), 1)
    assert moves.with_release(blank, choices, everywhere).values["release_id"] == ""


@pytest.mark.parametrize(
    ("status", "state", "following"),
    [
        (DeploymentStatus.RUNNING, "being prepared", ""),
        (
            DeploymentStatus.FAILED,
            "no shopper met it",
            "shop-001 went on with revision 12. rel-000000000001 is quarantined on it.",
        ),
        (
            DeploymentStatus.NEEDS_ATTENTION,
            "a person must see what runs",
            'Nothing more is done by itself. Next: see "A deployment ended needs_attention" in the runbook.',
        ),
    ],
)
def test_a_deployment_that_has_not_succeeded_shows_no_after(
    status: DeploymentStatus, state: str, following: str
) -> None:
    moving = {"kind": DeploymentKind.DEPLOY, "from_revision": 12, "to_revision": 13, "release_id": "rel-000000000001"}
    view = deployment.deployment_view(samples.deployment(status, [], **moving), NOW, held=True)
    assert [side.title for side in view.sides] == ["Before: revision 12", "Wanted: revision 13"]
    assert ("State", state) in view.sides[1].facts
    assert view.next == following


def rollout(status: RolloutStatus) -> Rollout:
    parts = [
        RolloutStore(store_id="a-1", wave=1, status=DeploymentStatus.SUCCEEDED, deployment_id="dep-1"),
        RolloutStore(store_id="a-2", wave=2, status=DeploymentStatus.FAILED, reason="It does not start."),
        RolloutStore(store_id="a-3", wave=2, skipped=True, reason="It was removed."),
        RolloutStore(store_id="a-4", wave=3),
        RolloutStore(
            store_id="a-5",
            wave=3,
            status=DeploymentStatus.SUCCEEDED,
            rollback_status=DeploymentStatus.SUCCEEDED,
            rollback_deployment_id="dep-2",
        ),
    ]
    return Rollout(
        rollout_id="rol-1",
        release_id="rel-000000000001",
        status=status,
        requested_by="ana",
        requested_at=NOW,
        wave=2,
        waves=3,
        stores=5,
        succeeded=2,
        failed=1,
        spec=RolloutSpec(release_id="rel-000000000001", stores="all", max_failures=2),
        parts=parts,
    )


@pytest.mark.parametrize(
    ("status", "acts_offered"),
    [
        (RolloutStatus.RUNNING, ("halt", "rollback")),
        (RolloutStatus.HALTED, ("resume", "rollback")),
        (RolloutStatus.SUCCEEDED, ("rollback",)),
        (RolloutStatus.ROLLING_BACK, ()),
        (RolloutStatus.ROLLED_BACK, ()),
        (RolloutStatus.NEEDS_ATTENTION, ()),
    ],
)
def test_a_rollout_offers_what_makes_sense(status: RolloutStatus, acts_offered: tuple[str, ...]) -> None:
    assert rollouts.rollout_view(rollout(status), Role.OPERATOR, NOW).acts == acts_offered
    assert rollouts.rollout_view(rollout(status), Role.VIEWER, NOW).acts == ()
    assert set(rollouts.ROLLOUT_MARKS) == set(RolloutStatus)


def test_each_store_of_a_rollout_is_a_square_that_says_how_it_stands() -> None:
    view = rollouts.rollout_view(rollout(RolloutStatus.RUNNING), Role.OPERATOR, NOW)
    assert [wave.title for wave in view.waves] == ["Wave 1: 1 store", "Wave 2: 2 stores", "Wave 3: 2 stores"]
    words = [square.mark.word for wave in view.waves for square in wave.squares]
    assert words == ["Succeeded", "Failed", "Skipped", "Waits", "Back at what it ran"]
    assert [square.store_id for square in view.troubles] == ["a-2", "a-3"]
    assert ("Failure budget", "halts at 2; 1 left") in view.facts
    forgiving = rollout(RolloutStatus.RUNNING).model_copy(update={"forgiven": 1})
    assert ("Failure budget", "halts at 2; 2 left, 1 forgiven") in rollouts.rollout_view(
        forgiving, Role.OPERATOR, NOW
    ).facts


def test_on_the_way_back_it_says_how_many_are_back() -> None:
    going = rollout(RolloutStatus.ROLLING_BACK).model_copy(update={"taken_back_by": "ben"})
    view = rollouts.rollout_view(going, Role.OPERATOR, NOW)
    assert view.sentence == "1 of 1 back at what they ran before."
    assert view.also.endswith("Taken back by ben.")
    assert [wave.sums for wave in view.waves] == [
        "1 succeeded",
        "1 failed, 1 skipped",
        "1 not begun, 1 back at what it ran",
    ]


def test_a_store_that_is_not_back_is_never_shown_as_if_it_were() -> None:
    whole = rollout(RolloutStatus.NEEDS_ATTENTION)
    went = whole.parts[0]
    changes: list[tuple[dict[str, object], str]] = [
        ({"rollback_skipped": True, "reason": "It has moved on."}, "Left alone"),
        ({"rollback_status": DeploymentStatus.FAILED, "reason": "It still runs it."}, "Not taken back"),
        ({"rollback_status": DeploymentStatus.RUNNING, "reason": ""}, "On the way back: running"),
    ]
    parts = [went.model_copy(update=change) for change, _ in changes]
    view = rollouts.rollout_view(whole.model_copy(update={"parts": parts}), Role.OPERATOR, NOW)
    squares = [square for wave in view.waves for square in wave.squares]
    assert [square.mark.word for square in squares] == [word for _, word in changes]
    assert [square.words for square in view.troubles] == ["It has moved on.", "It still runs it."]
