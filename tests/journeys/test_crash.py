"""The crash matrix on the real platform: the runner is killed before and after every step, and at every undo.

One deployment meets every death in turn; after each, a new runner goes on. What stands at the end is compared with
what the machine really has: folders, processes, routes, the supervisor's files.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from galleria.contracts.words import Component, DeploymentKind, DeploymentStatus, Outcome
from tests.journeys.living import LivingPlatform, kill, living_platform, until
from tests.journeys.mortals import STEPS, mortal_runners
from tests.journeys.truth import Witnesses
from tests.support.mortal import Deaths

pytestmark = pytest.mark.platform


@pytest.fixture(scope="module")
def platform() -> Iterator[LivingPlatform]:
    with living_platform() as platform:
        platform.create("bystander")
        yield platform


def test_killed_at_every_step_a_store_is_made_once(platform: LivingPlatform, tmp_path: Path) -> None:
    deaths, steps = Deaths(tmp_path / "deaths"), STEPS[DeploymentKind.PROVISION]
    with mortal_runners(platform, deaths) as mortals:
        ended = mortals.ended(platform.ask("survivor"))
    assert deaths.happened() == 2 * len(steps)
    assert ended.status is DeploymentStatus.SUCCEEDED, ended.reason
    assert [(step.name, step.outcome) for step in ended.steps] == [(name, Outcome.PASSED) for name in steps]
    Witnesses(platform, "survivor").agree_after(ended)
    assert platform.shop("survivor") == platform.shop("bystander") == 200


def test_killed_at_every_undo_nothing_is_left(platform: LivingPlatform, tmp_path: Path) -> None:
    bystander, deaths = platform.store_pids("bystander"), Deaths(tmp_path / "deaths")
    with mortal_runners(platform, deaths, "broken-door") as mortals:
        ended = mortals.ended(platform.ask("casualty"))
    steps = len(STEPS[DeploymentKind.PROVISION])
    assert deaths.happened() == 2 * (steps - 1) - 1 + 2 * steps  # the failing step has no "after", the last never runs
    assert ended.status is DeploymentStatus.FAILED
    assert "The public door fails: storefront page" in ended.reason
    assert platform.traces("casualty") == []
    assert platform.strays() == {}
    assert platform.shop("casualty") == 404
    assert platform.store_pids("bystander") == bystander
    platform.succeeded(platform.act("casualty", "retry"))
    assert platform.shop("casualty") == 200


@pytest.mark.parametrize("act", ["stop", "start", "restart"])
def test_killed_at_every_step_a_store_stops_and_starts(platform: LivingPlatform, tmp_path: Path, act: str) -> None:
    deaths = Deaths(tmp_path / "deaths")
    with mortal_runners(platform, deaths) as mortals:
        ended = mortals.ended(platform.act("bystander", act))
    assert deaths.happened() == 2 * len(STEPS[DeploymentKind(act)])
    assert ended.status is DeploymentStatus.SUCCEEDED, ended.reason
    if act == "stop":
        assert platform.shop("bystander") == 503
        assert not any(platform.store_pids("bystander").values())
        assert platform.strays() == {}
    else:
        Witnesses(platform, "bystander").agree_after(ended)


def test_killed_at_every_step_of_a_removal_nothing_is_left(platform: LivingPlatform, tmp_path: Path) -> None:
    platform.create("goner")
    deaths = Deaths(tmp_path / "deaths")
    with mortal_runners(platform, deaths) as mortals:
        ended = mortals.ended(platform.remove("goner"))
    assert deaths.happened() == 2 * len(STEPS[DeploymentKind.DECOMMISSION])
    assert ended.status is DeploymentStatus.SUCCEEDED, ended.reason
    assert platform.traces("goner") == []
    assert platform.strays() == {}


def test_a_plane_that_dies_in_the_middle_costs_no_store(platform: LivingPlatform) -> None:
    asked = platform.ask("steady")
    kill(platform.pids(Component.CONTROL_PLANE))
    until(lambda: platform.pids(Component.CONTROL_PLANE), "the plane to come back")
    until(lambda: platform.shop("steady") == 200, "steady to be open", 180)
    platform.succeeded(asked)
