"""The fleet page: every store in one dense table, what needs a person first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from galleria.contracts.wire import Page, Store
from galleria.contracts.words import StoreState
from galleria.control.plane.ui.views import marks, paging, summaries, times

SPEAKS_UP: Final = frozenset(
    {StoreState.NEEDS_ATTENTION, StoreState.DEGRADED, StoreState.UNOBSERVED, StoreState.DEPLOYING}
)
"""States whose sentence is worth a line of its own in the table."""


@dataclass(frozen=True)
class Wish:
    """What the address bar asks of the fleet page."""

    q: str = ""
    state: StoreState | None = None
    page: int = 1

    def query(self) -> Mapping[str, str | int | None]:
        """The part of the address that filters; the page number is left out."""
        return {"q": self.q, "state": self.state.value if self.state else None}


@dataclass(frozen=True)
class Count:
    """One count of the strip, which is also a filter."""

    mark: marks.Mark | None
    word: str
    count: int
    href: str
    current: bool


@dataclass(frozen=True)
class Row:
    """One store."""

    store_id: str
    name: str
    href: str
    shop_url: str
    host: str
    mark: marks.Mark
    since: times.Moment
    sentence: str | None
    revision: str | None
    revision_title: str
    revision_since: times.Moment | None
    deployment: summaries.DeploymentLine | None
    smoke: summaries.SmokeLine | None
    isolation: summaries.IsolationLine
    runtime: str


@dataclass(frozen=True)
class Fleet:
    """The whole page."""

    here: str
    q: str
    state: str
    total: int
    counts: tuple[Count, ...]
    rows: tuple[Row, ...]
    pager: paging.Pager
    empty: bool
    nothing_found: str | None


def fleet(page: Page[Store], counts: Mapping[StoreState, int], wish: Wish, now: datetime) -> Fleet:
    """Work the page out of one page of stores and the count of every state."""
    place = paging.Place("/", wish.query(), page.page, page.page_size, page.total)
    total = sum(counts.values())
    filtered = bool(wish.q or wish.state)
    return Fleet(
        here=paging.address("/", {**wish.query(), "page": wish.page if wish.page > 1 else None}),
        q=wish.q,
        state=wish.state.value if wish.state else "",
        total=total,
        counts=_counts(counts, wish, total),
        rows=tuple(row(store, now) for store in page.items),
        pager=paging.pager(place, len(page.items)),
        empty=total == 0 and not filtered,
        nothing_found=None if page.items or not filtered else _nothing_found(wish),
    )


def _counts(counts: Mapping[StoreState, int], wish: Wish, total: int) -> tuple[Count, ...]:
    strip = [Count(None, "All", total, paging.address("/", {"q": wish.q}), wish.state is None)]
    for state, mark in marks.STORE_MARKS.items():
        count = counts.get(state, 0)
        if count or state is wish.state:
            href = paging.address("/", {"q": wish.q, "state": state.value})
            strip.append(Count(mark, mark.word, count, href, state is wish.state))
    return tuple(strip)


def _nothing_found(wish: Wish) -> str:
    kind = f"{marks.STORE_MARKS[wish.state].word.lower()} store" if wish.state else "store"
    return f"No {kind} matches “{wish.q}”." if wish.q else f"No {kind} right now."


def row(store: Store, now: datetime) -> Row:
    """Show one store in one row."""
    revision = store.revision
    versions = (
        sorted(f"{component.value} {version}" for component, version in revision.versions.items()) if revision else ()
    )
    return Row(
        store_id=store.store_id,
        name=store.name,
        href=f"/stores/{store.store_id}",
        shop_url=store.url,
        host=store.host,
        mark=marks.STORE_MARKS[store.state],
        since=times.moment(store.state_since, now),
        sentence=store.sentence if store.state in SPEAKS_UP else None,
        revision=str(revision.number) if revision else None,
        revision_title=", ".join(versions),
        revision_since=times.moment(revision.since, now) if revision else None,
        deployment=summaries.deployment_line(store.last_deployment, now) if store.last_deployment else None,
        smoke=summaries.smoke_line(store.last_smoke, now),
        isolation=summaries.isolation_line(store.isolation_mode, store.isolation, now),
        runtime=store.runtime.value,
    )
