"""Deliveries that an operator asks for, on real parts: configuring, and two at once."""

from __future__ import annotations

import http.client
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from galleria.cli.problems import Problem, Unreachable
from galleria.contracts.delivery import DeploySpec
from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import AuditEntry, Deployment, DeploymentSummary, Page, SmokeRun
from galleria.contracts.words import Component, DeploymentStatus, SmokePlace, Wanted
from tests.journeys.living import LivingPlatform, kill, living_platform, until
from tests.support.workshop import Workshop, appending, workshop

pytestmark = pytest.mark.platform

ONE, OTHER = "shop-001", "shop-002"
SETTINGS = {"GALLERIA_RUNNER_WATCH_SECONDS": "1", "GALLERIA_RUNNER_WARM_SECONDS": "3600"}
SECRET = "GALLERIA_SECRET_KEY"


@pytest.fixture(scope="module")
def platform() -> Iterator[LivingPlatform]:
    with living_platform(settings=SETTINGS) as platform:
        for asked in [platform.ask(ONE), platform.ask(OTHER)]:
            platform.succeeded(asked)
        yield platform


@pytest.fixture(scope="module")
def shop(platform: LivingPlatform, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return workshop(tmp_path_factory.mktemp("workshop"), platform.files)


def galleria(platform: LivingPlatform, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program as an operator does."""
    environment = {**os.environ, "GALLERIA_HOME": str(platform.home), "GALLERIA_PORT": str(platform.port)}
    command = [str(Path(sys.executable).with_name("galleria")), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def secret_of(platform: LivingPlatform, store_id: str) -> str:
    lines = (platform.files / "instances" / store_id / ".env").read_text("utf-8").splitlines()
    return next(line.partition("=")[2].strip("'\"") for line in lines if line.startswith(f"{SECRET}="))


def test_a_second_deployment_of_a_store_is_refused_and_two_stores_are_deployed_side_by_side(
    platform: LivingPlatform, shop: Workshop
) -> None:
    release_id = shop.release({"src/galleria/shop/storefront/__init__.py": appending("# 1")}, Component.STOREFRONT)
    until(lambda: platform.knows(release_id), f"the control plane to hear of {release_id}")
    spec = DeploySpec(release_id=release_id)
    with platform.plane as plane:
        asked = [plane.post(f"/api/v1/stores/{each}/deploy", Deployment, spec) for each in (ONE, OTHER)]
        with pytest.raises(Problem) as refused:
            plane.post(f"/api/v1/stores/{ONE}/deploy", Deployment, spec)
    assert refused.value.code == ErrorCode.STORE_BUSY
    assert "asked to deploy" in refused.value.what
    first, second = (platform.succeeded(each) for each in asked)
    assert first.started_at is not None
    assert second.started_at is not None
    assert first.finished_at is not None
    assert second.finished_at is not None
    assert max(first.started_at, second.started_at) < min(first.finished_at, second.finished_at)


def test_another_name_and_another_secret_come_and_go_and_the_secret_is_seen_nowhere(platform: LivingPlatform) -> None:
    before = secret_of(platform, OTHER)
    done = galleria(
        platform, "store", "configure", OTHER, "--set", "GALLERIA_STORE_NAME=Canary and Sons", "--rotate", SECRET
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rotated = secret_of(platform, OTHER)
    assert rotated != before
    assert "Canary and Sons" in page(platform, OTHER)
    back = platform.roll_back(OTHER)
    assert back.status is DeploymentStatus.SUCCEEDED, back.reason
    assert "Canary and Sons" not in page(platform, OTHER)
    assert secret_of(platform, OTHER) == before
    outside = outside_the_store(platform)
    assert any(back.deployment_id.encode() in text for text in outside), "the search finds what is there"
    for secret in (before, rotated):
        assert not any(secret.encode() in text for text in outside)
    assert rotated not in done.stdout + done.stderr


def page(platform: LivingPlatform, store_id: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", platform.port, timeout=15)
    try:
        connection.request("GET", "/", headers={"Host": f"{store_id}.localhost"})
        return connection.getresponse().read().decode("utf-8")
    finally:
        connection.close()


def outside_the_store(platform: LivingPlatform) -> list[bytes]:
    """Read the registry, the journal, the records and all logs of the platform's own parts."""
    places = ("plane", "runner", "gateway", "supervisor")
    files = [path for each in places for path in (platform.files / each).rglob("*") if path.is_file()]
    assert any(path.name == "registry.db" for path in files)
    return [path.read_bytes() for path in files]


def test_a_bad_release_that_is_rolled_out_hits_its_canary_and_no_other_store(
    platform: LivingPlatform, shop: Workshop
) -> None:
    bad = shop.release(
        {"src/galleria/shop/storefront/__init__.py": appending('raise SystemExit("broken on purpose")')},
        Component.STOREFRONT,
    )
    until(lambda: platform.knows(bad), f"the control plane to hear of {bad}")
    before = {each: platform.store(each).revision for each in (ONE, OTHER)}
    started = galleria(platform, "rollout", "start", "--release", bad, "--stores", "shop-*", "--waves", "1,100%")
    assert started.returncode != 0
    assert "halted" in (started.stdout + started.stderr).lower()
    with platform.plane as plane:
        asked = plane.get("/api/v1/deployments", Page[DeploymentSummary], {"page_size": 50}).items
    hit = {each.store_id for each in asked if each.release_id == bad}
    assert len(hit) == 1
    assert {each: platform.store(each).revision for each in (ONE, OTHER)} == before
    for each in (ONE, OTHER):
        assert platform.shop(each) == 200


def sell_everything(platform: LivingPlatform, store_id: str) -> None:
    """Leave not one piece of anything in a store's stock."""
    file = platform.files / "instances" / store_id / "data" / "engine.db"
    with closing(sqlite3.connect(f"file:{file}?mode=rw", uri=True, timeout=60)) as database, database:
        sold = database.execute("UPDATE partner_stockrecord SET num_in_stock = 0, num_allocated = 0 WHERE num_in_stock")
        assert sold.rowcount > 0
    for operation in ("reindex", "flush"):
        done = galleria(platform, "ops", operation, store_id)
        assert done.returncode == 0, done.stdout + done.stderr


def shows_sold_out(smoke: SmokeRun) -> bool:
    return smoke.passed and sum("sold out" in each.detail for each in smoke.results) == 2


def test_with_everything_sold_and_everything_dead_a_store_goes_back_and_the_plane_hears_of_it(
    platform: LivingPlatform, shop: Workshop
) -> None:
    sell_everything(platform, ONE)
    release_id = shop.release({"src/galleria/shop/storefront/__init__.py": appending("# 2")}, Component.STOREFRONT)
    ended = platform.deploy(ONE, release_id)
    assert ended.status is DeploymentStatus.SUCCEEDED, ended.reason
    assert {run.place for run in ended.smokes} == set(SmokePlace)
    assert all(map(shows_sold_out, ended.smokes)), ended.smokes
    while running := platform.everything():
        kill(running)
        time.sleep(0.2)
    assert platform.shop(ONE) == 0
    done = galleria(platform, "rollback", ONE, "--local", "--reason", "everything is dead")
    assert done.returncode == 0, done.stdout + done.stderr
    assert platform.shop(ONE) == 200
    told = until(lambda: local_ones(platform), "the control plane to hear of it")
    assert (told[0].store_id, told[0].status) == (ONE, DeploymentStatus.SUCCEEDED)
    revision = platform.selling(ONE).revision
    assert revision is not None
    assert revision.number == ended.from_revision == told[0].to_revision
    with platform.plane as plane:
        (entry,) = plane.get("/api/v1/audit", Page[AuditEntry], {"action": "store.rollback-local"}).items
    assert entry.actor.endswith("on the runner's machine")


def test_a_stopped_store_that_is_taken_back_on_its_machine_opens_again(platform: LivingPlatform) -> None:
    platform.succeeded(platform.act(ONE, "stop"))
    assert platform.shop(ONE) == 503
    done = galleria(platform, "rollback", ONE, "--local", "--to", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert platform.shop(ONE) == 200
    shown = platform.selling(ONE)
    assert shown.wanted is Wanted.RUNNING
    assert shown.revision is not None
    assert shown.revision.number == 1
    platform.succeeded(platform.act(ONE, "restart"))
    programs = [each.read_text("utf-8") for each in (platform.files / "supervisor/conf.d").glob(f"store-{ONE}.*.conf")]
    assert sum("autostart=true" in each for each in programs) == 3, "it starts with the platform again"


def local_ones(platform: LivingPlatform) -> list[DeploymentSummary]:
    """Return the deployments that were made without the control plane; none while it is away."""
    try:
        with platform.plane as plane:
            found = plane.get("/api/v1/deployments", Page[DeploymentSummary], {"store_id": ONE})
    except Unreachable:
        return []
    return [each for each in found.items if each.local]
