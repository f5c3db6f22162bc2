"""When there is a way back and when there is none, and what a failed move leaves behind."""

from __future__ import annotations

import pytest

from galleria.contracts.delivery import ConfigureSpec, DeploySpec, RollbackSpec
from galleria.contracts.wire import ObservedProcess
from galleria.contracts.words import (
    STORE_COMPONENTS,
    Component,
    DeploymentKind,
    DeploymentStatus,
    ProcessState,
    RollbackClass,
    Slot,
)
from galleria.control.delivery.checkpoints import NullCheckpoints
from galleria.control.gateway.port import GatewayUnavailable
from galleria.control.runtimes.port import Artifact, MigrationPlan, RuntimeRefused, RuntimeUnavailable
from tests.unit.control.delivery.stage import Stage, a_claim, artifact_digest
from tests.unit.control.delivery.test_deploy import (
    STORE,
    beside,
    carry_out,
    deploy,
    live_slots,
    migrations,
    record,
    route,
    selling,
)

__all__ = ["selling"]


def accept(stage: Stage, release_id: str) -> DeploySpec:
    return DeploySpec(release_id=release_id, accept_irreversible=True)


def processes(stage: Stage) -> list[ObservedProcess]:
    (found,) = stage.runtime.observe()
    return list(found.processes)


# --- class C ----------------------------------------------------------------------------------------------------------


def test_class_c_that_fails_before_its_migration_is_taken_back_as_any_other(selling: Stage) -> None:
    migrations(selling, RollbackClass.C)
    selling.runtime.faults["prepare_slot"] = RuntimeRefused("The disk is full.")
    report = carry_out(selling, accept(selling, selling.releases.add()))
    assert report.status is DeploymentStatus.FAILED, report.reason
    assert report.no_way_back_before is None
    assert record(selling).moving is None


def test_class_c_bars_the_way_back_though_its_deployment_failed(selling: Stage) -> None:
    deploy(selling, selling.releases.add(generation=2))
    migrations(selling, RollbackClass.C, generation=3)
    selling.plane.failing_slots = {Slot.BLUE}
    report = carry_out(selling, accept(selling, selling.releases.add(generation=3)), number=3)
    assert report.status is DeploymentStatus.NEEDS_ATTENTION
    assert report.no_way_back_before is not None
    assert (report.no_way_back_before.number, report.no_way_back_before.healthy) == (3, False)
    assert record(selling).current == 2
    selling.plane.failing_slots = set()
    for wanted in (None, 1):
        back = carry_out(selling, RollbackSpec(to_revision=wanted))
        assert back.status is DeploymentStatus.FAILED
        assert "the data has changed for good" in back.reason
    mended = deploy(selling, selling.releases.add(generation=4), number=4)
    assert mended.status is DeploymentStatus.SUCCEEDED, mended.reason
    assert "the data has changed for good" in carry_out(selling, RollbackSpec()).reason


def test_a_migration_that_fails_half_way_bars_the_way_back_too(selling: Stage) -> None:
    migrations(selling, RollbackClass.C)
    selling.runtime.faults["migrate"] = RuntimeRefused("shelf.0002_more failed.")
    report = carry_out(selling, accept(selling, selling.releases.add()))
    assert report.status is DeploymentStatus.NEEDS_ATTENTION
    assert report.no_way_back_before is not None


def test_after_the_switch_class_c_leads_nobody_back_to_code_that_cannot_read_the_data(selling: Stage) -> None:
    migrations(selling, RollbackClass.C)
    selling.knocking.door_fails = 1
    report = carry_out(selling, accept(selling, selling.releases.add()))
    assert report.status is DeploymentStatus.NEEDS_ATTENTION
    assert "Shoppers stay at revision 2" in report.reason
    assert "revision 1 can't read" in report.reason
    assert live_slots(selling) == dict.fromkeys(STORE_COMPONENTS, Slot.GREEN)
    assert "green" in str(route(selling).engine_socket)
    assert record(selling).current == 2
    assert report.no_way_back_before is not None
    assert report.no_way_back_before.number == 2


def test_class_c_stays_class_c_for_a_second_attempt_that_finds_the_data_changed(selling: Stage) -> None:
    migrations(selling, RollbackClass.C)
    release_id = selling.releases.add()
    selling.knocking.door_fails = 1
    migrate = selling.runtime.migrate

    def dies(store_id: str, artifact: Artifact, config_version: int) -> MigrationPlan:
        migrate(store_id, artifact, config_version)
        selling.runtime.migrations[artifact_digest(Component.ENGINE, 2)] = MigrationPlan(RollbackClass.A, (), (), "abc")
        raise KeyboardInterrupt

    selling.runtime.migrate = dies  # type: ignore[method-assign]
    for attempt in (1, 2):
        claim = a_claim(
            DeploymentKind.DEPLOY,
            deployment_id="dep-9",
            attempt=attempt,
            revision_number=2,
            asked=DeploySpec(release_id=release_id, accept_irreversible=True),
        )
        if attempt == 1:
            with pytest.raises(KeyboardInterrupt):
                selling.executor.carry_out(claim.model_dump_json(), NullCheckpoints())
        else:
            selling.runtime.migrate = migrate  # type: ignore[method-assign]
            selling.executor.carry_out(claim.model_dump_json(), NullCheckpoints())
    report = selling.plane.finishes[-1]
    assert report.status is DeploymentStatus.NEEDS_ATTENTION, report.reason
    assert "Shoppers stay at revision 2" in report.reason


# --- a door that was closed -------------------------------------------------------------------------------------------


@pytest.fixture
def closed(selling: Stage) -> Stage:
    """A store whose door is closed and whose processes are stopped, as after a start that failed."""
    selling.gateway.close(STORE)
    selling.runtime.stop(STORE)
    return selling


def test_a_store_that_was_stopped_moves_as_a_whole_and_its_door_opens(closed: Stage) -> None:
    report = deploy(closed, closed.releases.add(Component.STOREFRONT))
    assert report.status is DeploymentStatus.SUCCEEDED, report.reason
    assert live_slots(closed) == dict.fromkeys(STORE_COMPONENTS, Slot.GREEN)
    assert not route(closed).closed
    assert {each.state for each in processes(closed) if each.live} == {ProcessState.RUNNING}


def test_a_release_that_fails_on_a_stopped_store_leaves_it_stopped(closed: Stage) -> None:
    before = route(closed)
    closed.knocking.door_fails = 1
    report = deploy(closed, closed.releases.add())
    assert report.status is DeploymentStatus.ROLLED_BACK, report.reason
    assert report.quarantined
    assert route(closed) == before
    assert before.closed
    assert {each.state for each in processes(closed)} == {ProcessState.STOPPED}
    assert live_slots(closed) == dict.fromkeys(STORE_COMPONENTS, Slot.BLUE)
    assert beside(closed) == set()


def test_a_stopped_store_goes_back_and_opens(selling: Stage) -> None:
    deploy(selling, selling.releases.add())
    selling.gateway.close(STORE)
    selling.runtime.stop(STORE)
    report = carry_out(selling, RollbackSpec())
    assert report.status is DeploymentStatus.SUCCEEDED, report.reason
    assert not route(selling).closed


def test_another_configuration_opens_the_door_of_a_stopped_store(closed: Stage) -> None:
    closed.runtime.put_configuration(STORE, 2, "A=2")
    report = carry_out(closed, ConfigureSpec(config_version=2, secret_version=1))
    assert report.status is DeploymentStatus.SUCCEEDED, report.reason
    assert not route(closed).closed


# --- what is kept beside ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["deploy", "configure", "rollback"])
def test_a_move_that_changes_nothing_keeps_what_is_warm(selling: Stage, kind: str) -> None:
    release_id = selling.releases.add()
    deploy(selling, release_id)
    warm = record(selling).warm
    assert warm is not None
    asked = {
        "deploy": DeploySpec(release_id=release_id),
        "configure": ConfigureSpec(config_version=1, secret_version=1),
        "rollback": RollbackSpec(to_revision=2),
    }[kind]
    report = carry_out(selling, asked, number=3)  # type: ignore[arg-type]
    assert report.status is DeploymentStatus.SUCCEEDED
    assert report.revision is not None
    assert report.revision.number == 2
    assert record(selling).warm == warm
    assert beside(selling) == set(STORE_COMPONENTS)
    acts = selling.runtime.acts
    back = carry_out(selling, RollbackSpec())
    assert back.status is DeploymentStatus.SUCCEEDED
    assert acts.count(f"empty_slot {STORE}") == 1, "the warm slot was used as it ran"


def test_a_move_that_changes_nothing_takes_away_what_nobody_keeps(selling: Stage) -> None:
    deploy(selling, selling.releases.add())
    selling.knocking.door_fails = 1
    assert carry_out(selling, RollbackSpec(to_revision=1)).status is DeploymentStatus.NEEDS_ATTENTION
    assert record(selling).current == 1
    assert beside(selling) == set(STORE_COMPONENTS)
    again = carry_out(selling, RollbackSpec(to_revision=1))
    assert again.status is DeploymentStatus.SUCCEEDED, again.reason
    assert beside(selling) == set()
    assert record(selling).moving is None


# --- blame ------------------------------------------------------------------------------------------------------------


def test_a_gateway_that_blinks_blames_nobody(selling: Stage) -> None:
    selling.knocking.door_faults = [GatewayUnavailable("The gateway does not answer.")] * 3
    report = deploy(selling, selling.releases.add())
    assert report.status is DeploymentStatus.SUCCEEDED, report.reason


def test_a_gateway_that_stays_away_blames_nobody(selling: Stage) -> None:
    selling.knocking.door_faults = [GatewayUnavailable("The gateway does not answer.")] * 100
    report = deploy(selling, selling.releases.add())
    assert report.status is DeploymentStatus.FAILED
    assert "The gateway does not answer" in report.reason
    assert not report.quarantined
    assert record(selling).quarantined == ()


def test_a_live_process_that_is_silent_blames_no_release_that_does_not_hold_it(selling: Stage) -> None:
    selling.knocking.silent = {"engine-blue.sock"}
    release_id = selling.releases.add(Component.STOREFRONT)
    report = deploy(selling, release_id)
    assert report.status is DeploymentStatus.FAILED
    assert report.reason == "Wait until healthy: Not healthy after 30 s: engine. Not new: engine."
    assert not report.quarantined
    selling.knocking.silent = {"storefront-green.sock"}
    assert deploy(selling, release_id, number=3).quarantined


def test_a_runtime_that_is_away_marks_no_data_as_changed(selling: Stage) -> None:
    migrations(selling, RollbackClass.C)
    selling.runtime.faults["prepare_slot"] = RuntimeUnavailable("The supervisor is away.", retry_after=1000)
    report = carry_out(selling, accept(selling, selling.releases.add()))
    assert report.status is DeploymentStatus.FAILED
    assert record(selling).classes.get(2) is None
