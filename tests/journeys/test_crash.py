"""The crash matrix on the real platform: the runner is killed before and after every step, and at every undo.

One deployment meets every death in turn; after each, a new runner goes on. What stands at the end is compared with
what the machine really has: folders, processes, routes, the supervisor's files.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from galleria.contracts.wire import Deployment
from galleria.contracts.words import STORE_COMPONENTS, Component, DeploymentStatus, Outcome
from tests.journeys.living import LivingPlatform, kill, living_platform, until

pytestmark = pytest.mark.platform

ROOT = Path(__file__).parents[2]
PROVISION_STEPS = 15


@pytest.fixture(scope="module")
def platform() -> Iterator[LivingPlatform]:
    with living_platform() as platform:
        platform.create("bystander")
        yield platform


@contextmanager
def runner_stopped(platform: LivingPlatform) -> Iterator[None]:
    """Stop the platform's own runner for a while."""
    address = f"unix://{platform.home}/supervisor/supervisor.sock"
    control = [sys.executable, "-W", "ignore", "-m", "supervisor.supervisorctl", "-s", address]
    subprocess.run([*control, "stop", "runner:*"], check=True)
    until(lambda: not platform.pids(Component.RUNNER), "the runner to stop")
    try:
        yield
    finally:
        subprocess.run([*control, "start", "runner:*"], check=True)


def die_until_ended(platform: LivingPlatform, asked: Deployment, deaths: Path, *more: str) -> tuple[Deployment, int]:
    """Start mortal runners, one after the death of the other, until the deployment has ended; count the deaths."""
    died = 0
    log = (platform.home / "mortal.log").open("ab")
    command = [sys.executable, "-m", "tests.journeys.mortal_runner", str(platform.home), str(deaths), *more]
    while True:
        runner = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)

        def over(runner: subprocess.Popen[bytes] = runner) -> Deployment | bool | None:
            return platform.final(asked.deployment_id) or runner.poll() is not None

        ended = until(over, f"{asked.deployment_id} to end or its runner to die")
        if isinstance(ended, Deployment):
            runner.send_signal(signal.SIGTERM)
            runner.wait(10)
            log.close()
            return ended, died
        assert runner.returncode == -signal.SIGKILL, (platform.home / "mortal.log").read_text()[-3000:]
        died += 1
        assert died < 5 * PROVISION_STEPS


def test_killed_at_every_step_a_store_is_made_once(platform: LivingPlatform, tmp_path: Path) -> None:
    with runner_stopped(platform):
        ended, died = die_until_ended(platform, platform.ask("survivor"), tmp_path / "deaths")
    assert died == 2 * PROVISION_STEPS
    assert ended.status is DeploymentStatus.SUCCEEDED, ended.reason
    assert [step.outcome for step in ended.steps] == [Outcome.PASSED] * PROVISION_STEPS
    assert {component: len(pids) for component, pids in platform.store_pids("survivor").items()} == dict.fromkeys(
        STORE_COMPONENTS, 1
    )
    platform.selling("survivor")
    assert platform.shop("survivor") == platform.shop("bystander") == 200


def test_killed_at_every_undo_nothing_is_left(platform: LivingPlatform, tmp_path: Path) -> None:
    bystander = platform.store_pids("bystander")
    with runner_stopped(platform):
        asked = platform.ask("casualty")
        ended, died = die_until_ended(platform, asked, tmp_path / "deaths", "broken-door")
    assert died == 2 * (PROVISION_STEPS - 1) - 1 + 2 * PROVISION_STEPS  # the failing step has no "after"
    assert ended.status is DeploymentStatus.FAILED
    assert "The public door fails: storefront page" in ended.reason
    assert platform.traces("casualty") == []
    assert platform.shop("casualty") == 404
    assert platform.store_pids("bystander") == bystander
    platform.succeeded(platform.act("casualty", "retry"))
    assert platform.shop("casualty") == 200


def test_killed_at_every_step_of_a_removal_nothing_is_left(platform: LivingPlatform, tmp_path: Path) -> None:
    platform.create("goner")
    with runner_stopped(platform):
        ended, died = die_until_ended(platform, platform.remove("goner"), tmp_path / "deaths")
    assert died == 6
    assert ended.status is DeploymentStatus.SUCCEEDED, ended.reason
    assert platform.traces("goner") == []


def test_a_plane_that_dies_in_the_middle_costs_no_store(platform: LivingPlatform) -> None:
    asked = platform.ask("steady")
    kill(platform.pids(Component.CONTROL_PLANE))
    until(lambda: platform.pids(Component.CONTROL_PLANE), "the plane to come back")
    until(lambda: platform.shop("steady") == 200, "steady to be open", 180)
    platform.succeeded(asked)
