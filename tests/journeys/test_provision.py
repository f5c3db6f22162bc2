"""Stores are born on the real platform: sharing nothing, measured, and with nothing left when it goes wrong."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from galleria.contracts import dotenv
from galleria.contracts.words import DeploymentStatus, Outcome
from tests.journeys.living import LivingPlatform, kill, living_platform
from tests.support.ports import free_port

pytestmark = pytest.mark.platform

SECRETS = ("GALLERIA_SECRET_KEY", "GALLERIA_SESSION_SECRET")


@pytest.fixture(scope="module")
def platform() -> Iterator[LivingPlatform]:
    with living_platform() as platform:
        platform.create("first-shop")
        platform.create("second-shop")
        yield platform


def folder(platform: LivingPlatform, store_id: str) -> Path:
    return platform.home / "instances" / store_id


def test_two_stores_share_no_file_no_secret_and_no_user(platform: LivingPlatform) -> None:
    first, second = folder(platform, "first-shop"), folder(platform, "second-shop")
    inodes = [
        {path.stat().st_ino for path in store.rglob("*") if path.is_file() and "media" not in path.parts}
        for store in (first, second)
    ]
    assert inodes[0]
    assert not inodes[0] & inodes[1]
    ours = [dotenv.read((store / ".env").read_text()) for store in (first, second)]
    for key in SECRETS:
        assert ours[0][key] != ours[1][key]
    if os.geteuid() == 0:
        owners = {(store / "data" / "engine.db").stat().st_uid for store in (first, second)}
        assert len(owners) == 2
        assert 0 not in owners


def test_a_stores_secrets_lie_in_files_of_mode_0600(platform: LivingPlatform) -> None:
    for name in (".env", "merchant-login"):
        assert (folder(platform, "first-shop") / name).stat().st_mode & 0o777 == 0o600


def test_both_shops_are_open_at_their_own_hosts(platform: LivingPlatform) -> None:
    assert platform.shop("first-shop") == platform.shop("second-shop") == 200


def test_time_to_provision_is_recorded_and_shown(platform: LivingPlatform) -> None:
    store = platform.store("second-shop")
    assert store.time_to_provision_seconds is not None
    assert 0 < store.time_to_provision_seconds < 600  # the contract's ten minutes; what it really takes is measured
    assert store.last_smoke is not None
    assert store.last_smoke.passed


def test_every_step_is_told_with_its_times(platform: LivingPlatform) -> None:
    ended = platform.create("third-shop")
    assert [step.outcome for step in ended.steps] == [Outcome.PASSED] * 15
    assert all(step.finished_at is not None and step.finished_at >= step.started_at for step in ended.steps)


def test_a_store_that_is_removed_leaves_nothing(platform: LivingPlatform) -> None:
    platform.create("short-lived")
    platform.succeeded(platform.remove("short-lived"))
    assert platform.traces("short-lived") == []
    assert platform.shop("short-lived") == 404
    assert platform.shop("first-shop") == 200


def test_a_bad_template_ends_failed_with_nothing_left_and_can_be_tried_again(platform: LivingPlatform) -> None:
    (made,) = (platform.home / "templates").glob("*/demo")
    database = made / "engine.db"
    good = database.read_bytes()
    database.write_bytes(b"no database")
    try:
        ended = platform.ended(platform.ask("unlucky"))
    finally:
        database.write_bytes(good)
    assert ended.status is DeploymentStatus.FAILED
    assert ended.reason
    assert platform.traces("unlucky") == []
    assert platform.shop("unlucky") == 404
    platform.succeeded(platform.act("unlucky", "retry"))
    assert platform.shop("unlucky") == 200


def test_what_failed_can_be_removed(platform: LivingPlatform) -> None:
    (made,) = (platform.home / "templates").glob("*/demo")
    database = made / "engine.db"
    good = database.read_bytes()
    database.write_bytes(b"no database")
    try:
        assert platform.ended(platform.ask("unwanted")).status is DeploymentStatus.FAILED
    finally:
        database.write_bytes(good)
    platform.succeeded(platform.remove("unwanted"))
    assert platform.traces("unwanted") == []


@pytest.fixture
def small_disk() -> Iterator[LivingPlatform]:
    """A platform on a small file system of its own, which only its own mount namespace has."""
    home = Path(tempfile.mkdtemp(prefix="g-", dir="/tmp"))
    namespace = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-Urm"]
    mount = f"mount -t tmpfs -o size=200m,mode=711 small {home} && echo mounted && exec sleep 900"
    keeper = subprocess.Popen([*namespace, "sh", "-c", mount], stdout=subprocess.PIPE)
    assert keeper.stdout is not None
    assert keeper.stdout.readline() == b"mounted\n"
    user = [] if os.geteuid() == 0 else ["-U", "--preserve-credentials"]
    prefix = ["nsenter", *user, "-t", str(keeper.pid), "-m", "--"]
    platform = LivingPlatform(home, free_port(), prefix, Path(f"/proc/{keeper.pid}/root"))
    try:
        platform.up()
        yield platform
    finally:
        platform.down()
        kill(platform.everything())
        keeper.kill()
        keeper.wait()
        keeper.stdout.close()
        home.rmdir()


def fill(platform: LivingPlatform, leave: int) -> Path:
    """Fill the platform's disk but for ``leave`` bytes."""
    ballast = platform.files / "ballast"
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(platform.files).free - leave)
    return ballast


@pytest.mark.parametrize("leave", [5_000_000, 1_000_000])
def test_a_full_disk_ends_failed_with_nothing_left_and_can_be_tried_again(
    small_disk: LivingPlatform, leave: int
) -> None:
    small_disk.create("neighbour")
    ballast = fill(small_disk, leave)
    ended = small_disk.ended(small_disk.ask("too-big"))
    assert ended.status is DeploymentStatus.FAILED
    assert "disk" in ended.reason
    assert small_disk.traces("too-big") == []
    assert small_disk.shop("neighbour") == 200
    ballast.unlink()
    small_disk.succeeded(small_disk.act("too-big", "retry"))
    assert small_disk.shop("too-big") == 200
