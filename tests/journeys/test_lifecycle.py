"""Stores live on their own: each starts and stops alone, and what is killed comes back while nothing else notices."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from galleria.contracts.words import STORE_COMPONENTS, Component, ProcessState, StoreState
from galleria.control.gateway.caddy import CaddyGateway
from galleria.control.gateway.port import Route
from tests.journeys.living import LivingPlatform, kill, living_platform, until

pytestmark = pytest.mark.platform


@pytest.fixture(scope="module")
def platform() -> Iterator[LivingPlatform]:
    with living_platform() as platform:
        for store_id in ("left-shop", "right-shop"):
            platform.create(store_id)
        yield platform


@pytest.fixture(autouse=True)
def _both_sell(platform: LivingPlatform) -> None:
    for store_id in ("left-shop", "right-shop"):
        platform.selling(store_id)


def back(platform: LivingPlatform, component: Component, store_id: str | None, killed: set[int]) -> float:
    """Wait until a killed program runs again and return after how many seconds it does."""
    began = time.monotonic()
    until(lambda: platform.pids(component, store_id) - killed, f"{component} to come back")
    return time.monotonic() - began


def dead(platform: LivingPlatform) -> bool:
    """Kill whatever still runs, and say whether nothing did."""
    running = platform.everything()
    kill(running)
    return not running


def test_a_store_stops_and_starts_alone(platform: LivingPlatform) -> None:
    neighbour = platform.store_pids("right-shop")
    platform.succeeded(platform.act("left-shop", "stop"))
    assert platform.shop("left-shop") == 503
    assert platform.shop("right-shop") == 200
    assert not any(platform.store_pids("left-shop").values())
    until(lambda: platform.store("left-shop").state is StoreState.STOPPED, "left-shop to be shown as stopped")
    platform.succeeded(platform.act("left-shop", "start"))
    assert platform.shop("left-shop") == 200
    assert platform.store_pids("right-shop") == neighbour


def test_a_store_restarts_alone(platform: LivingPlatform) -> None:
    before, neighbour = platform.store_pids("left-shop"), platform.store_pids("right-shop")
    platform.succeeded(platform.act("left-shop", "restart"))
    after = platform.store_pids("left-shop")
    assert all(after[component] and not after[component] & before[component] for component in STORE_COMPONENTS)
    assert platform.store_pids("right-shop") == neighbour
    assert platform.shop("left-shop") == 200


@pytest.mark.parametrize("component", STORE_COMPONENTS)
def test_a_killed_process_comes_back_alone_and_status_showed_it(platform: LivingPlatform, component: Component) -> None:
    others = {
        (store_id, each): platform.pids(each, store_id)
        for store_id in ("left-shop", "right-shop")
        for each in STORE_COMPONENTS
        if (store_id, each) != ("left-shop", component)
    }
    before = next(each for each in platform.store("left-shop").processes if each.component is component)
    killed = platform.pids(component, "left-shop")
    kill(killed)
    back(platform, component, "left-shop", killed)
    until(lambda: platform.shop("left-shop") == 200, "left-shop to answer")

    def shown() -> bool:
        now = next(each for each in platform.store("left-shop").processes if each.component is component)
        return now.restarts > before.restarts and now.state is ProcessState.RUNNING

    until(shown, "the restart to be shown")
    assert {key: platform.pids(key[1], key[0]) for key in others} == others


def test_shops_sell_while_the_plane_is_dead(platform: LivingPlatform) -> None:
    stores = {store_id: platform.store_pids(store_id) for store_id in ("left-shop", "right-shop")}
    killed = platform.pids(Component.CONTROL_PLANE)
    kill(killed)
    assert platform.shop("left-shop") == platform.shop("right-shop") == 200
    back(platform, Component.CONTROL_PLANE, None, killed)
    assert {store_id: platform.store_pids(store_id) for store_id in stores} == stores


def test_shops_sell_while_the_runner_is_dead(platform: LivingPlatform) -> None:
    stores = {store_id: platform.store_pids(store_id) for store_id in ("left-shop", "right-shop")}
    killed = platform.pids(Component.RUNNER)
    kill(killed)
    assert platform.shop("left-shop") == platform.shop("right-shop") == 200
    back(platform, Component.RUNNER, None, killed)
    assert {store_id: platform.store_pids(store_id) for store_id in stores} == stores


def test_shops_sell_while_the_supervisor_is_dead_and_it_takes_them_over_again(platform: LivingPlatform) -> None:
    stores = {store_id: platform.store_pids(store_id) for store_id in ("left-shop", "right-shop")}
    old = platform.supervisor_pid()
    kill({old})
    assert platform.shop("left-shop") == platform.shop("right-shop") == 200
    until(lambda: platform.supervisor_pid() != old, "a new supervisor")
    platform.selling("left-shop")
    assert {store_id: platform.store_pids(store_id) for store_id in stores} == stores
    killed = platform.pids(Component.STOREFRONT, "left-shop")
    kill(killed)
    back(platform, Component.STOREFRONT, "left-shop", killed)
    until(lambda: platform.shop("left-shop") == 200, "left-shop to answer")


def test_a_change_at_the_gateway_holds_while_somebody_looks(platform: LivingPlatform) -> None:
    gateway, stopped = CaddyGateway(platform.home), threading.Event()
    looked: list[int] = []

    def look() -> None:
        while not stopped.is_set():
            looked.append(len(gateway.routes()))

    looking = [threading.Thread(target=look) for _ in range(3)]
    for each in looking:
        each.start()
    sockets = platform.home / "instances" / "guest-shop" / "run"
    guest = Route("guest-shop", "guest-shop.localhost", sockets / "engine-blue.sock", sockets / "storefront-blue.sock")

    met = []
    for _ in range(20):
        gateway.put_route(guest)
        met.append(platform.shop("guest-shop"))
        gateway.remove_route("guest-shop")
        met.append(platform.shop("guest-shop"))
    stopped.set()
    for each in looking:
        each.join()
    assert met == [503, 404] * 20
    assert looked


def test_after_a_reboot_all_that_should_run_comes_back_and_what_was_stopped_stays_so(platform: LivingPlatform) -> None:
    platform.succeeded(platform.act("right-shop", "stop"))
    kill({platform.supervisor_pid()})
    until(lambda: dead(platform), "everything to be dead")
    platform.up()
    platform.selling("left-shop")
    assert platform.shop("left-shop") == 200
    assert platform.shop("right-shop") == 503
    platform.succeeded(platform.act("right-shop", "start"))
    assert platform.shop("right-shop") == 200
