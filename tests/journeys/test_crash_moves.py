"""The crash matrix of deploy, rollback and configure on the real platform: the runner is killed -9 right before and
right after every step and every undo, and the control plane once, while shoppers walk through the shop.

One deployment meets every death in turn, and the next runner goes on. ``GALLERIA_CRASH_MATRIX=full`` does more: each
death alone, in a deployment of its own, and deaths inside the steps, right before each thing that they do to the
world.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from galleria.contracts.delivery import DeploySpec, RollbackSpec
from galleria.contracts.wire import Deployment
from galleria.contracts.words import STORE_COMPONENTS, Component, DeploymentKind, DeploymentStatus
from tests.journeys.living import kill, until
from tests.journeys.mortals import STEPS, mortal_runners
from tests.journeys.scene import ENGINE, STORE, Scene, Spec, a_scene, migration
from tests.journeys.shoppers import shopping
from tests.support.mortal import Deaths

pytestmark = pytest.mark.platform


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(tmp_path_factory.mktemp("workshop")) as scene:
        yield scene


def survive(scene: Scene, spec: Spec, deaths: Deaths, *more: str) -> Deployment:
    """Have it carried out by runners that die at every step, while shoppers walk through the shop; all must be true."""
    with mortal_runners(scene.platform, deaths, *more) as mortals, shopping(scene.platform, STORE, shoppers=1) as met:
        ended = mortals.ended(scene.ask(spec))
    assert met.errors == []
    assert met.answers > 20
    scene.witnesses.agree_after(ended)
    return ended


def every_step(kind: DeploymentKind) -> int:
    """How many deaths there are right before and right after the steps of a kind."""
    return 2 * len(STEPS[kind])


def test_killed_at_every_step_of_a_deployment_it_is_made_once(scene: Scene, tmp_path: Path) -> None:
    release_id = scene.release("first", Component.STOREFRONT)
    before, deaths = scene.platform.store_pids(STORE), Deaths(tmp_path / "deaths")
    ended = survive(scene, DeploySpec(release_id=release_id), deaths)
    assert ended.status is DeploymentStatus.SUCCEEDED, ended.reason
    assert deaths.happened() == every_step(DeploymentKind.DEPLOY)
    record = scene.witnesses.record
    assert [each.number for each in record.revisions] == [1, 2]
    assert (record.current, record.quarantined) == (2, ())
    assert scene.witnesses.slots.beside.keys() == {Component.STOREFRONT}
    after = scene.platform.store_pids(STORE)
    assert [after[each] for each in (Component.ENGINE, Component.SHOP_AGENT)] == [
        before[each] for each in (Component.ENGINE, Component.SHOP_AGENT)
    ]
    assert before[Component.STOREFRONT] < after[Component.STOREFRONT]


def test_killed_at_every_undo_of_a_deployment_the_store_is_as_before(scene: Scene, tmp_path: Path) -> None:
    release_id = scene.release("fails behind the door", added={f"{ENGINE}/shelf/migrations/9001_works.py": migration()})
    before, deaths = scene.witnesses.record, Deaths(tmp_path / "deaths")
    broken = f"broken-{scene.free_slot()}"
    ended = survive(scene, DeploySpec(release_id=release_id), deaths, broken)
    assert ended.status is DeploymentStatus.ROLLED_BACK, ended.reason
    until_the_door = 2 * STEPS[DeploymentKind.DEPLOY].index("smoke through the public door") + 1
    assert deaths.happened() == until_the_door + every_step(DeploymentKind.DEPLOY)
    after = scene.witnesses.record
    assert (after.current, after.quarantined) == (before.current, (release_id,))
    assert scene.witnesses.slots.beside == {}
    assert scene.migrated("9001_works") == 1, "data never goes back, and never forward twice"


def test_killed_at_every_step_of_a_configuration_it_comes_once(scene: Scene, tmp_path: Path) -> None:
    before, deaths = scene.witnesses.record, Deaths(tmp_path / "deaths")
    ended = survive(scene, scene.prepared("The name that came"), deaths)
    assert ended.status is DeploymentStatus.SUCCEEDED, ended.reason
    assert deaths.happened() == every_step(DeploymentKind.CONFIGURE)
    after = scene.witnesses.record
    assert len(after.revisions) == len(before.revisions) + 1
    assert scene.witnesses.slots.beside.keys() == set(STORE_COMPONENTS)


def test_killed_at_every_step_of_a_rollback_it_goes_back_once(scene: Scene, tmp_path: Path) -> None:
    before, deaths = scene.witnesses.record, Deaths(tmp_path / "deaths")
    ended = survive(scene, RollbackSpec(reason="to see that it works"), deaths)
    assert ended.status is DeploymentStatus.SUCCEEDED, ended.reason
    assert deaths.happened() == every_step(DeploymentKind.ROLLBACK)
    after = scene.witnesses.record
    assert after.current == [each.number for each in before.revisions if each.healthy][-2]
    assert [each.number for each in after.revisions] == [each.number for each in before.revisions]
    assert scene.witnesses.slots.beside == {}


def test_the_witnesses_tell_of_what_is_left_over(scene: Scene) -> None:
    """What all these tests rely on: of anything that a dead runner might leave, one of them tells."""
    ended = scene.shown(scene.platform.store(STORE).last_deployment)
    scene.witnesses.agree_after(ended)
    layout, socket = scene.witnesses.layout, f"storefront-{scene.free_slot()}.sock"
    for file in (
        layout.store(STORE).run / socket,
        layout.store(STORE).agent / "agent-red.sock",
        layout.conf_d / f"store-{STORE}.engine-red.conf",
        layout.launch_d / f"store-{STORE}.engine-red.json",
        layout.supervisor / "run" / f"store-{STORE}.engine-red.lock",
        layout.doors / ".unseen" / "secret",
        layout.doors / ".ways" / f"{STORE}.u",
    ):
        file.parent.mkdir(exist_ok=True)
        file.touch()
        with pytest.raises(AssertionError):
            scene.witnesses.agree_after(ended)
        file.unlink()
    with subprocess.Popen(["/usr/bin/tail", "-f", layout.platform_file], stdout=subprocess.DEVNULL) as astray:
        assert list(scene.platform.strays()) == [astray.pid]
        astray.kill()
    scene.witnesses.agree_after(ended)


@pytest.mark.parametrize("component", [Component.CONTROL_PLANE, Component.RUNNER])
def test_killed_in_the_middle_it_comes_back_by_itself_and_the_deployment_ends_well(
    scene: Scene, component: Component
) -> None:
    """Killed from outside, at a moment of no step's choosing; the supervisor starts it again."""
    release_id = scene.release(f"while the {component} dies", Component.STOREFRONT)
    with shopping(scene.platform, STORE, shoppers=1) as met:
        for spec in (DeploySpec(release_id=release_id), RollbackSpec()):
            asked = scene.ask(spec)
            until(partial(scene.started, asked), "the new processes to be started")
            before = scene.platform.pids(component)
            kill(before)
            ended = scene.platform.succeeded(asked)
            after = until(lambda: scene.platform.pids(component), f"the {component} to be back")
            assert len(after) == 1
            assert after.isdisjoint(before)
            scene.witnesses.agree_after(ended)
    assert met.errors == []


def test_a_runner_that_never_returns_is_taken_over_by_another_when_its_lease_is_over(
    scene: Scene, tmp_path: Path
) -> None:
    release_id = scene.release("taken over", Component.STOREFRONT)
    deaths = Deaths(tmp_path / "deaths")
    deaths.only("none")
    with shopping(scene.platform, STORE, shoppers=1, pause=0.2) as met:
        with mortal_runners(scene.platform, deaths) as mortals:
            asked = scene.ask(DeploySpec(release_id=release_id))
            until(partial(scene.started, asked), "the new processes to be started")
            first = scene.shown(asked).runner_id
            mortals.vanish()
            lost_at = time.monotonic()
            scene.be_another_runner()
        until(lambda: scene.shown(asked).runner_id not in (first, None), "another runner to take over")
        taken_after = time.monotonic() - lost_at
        ended = scene.platform.succeeded(asked)
    # The lease is 30 s from the last heartbeat, which was up to 5 s before; what is above is a slow machine's.
    assert 20 < taken_after < 60
    assert met.errors == []
    assert ended.runner_id != first
    scene.witnesses.agree_after(ended)
