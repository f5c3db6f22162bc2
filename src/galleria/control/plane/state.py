"""A store's state as a sentence: worked out from what is wanted, what was last seen and what last happened. Pure.

A state is never better than what was observed: nothing is `selling` that was not seen running in the last
`OBSERVED_SECONDS` and has not passed its last smoke run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from galleria.contracts.wire import DeploymentSummary, ObservedProcess, Revision, SmokeRun
from galleria.contracts.words import (
    STORE_COMPONENTS,
    Component,
    DeploymentKind,
    DeploymentStatus,
    Outcome,
    ProcessState,
    StoreState,
    Wanted,
)

OBSERVED_SECONDS: Final = 15.0
"""An observation older than this says nothing about now."""

_DOING: Final = {
    DeploymentKind.PROVISION: "Provisioning",
    DeploymentKind.START: "Starting",
    DeploymentKind.STOP: "Stopping",
    DeploymentKind.RESTART: "Restarting",
    DeploymentKind.DECOMMISSION: "Decommissioning",
    DeploymentKind.DEPLOY: "Deploying",
    DeploymentKind.ROLLBACK: "Rolling back",
    DeploymentKind.CONFIGURE: "Configuring",
}

_BESIDE: Final = (DeploymentKind.DEPLOY, DeploymentKind.ROLLBACK, DeploymentKind.CONFIGURE)
"""Kinds that work beside what shoppers meet: until they switch, and when they fail, the store goes on as it was."""

_NEXT: Final = {
    DeploymentKind.PROVISION: "Next: retry or remove it.",
    DeploymentKind.START: "Next: start it again.",
    DeploymentKind.STOP: "Next: stop it again.",
    DeploymentKind.RESTART: "Next: restart it.",
    DeploymentKind.DECOMMISSION: "Next: remove it again.",
    DeploymentKind.DEPLOY: 'Next: see "A deployment ended needs_attention" in the runbook.',
    DeploymentKind.ROLLBACK: 'Next: see "A deployment ended needs_attention" in the runbook.',
    DeploymentKind.CONFIGURE: 'Next: see "A deployment ended needs_attention" in the runbook.',
}


@dataclass(frozen=True)
class Seen:
    """What a runner last saw of the store."""

    observed_at: datetime
    processes: Sequence[ObservedProcess]
    routed: bool


@dataclass(frozen=True)
class Facts:
    """All that a store's state is worked out from. ``deployment`` is the last one, ``lease_until`` its lease."""

    wanted: Wanted
    registered_at: datetime
    removed_at: datetime | None = None
    revision: Revision | None = None
    deployment: DeploymentSummary | None = None
    lease_until: datetime | None = None
    seen: Seen | None = None
    smoke: SmokeRun | None = None
    followed_from: int | None = None
    """The revision that the registry had when the store's runner was found to run another."""


@dataclass(frozen=True)
class Described:
    """A state, since when, and the sentence that a person reads."""

    state: StoreState
    since: datetime
    sentence: str


def describe(facts: Facts, now: datetime) -> Described:
    """Say what the store is."""
    if facts.removed_at is not None:
        return Described(
            StoreState.REMOVED, facts.removed_at, f"Removed {_span(now, facts.removed_at)} ago. Its history stays."
        )
    if facts.deployment is not None and not facts.deployment.status.final:
        deploying = _deploying(facts.deployment, facts.lease_until, now)
        return _degraded_meanwhile(facts, deploying, now) or deploying
    found = _trouble(facts, now) or _unobserved(facts, now) or _observed(facts, now)
    return replace(found, sentence=found.sentence + _notes(facts, now))


def _degraded_meanwhile(facts: Facts, deploying: Described, now: datetime) -> Described | None:
    """Describe a store whose live processes are seen to be broken while a deployment is at work beside them."""
    seen = facts.seen
    if facts.deployment is None or facts.deployment.kind not in _BESIDE or seen is None:
        return None
    if (now - seen.observed_at).total_seconds() > OBSERVED_SECONDS:
        return None
    found = _broken_process(facts, seen, now) or _no_door(facts, seen)
    return replace(found, sentence=f"{found.sentence} {deploying.sentence}") if found else None


def _notes(facts: Facts, now: datetime) -> str:
    """What a person should know beside the state: a deployment that changed nothing, a revision found by looking."""
    last = facts.deployment
    notes = ""
    if last is not None and _changed_nothing(last):
        ago = _span(now, last.finished_at or last.requested_at)
        reason = _ended(last.reason or "The runner gave no reason")
        how = "was rolled back" if last.status is DeploymentStatus.ROLLED_BACK else "failed"
        notes += f" {doing(last)} {how} {ago} ago: {reason}"
    if facts.followed_from is not None and facts.revision is not None:
        notes += f" Its runner's record says that it runs revision {facts.revision.number}, not {facts.followed_from}."
    elif last is not None and last.local and last.status is DeploymentStatus.SUCCEEDED:
        ago = _span(now, last.finished_at or last.requested_at)
        notes += f" Rolled back on its own machine by {last.requested_by} {ago} ago."
    return notes


def _changed_nothing(last: DeploymentSummary) -> bool:
    """Say whether a deployment ended with the store as it was before it."""
    return last.kind in _BESIDE and last.status in (DeploymentStatus.FAILED, DeploymentStatus.ROLLED_BACK)


def doing(deployment: DeploymentSummary) -> str:
    """Say what a deployment does, as the beginning of a sentence."""
    what = _DOING[deployment.kind]
    if deployment.kind is DeploymentKind.DEPLOY and deployment.release_id:
        return f"{what} {deployment.release_id}"
    if deployment.kind is DeploymentKind.ROLLBACK and deployment.to_revision is not None:
        return f"{what} to revision {deployment.to_revision}"
    return what


def _deploying(deployment: DeploymentSummary, lease_until: datetime | None, now: datetime) -> Described:
    what = doing(deployment)
    since = deployment.started_at or deployment.requested_at
    if deployment.status is DeploymentStatus.REQUESTED:
        sentence = f"{what}: has waited for a runner for {_span(now, since)}."
        if (now - since).total_seconds() > OBSERVED_SECONDS:
            sentence += " Next: is the runner up?"
    elif lease_until is not None and lease_until < now:
        sentence = f"{what} stands still: its runner's lease ended {_span(now, lease_until)} ago. "
        sentence += "Next: is the runner up?"
    else:
        sentence = f"{what} for {_span(now, since)}, asked for by {deployment.requested_by}."
    return Described(StoreState.DEPLOYING, since, sentence)


def _trouble(facts: Facts, now: datetime) -> Described | None:
    """Describe a deployment that did not succeed, until a passed smoke run shows that the store has outlived it."""
    last = facts.deployment
    if last is None or last.status is DeploymentStatus.SUCCEEDED or _changed_nothing(last):
        return None
    since = last.finished_at or last.requested_at
    outlived = facts.revision is not None and facts.smoke is not None and facts.smoke.passed
    if outlived and facts.smoke is not None and facts.smoke.started_at > since and facts.wanted is Wanted.RUNNING:
        return None
    how = "was rolled back" if last.status is DeploymentStatus.ROLLED_BACK else "failed"
    reason = _ended(last.reason or "The runner gave no reason")
    sentence = f"Needs attention. {doing(last)} {how} {_span(now, since)} ago: {reason} {_NEXT[last.kind]}"
    return Described(StoreState.NEEDS_ATTENTION, since, sentence)


def _unobserved(facts: Facts, now: datetime) -> Described | None:
    if facts.seen is None:
        return Described(StoreState.UNOBSERVED, facts.registered_at, "Never observed: is the runner up?")
    if (now - facts.seen.observed_at).total_seconds() <= OBSERVED_SECONDS:
        return None
    since = facts.seen.observed_at + timedelta(seconds=OBSERVED_SECONDS)
    ago = _span(now, facts.seen.observed_at)
    return Described(StoreState.UNOBSERVED, since, f"Not observed for {ago}: is the runner up?")


def _observed(facts: Facts, now: datetime) -> Described:
    seen = facts.seen or Seen(now, (), routed=False)
    if facts.wanted is Wanted.STOPPED:
        return _meant_to_rest(facts, seen, now)
    if facts.wanted is Wanted.REMOVED:
        sentence = "Needs attention. It was to be removed and is still here. Next: remove it again."
        return Described(StoreState.NEEDS_ATTENTION, _last_end(facts), sentence)
    return _broken_process(facts, seen, now) or _no_door(facts, seen) or _smoked(facts, seen, now)


def _meant_to_rest(facts: Facts, seen: Seen, now: datetime) -> Described:
    alive = [process for process in seen.processes if process.state is not ProcessState.STOPPED]
    if alive:
        names = _listed([process.component for process in alive])
        sentence = f"Degraded. It is meant to be stopped, but {names} still there. Next: stop it again."
        return Described(StoreState.DEGRADED, max(process.since for process in alive), sentence)
    since = _last_end(facts)
    by = f" by {facts.deployment.requested_by}" if facts.deployment else ""
    sentence = f"Stopped{by} {_span(now, since)} ago. Shoppers see a page that says so. Next: start it when wanted."
    return Described(StoreState.STOPPED, since, sentence)


def _broken_process(facts: Facts, seen: Seen, now: datetime) -> Described | None:
    live = [process for process in seen.processes if process.live]
    running = {process.component for process in live if process.state is ProcessState.RUNNING}
    missing = [component for component in STORE_COMPONENTS if component not in running]
    if not missing:
        return None
    broken = [process for process in live if process.component in missing]
    since = min((process.since for process in broken), default=_last_end(facts))
    gave_up = [process for process in broken if process.state is ProcessState.GAVE_UP]
    if gave_up:
        names = _listed([process.component for process in gave_up])
        sentence = f"Needs attention. {names} given up on after too many restarts, {_span(now, since)} ago. "
        return Described(StoreState.NEEDS_ATTENTION, since, sentence + "Next: restart the store.")
    told = "; ".join(_of(component, broken) for component in missing)
    sentence = f"Degraded for {_span(now, since)}: {told}. Next: nothing, it is being restarted."
    if not any(process.state in (ProcessState.RESTARTING, ProcessState.STARTING) for process in broken):
        sentence = f"Degraded for {_span(now, since)}: {told}. Next: restart the store."
    return Described(StoreState.DEGRADED, since, sentence)


def _of(component: Component, broken: Sequence[ObservedProcess]) -> str:
    found = next((process for process in broken if process.component is component), None)
    if found is None:
        return f"{component.value} does not run"
    times = f" ({found.restarts} restarts so far)" if found.restarts else ""
    return f"{component.value} is {found.state.value.replace('_', ' ')}{times}"


def _no_door(facts: Facts, seen: Seen) -> Described | None:
    if seen.routed:
        return None
    sentence = "Degraded. It runs, but the gateway has no route to it: shoppers can't come in. Next: restart it."
    return Described(StoreState.DEGRADED, _last_end(facts), sentence)


def _smoked(facts: Facts, seen: Seen, now: datetime) -> Described:
    smoke = facts.smoke
    if smoke is None:
        sentence = "Degraded. It runs, but has never passed a smoke run. Next: run one."
        return Described(StoreState.DEGRADED, _last_end(facts), sentence)
    ago = _span(now, smoke.started_at)
    if not smoke.passed:
        failed = next((result for result in smoke.results if result.outcome is not Outcome.PASSED), None)
        what = f'check "{failed.check.value}" {_ended(failed.detail or "failed")}' if failed else "a check is missing."
        sentence = f"Degraded. Last smoke failed {ago} ago: {what} Next: run it again, then look at the store."
        return Described(StoreState.DEGRADED, smoke.started_at, sentence)
    since = max(process.since for process in seen.processes if process.live and process.component in STORE_COMPONENTS)
    what = ""
    if facts.revision is not None:
        version = facts.revision.versions.get(Component.STOREFRONT)
        what = f"Revision {facts.revision.number}{f' (storefront {version})' if version else ''} "
        what += f"for {_span(now, facts.revision.since)}. "
    return Described(StoreState.SELLING, since, f"Selling. {what}Last smoke passed {ago} ago.")


def _last_end(facts: Facts) -> datetime:
    last = facts.deployment
    return (last.finished_at or last.requested_at) if last else facts.registered_at


def _listed(components: Sequence[Component]) -> str:
    names = ", ".join(component.value for component in components)
    return f"{names} {'is' if len(components) == 1 else 'are'}"


def _ended(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _span(now: datetime, then: datetime) -> str:
    """Say how long ago ``then`` is: 22 s, 4 min, 3 h, 2 days."""
    seconds = max(0, int((now - then).total_seconds()))
    for unit, size, until in (("s", 1, 60), ("min", 60, 3600), ("h", 3600, 172800)):
        if seconds < until:
            return f"{seconds // size} {unit}"
    return f"{seconds // 86400} days"
