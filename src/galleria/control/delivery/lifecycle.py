"""Start, stop, restart and decommission: each a short list of steps."""

from __future__ import annotations

from dataclasses import dataclass

from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import Stage
from galleria.control.delivery import common
from galleria.control.delivery.faults import GiveUp
from galleria.control.delivery.parts import Parts
from galleria.control.delivery.steps import Done, Step, Work


def start(parts: Parts) -> tuple[Step, ...]:
    """List the steps from a stopped store to an open door."""
    return (
        FindTheStore(parts),
        StartOrGoBack(parts),
        common.WaitUntilHealthy(parts),
        common.Smoke(parts),
        common.OpenTheDoor(parts),
        common.SmokeThroughThePublicDoor(parts),
    )


def stop(parts: Parts) -> tuple[Step, ...]:
    """List the steps from an open door to a stopped store. Its data stays."""
    return (FindTheStore(parts), CloseTheDoor(parts), StopProcesses(parts))


def restart(parts: Parts) -> tuple[Step, ...]:
    """List the steps that renew a store's processes. The door stays open: the gateway answers 503 for the moment."""
    return (
        FindTheStore(parts),
        RestartProcesses(parts),
        common.WaitUntilHealthy(parts),
        common.Smoke(parts),
        common.OpenTheDoor(parts),
        common.SmokeThroughThePublicDoor(parts),
    )


def decommission(parts: Parts) -> tuple[Step, ...]:
    """List the steps that remove a store and its data for good. There is no way back, so none of them has an undo."""
    return (RemoveRoute(parts), StopProcessesIfThere(parts), RemoveInstance(parts))


@dataclass(frozen=True)
class FindTheStore(Step):
    """Refuse to work on a store that is not here."""

    parts: Parts
    stage = Stage.INTAKE
    name = "find the store"

    def run(self, work: Work) -> Done:
        if not is_here(self.parts, work.store_id):
            raise GiveUp(f"There is no instance of {work.store_id} here.", code=ErrorCode.STORE_NOT_FOUND)
        return Done(f"{work.store_id} is here.", work.facts.model_copy(update={"begun_at": self.parts.clock.now()}))


@dataclass(frozen=True)
class StartOrGoBack(common.StartProcesses):
    """Start a stopped store; if it does not pass its smoke run it is stopped again, with the door closed."""

    def undo(self, work: Work) -> str:
        if not is_here(self.parts, work.store_id):
            return ""
        self.parts.gateway.close(work.store_id)
        self.parts.runtime.stop(work.store_id)
        return "The store was stopped again and its door closed."


@dataclass(frozen=True)
class RestartProcesses(Step):
    """Stop and start the store's processes. What follows decides whether it went well."""

    parts: Parts
    stage = Stage.DEPLOY
    name = "restart processes"

    def run(self, work: Work) -> Done:
        self.parts.runtime.restart(work.store_id)
        return Done("The store's processes are new.", work.facts)


@dataclass(frozen=True)
class CloseTheDoor(Step):
    """Show shoppers a page that says so, before anything stops."""

    parts: Parts
    stage = Stage.DEPLOY
    name = "close the door"

    def run(self, work: Work) -> Done:
        self.parts.gateway.close(work.store_id)
        return Done(f"{work.host} says that the shop is closed.", work.facts)


@dataclass(frozen=True)
class StopProcesses(Step):
    """Stop the store's processes and see them end."""

    parts: Parts
    stage = Stage.DEPLOY
    name = "stop processes"

    def run(self, work: Work) -> Done:
        self.parts.runtime.stop(work.store_id)
        return Done("The store's processes have ended; its data stays.", work.facts)


@dataclass(frozen=True)
class RemoveRoute(Step):
    """Let no more shoppers in."""

    parts: Parts
    stage = Stage.DEPLOY
    name = "remove the route"

    def run(self, work: Work) -> Done:
        self.parts.gateway.remove_route(work.store_id)
        return Done(f"Nothing answers at {work.host} any more.", work.facts)


@dataclass(frozen=True)
class StopProcessesIfThere(StopProcesses):
    """A store that failed to be made may be removed too."""

    def run(self, work: Work) -> Done:
        if not is_here(self.parts, work.store_id):
            return Done("There was nothing to stop.", work.facts)
        return super().run(work)


@dataclass(frozen=True)
class RemoveInstance(Step):
    """Remove the store's folder with its data, and the record that it was made here."""

    parts: Parts
    stage = Stage.COMPLETION
    name = "remove the instance"

    def run(self, work: Work) -> Done:
        self.parts.runtime.remove_instance(work.store_id)
        self.parts.records.forget(work.store_id)
        return Done("Folder, data and secrets of the store are gone.", work.facts)


def is_here(parts: Parts, store_id: str) -> bool:
    """Say whether the runtime has an instance of this store, running or not."""
    return any(found.store_id == store_id for found in parts.runtime.observe())
