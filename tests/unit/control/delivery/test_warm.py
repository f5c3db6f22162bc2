"""What was kept warm ends when its time is over, store by store: none keeps another's from it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from galleria.contracts.delivery import DeploySpec
from galleria.contracts.words import STORE_COMPONENTS, DeploymentKind, DeploymentStatus
from galleria.control.delivery import warm
from galleria.control.delivery.checkpoints import NullCheckpoints
from galleria.control.delivery.warm import end_what_was_warm
from tests.unit.control.delivery.stage import Stage, a_claim

ONE, OTHER = "shop-001", "shop-002"


@pytest.fixture
def warmed(stage: Stage) -> Stage:
    """A stage with two stores at revision 2, whose old slots were warm for long enough."""
    stage.clock.on_sleep = stage.leases.beat_once
    asked = DeploySpec(release_id=stage.releases.add())
    for number, store_id in enumerate((ONE, OTHER)):
        for kind in (DeploymentKind.PROVISION, DeploymentKind.DEPLOY):
            claim = a_claim(
                kind,
                store_id,
                deployment_id=f"dep-{kind}-{number}",
                revision_number=2,
                asked=asked if kind is DeploymentKind.DEPLOY else None,
            )
            assert stage.executor.carry_out(claim.model_dump_json(), NullCheckpoints()) == DeploymentStatus.SUCCEEDED
    stage.clock.passed += 601
    return stage


def is_warm(stage: Stage, store_id: str) -> bool:
    record = stage.records.find(store_id)
    return record is not None and record.warm is not None


def test_a_store_that_can_not_be_looked_after_keeps_no_other_from_it(
    warmed: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty, tried = warmed.runtime.empty_slot, []

    def hostile(store_id: str, components: object) -> None:
        tried.append(store_id)
        if store_id == ONE:
            raise NotADirectoryError(20, "Not a directory")
        empty(store_id, STORE_COMPONENTS)

    monkeypatch.setattr(warmed.runtime, "empty_slot", hostile)
    assert end_what_was_warm(warmed.parts) == [OTHER]
    assert (is_warm(warmed, ONE), is_warm(warmed, OTHER)) == (True, False)
    end_what_was_warm(warmed.parts)
    assert tried == [ONE, OTHER], "it is not tried every second"
    warmed.clock.passed += warm.AGAIN_SECONDS + 1
    end_what_was_warm(warmed.parts)
    assert tried == [ONE, OTHER, ONE]


def test_a_slot_that_shoppers_are_led_to_is_not_emptied(warmed: Stage) -> None:
    door = warmed.gateway.door_of(ONE)
    assert door is not None
    old = warmed.runtime.doors(ONE, {each: place.slot for each, place in warmed.runtime.placements(ONE).beside.items()})
    warmed.gateway.put_route(replace(door, storefront_socket=old.storefront))
    assert end_what_was_warm(warmed.parts) == [OTHER]
    assert warmed.runtime.placements(ONE).beside.keys() == set(STORE_COMPONENTS)
    warmed.gateway.put_route(door)
    warmed.clock.passed += warm.AGAIN_SECONDS + 1
    assert end_what_was_warm(warmed.parts) == [ONE]


def test_a_dead_gateway_keeps_nothing_warm(warmed: Stage) -> None:
    warmed.gateway.dead = True
    assert end_what_was_warm(warmed.parts) == [ONE, OTHER]
