"""Every runtime moves a store between slots as the port says. The process runtime does it with really built bundles."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from galleria.contracts import instance
from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import STORE_COMPONENTS, Catalogue, Component, ProcessState, RollbackClass, Slot
from galleria.control.runtimes.port import Artifact, InstanceSpec, Placement, RuntimeRefused
from tests.conformance.runtime.staging import NEIGHBOUR, STORE, Stage
from tests.support.configs import complete_values

ENGINE, STOREFRONT, AGENT = STORE_COMPONENTS
ABSENT = Artifact("sha256:" + "e" * 64, "9")


def green(stage: Stage, *components: Component, config_version: int = 1) -> list[Placement]:
    """Places of the candidates in the green slot."""
    return [Placement(each, Slot.GREEN, stage.candidate(each), config_version) for each in components]


def configuration(store_id: str, name: str) -> str:
    """A configuration with another name of the store."""
    return instance.render_env({**complete_values(store_id), "GALLERIA_STORE_NAME": name})


def sides(stage: Stage) -> tuple[dict[Component, Slot], dict[Component, Slot]]:
    """The slots that are live, and those beside them."""
    placements = stage.runtime.placements(STORE)
    live, beside = ({each: at.slot for each, at in side.items()} for side in (placements.live, placements.beside))
    return live, beside


# --- moving -----------------------------------------------------------------------------------------------------------


def test_a_storefront_moves_alone_and_back(moving: Stage) -> None:
    runtime, moved = moving.runtime, {STOREFRONT: Slot.GREEN}
    moving.provision(STORE)
    runtime.start(STORE)
    first = moving.wait_for(STORE)
    for _ in range(2):
        runtime.prepare_slot(STORE, green(moving, STOREFRONT))
        runtime.start_slot(STORE, [STOREFRONT])
        candidate = moving.wait_beside(STORE, STOREFRONT)
    assert candidate[STOREFRONT].slot is Slot.GREEN
    for _ in range(2):
        runtime.switch_slots(STORE, moved)
        assert sides(moving) == ({ENGINE: Slot.BLUE, STOREFRONT: Slot.GREEN, AGENT: Slot.BLUE}, {STOREFRONT: Slot.BLUE})
    after = moving.wait_for(STORE)
    assert after[STOREFRONT].since == candidate[STOREFRONT].since
    assert {after[each].since for each in (ENGINE, AGENT)} == {first[each].since for each in (ENGINE, AGENT)}
    assert moving.wait_beside(STORE, STOREFRONT)[STOREFRONT].since == first[STOREFRONT].since, "kept as it ran"
    assert runtime.doors(STORE).storefront == runtime.doors(STORE, moved).storefront
    runtime.switch_slots(STORE, {STOREFRONT: Slot.BLUE})
    for _ in range(2):
        runtime.empty_slot(STORE, [STOREFRONT])
        assert sides(moving) == (dict.fromkeys(STORE_COMPONENTS, Slot.BLUE), {})
    assert {each: at.since for each, at in moving.wait_for(STORE).items()} == {
        each: at.since for each, at in first.items()
    }
    assert [each for each in moving.observed(STORE) if not each.live] == []


def test_all_move_with_another_configuration(moving: Stage) -> None:
    runtime = moving.runtime
    moving.provision(STORE)
    runtime.start(STORE)
    runtime.put_configuration(STORE, 2, configuration(STORE, "Two"))
    runtime.prepare_slot(STORE, green(moving, *STORE_COMPONENTS, config_version=2))
    runtime.start_slot(STORE, STORE_COMPONENTS)
    moving.wait_beside(STORE, *STORE_COMPONENTS)
    runtime.switch_slots(STORE, dict.fromkeys(STORE_COMPONENTS, Slot.GREEN))
    live = runtime.placements(STORE).live
    assert {each: (at.artifact, at.config_version) for each, at in live.items()} == {
        each: (moving.candidate(each), 2) for each in STORE_COMPONENTS
    }
    moving.wait_for(STORE)
    runtime.stop(STORE)
    assert {each.state for each in moving.observed(STORE)} == {ProcessState.STOPPED}, "what is beside stops as well"
    runtime.start(STORE)
    moving.wait_for(STORE)
    moving.wait_beside(STORE)


def test_a_slot_that_holds_something_else_is_emptied_first(moving: Stage) -> None:
    runtime = moving.runtime
    moving.provision(STORE)
    runtime.put_configuration(STORE, 2, configuration(STORE, "Two"))
    runtime.prepare_slot(STORE, green(moving, STOREFRONT))
    runtime.start_slot(STORE, [STOREFRONT])
    moving.wait_beside(STORE, STOREFRONT)
    runtime.prepare_slot(STORE, green(moving, STOREFRONT, config_version=2))
    moving.wait_beside(STORE)
    assert runtime.placements(STORE).beside[STOREFRONT].config_version == 2


def test_migrations_are_planned_and_run(moving: Stage) -> None:
    moving.provision(STORE)
    engine = moving.candidate(ENGINE)
    plan = moving.runtime.plan_migrations(STORE, engine)
    assert (plan.rollback_class, plan.pending) == (RollbackClass.A, ())
    for _ in range(2):
        assert moving.runtime.migrate(STORE, engine, 1) == plan
    assert moving.runtime.plan_migrations(STORE, moving.artifact).level == plan.level, (
        "of the database, not of the engine"
    )


def test_a_store_is_born_from_a_release_beside_the_installed_environment(moving: Stage) -> None:
    runtime, engine = moving.runtime, moving.candidate(ENGINE)
    spec = InstanceSpec(STORE, moving.artifact, artifacts={ENGINE: engine, AGENT: moving.candidate(AGENT)})
    runtime.make_instance(spec, instance.render_env(complete_values(STORE)))
    runtime.copy_template(STORE, runtime.make_template(engine, Catalogue.DEMO))
    runtime.provision_engine(STORE)
    runtime.start(STORE)
    moving.wait_for(STORE)
    born = {each: at.artifact for each, at in runtime.placements(STORE).live.items()}
    assert born == {ENGINE: engine, STOREFRONT: moving.artifact, AGENT: moving.candidate(AGENT)}


# --- refusals ---------------------------------------------------------------------------------------------------------


def test_fetched_is_fetched(moving: Stage) -> None:
    for component in STORE_COMPONENTS:
        assert not moving.runtime.fetch_artifact(component, moving.candidate(component))
        assert not moving.runtime.fetch_artifact(component, moving.artifact), "the installed environment is always here"


def refused(act: Callable[[], object]) -> ErrorCode:
    """The code that an act is refused with."""
    with pytest.raises(RuntimeRefused) as caught:
        act()
    return caught.value.code


def test_what_is_not_here_is_refused(moving: Stage) -> None:
    runtime = moving.runtime
    moving.make(STORE)
    absent = [Placement(STOREFRONT, Slot.GREEN, ABSENT)]
    if moving.layout is not None:  # the null runtime fetches whatever it is asked for
        assert refused(lambda: runtime.fetch_artifact(STOREFRONT, ABSENT)) is ErrorCode.NOT_FOUND
    assert refused(lambda: runtime.prepare_slot(STORE, absent)) is ErrorCode.NOT_FOUND
    assert (
        refused(lambda: runtime.prepare_slot(STORE, green(moving, STOREFRONT, config_version=7))) is ErrorCode.NOT_FOUND
    )
    assert refused(lambda: runtime.plan_migrations(STORE, ABSENT)) is ErrorCode.NOT_FOUND
    assert refused(lambda: runtime.migrate(STORE, moving.artifact, 7)) is ErrorCode.NOT_FOUND
    assert sides(moving)[1] == {}, "a refusal has changed something"


def test_what_does_not_fit_is_refused(moving: Stage) -> None:
    runtime = moving.runtime
    moving.make(STORE)
    live = [Placement(STOREFRONT, Slot.BLUE, moving.candidate(STOREFRONT))]
    assert refused(lambda: runtime.prepare_slot(STORE, live)) is ErrorCode.STATE_CONFLICT
    assert refused(lambda: runtime.start_slot(STORE, [STOREFRONT])) is ErrorCode.STATE_CONFLICT
    assert refused(lambda: runtime.switch_slots(STORE, {STOREFRONT: Slot.GREEN})) is ErrorCode.STATE_CONFLICT
    runtime.prepare_slot(STORE, green(moving, *STORE_COMPONENTS))
    for alone in ({ENGINE: Slot.GREEN}, {STOREFRONT: Slot.GREEN}):
        before = sides(moving)
        assert refused(partial(runtime.switch_slots, STORE, alone)) is ErrorCode.STATE_CONFLICT
        assert sides(moving) == before
    assert (
        refused(lambda: runtime.put_configuration(STORE, 1, configuration(STORE, "Other"))) is ErrorCode.STATE_CONFLICT
    )


def test_the_same_configuration_again_is_fine(moving: Stage) -> None:
    moving.make(STORE)
    for _ in range(2):
        moving.runtime.put_configuration(STORE, 2, configuration(STORE, "Two"))


ACTS: dict[str, Callable[[Stage, str], object]] = {
    "placements": lambda stage, store_id: stage.runtime.placements(store_id),
    "prepare slot": lambda stage, store_id: stage.runtime.prepare_slot(store_id, green(stage, STOREFRONT)),
    "start slot": lambda stage, store_id: stage.runtime.start_slot(store_id, [STOREFRONT]),
    "switch slots": lambda stage, store_id: stage.runtime.switch_slots(store_id, {STOREFRONT: Slot.GREEN}),
    "empty slot": lambda stage, store_id: stage.runtime.empty_slot(store_id, [STOREFRONT]),
    "plan migrations": lambda stage, store_id: stage.runtime.plan_migrations(store_id, stage.artifact),
    "migrate": lambda stage, store_id: stage.runtime.migrate(store_id, stage.artifact, 1),
    "put configuration": lambda stage, store_id: stage.runtime.put_configuration(store_id, 2, "SECRET=x\n"),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("store_id", ["shop-009", "../shop-001"])
def test_an_unknown_store_is_refused(moving: Stage, act: str, store_id: str) -> None:
    assert refused(lambda: ACTS[act](moving, store_id)) is ErrorCode.STORE_NOT_FOUND


def test_a_neighbour_is_not_touched(moving: Stage) -> None:
    runtime = moving.runtime
    for store_id in (STORE, NEIGHBOUR):
        moving.make(store_id)
        runtime.prepare_slot(store_id, green(moving, STOREFRONT))
    runtime.switch_slots(STORE, {STOREFRONT: Slot.GREEN})
    runtime.empty_slot(STORE, [STOREFRONT])
    kept = runtime.placements(NEIGHBOUR)
    assert (kept.live[STOREFRONT].slot, kept.beside[STOREFRONT].slot) == (Slot.BLUE, Slot.GREEN)
