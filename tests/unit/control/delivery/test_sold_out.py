"""A shop that has sold its last piece is delivered to as any other; a release that only says so is not believed."""

from __future__ import annotations

import pytest

from galleria.contracts.delivery import ConfigureSpec, RollbackSpec
from galleria.contracts.words import STORE_COMPONENTS, Component, DeploymentKind, DeploymentStatus
from galleria.control.delivery.checkpoints import NullCheckpoints
from galleria.control.delivery.local import roll_back_here
from tests.unit.control.delivery.stage import Stage, a_claim
from tests.unit.control.delivery.test_deploy import STORE, carry_out, deploy, record, route, selling

__all__ = ["selling"]

WHOLE = [STORE_COMPONENTS, (Component.ENGINE,), (Component.STOREFRONT,), (Component.SHOP_AGENT,)]
SAYS = "the new slot says that everything is sold out, and the shop sells"
BLUE, GREEN = "storefront-blue.sock", "storefront-green.sock"


@pytest.fixture
def sold_out(selling: Stage) -> Stage:
    """The stage of which the last piece is sold: every slot says so, and every door."""
    selling.knocking.door_sold_out = selling.knocking.unseen_sold_out = True
    selling.knocking.sold_out |= {BLUE, GREEN}
    return selling


@pytest.mark.parametrize("components", WHOLE)
def test_a_shop_that_is_sold_out_is_deployed_to_and_taken_back(
    sold_out: Stage, components: tuple[Component, ...]
) -> None:
    report = deploy(sold_out, sold_out.releases.add(*components))
    assert report.status is DeploymentStatus.SUCCEEDED, report.reason
    back = carry_out(sold_out, RollbackSpec(), 3)
    assert back.status is DeploymentStatus.SUCCEEDED, back.reason
    assert record(sold_out).current == 1


def test_a_shop_that_is_sold_out_is_configured_and_taken_back_with_nobody_else_there(sold_out: Stage) -> None:
    sold_out.runtime.put_configuration(STORE, 2, "A=2")
    report = carry_out(sold_out, ConfigureSpec(config_version=2, secret_version=1))
    assert report.status is DeploymentStatus.SUCCEEDED, report.reason
    said: list[dict[str, object]] = []
    assert roll_back_here(sold_out.parts, STORE, RollbackSpec(), said.append) == 0, said


@pytest.mark.parametrize("kind", [DeploymentKind.RESTART, DeploymentKind.START])
def test_a_shop_that_is_sold_out_starts(sold_out: Stage, kind: DeploymentKind) -> None:
    sold_out.executor.carry_out(a_claim(kind, deployment_id="dep-9").model_dump_json(), NullCheckpoints())
    assert sold_out.plane.finishes[-1].status is DeploymentStatus.SUCCEEDED, sold_out.plane.finishes[-1].reason


@pytest.mark.parametrize("components", WHOLE)
def test_a_release_that_says_that_everything_is_sold_out_meets_no_shopper(
    selling: Stage,
    components: tuple[Component, ...],
) -> None:
    selling.knocking.unseen_sold_out = True
    before = route(selling)
    report = deploy(selling, selling.releases.add(*components))
    assert report.status is DeploymentStatus.FAILED
    assert f"catalogue query ({SAYS})" in report.reason
    assert report.quarantined
    assert route(selling) == before
    run = next(each.smoke for each in selling.plane.reports if each.smoke and not each.smoke.passed)
    assert [each.detail for each in run.results] == ["", SAYS, "", ""]


def test_a_configuration_with_which_everything_is_sold_out_meets_no_shopper(selling: Stage) -> None:
    selling.knocking.unseen_sold_out = True
    selling.runtime.put_configuration(STORE, 2, "A=2")
    report = carry_out(selling, ConfigureSpec(config_version=2, secret_version=1))
    assert report.status is DeploymentStatus.FAILED
    assert SAYS in report.reason


def test_a_release_that_says_so_only_after_the_switch_is_taken_back(selling: Stage) -> None:
    selling.knocking.door_sold_out = True
    before = route(selling)
    report = deploy(selling, selling.releases.add())
    assert report.status is DeploymentStatus.ROLLED_BACK
    assert SAYS in report.reason
    assert report.quarantined
    assert route(selling) == before


def test_a_shop_that_sells_out_while_it_is_deployed_to_is_believed(selling: Stage) -> None:
    selling.knocking.door_sold_out = True
    selling.knocking.sold_out |= {BLUE, GREEN}
    report = deploy(selling, selling.releases.add())
    assert report.status is DeploymentStatus.SUCCEEDED, report.reason


def test_with_nothing_that_answers_beside_it_a_slot_is_believed(selling: Stage) -> None:
    assert deploy(selling, selling.releases.add()).status is DeploymentStatus.SUCCEEDED
    selling.knocking.door_sold_out = True
    selling.knocking.sold_out.add(BLUE)
    selling.knocking.silent.add(GREEN)  # what is live is broken: that is why somebody goes back
    back = carry_out(selling, RollbackSpec(), 3)
    assert back.status is DeploymentStatus.SUCCEEDED, back.reason


def test_nobody_is_led_back_to_a_revision_that_says_so_while_the_shop_sells(selling: Stage) -> None:
    assert deploy(selling, selling.releases.add()).status is DeploymentStatus.SUCCEEDED
    before = route(selling)
    selling.knocking.sold_out.add(BLUE)
    back = carry_out(selling, RollbackSpec(), 3)
    assert back.status is not DeploymentStatus.SUCCEEDED
    assert SAYS in back.reason
    assert "stop the store, then go back" in back.reason
    assert not back.quarantined
    assert route(selling) == before
    # The live one sells what is not there? Once it is stopped, nothing is compared with it.
    stop = a_claim(DeploymentKind.STOP, deployment_id="dep-stop")
    selling.executor.carry_out(stop.model_dump_json(), NullCheckpoints())
    selling.knocking.silent.add(GREEN)
    selling.knocking.door_sold_out = True
    back = carry_out(selling, RollbackSpec(), 4)
    assert back.status is DeploymentStatus.SUCCEEDED, back.reason


def test_a_new_store_is_not_sold_out(stage: Stage) -> None:
    stage.knocking.door_sold_out = True
    stage.executor.carry_out(a_claim().model_dump_json(), NullCheckpoints())
    assert stage.plane.finishes[-1].status is DeploymentStatus.FAILED
    assert "everything is sold out in a store that is new" in stage.plane.finishes[-1].reason
    assert stage.held() == set()
