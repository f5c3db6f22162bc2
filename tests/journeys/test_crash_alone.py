"""The crash matrix, each death alone: a deployment of its own for either side of every step.

In every run those around ``switch``, the moment from which shoppers meet what is new. With
``GALLERIA_CRASH_MATRIX=full`` all of them, for every kind that moves a store, and then deaths inside the steps, right
before each thing that they do to the world; it takes half an hour and more. ``-s`` shows how each ended.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from galleria.contracts.delivery import DeploySpec, RollbackSpec
from galleria.contracts.wire import Deployment
from galleria.contracts.words import Component, DeploymentKind, DeploymentStatus
from tests.journeys.mortals import STEPS, Mortals, mortal_runners
from tests.journeys.scene import ENGINE, STORE, Scene, Spec, a_scene, migration
from tests.journeys.shoppers import shopping
from tests.support.mortal import Deaths

pytestmark = pytest.mark.platform

FULL = os.environ.get("GALLERIA_CRASH_MATRIX") == "full"


def around(kind: DeploymentKind) -> list[str]:
    """Name the deaths around the steps of a kind."""
    steps = STEPS[kind] if FULL else ["switch"]
    return [f"{when} {step}" for step in steps for when in ("before", "after")]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(tmp_path_factory.mktemp("workshop")) as scene:
        yield scene


@pytest.fixture(scope="module")
def releases(scene: Scene) -> tuple[str, str]:
    """Two releases of a storefront; the store ran the second, and runs the first."""
    first, second = (scene.release(mark, Component.STOREFRONT) for mark in ("one", "other"))
    for each in (second, first):
        ended = scene.platform.succeeded(scene.ask(DeploySpec(release_id=each)))
    assert ended.to_revision == 3
    return first, second


def die_alone(
    scene: Scene, deaths: Sequence[str], folder: Path, spec: Callable[[int], Spec], check: Callable[[Deployment], None]
) -> None:
    """Have a deployment of its own for each death, one after the other; all must be true after each."""
    mortal = Deaths(folder)
    with mortal_runners(scene.platform, mortal) as runners, shopping(scene.platform, STORE, shoppers=1) as met:
        for number, death in enumerate(deaths):
            mortal.only(death)
            _die(scene, runners, spec(number), check, death)
    assert mortal.happened() == len(deaths)
    assert met.errors == []


def _die(scene: Scene, runners: Mortals, spec: Spec, check: Callable[[Deployment], None], death: str) -> None:
    try:
        ended = runners.ended(scene.ask(spec))
        check(ended)
        scene.witnesses.agree_after(ended)
    except AssertionError as wrong:
        wrong.add_note(f"after the death {death}")
        raise
    print(f"{death}: {ended.status}, revision {scene.witnesses.record.current}")  # noqa: T201 - the matrix, with -s


def succeeded(ended: Deployment) -> None:
    assert ended.status is DeploymentStatus.SUCCEEDED, ended.reason


def test_each_death_alone_in_a_deployment(scene: Scene, releases: tuple[str, str], tmp_path: Path) -> None:
    before = scene.witnesses.record.current

    def next_one(ended: Deployment) -> None:
        succeeded(ended)
        nonlocal before
        before += 1
        assert scene.witnesses.record.current == before, "one revision more"

    deaths = around(DeploymentKind.DEPLOY)
    die_alone(scene, deaths, tmp_path, lambda number: DeploySpec(release_id=releases[1 - number % 2]), next_one)


def test_each_death_alone_in_a_rollback(scene: Scene, releases: tuple[str, str], tmp_path: Path) -> None:
    now = scene.witnesses.record.current
    known = [each.number for each in scene.witnesses.record.revisions]

    def back_and_forth(number: int) -> RollbackSpec:
        return RollbackSpec(to_revision=now - 1 + number % 2)

    def settled(ended: Deployment) -> None:
        succeeded(ended)
        record = scene.witnesses.record
        assert record.current == ended.to_revision
        assert [each.number for each in record.revisions] == known, "no revision more"

    die_alone(scene, around(DeploymentKind.ROLLBACK), tmp_path, back_and_forth, settled)


if FULL:  # minutes each

    def test_each_death_alone_in_a_configuration(scene: Scene, tmp_path: Path) -> None:
        deaths = around(DeploymentKind.CONFIGURE)
        die_alone(scene, deaths, tmp_path, lambda number: scene.prepared(f"Name {number}"), succeeded)

    def test_each_death_alone_in_a_release_of_everything(scene: Scene, tmp_path: Path) -> None:
        releases = [scene.release(mark) for mark in ("all of one", "all of another")]
        deaths = around(DeploymentKind.DEPLOY)
        die_alone(scene, deaths, tmp_path, lambda number: DeploySpec(release_id=releases[number % 2]), succeeded)

    @pytest.mark.parametrize("kind", ["deploy", "rollback", "configure", "deploy everything"])
    def test_killed_inside_of_every_step(scene: Scene, tmp_path: Path, kind: str) -> None:
        deaths = Deaths(tmp_path / "deaths")
        deaths.only_inside(but="fetch the artifacts" if kind == "deploy everything" else "")  # its wheels are hundreds
        added = {f"{ENGINE}/shelf/migrations/9001_works.py": migration()}
        specs: dict[str, Callable[[], Spec]] = {
            "deploy": lambda: DeploySpec(release_id=scene.release(f"inside {kind}", Component.STOREFRONT)),
            "rollback": lambda: RollbackSpec(),
            "configure": lambda: scene.prepared("Killed inside"),
            "deploy everything": lambda: DeploySpec(release_id=scene.release(f"inside {kind}", added=added)),
        }
        spec = specs[kind]()
        with mortal_runners(scene.platform, deaths) as runners, shopping(scene.platform, STORE, shoppers=1) as met:
            ended = runners.ended(scene.ask(spec))
        print(f"{kind}: {deaths.happened()} deaths inside of its steps")  # noqa: T201 - for who runs it with -s
        succeeded(ended)
        assert deaths.happened() > len(STEPS[ended.kind])
        assert met.errors == []
        scene.witnesses.agree_after(ended)
        if kind == "deploy everything":
            assert scene.migrated("9001_works") == 1
