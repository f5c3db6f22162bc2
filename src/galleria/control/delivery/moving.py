"""How a store gets from one revision to another, worked out as plain values before anything is done. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict

from galleria.contracts.wire import Revision
from galleria.contracts.words import STORE_COMPONENTS, Component, RollbackClass, Slot
from galleria.control.runtimes.port import Artifact, Placement

OTHER: Final = {Slot.BLUE: Slot.GREEN, Slot.GREEN: Slot.BLUE}


class Move(BaseModel):
    """One move of one store. Nothing in it is secret."""

    model_config = ConfigDict(frozen=True)

    origin: Revision
    """What the store runs before."""
    goal: Revision
    """What it runs after."""
    placements: tuple[Placement, ...]
    """The processes that start beside the live ones; none if the store runs all of it already."""
    rollback_class: RollbackClass = RollbackClass.A
    pending: tuple[str, ...] = ()
    """The migrations that the engine would run."""
    closed: bool = False
    """The store's door was closed before, and its processes stopped."""

    @property
    def components(self) -> tuple[Component, ...]:
        """Which components get new processes."""
        return tuple(each.component for each in self.placements)

    @property
    def slots(self) -> dict[Component, Slot]:
        """Where those are."""
        return {each.component: each.slot for each in self.placements}

    @property
    def slots_before(self) -> dict[Component, Slot]:
        """Where the ones are that they take over from."""
        return {component: OTHER[slot] for component, slot in self.slots.items()}

    def artifact(self, component: Component) -> Artifact | None:
        """The artifact that a component's new process starts from."""
        return next((each.artifact for each in self.placements if each.component is component), None)


def renewed(changed: frozenset[Component]) -> tuple[Component, ...]:
    """Name the components that need new processes when these change.

    A storefront and an agent belong to the engine that they talk to: a new engine is smoked, and goes live, together
    with processes of theirs that know no other. A new storefront or a new agent leaves the rest untouched.
    """
    if Component.ENGINE in changed:
        return STORE_COMPONENTS
    return tuple(component for component in STORE_COMPONENTS if component in changed)


def places(
    live: Mapping[Component, Placement],
    wanted: Mapping[Component, Artifact],
    config_version: int,
    *,
    whole: bool = False,
) -> tuple[Placement, ...]:
    """Work out which processes start beside the live ones, so that the store runs ``wanted`` as configured.

    :param whole: no live process runs, so all start beside them.
    """
    changed = frozenset(
        component
        for component in STORE_COMPONENTS
        if live[component].artifact.digest != wanted[component].digest
        or live[component].config_version != config_version
    )
    if whole or any(live[component].config_version != config_version for component in changed):
        changed = frozenset(STORE_COMPONENTS)
    return tuple(
        Placement(component, OTHER[live[component].slot], wanted[component], config_version)
        for component in renewed(changed)
    )


def artifacts_of(revision: Revision) -> dict[Component, Artifact]:
    """Name the artifacts of a revision."""
    return {
        component: Artifact(revision.artifacts[component], revision.versions[component])
        for component in STORE_COMPONENTS
    }


def revision_of(live: Mapping[Component, Placement], number: int, since: datetime) -> Revision:
    """Say what a store runs whose revisions nobody wrote down."""
    return Revision(
        number=number,
        artifacts={component: placement.artifact.digest for component, placement in live.items()},
        versions={component: placement.artifact.version for component, placement in live.items()},
        config_version=max(placement.config_version for placement in live.values()),
        since=since,
    )
