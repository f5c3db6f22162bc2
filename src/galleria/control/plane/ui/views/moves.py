"""Moving a store: its revisions and quarantines as shown, and the pages that ask for a deploy or a rollback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from galleria.contracts.delivery import ReleaseInfo
from galleria.contracts.wire import KnownRevision, Quarantine, Store
from galleria.contracts.words import STORE_COMPONENTS, Role, RollbackClass, StoreState, Wanted
from galleria.control.plane.ui.views import times
from galleria.control.plane.ui.views.forms import Form

CLASS_WORDS: Final = {
    RollbackClass.A: "No data changes shape: the code before simply goes on.",
    RollbackClass.B: "Data gets new places only: the code before goes on with it.",
    RollbackClass.C: "There is no way back.",
}

COMPONENTS: Final = tuple(component.value for component in STORE_COMPONENTS)

_OTHERS: Final = "No other store notices anything."
SHOPPERS: Final = "No shopper meets an error: requests under way end where they began; carts and logins stay."


@dataclass(frozen=True)
class RevisionLine:
    """A revision in a store's history."""

    number: int
    current: bool
    release: str
    versions: str
    settings: str
    rollback_class: str
    class_words: str
    known: str
    healthy: bool
    since: times.Moment
    deployment_href: str | None
    back_href: str | None


@dataclass(frozen=True)
class QuarantineLine:
    """A release that a store takes no more."""

    release: str
    reason: str
    since: times.Moment
    href: str | None


def movable(store: Store) -> bool:
    """Say whether a deploy or a rollback makes sense for the store as it is. The plane decides again when asked."""
    resting = store.state in (StoreState.DEPLOYING, StoreState.REMOVED) or store.wanted is not Wanted.RUNNING
    busy = store.last_deployment is not None and not store.last_deployment.status.final
    return store.revision is not None and not resting and not busy


def revision_lines(store: Store, known: Sequence[KnownRevision], role: Role, now: datetime) -> tuple[RevisionLine, ...]:
    """Show a store's history, the newest first; a way back to each revision that there is one to."""
    may = role.includes(Role.OPERATOR) and movable(store)
    return tuple(_revision_line(store.store_id, one, may, now) for one in known)


def _revision_line(store_id: str, one: KnownRevision, may: bool, now: datetime) -> RevisionLine:
    possible = may and not one.current and one.healthy
    return RevisionLine(
        number=one.number,
        current=one.current,
        release=one.release_id or "installed environment",
        versions=_versions(one),
        settings=f"config {one.config_version}, secrets {one.secret_version}",
        rollback_class=one.rollback_class.value if one.rollback_class else "",
        class_words=CLASS_WORDS[one.rollback_class] if one.rollback_class else "",
        known="known healthy" if one.healthy else "not known healthy",
        healthy=one.healthy,
        since=times.moment(one.since, now),
        deployment_href=f"/deployments/{one.deployment_id}" if one.deployment_id else None,
        back_href=f"/stores/{store_id}/rollback?to={one.number}" if possible else None,
    )


def _versions(one: KnownRevision) -> str:
    """Say the versions; once, if all components have the same."""
    if len(set(one.versions.values())) == 1 and len(one.versions) == len(STORE_COMPONENTS):
        return f"all {next(iter(one.versions.values()))}"
    return ", ".join(f"{component.value} {version}" for component, version in one.versions.items())


def quarantine_lines(held: Sequence[Quarantine], now: datetime) -> tuple[QuarantineLine, ...]:
    """Show what a store takes no more."""
    return tuple(
        QuarantineLine(
            release=one.release_id,
            reason=one.reason,
            since=times.moment(one.since, now),
            href=f"/deployments/{one.deployment_id}" if one.deployment_id else None,
        )
        for one in held
    )


@dataclass(frozen=True)
class Move:
    """The page before a move: what there is to choose, what will change and what won't."""

    store_id: str
    store_href: str
    title: str
    button: str
    will: tuple[str, ...]
    wont: tuple[str, ...]
    last_time: str | None
    version: int
    impossible: str | None
    choices: tuple[tuple[str, str, str], ...]
    components: tuple[str, ...] = ()
    may_accept: bool = False


def deploy_page(
    store: Store, known: Sequence[ReleaseInfo], failed: Mapping[str, int], role: Role, last_time: str | None
) -> Move:
    """Describe a deploy to one of the releases that runners have; ``failed`` counts the stores that each failed on."""
    held = {one.release_id for one in store.quarantined}
    offered = [one for one in known if one.release_id not in held]
    return Move(
        store_id=store.store_id,
        store_href=f"/stores/{store.store_id}",
        title=f"Deploy to {store.store_id}",
        button=f"Deploy to {store.store_id}",
        will=(
            "Starts the release's components beside those that run, and shops there before any shopper does.",
            f"Switches {store.host} over in one step only after that has passed, then shops again through its door.",
            f"If anything fails, {store.store_id} goes on with what it runs, and takes this release no more.",
        ),
        wont=(SHOPPERS, "Components that are not chosen keep running as they are.", _OTHERS),
        last_time=last_time,
        version=store.version,
        impossible=_impossible(store) or (None if any(map(_parts, offered)) else _no_release(held)),
        choices=release_choices(offered, failed),
        components=COMPONENTS,
        may_accept=role.includes(Role.ADMIN),
    )


def rollback_page(store: Store, known: Sequence[KnownRevision], last_time: str | None) -> Move:
    """Describe a rollback to one of the revisions that are known to be healthy."""
    offered = [one for one in known if one.healthy and not one.current]
    nowhere = f"{store.store_id} has no other revision that is known to be healthy."
    return Move(
        store_id=store.store_id,
        store_href=f"/stores/{store.store_id}",
        title=f"Roll back {store.store_id}",
        button=f"Roll back {store.store_id}",
        will=(
            "Takes code, configuration and secrets together back to the revision that you choose.",
            "Starts it beside what runs, shops there, switches over, and shops again through the door.",
            "If it fails, nothing more is done by itself, and the store's page says so.",
        ),
        wont=(SHOPPERS, "No product, order or customer: data stays as it is now.", _OTHERS),
        last_time=last_time,
        version=store.version,
        impossible=_impossible(store) or (None if offered else nowhere),
        choices=tuple((str(one.number), f"Revision {one.number}", _ran(one)) for one in offered),
    )


def release_choices(known: Sequence[ReleaseInfo], failed: Mapping[str, int]) -> tuple[tuple[str, str, str], ...]:
    """The releases to choose from: those that hold something which a store runs."""
    return tuple(
        (one.release_id, one.release_id, _about(one, failed.get(one.release_id, 0))) for one in known if _parts(one)
    )


def with_release(
    form: Form,
    choices: Sequence[tuple[str, str, str]],
    failed: Mapping[str, int],
    promoted: Set[str] = frozenset(),
) -> Form:
    """Choose for a person who has not chosen: the newest that failed nowhere, a promoted one if there is one."""
    good = [value for value, _, _ in choices if value not in failed]
    first = next((value for value in good if value in promoted), good[0] if good else "")
    return form if form.values["release_id"] or not first else Form({**form.values, "release_id": first}, form.problems)


def _parts(release: ReleaseInfo) -> list[str]:
    return [
        f"{part.component.value} {part.version}" for part in release.components if part.component in STORE_COMPONENTS
    ]


def _about(release: ReleaseInfo, failed: int) -> str:
    promoted = f"promoted for {', '.join(release.promoted)}" if release.promoted else "not promoted"
    held = f"; quarantined on {failed} {'store' if failed == 1 else 'stores'}" if failed else ""
    return f"{', '.join(_parts(release))}; committed {release.committed_at:%Y-%m-%d %H:%M}, {promoted}{held}"


def _ran(one: KnownRevision) -> str:
    release = one.release_id or "installed environment"
    return f"{release}; {_versions(one)}; config {one.config_version}, secrets {one.secret_version}"


def _no_release(held: set[str]) -> str:
    more = " that is not quarantined here" if held else ""
    return f"No runner that is alive has a release{more}. Build one: galleria release build."


def _impossible(store: Store) -> str | None:
    if movable(store):
        return None
    if store.revision is None:
        return "This store has no revision yet. Retry its provisioning first."
    if store.state is StoreState.REMOVED:
        return "This store was decommissioned."
    if store.wanted is Wanted.STOPPED:
        return "It is stopped. Start it first: what it moves to is smoked before shoppers meet it."
    return "A deployment is at work on this store. Wait until it has ended, then ask again."
