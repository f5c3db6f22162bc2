"""The steps that more than one kind of deployment takes."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import SmokeRequest, SmokeResult, SmokeRun
from galleria.contracts.words import AGENT_SMOKE_CHECKS, STORE_COMPONENTS, Component, Outcome, SmokePlace, Stage
from galleria.control.delivery.faults import DoorFailed, GiveUp
from galleria.control.delivery.knocking import socket_of
from galleria.control.delivery.parts import Parts
from galleria.control.delivery.settings import read_public_door
from galleria.control.delivery.shopping import Trade
from galleria.control.delivery.steps import Done, Step, Work
from galleria.control.gateway.port import Route
from galleria.control.runtimes.port import Doors

_POLL_SECONDS: Final = 0.03
_LOOK_SECONDS: Final = 0.5
"""How often it is looked whether waiting is in vain: a look at every process costs far more than a knock."""


@dataclass(frozen=True)
class StartProcesses(Step):
    """Start the store's processes; those that run stay."""

    parts: Parts
    stage = Stage.DEPLOY
    name = "start processes"

    def run(self, work: Work) -> Done:
        self.parts.runtime.start(work.store_id)
        return Done("The store's processes were started.", work.facts)


@dataclass(frozen=True)
class WaitUntilHealthy(Step):
    """Wait until every process of the store answers on its own socket."""

    parts: Parts
    stage = Stage.DEPLOY
    name = "wait until healthy"

    def run(self, work: Work) -> Done:
        began, bound = self.parts.clock.monotonic(), self.parts.healthy_seconds
        looked, silent = began, self._silent(work, STORE_COMPONENTS)
        while silent:
            now = self.parts.clock.monotonic()
            if now - began > bound:
                raise self._too_late(work, silent, f"Not healthy after {bound:.0f} s: {', '.join(silent)}.")
            if now - looked >= _LOOK_SECONDS:
                looked = now
                self._give_up_early(work)
            self.parts.clock.sleep(_POLL_SECONDS)
            # To ask who answers already takes processor time from those that start; in the end all are asked once more.
            silent = self._silent(work, silent) or self._silent(work, STORE_COMPONENTS)
        seconds = self.parts.clock.monotonic() - began
        return Done(f"Engine, storefront and shop agent answer after {seconds:.1f} s.", work.facts)

    def _silent(self, work: Work, asked: Sequence[Component]) -> list[Component]:
        doors, knocking = self._doors(work), self.parts.knocking
        return [each for each in asked if not knocking.healthy(each, socket_of(doors, each))]

    def _too_late(self, work: Work, silent: Sequence[Component], reason: str) -> GiveUp:
        """Return the fault of processes that are silent still."""
        return GiveUp(reason, code=ErrorCode.UNAVAILABLE)

    def _give_up_early(self, work: Work) -> None:
        """Nothing more to wait for? A store that is only started anew may still come to itself."""

    def _doors(self, work: Work) -> Doors:
        return self.parts.runtime.doors(work.store_id)


@dataclass(frozen=True)
class Smoke(Step):
    """Have the store's own agent shop in it, before any shopper meets it. The plane asks it: only it signs tokens."""

    parts: Parts
    stage = Stage.DEPLOY
    name = "smoke"

    def run(self, work: Work) -> Done:
        run = self.parts.plane.smoke(work.claim.deployment_id, self._request(work))
        if not run.passed:
            raise GiveUp(f"The smoke run failed: {what_failed(run)}.", code=ErrorCode.SMOKE_FAILED)
        facts = work.facts.model_copy(update={"smoke": run, "green_at": self.parts.clock.now()})
        return Done(f"All {len(run.results)} checks passed in {run.seconds:.1f} s.", facts)

    def _request(self, work: Work) -> SmokeRequest:
        return SmokeRequest(runner_id=self.parts.runner_id, environment=self.parts.environment)


@dataclass(frozen=True)
class OpenTheDoor(Step):
    """Route the store's host to its sockets: one atomic write, the moment from which shoppers come in."""

    parts: Parts
    stage = Stage.DEPLOY
    name = "open the door"

    def run(self, work: Work) -> Done:
        self.parts.gateway.put_route(self._route(work))
        return Done(f"{work.host} leads to the store.", work.facts)

    def _route(self, work: Work) -> Route:
        doors = self.parts.runtime.doors(work.store_id)
        return Route(work.store_id, work.host, engine_socket=doors.engine, storefront_socket=doors.storefront)


@dataclass(frozen=True)
class SmokeThroughThePublicDoor(Step):
    """Come in as a shopper does."""

    parts: Parts
    stage = Stage.POST_DEPLOY
    name = "smoke through the public door"

    def run(self, work: Work) -> Done:
        run = shop_at_the_door(self.parts, work, doubt=self._doubt)
        facts = work.facts.model_copy(update={"door": run})
        if not run.passed:
            raise DoorFailed(f"The public door fails: {what_failed(run)}.", run)
        return Done(f"All {len(run.results)} checks passed through the public door in {run.seconds:.1f} s.", facts)

    def _doubt(self, work: Work) -> str:
        """Say why a shop that says that everything is sold out is not believed; empty if it is. With nothing to compare
        it with it is believed: brand drops sell out."""
        return ""


def believe(work: Work) -> str:
    """Doubt nothing: what was there before any deployment may well be sold out."""
    return ""


def shop_at_the_door(parts: Parts, work: Work, unseen: str = "", doubt: Callable[[Work], str] = believe) -> SmokeRun:
    """Come in as a shopper does, or through the unseen door of that secret, and return how it went as a smoke run.

    :param doubt: asked after a visit that found everything sold out; what it says makes the catalogue's check fail.
    :raises GatewayUnavailable: the gateway itself does not answer, which says nothing about the shop.
    """
    parts.gateway.routes()
    door = read_public_door(parts.home)

    def shop() -> list[SmokeResult]:
        visited = parts.knocking.at_the_door(door, work.host, unseen)
        why = doubt(work) if visited.trade is Trade.SOLD_OUT else ""
        return visited.disbelieved(why).results if why else visited.results

    return visit(parts, work.claim.deployment_id, SmokePlace.DOOR, shop)


def visit(parts: Parts, deployment_id: str, place: SmokePlace, shop: Callable[[], list[SmokeResult]]) -> SmokeRun:
    """Shop, and return how it went as a smoke run: every check that needs no agent must have passed."""
    started_at, began = parts.clock.now(), parts.clock.monotonic()
    results = shop()
    passed = {result.check for result in results if result.outcome is Outcome.PASSED}
    return SmokeRun(
        run_id=f"smk-{uuid.uuid4().hex[:16]}",
        place=place,
        environment=parts.environment,
        deployment_id=deployment_id,
        started_at=started_at,
        seconds=round(parts.clock.monotonic() - began, 3),
        passed=passed == set(AGENT_SMOKE_CHECKS),
        results=results,
    )


def what_failed(run: SmokeRun) -> str:
    """Name the failed checks, together where they failed alike."""
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for result in run.results:
        if result.outcome is not Outcome.PASSED:
            alike[result.detail or result.outcome].append(result.check)
    return "; ".join(f"{', '.join(checks)} ({why})" for why, checks in alike.items()) or "not every check ran"
