"""The platform's own upgrade: control plane and runner move to a release, by the same artifacts as stores, and back.

``python -m galleria.control.delivery upgrade|downgrade --home DIR``. No store is touched: they sell on while the
control plane is away for a second or two, and a runner that is replaced in the middle of a deployment goes on with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from galleria.contracts.words import Component, ProcessState
from galleria.control.delivery.faults import GiveUp
from galleria.control.delivery.local import FAILED, REFUSED, Say
from galleria.control.delivery.records import Records
from galleria.control.delivery.release.manifest import Release
from galleria.control.delivery.releases import ReleasesPort, ShelfReleases
from galleria.control.delivery.settings import RunnerSettings
from galleria.control.delivery.verification.compatibility import openapi_breaks
from galleria.control.delivery.verification.problems import ContractUnreadable
from galleria.control.runtimes.port import Artifact, RuntimeFault
from galleria.control.runtimes.process import artifact, bundles, origins, parts
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.origins import Origin, Origins
from galleria.control.runtimes.process.profiles import PLANE_PROGRAM, RUNNER_PROGRAM
from galleria.control.runtimes.process.supervision import Supervisor

PROGRAMS: Final = {Component.CONTROL_PLANE: PLANE_PROGRAM, Component.RUNNER: RUNNER_PROGRAM}

HEALTHY_SECONDS: Final = 60.0
"""So long a part may take until it runs steadily and answers. It takes one second on an idle machine."""

STEADY_SECONDS: Final = 3.0
"""For so long the new programs must run without dying once."""

HOPELESS_DEATHS: Final = 3
"""A part that has died so often is not waited for any longer."""

_POLL_SECONDS: Final = 0.1
_AGENT, _PLANE = "shop-agent.openapi.yaml", "control-plane.openapi.yaml"


@dataclass(frozen=True)
class Upgrading:
    """What an upgrade works with."""

    layout: Layout
    releases: ReleasesPort
    records: Records
    environment: str
    say: Say
    sleep: Callable[[float], None] = time.sleep

    @classmethod
    def of(cls, settings: RunnerSettings, say: Say) -> Upgrading:
        """Return it for the platform of these settings."""
        layout, releases = Layout(settings.home), ShelfReleases(settings.home, artifact.package())
        return cls(layout, releases, Records(settings.records_folder), settings.environment, say)


def upgrade(work: Upgrading, release_id: str, components: Sequence[Component]) -> int:
    """Move control plane and runner, or the named ones, to a release; return 0, 1 (taken back) or 3 (refused)."""
    try:
        with _step(work, "verify the release") as found:
            release = _verified(work, release_id)
            chosen = _chosen(release, components)
            found.detail = f"{release_id} from source revision {release.source.revision[:12]}."
        with _step(work, "check the contracts") as found:
            _check_contracts(work, chosen)
            found.detail = "Control plane, runner and every store's agent understand each other."
        with _step(work, "fetch the artifacts") as found:
            for component, origin in chosen.items():
                bundles.fetch(work.layout, component, Artifact(origin.digest, origin.version))
            found.detail = f"{', '.join(chosen)} can be started."
    except (GiveUp, RuntimeFault, ContractUnreadable, OSError) as refused:
        return _refuse(work, str(refused))
    before = origins.read(work.layout)
    moved = {PROGRAMS[each]: origin for each, origin in chosen.items()}
    after = Origins(now={**before.now, **moved}, before=before.now)
    if after.now == before.now:
        if all(parts.runs_from(work.layout, part, origin) for part, origin in moved.items()):
            return _see(work, release_id, list(moved))
        # Written down, and yet it does not run: an upgrade was cut off. What it would have been taken back to is known.
        before, after = Origins(now=before.before or {}), before
    return _move(work, before, after, list(moved))


def _see(work: Upgrading, release_id: str, moved: Sequence[str]) -> int:
    """Nothing is to be done, so nothing is taken back either; but whether it is well is said as it is."""
    try:
        _start(work, origins.read(work.layout), moved, "look at")
    except (RuntimeFault, GiveUp, OSError) as fault:
        reason = f"{fault} It ran already, so nothing was changed. To take it back: galleria platform rollback."
        work.say({"event": "end", "status": "failed", "reason": reason})
        return FAILED
    work.say({"event": "end", "status": "succeeded", "reason": f"The platform runs {release_id} already."})
    return 0


def downgrade(work: Upgrading) -> int:
    """Move control plane and runner back to what they ran before the last upgrade; returns as `upgrade`.

    Asked again it goes no further: one that was cut off is finished, and one that was not has nothing left to do.
    """
    found = origins.read(work.layout)
    if found.before is None:
        return _refuse(work, "The platform was never upgraded, so there is nothing to go back to.")
    moved = [part for part in PROGRAMS.values() if found.now.get(part) != found.before.get(part)]
    if not found.taken_back:
        return _move(work, found, Origins(now=found.before, before=found.now, taken_back=True), moved)
    if not all(parts.runs_from(work.layout, part, found.now.get(part)) for part in moved):
        return _move(work, Origins(now=found.before, before=found.now), found, moved)
    ends = "; ".join(f"{part} from {_named(found.now.get(part))}" for part in moved)
    reason = f"The platform was taken back already: {ends}. To go on: galleria platform upgrade --release RELEASE."
    work.say({"event": "end", "status": "succeeded", "reason": reason})
    return 0


def _move(work: Upgrading, before: Origins, after: Origins, moved: Sequence[str]) -> int:
    try:
        _start(work, after, moved, "start")
    except (RuntimeFault, GiveUp, OSError) as fault:
        reason = str(fault)
    else:
        ends = "; ".join(f"{part} from {_named(after.now.get(part))}" for part in moved)
        work.say({"event": "end", "status": "succeeded", "reason": f"The platform runs {ends}."})
        return 0
    try:
        _start(work, before, moved, "go back to")
    except (RuntimeFault, GiveUp, OSError) as fault:
        reason = f"{reason} The way back failed too: {fault} See docs/RUNBOOK.md."
        work.say({"event": "end", "status": "needs_attention", "reason": reason})
        return FAILED
    work.say({"event": "end", "status": "rolled_back", "reason": f"{reason} What ran before runs again."})
    return FAILED


def _start(work: Upgrading, wanted: Origins, moved: Sequence[str], how: str) -> None:
    place = parts.read_place(work.layout)
    if place is None:
        raise GiveUp("The platform was never brought up here; run 'galleria up' first.")
    origins.write(work.layout, wanted)
    parts.write_programs(work.layout, place, as_before=True)
    for part in moved:
        with _step(work, f"{how} the {part} of {_named(wanted.now.get(part))}") as found:
            began, already = time.monotonic(), parts.runs_from(work.layout, part, wanted.now.get(part))
            if not already:
                parts.restart(work.layout, part)
            _wait_until_well(work, place, part)
            since = "it ran already" if already else f"{time.monotonic() - began:.1f} s after its start"
            found.detail = f"Well for {STEADY_SECONDS:.0f} s, {since}."


def _wait_until_well(work: Upgrading, place: parts.Place, part: str) -> None:
    """Wait until a part runs and answers, and has gone on to for a while.

    :raises GiveUp: it does not.
    """
    give_up_at = time.monotonic() + HEALTHY_SECONDS
    pid, since = None, time.monotonic()
    lives: set[int] = set()
    while time.monotonic() < give_up_at and len(lives) <= HOPELESS_DEATHS:
        watched = next((each for each in Supervisor(work.layout).watched() if each.program == part), None)
        if watched and watched.pid:
            lives.add(watched.pid)
        running = watched.pid if watched and watched.state is ProcessState.RUNNING else None
        if running != pid:
            pid, since = running, time.monotonic()
        steady = pid is not None and time.monotonic() - since >= STEADY_SECONDS
        if steady and (part != PLANE_PROGRAM or parts.plane_answers(place)):
            return
        work.sleep(_POLL_SECONDS)
    raise GiveUp(f"The new {part} does not run steadily; its log says why.")


def _verified(work: Upgrading, release_id: str) -> Release:
    release = work.releases.verify(release_id).release
    if work.environment not in work.releases.promoted_for(release_id):
        raise GiveUp(
            f"{release_id} is not promoted for {work.environment}. "
            f"Promote it: `galleria release promote {release_id} --environment {work.environment}`."
        )
    return release


def _chosen(release: Release, components: Sequence[Component]) -> dict[Component, Origin]:
    chosen = {}
    for component in components or PROGRAMS:
        part = release.component(component)
        if part is None and components:
            raise GiveUp(f"{release.release_id} has no {component}.")
        if part is not None:
            chosen[component] = Origin(release_id=release.release_id, digest=part.artifact, version=part.version)
    if not chosen:
        raise GiveUp(f"{release.release_id} has neither a control plane nor a runner.")
    return chosen


def _check_contracts(work: Upgrading, chosen: dict[Component, Origin]) -> None:
    """Refuse a control plane that a runner or an agent could not talk to.

    :raises GiveUp: names what breaks.
    """
    now = origins.read(work.layout).now
    after = [chosen.get(each) or now.get(PROGRAMS[each]) for each in (Component.CONTROL_PLANE, Component.RUNNER)]
    plane, runner = (
        work.releases.contracts(origin.digest) if origin else work.releases.own_contracts() for origin in after
    )
    found = [f"Runner and control plane: {each}" for each in openapi_breaks(runner[_PLANE], plane[_PLANE])]
    for record in work.records.all():
        revision = record.revision(record.current)
        if revision is not None:
            agent = work.releases.contracts(revision.artifacts[Component.SHOP_AGENT])
            broken = openapi_breaks(plane[_AGENT], agent[_AGENT])
            found += [f"The agent of {record.store_id}: {each}" for each in broken]
    if found:
        raise GiveUp(" ".join(found[:3]))


@dataclass
class _Found:
    detail: str = ""


@contextmanager
def _step(work: Upgrading, name: str) -> Iterator[_Found]:
    """Say that a step began and how it ended."""
    found, began = _Found(), time.monotonic()

    def tell(outcome: str, detail: str) -> None:
        seconds = round(time.monotonic() - began, 3)
        work.say({"event": "step", "name": name, "outcome": outcome, "seconds": seconds, "detail": detail})

    tell("running", "")
    try:
        yield found
    except BaseException as error:
        tell("failed", str(error))
        raise
    tell("passed", found.detail)


def _named(origin: Origin | None) -> str:
    return f"{origin.release_id} ({origin.version})" if origin else "the installed environment"


def _refuse(work: Upgrading, message: str) -> int:
    work.say({"event": "error", "message": message})
    return REFUSED
