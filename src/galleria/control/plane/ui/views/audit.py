"""The audit page: who did what to which store, when, and how it ended; and whether the chain holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from galleria.contracts.wire import AuditEntry, ChainState, Page
from galleria.contracts.words import ActorKind, AuditAction, AuditOutcome
from galleria.control.plane.ui.views import marks, paging, times

ACTION_WORDS: Final[Mapping[AuditAction, str]] = {
    AuditAction.SIGN_IN: "signed in",
    AuditAction.SIGN_OUT: "signed out",
    AuditAction.TOKEN_CREATE: "created a token",
    AuditAction.TOKEN_REVOKE: "revoked a token",
    AuditAction.STORE_REGISTER: "registered the store",
    AuditAction.STORE_START: "asked to start",
    AuditAction.STORE_STOP: "asked to stop",
    AuditAction.STORE_RESTART: "asked to restart",
    AuditAction.STORE_DECOMMISSION: "asked to decommission",
    AuditAction.STORE_RETRY: "asked to provision again",
    AuditAction.STORE_DEPLOY: "asked to deploy",
    AuditAction.STORE_ROLLBACK: "asked to roll back",
    AuditAction.STORE_ROLLBACK_LOCAL: "rolled back on its machine",
    AuditAction.STORE_CONFIGURE: "asked to configure",
    AuditAction.ROLLOUT_START: "started a rollout",
    AuditAction.ROLLOUT_HALT: "halted a rollout",
    AuditAction.ROLLOUT_RESUME: "resumed a rollout",
    AuditAction.ROLLOUT_ROLLBACK: "took a rollout back",
    AuditAction.ROLLOUT_FINISH: "ended a rollout",
    AuditAction.OPERATION_RUN: "ran an operation",
    AuditAction.DEPLOYMENT_CLAIM: "claimed a deployment",
    AuditAction.DEPLOYMENT_FINISH: "finished a deployment",
    AuditAction.DEPLOYMENT_LEASE_EXPIRE: "lost a lease",
    AuditAction.MERCHANT_IMPORT: "merchant import",
    AuditAction.MERCHANT_PASSWORD: "merchant password",
    AuditAction.ACCESS_DENIED: "was denied",
}

KIND_WORDS: Final[Mapping[ActorKind, str]] = {
    ActorKind.HUMAN: "",
    ActorKind.AUTOMATION: "automation",
    ActorKind.RUNNER: "runner",
    ActorKind.SYSTEM: "system",
}


@dataclass(frozen=True)
class EntryLine:
    """One entry."""

    sequence: int
    at: times.Moment
    clock: str
    actor: str
    actor_kind: str
    action: str
    words: str
    store_id: str | None
    store_href: str | None
    mark: marks.Mark
    detail: str
    request_id: str
    short_hash: str


def entry_line(entry: AuditEntry, now: datetime) -> EntryLine:
    """Show one entry."""
    return EntryLine(
        sequence=entry.sequence,
        at=times.moment(entry.at, now),
        clock=f"{entry.at:%Y-%m-%d %H:%M:%S}",
        actor=entry.actor,
        actor_kind=KIND_WORDS[entry.actor_kind],
        action=entry.action.value,
        words=ACTION_WORDS[entry.action],
        store_id=entry.store_id,
        store_href=f"/stores/{entry.store_id}" if entry.store_id else None,
        mark=marks.AUDIT_MARKS[entry.outcome],
        detail=entry.detail,
        request_id=entry.request_id,
        short_hash=entry.entry_hash.removeprefix("sha256:")[:10],
    )


@dataclass(frozen=True)
class Chain:
    """The chain's verification, said as fact."""

    mark: marks.Mark
    sentence: str
    at: times.Moment


def chain(state: ChainState, now: datetime) -> Chain:
    """Say how far the chain is verified, or where it breaks."""
    at = times.moment(state.checked_at, now)
    if state.verified:
        mark = marks.Mark(marks.Tone.OK, marks.Shape.CHECK, "Chain verified")
        sentence = "No entry has been changed or removed since it was written." if state.entries else "No entry yet."
        if state.entries:
            sentence = f"Verified up to entry {state.verified_up_to:,}. {sentence}"
        return Chain(mark, sentence, at)
    mark = marks.Mark(marks.Tone.BAD, marks.Shape.OCTAGON, "Chain broken")
    where = f"Broken at entry {state.broken_at:,}. " if state.broken_at is not None else ""
    return Chain(mark, f"{where}{state.message}", at)


@dataclass(frozen=True)
class Wish:
    """What the address bar asks of the audit page."""

    store_id: str = ""
    actor: str = ""
    action: AuditAction | None = None
    outcome: AuditOutcome | None = None
    page: int = 1

    def query(self) -> Mapping[str, str | int | None]:
        """The part of the address that filters."""
        return {
            "store_id": self.store_id,
            "actor": self.actor,
            "action": self.action.value if self.action else None,
            "outcome": self.outcome.value if self.outcome else None,
        }


@dataclass(frozen=True)
class Audit:
    """The whole page."""

    here: str
    wish: Wish
    action: str
    outcome: str
    actions: tuple[tuple[str, str], ...]
    outcomes: tuple[tuple[str, str], ...]
    chain: Chain
    lines: tuple[EntryLine, ...]
    pager: paging.Pager
    filtered: bool


def audit(page: Page[AuditEntry], state: ChainState, wish: Wish, now: datetime) -> Audit:
    """Work the page out of one page of entries, newest first, and the state of the chain."""
    query = wish.query()
    return Audit(
        here=paging.address("/audit", {**query, "page": wish.page if wish.page > 1 else None}),
        wish=wish,
        action=wish.action.value if wish.action else "",
        outcome=wish.outcome.value if wish.outcome else "",
        actions=tuple((action.value, action.value) for action in AuditAction),
        outcomes=tuple((outcome.value, mark.word) for outcome, mark in marks.AUDIT_MARKS.items()),
        chain=chain(state, now),
        lines=tuple(entry_line(entry, now) for entry in page.items),
        pager=paging.pager(paging.Place("/audit", query, page.page, page.page_size, page.total), len(page.items)),
        filtered=any(query.values()),
    )
