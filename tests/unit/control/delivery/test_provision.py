"""Provisioning over the null parts: what is done, what is told, and that nothing half-made is left."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence

import pytest

from galleria.contracts.delivery import DeploySpec
from galleria.contracts.wire import Revision
from galleria.contracts.words import STORE_COMPONENTS, Component, DeploymentKind, DeploymentStatus, Outcome
from galleria.contracts.words import Stage as StageName
from galleria.control.delivery.checkpoints import NullCheckpoints
from galleria.control.delivery.executing import Executor
from galleria.control.delivery.faults import AskAgain
from galleria.control.delivery.lease import LeaseKeeper
from galleria.control.delivery.provision import ATTEMPTS, provision
from galleria.control.delivery.records import InstanceRecord, Making
from galleria.control.delivery.steps import Done, Step, Work
from galleria.control.gateway.port import GatewayRefused, Route
from galleria.control.runtimes.null import INSTALLED
from galleria.control.runtimes.port import Artifact, InstanceSpec, RuntimeRefused, RuntimeUnavailable
from tests.unit.control.delivery.stage import Stage, a_claim, artifact_digest

STEPS = [
    "read what is wanted",
    "prepare artifact",
    "make template",
    "check configuration",
    "promote revision 1",
    "make store folder",
    "copy template",
    "provision engine",
    "probe isolation",
    "start processes",
    "wait until healthy",
    "smoke",
    "open the door",
    "smoke through the public door",
    "record time-to-provision",
]
RUNTIME_ACTS = ["prepare_artifact", "make_template", "make_instance", "copy_template", "provision_engine", "start"]


def carry_out(stage: Stage, *, deployment_id: str = "dep-1", attempt: int = 1) -> DeploymentStatus:
    claim = a_claim(deployment_id=deployment_id, attempt=attempt)
    return DeploymentStatus(stage.executor.carry_out(claim.model_dump_json(), NullCheckpoints()))


def assert_nothing_left(stage: Stage) -> None:
    assert stage.held() == set()
    assert list(stage.gateway.routes()) == []
    assert stage.records.all() == []


def test_a_new_store_passes_every_step_in_order_and_ends_with_an_open_door(stage: Stage) -> None:
    assert carry_out(stage) is DeploymentStatus.SUCCEEDED
    assert [report.name for report in stage.plane.reports if report.outcome is Outcome.PASSED] == STEPS
    assert [route.host for route in stage.gateway.routes()] == ["shop-001.localhost"]
    assert stage.held() == {"shop-001"}


def test_the_finish_report_carries_revision_and_time_to_provision(stage: Stage) -> None:
    carry_out(stage)
    (finish,) = stage.plane.finishes
    assert finish.revision is not None
    assert finish.revision.number == 1
    assert finish.seconds == pytest.approx(2.0)
    assert stage.plane.reports[-1].evidence == "Smoke green 2.0 s after the request."


@pytest.mark.parametrize("act", [*RUNTIME_ACTS, "probe_isolation"])
def test_whatever_the_runtime_refuses_everything_is_taken_back_and_the_reason_told(stage: Stage, act: str) -> None:
    stage.runtime.faults[act] = RuntimeRefused("No space left on the disk.")
    assert carry_out(stage) is DeploymentStatus.FAILED
    (finish,) = stage.plane.finishes
    assert finish.reason.endswith(": No space left on the disk.")
    assert finish.revision is None
    assert_nothing_left(stage)


def test_red_smoke_takes_everything_back_before_a_shopper_could_come_in(stage: Stage) -> None:
    stage.plane.smoke_passes = False
    assert carry_out(stage) is DeploymentStatus.FAILED
    assert "storefront page" in stage.plane.finishes[0].reason
    assert_nothing_left(stage)


def test_a_public_door_that_fails_takes_everything_back(stage: Stage) -> None:
    stage.knocking.door_passes = False
    assert carry_out(stage) is DeploymentStatus.FAILED
    assert "The public door fails: storefront page" in stage.plane.finishes[0].reason
    assert_nothing_left(stage)


def test_a_store_that_never_gets_healthy_is_named_by_what_is_silent(stage: Stage) -> None:
    stage.knocking.healthy_after = 10**9
    stage.clock.on_sleep = stage.leases.beat_once
    assert carry_out(stage) is DeploymentStatus.FAILED
    assert stage.plane.finishes[0].reason == (
        "Wait until healthy: Not healthy after 30 s: engine, storefront, shop-agent."
    )
    assert_nothing_left(stage)


def test_undo_is_told_as_rollback(stage: Stage) -> None:
    stage.runtime.faults["start"] = RuntimeRefused("no")
    carry_out(stage)
    undone = [report for report in stage.plane.reports if report.stage is StageName.ROLLBACK]
    assert [report.name for report in undone] == ["undo make store folder"]


def test_undo_that_fails_ends_in_needs_attention_with_both_reasons(stage: Stage) -> None:
    stage.runtime.faults["start"] = RuntimeRefused("The engine ends at once.")
    stage.runtime.faults["remove_instance"] = RuntimeRefused("A process does not end.")
    assert carry_out(stage) is DeploymentStatus.NEEDS_ATTENTION
    reason = stage.plane.finishes[0].reason
    assert "The engine ends at once." in reason
    assert "A process does not end." in reason


def test_what_needed_attention_can_be_tried_again(stage: Stage) -> None:
    stage.runtime.faults["start"] = RuntimeRefused("no")
    stage.runtime.faults["remove_instance"] = RuntimeRefused("no")
    carry_out(stage)
    assert carry_out(stage, deployment_id="dep-2") is DeploymentStatus.SUCCEEDED


def test_trouble_that_passes_is_waited_out(stage: Stage) -> None:
    stage.runtime.faults["start"] = RuntimeUnavailable("The supervisor starts.", retry_after=1.0)
    stage.plane.faults["smoke"] = [AskAgain("away")] * 3
    assert carry_out(stage) is DeploymentStatus.SUCCEEDED


def test_trouble_that_does_not_pass_fails_after_the_steps_patience(stage: Stage) -> None:
    stage.plane.faults["smoke"] = [AskAgain("The agent does not answer.", retry_after=5.0)] * 100
    stage.clock.on_sleep = stage.leases.beat_once
    assert carry_out(stage) is DeploymentStatus.FAILED
    assert stage.plane.finishes[0].reason == "Smoke: The agent does not answer."
    assert_nothing_left(stage)


def test_a_bug_is_named_by_its_type_alone(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: object, store_id: str) -> None:
        raise ValueError("canary-secret-5e1f7a90")

    monkeypatch.setattr(type(stage.runtime), "provision_engine", broken)
    assert carry_out(stage) is DeploymentStatus.FAILED
    assert "ValueError" in stage.plane.finishes[0].reason
    told = [report.model_dump_json() for report in [*stage.plane.reports, *stage.plane.finishes]]
    assert not any("canary" in each for each in told)


def test_a_store_that_is_there_is_refused_and_not_touched(stage: Stage) -> None:
    carry_out(stage)
    assert carry_out(stage, deployment_id="dep-2") is DeploymentStatus.FAILED
    assert "runs here already" in stage.plane.finishes[1].reason
    assert stage.held() == {"shop-001"}
    assert [route.store_id for route in stage.gateway.routes()] == ["shop-001"]


def test_an_instance_that_nobody_made_here_is_refused_and_not_touched(stage: Stage) -> None:
    stage.runtime.make_instance(InstanceSpec("shop-001", Artifact("sha256:0", "0")), "")
    assert carry_out(stage) is DeploymentStatus.FAILED
    assert stage.held() == {"shop-001"}


def test_a_host_that_is_taken_is_refused_before_anything_is_made(stage: Stage) -> None:
    doors = stage.runtime.doors("shop-009")
    stage.gateway.put_route(Route("shop-009", "shop-001.localhost", doors.engine, doors.storefront))
    assert carry_out(stage) is DeploymentStatus.FAILED
    assert "belongs to shop-009" in stage.plane.finishes[0].reason
    assert stage.held() == set()


def test_a_host_that_the_gateway_refuses_takes_everything_back(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: object, route: Route) -> None:
        raise GatewayRefused("The host belongs to the control plane.")

    monkeypatch.setattr(type(stage.gateway), "put_route", refuse)
    assert carry_out(stage) is DeploymentStatus.FAILED
    assert_nothing_left(stage)


def test_a_later_attempt_starts_anew_what_an_earlier_one_left_half_made(stage: Stage) -> None:
    stage.runtime.faults["copy_template"] = RuntimeRefused("no")
    stage.runtime.faults["remove_instance"] = RuntimeRefused("no")
    carry_out(stage)
    stage.runtime.acts.clear()
    assert carry_out(stage, attempt=2) is DeploymentStatus.SUCCEEDED
    acts = [act.split()[0] for act in stage.runtime.acts]
    assert acts.index("remove_instance") < acts.index("make_instance")


def test_a_later_attempt_keeps_a_shop_whose_door_was_open(stage: Stage) -> None:
    carry_out(stage)
    stage.runtime.acts.clear()
    assert carry_out(stage, attempt=2) is DeploymentStatus.SUCCEEDED
    assert not any(act.startswith(("make_instance", "remove_instance")) for act in stage.runtime.acts)


def test_a_shop_whose_door_was_open_in_an_earlier_attempt_is_never_removed(stage: Stage) -> None:
    carry_out(stage)
    stage.plane.smoke_passes = False
    assert carry_out(stage, attempt=2) is DeploymentStatus.NEEDS_ATTENTION
    assert stage.held() == {"shop-001"}


def test_a_deployment_that_kills_its_runners_is_given_up(stage: Stage) -> None:
    assert carry_out(stage, attempt=ATTEMPTS + 1) is DeploymentStatus.FAILED
    assert "Given up after 5 attempts" in stage.plane.finishes[0].reason


def an_executor(stage: Stage, steps: Sequence[Step]) -> Executor:
    return Executor(stage.parts, {DeploymentKind.PROVISION: steps}, LeaseKeeper(), lambda: None)


class Twice(Step):
    """Runs the step in it twice, as a kill between the effect and the checkpoint does."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self.stage, self.name = step.stage, step.name  # type: ignore[misc]  # the wrapped step's own

    def run(self, work: Work) -> Done:
        self._step.run(work)
        return self._step.run(work)

    def undo(self, work: Work) -> str:
        first = self._step.undo(work)
        self._step.undo(work)
        return first


def test_every_step_can_run_twice(stage: Stage) -> None:
    stage.executor = an_executor(stage, [Twice(step) for step in provision(stage.parts)])
    assert carry_out(stage) is DeploymentStatus.SUCCEEDED
    record = stage.records.find("shop-001")
    assert record is not None
    assert record.making is Making.WHOLE


def test_every_undo_can_run_twice(stage: Stage) -> None:
    stage.executor = an_executor(stage, [Twice(step) for step in provision(stage.parts)])
    stage.knocking.door_passes = False
    assert carry_out(stage) is DeploymentStatus.FAILED
    assert_nothing_left(stage)


class FullDisk:
    """Checkpoints that can't be written from the ``number``-th on."""

    def __init__(self, number: int) -> None:
        self._left = number

    def once(self, name: str, act: Callable[[], str]) -> str:
        written = act()
        self._left -= 1
        if self._left < 0:
            raise OSError(errno.ENOSPC, "no space")
        return written


@pytest.mark.parametrize("number", range(len(STEPS)))
def test_a_journal_that_cant_be_written_takes_everything_back(stage: Stage, number: int) -> None:
    ended = stage.executor.carry_out(a_claim().model_dump_json(), FullDisk(number))
    assert ended == DeploymentStatus.FAILED
    assert "is the disk full?" in stage.plane.finishes[0].reason
    assert_nothing_left(stage)


def test_a_damaged_signing_key_is_refused_before_anything_is_made(stage: Stage) -> None:
    claim = a_claim().model_copy(update={"agent_public_key": "{}"})
    assert stage.executor.carry_out(claim.model_dump_json(), NullCheckpoints()) == DeploymentStatus.FAILED
    assert not any(act.startswith("make_instance") for act in stage.runtime.acts)


# --- what it is born from ---------------------------------------------------------------------------------------------


def promoted(stage: Stage) -> tuple[str, str]:
    """Promote a release of everything, and a newer one of the storefront alone."""
    stage.releases.listed = True
    whole = stage.releases.add(generation=2, version="2.0.0")
    return whole, stage.releases.add(Component.STOREFRONT, generation=3, version="3.0.0")


def born_as(stage: Stage) -> Revision:
    """Make a store and return its first revision, which is what its processes are started from."""
    assert carry_out(stage) is DeploymentStatus.SUCCEEDED
    (finish,) = stage.plane.finishes
    assert finish.revision is not None
    live = stage.runtime.placements("shop-001").live
    assert {component: place.artifact.digest for component, place in live.items()} == finish.revision.artifacts
    assert stage.records.all()[0].revisions[-1].artifacts == finish.revision.artifacts
    return finish.revision


def told(stage: Stage, name: str) -> str:
    return next(each.evidence for each in stage.plane.reports if each.name == name and each.outcome is Outcome.PASSED)


def test_a_new_store_is_born_from_the_newest_of_each_component_that_is_promoted(stage: Stage) -> None:
    whole, newer = promoted(stage)
    revision = born_as(stage)
    assert revision.artifacts == {
        component: artifact_digest(component, 3 if component is Component.STOREFRONT else 2)
        for component in STORE_COMPONENTS
    }
    assert revision.versions[Component.STOREFRONT] == "3.0.0"
    assert revision.release_id == newer
    assert told(stage, "prepare artifact") == (
        f"The newest promoted for production: engine 2.0.0 of {whole}, storefront 3.0.0 of {newer}, "
        f"shop-agent 2.0.0 of {whole}."
    )
    assert told(stage, "make template").startswith("The demo template of engine 2.0.0 was made")
    stage.plane.finishes.clear()
    moved = a_claim(DeploymentKind.DEPLOY, deployment_id="dep-2", revision_number=2, asked=DeploySpec(release_id=whole))
    assert stage.executor.carry_out(moved.model_dump_json(), NullCheckpoints()) == DeploymentStatus.SUCCEEDED


def test_what_no_release_has_is_taken_as_installed(stage: Stage) -> None:
    stage.releases.listed = True
    only = stage.releases.add(Component.STOREFRONT)
    revision = born_as(stage)
    assert revision.artifacts[Component.ENGINE] == INSTALLED.digest
    assert revision.artifacts[Component.STOREFRONT] == artifact_digest(Component.STOREFRONT, 2)
    assert revision.release_id == only
    assert "engine 0 as installed" in told(stage, "prepare artifact")


def nothing_promoted(stage: Stage, whole: str) -> None:
    stage.releases.unpromoted = set(stage.releases.releases)


def failed_elsewhere(stage: Stage, whole: str) -> None:
    other = InstanceRecord(
        store_id="shop-009", host="x", making=Making.WHOLE, deployment_id="dep-9", attempt=1, since=stage.clock.now()
    )
    stage.records.write(other.model_copy(update={"quarantined": tuple(stage.releases.releases)}))


def not_signed(stage: Stage, whole: str) -> None:
    stage.releases.refused[whole] = "It is not signed."


def not_here(stage: Stage, whole: str) -> None:
    stage.runtime.absent.add(artifact_digest(Component.ENGINE, 2))


def not_understood(stage: Stage, whole: str) -> None:
    texts = {**stage.releases.own_contracts(), "commerce.graphql": "type Query { shop: String, fortune: String }"}
    stage.releases.contracts_of[artifact_digest(Component.STOREFRONT, 3)] = texts


@pytest.mark.parametrize(
    ("against", "says"),
    [
        (nothing_promoted, ": no store component is promoted for production."),
        (failed_elsewhere, ": what is promoted for production failed on a store here."),
        (not_signed, "is promoted for production: It is not signed."),
        (not_here, "is promoted for production: "),
        (not_understood, "is promoted for production: Engine and storefront: "),
    ],
)
def test_whatever_speaks_against_what_is_promoted_refuses_no_store(
    stage: Stage, against: Callable[[Stage, str], None], says: str
) -> None:
    whole, _ = promoted(stage)
    against(stage, whole)
    assert carry_out(stage) is DeploymentStatus.SUCCEEDED
    (finish,) = stage.plane.finishes
    assert finish.revision is not None
    assert set(finish.revision.artifacts.values()) == {INSTALLED.digest}
    assert finish.revision.release_id is None
    assert told(stage, "prepare artifact").startswith("The installed environment, version 0, sha256:")
    assert says in told(stage, "prepare artifact")


def test_every_step_of_a_birth_from_a_release_can_run_twice(stage: Stage) -> None:
    promoted(stage)
    stage.executor = an_executor(stage, [Twice(step) for step in provision(stage.parts)])
    assert born_as(stage).release_id is not None
