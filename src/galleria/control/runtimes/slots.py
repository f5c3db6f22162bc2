"""What has a place in a store and what may move where: plain values and pure moves, the same for every runtime."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import STORE_COMPONENTS, Component, Slot
from galleria.control.runtimes.port import Artifact, InstanceSpec, Placement, Placements, RuntimeRefused

_FORMAT: Final = 1


@dataclass(frozen=True)
class Place:
    """One placement, and the slot of the engine that it talks to (of an engine: its own)."""

    placement: Placement
    engine: Slot

    @property
    def slot(self) -> Slot:
        """The slot that it is in."""
        return self.placement.slot


@dataclass(frozen=True)
class Slots:
    """Every place of one store. The moves below return another value and change nothing."""

    live: Mapping[Component, Place]
    beside: Mapping[Component, Place] = field(default_factory=dict)

    def placements(self) -> Placements:
        """Say it in the port's words."""
        return Placements(
            *({each: place.placement for each, place in side.items()} for side in (self.live, self.beside))
        )

    def everywhere(self) -> list[Place]:
        """Every place, live ones first, in the order in which components start."""
        sides = (self.live, self.beside)
        return [side[component] for side in sides for component in STORE_COMPONENTS if component in side]

    def engine_of(self, place: Place) -> Place:
        """The engine that ``place`` talks to."""
        engines = (side.get(Component.ENGINE) for side in (self.live, self.beside))
        return next((each for each in engines if each and each.slot is place.engine), self.live[Component.ENGINE])


def born(spec: InstanceSpec) -> Slots:
    """Where a new store's components are: all live, in one slot."""
    return Slots(
        {each: Place(Placement(each, spec.slot, spec.artifact_of(each)), spec.slot) for each in STORE_COMPONENTS}
    )


def prepared(slots: Slots, placements: Sequence[Placement]) -> Slots:
    """Put ``placements`` beside what is live. Prepared together, they talk to each other; alone, to what is live.

    :raises RuntimeRefused: one of them lies in a live slot.
    """
    beside = dict(slots.beside)
    engine = next((each.slot for each in placements if each.component is Component.ENGINE), None)
    for each in placements:
        if each.slot is slots.live[each.component].slot:
            raise RuntimeRefused(f"The {each.component}'s {each.slot} slot is live: prepare the other one.")
        beside[each.component] = Place(each, engine or slots.live[Component.ENGINE].slot)
    return Slots(slots.live, beside)


def switched(slots: Slots, wanted: Mapping[Component, Slot]) -> Slots:
    """Make the ``wanted`` slots live; what was live there is then beside. What is live already stays.

    :raises RuntimeRefused: such a slot is empty, or one that stays live would be left with an engine that does not.
    """
    live, beside = dict(slots.live), dict(slots.beside)
    for component, slot in wanted.items():
        if live[component].slot is slot:
            continue
        other = beside.get(component)
        if other is None or other.slot is not slot:
            raise RuntimeRefused(f"There is nothing in the {component}'s {slot} slot: prepare it first.")
        live[component], beside[component] = other, live[component]
    for component, place in live.items():
        if place.engine is not live[Component.ENGINE].slot:
            raise RuntimeRefused(f"The {component} would be left with the engine's {place.engine} slot: move both.")
    return Slots(live, beside)


def found_beside(slots: Slots, components: Iterable[Component]) -> list[Place]:
    """Return what is beside the live slots of ``components``.

    :raises RuntimeRefused: nothing is, of one of them.
    """
    places = []
    for component in components:
        if component not in slots.beside:
            raise RuntimeRefused(f"The {component} has nothing beside its live slot: prepare it first.")
        places.append(slots.beside[component])
    return places


def emptied(slots: Slots, components: Iterable[Component]) -> Slots:
    """Forget what is beside the live slots of ``components``."""
    gone = set(components)
    return Slots(slots.live, {each: place for each, place in slots.beside.items() if each not in gone})


def to_json(slots: Slots) -> str:
    """Write it as the text of a placement file."""
    sides = {
        name: {component.value: _plain(place) for component, place in side.items()}
        for name, side in (("live", slots.live), ("beside", slots.beside))
    }
    return json.dumps({"format": _FORMAT, **sides}, indent=1, sort_keys=True)


def from_json(text: str | bytes) -> Slots:
    """Read what `to_json` wrote.

    :raises ValueError, KeyError, TypeError: it did not.
    """
    raw = json.loads(text)
    live, beside = (
        {Component(name): _place(name, each) for name, each in raw[side].items()} for side in ("live", "beside")
    )
    if live.keys() != set(STORE_COMPONENTS):
        raise ValueError("a component has no live place")
    return Slots(live, beside)


def _plain(place: Place) -> dict[str, object]:
    artifact = place.placement.artifact
    return {
        "slot": place.slot.value,
        "engine": place.engine.value,
        "artifact": artifact.digest,
        "version": artifact.version,
        "config": place.placement.config_version,
    }


def _place(component: str, raw: dict[str, str | int]) -> Place:
    artifact = Artifact(str(raw["artifact"]), str(raw["version"]))
    return Place(
        Placement(Component(component), Slot(str(raw["slot"])), artifact, int(raw["config"])), Slot(str(raw["engine"]))
    )


def unknown_artifact(artifact: Artifact) -> RuntimeRefused:
    """The refusal of an artifact that nothing can be started from here."""
    return RuntimeRefused(f"Artifact {artifact.digest[:19]} is not here: fetch it first.", code=ErrorCode.NOT_FOUND)


def unknown_configuration(version: int) -> RuntimeRefused:
    """The refusal of a configuration that the store does not have."""
    return RuntimeRefused(f"The store has no configuration {version}.", code=ErrorCode.NOT_FOUND)
