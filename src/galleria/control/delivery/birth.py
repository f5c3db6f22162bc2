"""What a new store is born from: of each component the newest release that is promoted here, else what is installed.

A store could always be born from the installed environment. So whatever speaks against what is promoted is said, and
refuses no store.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from galleria.contracts.delivery import ReleaseInfo
from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import STORE_COMPONENTS, Component
from galleria.control.delivery.faults import GiveUp
from galleria.control.delivery.parts import Parts
from galleria.control.delivery.verification.contracts import breaks
from galleria.control.delivery.verification.problems import ContractUnreadable
from galleria.control.runtimes.port import Artifact, RuntimeRefused


@dataclass(frozen=True)
class Taken:
    """A component's artifact, and the release that it is taken from."""

    artifact: Artifact
    release_id: str


@dataclass(frozen=True)
class Birth:
    """What a store is born from, and why, as a sentence. No release: all of it is the installed environment."""

    artifacts: Mapping[Component, Artifact]
    release_id: str | None
    said: str


Fits: TypeAlias = dict[tuple[str, ...], str]
"""What breaks in a set of artifacts, by their digests; "" if nothing does. To find out takes half a second."""


class Unfit(Exception):
    """What is promoted is not taken. The message says why."""


def newest(known: Sequence[ReleaseInfo], environment: str, held: Collection[str]) -> dict[Component, Taken]:
    """Return of each component the newest artifact that is promoted for the environment; none if there is none.

    :param known: the newest last.
    :param held: releases that failed on a store here. A store that is born now is not the one to try them again.
    """
    return {
        part.component: Taken(Artifact(part.artifact, part.version), release.release_id)
        for release in known
        if environment in release.promoted and release.release_id not in held
        for part in release.components
        if part.component in STORE_COMPONENTS
    }


def find(parts: Parts, installed: Artifact, fits: Fits) -> Birth:
    """Choose, and make sure that what is chosen is whole, signed and startable, before any of it is started.

    :param fits: what is known already; it grows.
    """
    itself = f"The installed environment, version {installed.version}, {installed.digest[:19]}"
    whole = dict.fromkeys(STORE_COMPONENTS, installed)
    known = parts.releases.known()
    taken = newest(known, parts.environment, {each for one in parts.records.all() for each in one.quarantined})
    if not taken:
        failed = newest(known, parts.environment, ())
        why = f"what is promoted for {parts.environment} failed on a store here" if failed else ""
        return Birth(whole, None, f"{itself}: {why or f'no store component is promoted for {parts.environment}'}.")
    chosen = whole | {component: one.artifact for component, one in taken.items()}
    try:
        _check(parts, taken, chosen, fits)
    except Unfit as unfit:
        names = ", ".join(_releases(known, taken))
        return Birth(whole, None, f"{itself}, though {names} is promoted for {parts.environment}: {unfit}")
    return Birth(chosen, _releases(known, taken)[-1], _said(taken, installed, parts.environment))


def _check(
    parts: Parts,
    taken: Mapping[Component, Taken],
    chosen: Mapping[Component, Artifact],
    fits: Fits,
) -> None:
    """Verify the releases, and only then unpack anything of them.

    :raises Unfit: one is not as it must be, or they can't talk to each other.
    """
    try:
        for release_id in sorted({one.release_id for one in taken.values()}):
            parts.releases.verify(release_id)
        for component, one in taken.items():
            parts.runtime.fetch_artifact(component, one.artifact)
        broken = _broken(parts, chosen, fits)
    except (GiveUp, ContractUnreadable) as refused:
        raise Unfit(str(refused)) from refused
    except RuntimeRefused as refused:
        if refused.code not in (ErrorCode.NOT_FOUND, ErrorCode.RELEASE_REFUSED):
            raise
        raise Unfit(str(refused)) from refused
    if broken:
        raise Unfit(broken)


def _broken(parts: Parts, chosen: Mapping[Component, Artifact], fits: Fits) -> str:
    digests = tuple(chosen[component].digest for component in STORE_COMPONENTS)
    if digests not in fits:
        spoken = {component: parts.releases.contracts(chosen[component].digest) for component in STORE_COMPONENTS}
        own = parts.releases.own_contracts()
        fits[digests] = " ".join(breaks(spoken, own, own)[:3])
    return fits[digests]


def _releases(known: Sequence[ReleaseInfo], taken: Mapping[Component, Taken]) -> list[str]:
    """Name the releases that something is taken from, the newest last."""
    named = {one.release_id for one in taken.values()}
    return [release.release_id for release in known if release.release_id in named]


def _said(taken: Mapping[Component, Taken], installed: Artifact, environment: str) -> str:
    found = [
        f"{component} {taken[component].artifact.version} of {taken[component].release_id}"
        if component in taken
        else f"{component} {installed.version} as installed"
        for component in STORE_COMPONENTS
    ]
    return f"The newest promoted for {environment}: {', '.join(found)}."
