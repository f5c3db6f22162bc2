"""The rollouts: a listing, and the live page with its waves, a square a store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from galleria.contracts.delivery import ReleaseInfo, Rollout, RolloutStore, RolloutSummary
from galleria.contracts.wire import Page
from galleria.contracts.words import DeploymentStatus, Role, RolloutStatus
from galleria.control.plane.ui.views import marks, moves, paging, times
from galleria.control.plane.ui.views.marks import Mark, Shape, Tone

ROLLOUT_MARKS: Final = {
    RolloutStatus.RUNNING: Mark(Tone.BUSY, Shape.RING, "Running"),
    RolloutStatus.HALTED: Mark(Tone.WARN, Shape.SQUARE, "Halted"),
    RolloutStatus.SUCCEEDED: Mark(Tone.OK, Shape.CHECK, "Succeeded"),
    RolloutStatus.ROLLING_BACK: Mark(Tone.BUSY, Shape.BACK, "Going back"),
    RolloutStatus.ROLLED_BACK: Mark(Tone.WARN, Shape.BACK, "Taken back"),
    RolloutStatus.NEEDS_ATTENTION: Mark(Tone.BAD, Shape.OCTAGON, "Needs attention"),
}

_WAITS: Final = Mark(Tone.OFF, Shape.DASH, "Waits")
_NOT_BEGUN: Final = Mark(Tone.OFF, Shape.DASH, "Not begun")
_SKIPPED: Final = Mark(Tone.OFF, Shape.SQUARE, "Skipped")
_LEFT_ALONE: Final = Mark(Tone.OFF, Shape.SQUARE, "Left alone")


@dataclass(frozen=True)
class RolloutLine:
    """One rollout in the listing."""

    href: str
    release: str
    mark: Mark
    wave: str
    stores: str
    at: times.Moment
    requested_by: str
    reason: str


@dataclass(frozen=True)
class Listing:
    """The listing."""

    here: str
    lines: tuple[RolloutLine, ...]
    pager: paging.Pager
    may_start: bool


def listing(page: Page[RolloutSummary], role: Role, now: datetime) -> Listing:
    """Work the listing out of one page of rollouts, newest first."""
    place = paging.Place("/rollouts", {}, page.page, page.page_size, page.total)
    return Listing(
        here=paging.address("/rollouts", {"page": page.page if page.page > 1 else None}),
        lines=tuple(_line(one, now) for one in page.items),
        pager=paging.pager(place, len(page.items)),
        may_start=role.includes(Role.OPERATOR),
    )


def _line(one: RolloutSummary, now: datetime) -> RolloutLine:
    return RolloutLine(
        href=f"/rollouts/{one.rollout_id}",
        release=one.release_id,
        mark=ROLLOUT_MARKS[one.status],
        wave=f"{one.wave} of {one.waves}",
        stores=_done(one),
        at=times.moment(one.requested_at, now),
        requested_by=one.requested_by,
        reason=one.reason,
    )


def _done(one: RolloutSummary) -> str:
    failed = f", {one.failed} failed" if one.failed else ""
    return f"{one.succeeded} of {one.stores} done{failed}"


@dataclass(frozen=True)
class Square:
    """One store of a rollout."""

    store_id: str
    href: str
    mark: Mark
    words: str
    deployment_href: str | None


@dataclass(frozen=True)
class Wave:
    """One wave."""

    number: int
    title: str
    sums: str
    squares: tuple[Square, ...]


@dataclass(frozen=True)
class RolloutView:
    """The whole page."""

    rollout_id: str
    here: str
    title: str
    release: str
    mark: Mark
    sentence: str
    also: str
    final: bool
    waves: tuple[Wave, ...]
    troubles: tuple[Square, ...]
    facts: tuple[tuple[str, str], ...]
    acts: tuple[str, ...]


def rollout_view(rollout: Rollout, role: Role, now: datetime) -> RolloutView:
    """Work the page out."""
    asked = f"Asked for by {rollout.requested_by} {times.moment(rollout.requested_at, now).relative}."
    doing = _doing(rollout)
    squares = [_square(part, rollout.taken_back_by is not None) for part in rollout.parts]
    return RolloutView(
        rollout_id=rollout.rollout_id,
        here=f"/rollouts/{rollout.rollout_id}",
        title=f"Rollout of {rollout.release_id}",
        release=rollout.release_id,
        mark=ROLLOUT_MARKS[rollout.status],
        sentence=rollout.reason or doing,
        also=_also(rollout, doing, asked),
        final=rollout.status.final,
        waves=tuple(_waves(rollout, squares)),
        troubles=tuple(one for one in squares if one.words and one.mark.tone is not Tone.OK),
        facts=_facts(rollout),
        acts=_acts(rollout.status) if role.includes(Role.OPERATOR) else (),
    )


def _also(rollout: Rollout, doing: str, asked: str) -> str:
    back = f" Taken back by {rollout.taken_back_by}." if rollout.taken_back_by else ""
    so_far = f"{doing} " if rollout.status is RolloutStatus.HALTED else ""
    return f"{so_far}{asked}{back}"


def _doing(rollout: Rollout) -> str:
    """Say how far it is: on the way there, or on the way back."""
    if rollout.taken_back_by is None:
        return f"Wave {rollout.wave} of {rollout.waves}; {_done(rollout)}."
    back = sum(part.rollback_status is DeploymentStatus.SUCCEEDED for part in rollout.parts)
    return f"{back} of {moved(rollout)} back at what they ran before."


def moved(rollout: Rollout) -> int:
    """How many stores it moved: those that ran the release before are none of them."""
    return sum(part.deployment_id is not None and part.status is DeploymentStatus.SUCCEEDED for part in rollout.parts)


def _waves(rollout: Rollout, squares: Sequence[Square]) -> list[Wave]:
    both = list(zip(rollout.parts, squares, strict=True))
    found = []
    for number, members in groupby(both, key=lambda pair: pair[0].wave):
        shown = tuple(square for _, square in members)
        title = f"Wave {number}: {len(shown)} {'store' if len(shown) == 1 else 'stores'}"
        counted = Counter(square.mark.word.lower() for square in shown)
        found.append(Wave(number, title, ", ".join(f"{count} {word}" for word, count in counted.items()), shown))
    return found


def _square(part: RolloutStore, going_back: bool) -> Square:
    deployment = part.rollback_deployment_id or part.deployment_id
    return Square(
        store_id=part.store_id,
        href=f"/stores/{part.store_id}",
        mark=_NOT_BEGUN if going_back and part.status is None and not part.skipped else _mark(part),
        words=part.reason,
        deployment_href=f"/deployments/{deployment}" if deployment else None,
    )


def _mark(part: RolloutStore) -> Mark:
    if part.rollback_status is not None:
        mark = marks.DEPLOYMENT_MARKS[part.rollback_status]
        if mark.tone is Tone.OK:
            return Mark(Tone.WARN, Shape.BACK, "Back at what it ran")
        word = "Not taken back" if part.rollback_status.final else f"On the way back: {mark.word.lower()}"
        return Mark(mark.tone, mark.shape, word)
    if part.rollback_skipped:
        return _LEFT_ALONE
    if part.skipped:
        return _SKIPPED
    return marks.DEPLOYMENT_MARKS[part.status] if part.status else _WAITS


def _facts(rollout: Rollout) -> tuple[tuple[str, str], ...]:
    spec = rollout.spec
    return (
        ("Release", rollout.release_id),
        ("Components", ", ".join(one.value for one in spec.components) or "all of the release"),
        ("Stores", spec.stores),
        ("Waves", ", ".join(spec.waves)),
        ("Failure budget", _budget(rollout)),
        *((("No way back", "accepted"),) if spec.accept_irreversible else ()),
        ("Id", rollout.rollout_id),
    )


def _budget(rollout: Rollout) -> str:
    left = max(0, rollout.spec.max_failures - rollout.failed + rollout.forgiven)
    forgiven = f", {rollout.forgiven} forgiven" if rollout.forgiven else ""
    return f"halts at {rollout.spec.max_failures}; {left} left{forgiven}"


def _acts(status: RolloutStatus) -> tuple[str, ...]:
    if status is RolloutStatus.RUNNING:
        return ("halt", "rollback")
    if status is RolloutStatus.HALTED:
        return ("resume", "rollback")
    return ("rollback",) if status is RolloutStatus.SUCCEEDED else ()


DEFAULTS: Final = {"release_id": "", "stores": "all", "waves": "1,10%,100%", "max_failures": "1"}


@dataclass(frozen=True)
class Ask:
    """The page before a rollout: what there is to choose, what will change and what won't."""

    choices: tuple[tuple[str, str, str], ...]
    will: tuple[str, ...]
    wont: tuple[str, ...]
    components: tuple[str, ...]
    may_accept: bool
    last_time: str | None = None


def new_rollout(known: Sequence[ReleaseInfo], failed: Mapping[str, int], role: Role) -> Ask:
    """Describe a rollout of one of the releases that runners have; ``failed`` counts the stores that each failed on."""
    return Ask(
        choices=moves.release_choices(known, failed),
        will=(
            "Moves the first wave alone: the canary. Each wave begins when the one before it has ended in every store.",
            "In each store starts the release beside what runs, shops there, and only then switches it over.",
            "Halts by itself at as many failed stores as you say; then it can go on, or be taken back as a whole.",
        ),
        wont=(
            moves.SHOPPERS,
            "A store where it fails goes on with what it runs.",
            "Stores that are stopped are skipped.",
        ),
        components=moves.COMPONENTS,
        may_accept=role.includes(Role.ADMIN),
    )
