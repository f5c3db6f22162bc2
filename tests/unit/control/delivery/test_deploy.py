"""Deploy, roll back and configure over the null parts: what is renewed, what shoppers meet, what is remembered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from galleria.contracts.delivery import ConfigureSpec, DeploySpec, RollbackSpec
from galleria.contracts.wire import FinishReport, SmokeRequest
from galleria.contracts.words import (
    STORE_COMPONENTS,
    Component,
    DeploymentKind,
    DeploymentStatus,
    Outcome,
    RollbackClass,
    Slot,
)
from galleria.contracts.words import Stage as Stages
from galleria.control.delivery.checkpoints import NullCheckpoints
from galleria.control.delivery.records import InstanceRecord, artifacts_needed
from galleria.control.delivery.standing import following
from galleria.control.delivery.warm import end_what_was_warm
from galleria.control.gateway.port import Route
from galleria.control.runtimes.port import Artifact, MigrationPlan, ObservedInstance, RuntimeRefused
from tests.unit.control.delivery.stage import Stage, a_claim, artifact_digest

STORE = "shop-001"

DEPLOY_STEPS = [
    "read what is wanted",
    "fetch the artifacts",
    "verify the release",
    "check the contracts",
    "classify the migrations",
    "check the promotion",
    "prepare the free slot",
    "migrate",
    "start the free slot",
    "wait until healthy",
    "smoke the new slot",
    "smoke through an unseen door",
    "switch",
    "smoke through the public door",
    "watch",
    "keep the old slot warm",
    "record time-to-deploy",
]

ROLLBACK_STEPS = [
    "find the way back",
    "fetch the artifacts",
    "prepare the free slot",
    "warm or start the old slot",
    "wait until healthy",
    "smoke the old slot",
    "switch",
    "smoke through the public door",
    "empty the old slot",
    "record time-to-rollback",
]


@pytest.fixture
def selling(stage: Stage) -> Stage:
    """A stage with shop-001 selling at revision 1, from the installed environment."""
    ended = stage.executor.carry_out(a_claim().model_dump_json(), NullCheckpoints())
    assert ended == DeploymentStatus.SUCCEEDED
    stage.plane.finishes.clear()
    stage.plane.smokes.clear()
    stage.clock.on_sleep = stage.leases.beat_once
    return stage


def carry_out(stage: Stage, asked: DeploySpec | RollbackSpec | ConfigureSpec, number: int = 2) -> FinishReport:
    kind = {
        DeploySpec: DeploymentKind.DEPLOY,
        RollbackSpec: DeploymentKind.ROLLBACK,
        ConfigureSpec: DeploymentKind.CONFIGURE,
    }[type(asked)]
    made = len(stage.plane.finishes) + 2
    claim = a_claim(kind, deployment_id=f"dep-{made}", revision_number=number, asked=asked)
    stage.executor.carry_out(claim.model_dump_json(), NullCheckpoints())
    return stage.plane.finishes[-1]


def deploy(stage: Stage, release_id: str, *components: Component, number: int = 2) -> FinishReport:
    return carry_out(stage, DeploySpec(release_id=release_id, components=list(components)), number)


def record(stage: Stage) -> InstanceRecord:
    found = stage.records.find(STORE)
    assert found is not None
    return found


def live_slots(stage: Stage) -> dict[Component, Slot]:
    return {each: place.slot for each, place in stage.runtime.placements(STORE).live.items()}


def beside(stage: Stage) -> set[Component]:
    return set(stage.runtime.placements(STORE).beside)


def route(stage: Stage) -> Route:
    (found,) = stage.gateway.routes()
    return found


def test_a_release_of_everything_moves_the_store_to_the_other_slot(selling: Stage) -> None:
    report = deploy(selling, selling.releases.add())
    assert report.status is DeploymentStatus.SUCCEEDED, report.reason
    assert live_slots(selling) == dict.fromkeys(STORE_COMPONENTS, Slot.GREEN)
    assert "green" in str(route(selling).engine_socket)
    assert "green" in str(route(selling).storefront_socket)
    assert report.revision is not None
    assert report.revision.number == record(selling).current == 2
    assert report.revision.healthy
    assert [each.number for each in record(selling).revisions] == [1, 2]


def test_all_seven_stages_are_told_in_their_order(selling: Stage) -> None:
    selling.plane.reports.clear()
    deploy(selling, selling.releases.add())
    ended = [each for each in selling.plane.reports if each.outcome is Outcome.PASSED]
    assert [each.name for each in ended] == DEPLOY_STEPS
    assert list(dict.fromkeys(each.stage for each in ended)) == [each for each in Stages if each is not Stages.ROLLBACK]
    assert all(each.evidence and each.finished_at for each in ended)


def test_a_storefront_release_touches_neither_engine_nor_agent(selling: Stage) -> None:
    release_id = selling.releases.add(Component.STOREFRONT)
    before = dict(selling.runtime.placements(STORE).live)
    assert deploy(selling, release_id).status is DeploymentStatus.SUCCEEDED
    after = selling.runtime.placements(STORE).live
    for untouched in (Component.ENGINE, Component.SHOP_AGENT):
        assert after[untouched] == before[untouched]
    assert after[Component.STOREFRONT].slot is Slot.GREEN
    assert selling.plane.smokes[0] == SmokeRequest(
        runner_id="runner-1", environment="production", storefront=Slot.GREEN
    )


def test_an_engine_release_renews_the_whole_shopping_path(selling: Stage) -> None:
    assert deploy(selling, selling.releases.add(Component.ENGINE)).status is DeploymentStatus.SUCCEEDED
    assert live_slots(selling) == dict.fromkeys(STORE_COMPONENTS, Slot.GREEN)
    live = selling.runtime.placements(STORE).live
    assert live[Component.ENGINE].artifact.digest == artifact_digest(Component.ENGINE, 2)
    assert live[Component.STOREFRONT].artifact == selling.runtime.prepare_artifact()


def test_nothing_is_live_before_the_new_slot_was_smoked(selling: Stage) -> None:
    deploy(selling, selling.releases.add())
    names = [each.name for each in selling.plane.reports if each.outcome is Outcome.PASSED]
    acts = selling.runtime.acts
    assert names.index("smoke the new slot") < names.index("switch")
    assert acts.index(f"start_slot {STORE}") < acts.index(f"switch_slots {STORE}")


def test_the_old_slot_stays_warm_for_ten_minutes_and_no_longer(selling: Stage) -> None:
    deploy(selling, selling.releases.add())
    assert beside(selling) == set(STORE_COMPONENTS)
    selling.clock.passed += 590
    assert end_what_was_warm(selling.parts) == []
    selling.clock.passed += 20
    assert end_what_was_warm(selling.parts) == [STORE]
    assert beside(selling) == set()
    assert record(selling).warm is None


def test_the_same_release_again_changes_nothing_and_is_smoked(selling: Stage) -> None:
    release_id = selling.releases.add()
    deploy(selling, release_id)
    moved = selling.runtime.acts.count(f"switch_slots {STORE}")
    again = deploy(selling, release_id, number=3)
    assert again.status is DeploymentStatus.SUCCEEDED
    assert again.revision is not None
    assert again.revision.number == 2
    assert selling.runtime.acts.count(f"switch_slots {STORE}") == moved
    assert len(selling.plane.smokes) == 2


def test_a_release_that_fails_its_smoke_run_meets_no_shopper_and_is_quarantined(selling: Stage) -> None:
    release_id = selling.releases.add()
    selling.plane.failing_slots = {Slot.GREEN}
    before = route(selling)
    report = deploy(selling, release_id)
    assert report.status is DeploymentStatus.FAILED
    assert report.quarantined
    assert report.reason.startswith("Smoke the new slot: The smoke run failed")
    assert route(selling) == before
    assert beside(selling) == set()
    assert record(selling).current == 1
    again = deploy(selling, release_id, number=3)
    assert again.status is DeploymentStatus.FAILED
    assert "quarantined" in again.reason


def test_a_release_that_does_not_start_is_stopped_and_forgotten(selling: Stage) -> None:
    selling.knocking.silent = {"engine-green.sock"}
    report = deploy(selling, selling.releases.add())
    assert report.status is DeploymentStatus.FAILED
    assert report.reason == "Wait until healthy: Not healthy after 30 s: engine."
    assert report.quarantined
    assert beside(selling) == set()


def test_a_release_that_dies_again_and_again_is_not_waited_for(selling: Stage) -> None:
    selling.knocking.silent = {"engine-green.sock"}
    observe = selling.runtime.observe

    def dying() -> list[ObservedInstance]:
        return [
            replace(
                found,
                processes=tuple(
                    each.model_copy(update={"restarts": 3}) if each.slot is Slot.GREEN else each
                    for each in found.processes
                ),
            )
            for found in observe()
        ]

    selling.runtime.observe = dying  # type: ignore[method-assign]
    began = selling.clock.passed
    report = deploy(selling, selling.releases.add())
    assert report.reason == "Wait until healthy: The new engine does not start: it died 3 times."
    assert report.quarantined
    assert selling.clock.passed - began < 5


def test_a_release_that_fails_through_the_gateway_meets_no_shopper(selling: Stage) -> None:
    selling.knocking.unseen_passes = False
    before = route(selling)
    report = deploy(selling, selling.releases.add())
    assert report.status is DeploymentStatus.FAILED
    assert report.reason.startswith("Smoke through an unseen door: Through the gateway it fails")
    assert report.quarantined
    assert route(selling) == before
    assert selling.gateway.unseen == {}
    assert next(each.smoke for each in selling.plane.reports if each.smoke and not each.smoke.passed)


def test_a_release_that_fails_through_the_door_is_taken_back(selling: Stage) -> None:
    selling.knocking.door_fails = 1
    report = deploy(selling, selling.releases.add())
    assert report.status is DeploymentStatus.ROLLED_BACK
    assert report.quarantined
    assert report.revision is None
    assert "blue" in str(route(selling).storefront_socket)
    assert live_slots(selling) == dict.fromkeys(STORE_COMPONENTS, Slot.BLUE)
    assert record(selling).current == 1
    assert beside(selling) == set()
    undone = next(each for each in selling.plane.reports if each.name == "undo switch")
    assert undone.evidence == "Shoppers are back at revision 1. All 7 checks passed again."


def test_a_process_that_falls_silent_in_the_watch_window_takes_the_release_back(selling: Stage) -> None:
    def falls_silent() -> None:
        selling.leases.beat_once()
        if live_slots(selling)[Component.ENGINE] is Slot.GREEN:
            selling.knocking.silent = {"engine-green.sock"}

    selling.clock.on_sleep = falls_silent
    report = deploy(selling, selling.releases.add())
    assert report.status is DeploymentStatus.ROLLED_BACK
    assert report.reason == "Watch: The new engine has ceased to answer."


def test_a_way_back_that_fails_needs_attention(selling: Stage) -> None:
    selling.knocking.door_passes = False
    report = deploy(selling, selling.releases.add())
    assert report.status is DeploymentStatus.NEEDS_ATTENTION
    assert "Taking it back failed at 'switch'" in report.reason


@pytest.mark.parametrize("problem", ["unknown", "refused", "unpromoted"])
def test_what_may_not_run_is_refused_before_anything_happens(selling: Stage, problem: str) -> None:
    release_id = selling.releases.add()
    if problem == "unknown":
        selling.releases.releases.clear()
    elif problem == "refused":
        selling.releases.refused[release_id] = "The signature does not hold."
    else:
        selling.releases.unpromoted = {release_id}
    report = deploy(selling, release_id)
    assert report.status is DeploymentStatus.FAILED
    assert not report.quarantined
    assert beside(selling) == set()
    assert f"prepare_slot {STORE}" not in selling.runtime.acts


def test_what_nobody_trusted_signed_is_not_even_unpacked(selling: Stage) -> None:
    release_id = selling.releases.add()
    selling.releases.refused[release_id] = "It is not signed."
    report = deploy(selling, release_id)
    assert report.reason == "Verify the release: It is not signed."
    engine = Artifact(artifact_digest(Component.ENGINE, 2), "2.0.0")
    assert selling.runtime.fetch_artifact(Component.ENGINE, engine), "it was unpacked"


def test_a_storefront_that_asks_for_what_the_engine_does_not_know_is_refused(selling: Stage) -> None:
    release_id = selling.releases.add(Component.STOREFRONT)
    texts = {**selling.releases.own_contracts(), "commerce.graphql": "type Query { shop: String, fortune: String }"}
    selling.releases.contracts_of[artifact_digest(Component.STOREFRONT, 2)] = texts
    report = deploy(selling, release_id)
    assert report.status is DeploymentStatus.FAILED
    assert report.reason == "Check the contracts: Engine and storefront: Query.fortune was removed."
    assert not report.quarantined


def migrations(stage: Stage, rollback_class: RollbackClass, generation: int = 2) -> None:
    plan = MigrationPlan(rollback_class, ("shelf.0002_more",), ("shelf.0002_more removes a column.",), "abc123abc123")
    stage.runtime.migrations[artifact_digest(Component.ENGINE, generation)] = plan


def test_the_class_is_told_before_anything_happens(selling: Stage) -> None:
    migrations(selling, RollbackClass.B)
    report = deploy(selling, selling.releases.add())
    assert report.status is DeploymentStatus.SUCCEEDED
    told = next(each for each in selling.plane.reports if each.rollback_class is not None)
    assert (told.name, told.rollback_class) == ("classify the migrations", RollbackClass.B)
    assert report.revision is not None
    assert report.revision.schema_level == "abc123abc123"
    acts = selling.runtime.acts
    assert acts.index(f"migrate {STORE}") < acts.index(f"start_slot {STORE}")


def test_class_c_is_refused_unless_it_was_accepted(selling: Stage) -> None:
    migrations(selling, RollbackClass.C)
    release_id = selling.releases.add()
    refused = deploy(selling, release_id)
    assert refused.status is DeploymentStatus.FAILED
    assert "--accept-irreversible" in refused.reason
    assert f"migrate {STORE}" not in selling.runtime.acts
    accepted = carry_out(selling, DeploySpec(release_id=release_id, accept_irreversible=True))
    assert accepted.status is DeploymentStatus.SUCCEEDED
    back = carry_out(selling, RollbackSpec())
    assert back.status is DeploymentStatus.FAILED
    assert "the data has changed for good" in back.reason


def test_an_older_release_is_no_way_around_a_class_c(selling: Stage) -> None:
    migrations(selling, RollbackClass.C)
    newer = selling.releases.add()
    assert carry_out(selling, DeploySpec(release_id=newer, accept_irreversible=True)).status.value == "succeeded"
    older = selling.releases.add(generation=3)
    plan = MigrationPlan(RollbackClass.A, (), (), "abc123abc123", unknown=("shelf.0002_more",))
    selling.runtime.migrations[artifact_digest(Component.ENGINE, 3)] = plan
    refused = deploy(selling, older)
    assert refused.status is DeploymentStatus.FAILED
    assert "older than the data, which changed for good at revision 2; it lacks shelf.0002_more" in refused.reason
    assert carry_out(selling, DeploySpec(release_id=older, accept_irreversible=True)).status.value == "succeeded"


def test_an_older_release_is_welcome_while_the_data_only_grew(selling: Stage) -> None:
    migrations(selling, RollbackClass.B)
    assert deploy(selling, selling.releases.add()).status is DeploymentStatus.SUCCEEDED
    plan = MigrationPlan(RollbackClass.A, (), (), "abc123abc123", unknown=("shelf.0002_more",))
    selling.runtime.migrations[artifact_digest(Component.ENGINE, 3)] = plan
    assert deploy(selling, selling.releases.add(generation=3)).status is DeploymentStatus.SUCCEEDED


def test_class_c_that_fails_after_its_migration_needs_a_person(selling: Stage) -> None:
    migrations(selling, RollbackClass.C)
    selling.plane.failing_slots = {Slot.GREEN}
    report = carry_out(selling, DeploySpec(release_id=selling.releases.add(), accept_irreversible=True))
    assert report.status is DeploymentStatus.NEEDS_ATTENTION
    assert "no way back" in report.reason


def test_a_migration_that_fails_leaves_the_store_as_it_was(selling: Stage) -> None:
    migrations(selling, RollbackClass.B)
    selling.runtime.faults["migrate"] = RuntimeRefused("shelf.0002_more failed.")
    report = deploy(selling, selling.releases.add())
    assert report.status is DeploymentStatus.FAILED
    assert report.quarantined
    assert live_slots(selling) == dict.fromkeys(STORE_COMPONENTS, Slot.BLUE)


def test_a_rollback_to_the_warm_slot_starts_nothing(selling: Stage) -> None:
    deploy(selling, selling.releases.add())
    report = carry_out(selling, RollbackSpec(reason="Prices are wrong."))
    assert report.status is DeploymentStatus.SUCCEEDED, report.reason
    assert report.revision is not None
    assert report.revision.number == record(selling).current == 1
    assert live_slots(selling) == dict.fromkeys(STORE_COMPONENTS, Slot.BLUE)
    assert beside(selling) == set()
    assert "Prices are wrong." in next(r.evidence for r in selling.plane.reports if r.name == "find the way back"
                                       and r.evidence)  # fmt: skip


def test_a_rollback_after_the_warm_slot_has_ended_starts_it_anew(selling: Stage) -> None:
    deploy(selling, selling.releases.add())
    selling.clock.passed += 601
    end_what_was_warm(selling.parts)
    report = carry_out(selling, RollbackSpec())
    assert report.status is DeploymentStatus.SUCCEEDED
    assert selling.runtime.placements(STORE).live[Component.ENGINE].artifact == selling.runtime.prepare_artifact()


def test_a_rolled_back_release_is_quarantined_until_its_revision_is_asked_for_by_number(selling: Stage) -> None:
    release_id = selling.releases.add()
    deploy(selling, release_id)
    carry_out(selling, RollbackSpec())
    assert record(selling).quarantined == (release_id,)
    assert "quarantined" in deploy(selling, release_id, number=3).reason
    assert carry_out(selling, RollbackSpec(to_revision=2)).status is DeploymentStatus.SUCCEEDED
    assert record(selling).quarantined == ()


def test_a_rollback_goes_to_the_last_revision_that_was_known_healthy(selling: Stage) -> None:
    deploy(selling, selling.releases.add(generation=2))
    selling.knocking.door_fails = 1
    assert deploy(selling, selling.releases.add(generation=3), number=3).status is DeploymentStatus.ROLLED_BACK
    deploy(selling, selling.releases.add(generation=4), number=4)
    report = carry_out(selling, RollbackSpec())
    assert report.revision is not None
    assert report.revision.number == 2
    refused = carry_out(selling, RollbackSpec(to_revision=3))
    assert refused.status is DeploymentStatus.FAILED
    assert "never known healthy" in refused.reason


def test_a_rollback_goes_to_what_the_store_ran_before_and_to_nothing_that_was_taken_back(selling: Stage) -> None:
    deploy(selling, selling.releases.add(generation=2))
    carry_out(selling, RollbackSpec())
    deploy(selling, selling.releases.add(generation=3), number=3)
    report = carry_out(selling, RollbackSpec())
    assert report.revision is not None
    assert report.revision.number == 1, "revision 2 is healthy, but it was taken back"
    assert carry_out(selling, RollbackSpec()).status is DeploymentStatus.FAILED, "there is nothing before it"


def test_a_rollback_with_nowhere_to_go_is_refused(selling: Stage) -> None:
    report = carry_out(selling, RollbackSpec())
    assert report.status is DeploymentStatus.FAILED
    assert "no revision before 1" in report.reason


def test_a_rollback_to_what_runs_already_is_a_success_that_changes_nothing(selling: Stage) -> None:
    report = carry_out(selling, RollbackSpec(to_revision=1))
    assert report.status is DeploymentStatus.SUCCEEDED
    assert f"switch_slots {STORE}" not in selling.runtime.acts


def test_a_rollback_that_fails_is_left_for_a_person(selling: Stage) -> None:
    deploy(selling, selling.releases.add())
    selling.plane.failing_slots = {Slot.BLUE}
    before = route(selling)
    report = carry_out(selling, RollbackSpec())
    assert report.status is DeploymentStatus.NEEDS_ATTENTION
    assert route(selling) == before
    assert not any(each.name.startswith("undo") for each in selling.plane.reports)


def test_a_rollback_that_takes_longer_than_its_bound_is_a_failure(selling: Stage) -> None:
    deploy(selling, selling.releases.add())
    smoke = selling.plane.smoke

    def slowly(deployment_id: str, request: SmokeRequest) -> object:
        selling.clock.passed += 301
        selling.leases.beat_once()
        return smoke(deployment_id, request)

    selling.plane.smoke = slowly  # type: ignore[method-assign, assignment]
    report = carry_out(selling, RollbackSpec())
    assert report.status is DeploymentStatus.NEEDS_ATTENTION
    assert "longer than 300 s" in report.reason


def test_a_second_attempt_goes_on_with_the_move_that_was_begun(selling: Stage) -> None:
    release_id = selling.releases.add()
    spec = DeploySpec(release_id=release_id)
    first = a_claim(DeploymentKind.DEPLOY, deployment_id="dep-9", revision_number=2, asked=spec)
    selling.executor.carry_out(first.model_dump_json(), NullCheckpoints())
    second = a_claim(DeploymentKind.DEPLOY, deployment_id="dep-9", attempt=2, revision_number=2, asked=spec)
    selling.executor.carry_out(second.model_dump_json(), NullCheckpoints())
    assert selling.plane.finishes[-1].status is DeploymentStatus.SUCCEEDED
    assert len(selling.plane.finishes) == 1, "the second attempt tells the same end"
    assert selling.runtime.acts.count(f"prepare_slot {STORE}") == 1


def test_a_second_attempt_at_a_rollback_does_not_go_back_twice(selling: Stage) -> None:
    deploy(selling, selling.releases.add(generation=2))
    deploy(selling, selling.releases.add(generation=3), number=3)
    for attempt in (1, 2):
        claim = a_claim(
            DeploymentKind.ROLLBACK, deployment_id="dep-9", attempt=attempt, revision_number=3, asked=RollbackSpec()
        )
        selling.executor.carry_out(claim.model_dump_json(), NullCheckpoints())
    assert record(selling).current == 2


def test_a_new_configuration_renews_everything_and_can_be_taken_back(selling: Stage) -> None:
    selling.runtime.put_configuration(STORE, 2, "A=2")
    report = carry_out(selling, ConfigureSpec(config_version=2, secret_version=2))
    assert report.status is DeploymentStatus.SUCCEEDED, report.reason
    assert report.revision is not None
    assert (report.revision.config_version, report.revision.secret_version) == (2, 2)
    assert {place.config_version for place in selling.runtime.placements(STORE).live.values()} == {2}
    back = carry_out(selling, RollbackSpec())
    assert back.status is DeploymentStatus.SUCCEEDED
    assert {place.config_version for place in selling.runtime.placements(STORE).live.values()} == {1}


def test_an_artifact_that_is_not_here_is_refused(selling: Stage) -> None:
    selling.runtime.absent.add(artifact_digest(Component.ENGINE, 2))
    report = deploy(selling, selling.releases.add())
    assert report.status is DeploymentStatus.FAILED
    assert report.reason.startswith("Fetch the artifacts: ")
    assert not report.quarantined


def test_a_release_without_the_component_that_was_asked_for_is_refused(selling: Stage) -> None:
    report = deploy(selling, selling.releases.add(Component.STOREFRONT), Component.ENGINE)
    assert report.status is DeploymentStatus.FAILED
    assert "has no engine" in report.reason


def test_a_new_installation_is_what_old_revisions_go_back_to(selling: Stage) -> None:
    deploy(selling, selling.releases.add(Component.STOREFRONT))
    live = selling.runtime.placements(STORE).live
    before, after = live[Component.ENGINE].artifact, Artifact("sha256:" + "e" * 64, "9.9.9")
    moved = dict(live) | {
        component: replace(live[component], artifact=after) for component in (Component.ENGINE, Component.SHOP_AGENT)
    }
    followed = following(record(selling), moved)
    for revision in followed.revisions:
        assert before.digest not in revision.artifacts.values()
        assert revision.versions[Component.ENGINE] == "9.9.9"
    assert followed.revisions[1].artifacts[Component.STOREFRONT] == artifact_digest(Component.STOREFRONT, 2)


def test_what_a_store_runs_or_may_go_back_to_is_needed(selling: Stage) -> None:
    deploy(selling, selling.releases.add(generation=2))
    selling.knocking.door_fails = 1
    deploy(selling, selling.releases.add(generation=3), number=3)
    needed = artifacts_needed(selling.records)
    assert selling.runtime.prepare_artifact().digest in needed
    assert artifact_digest(Component.ENGINE, 2) in needed
    assert artifact_digest(Component.ENGINE, 3) not in needed
