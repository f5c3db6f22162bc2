"""The platform's own upgrade, by the same artifacts, while its stores sell on; and the way back."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from galleria.contracts.wire import PlaneStatus
from galleria.contracts.words import Component, DeploymentStatus
from tests.journeys.living import LivingPlatform, living_platform, until
from tests.journeys.shoppers import shopping
from tests.support.workshop import Workshop, appending, replacing, workshop

pytestmark = pytest.mark.platform

STORE = "shop-001"


@pytest.fixture(scope="module")
def platform() -> Iterator[LivingPlatform]:
    with living_platform(settings={"GALLERIA_RUNNER_WATCH_SECONDS": "1"}) as platform:
        platform.create(STORE)
        yield platform


@pytest.fixture(scope="module")
def shop(platform: LivingPlatform, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return workshop(tmp_path_factory.mktemp("workshop"), platform.files)


def run(platform: LivingPlatform, *arguments: str) -> tuple[int, dict[str, object]]:
    """Run the program behind ``galleria platform`` and return its exit code and its last event."""
    command = [sys.executable, "-m", "galleria.control.delivery", arguments[0], "--home", str(platform.home)]
    done = subprocess.run([*command, *arguments[1:]], capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout.splitlines()[-1])


def cut_off(platform: LivingPlatform, *arguments: str) -> None:
    """Run it and kill it at the first word of a program that it starts."""
    command = [sys.executable, "-m", "galleria.control.delivery", arguments[0], "--home", str(platform.home)]
    with subprocess.Popen([*command, *arguments[1:]], stdout=subprocess.PIPE, text=True) as upgrading:
        assert upgrading.stdout is not None
        assert any('"start the' in line for line in upgrading.stdout)
        upgrading.kill()


def versions(platform: LivingPlatform) -> tuple[str, int]:
    """Return the control plane's version and how many of its runners are alive."""
    with platform.plane as plane:
        status = plane.get("/status", PlaneStatus)
    return status.version, sum(runner.alive for runner in status.runners)


def test_plane_and_runner_are_upgraded_and_taken_back_while_the_store_sells(
    platform: LivingPlatform, shop: Workshop
) -> None:
    before = platform.store_pids(STORE)
    newer = shop.release(
        {"src/galleria/__init__.py": replacing('__version__ = "0.1.0"', '__version__ = "0.1.7"')},
        Component.CONTROL_PLANE,
        Component.RUNNER,
        Component.STOREFRONT,
    )
    with shopping(platform, STORE) as met:
        cut_off(platform, "upgrade", "--release", newer)
        code, end = run(platform, "upgrade", "--release", newer)
        assert (code, end["status"]) == (0, "succeeded"), end
        assert versions(platform) == ("0.1.7", 1)
        # The new runner works: it deploys to a store that starts from the installed environment.
        ended = platform.deploy(STORE, newer, Component.STOREFRONT)
        assert ended.status is DeploymentStatus.SUCCEEDED, ended.reason
        platform.create("shop-002")
        code, end = run(platform, "downgrade")
        assert (code, end["status"]) == (0, "succeeded"), end
        assert versions(platform) == ("0.1.0", 1)
        back = platform.roll_back(STORE)
        assert back.status is DeploymentStatus.SUCCEEDED, back.reason
    assert met.errors == []
    after = platform.store_pids(STORE)
    for untouched in (Component.ENGINE, Component.SHOP_AGENT):
        assert after[untouched] == before[untouched]


def test_a_control_plane_that_does_not_run_is_taken_back_by_itself(platform: LivingPlatform, shop: Workshop) -> None:
    broken = shop.release(
        {"src/galleria/control/plane/serving.py": appending('raise SystemExit("broken on purpose")')},
        Component.CONTROL_PLANE,
    )
    with shopping(platform, STORE) as met:
        code, end = run(platform, "upgrade", "--release", broken)
    assert (code, end["status"]) == (1, "rolled_back"), end
    assert "does not run steadily" in str(end["reason"])
    until(lambda: versions(platform) == ("0.1.0", 1), "the control plane to be as before")
    assert met.errors == []


def test_what_may_not_run_is_refused_and_nothing_restarts(platform: LivingPlatform, shop: Workshop) -> None:
    plane = platform.pids(Component.CONTROL_PLANE)
    only_a_store = shop.release({"src/galleria/shop/storefront/__init__.py": appending("# 1")}, Component.STOREFRONT)
    for arguments, named in (
        (("--release", "rel-000000000000"), "There is no release"),
        (("--release", only_a_store), "neither a control plane nor a runner"),
        (("--release", only_a_store, "--component", "runner"), "has no runner"),
    ):
        code, end = run(platform, "upgrade", *arguments)
        assert code == 3
        assert named in str(end["message"])
    assert platform.pids(Component.CONTROL_PLANE) == plane
