"""Writes, lists and verifies the audit in the registry."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session

from galleria.contracts.wire import AuditEntry, ChainState, Page
from galleria.contracts.words import ActorKind, AuditAction, AuditOutcome
from galleria.control.audit import chain
from galleria.control.registry.schema import AuditRow
from galleria.observability import redaction

DETAIL_LENGTH: Final = 2000
_CHUNK: Final = 1000
_LOCK: Final = 4_715_002
"""The PostgreSQL advisory lock that puts writers in a row; on SQLite they are in a row already."""


@dataclass(frozen=True)
class Filter:
    """Which entries to list. Empty means all."""

    store_id: str | None = None
    actor: str | None = None
    action: AuditAction | None = None
    outcome: AuditOutcome | None = None


def append(session: Session, at: datetime, *acts: chain.Act) -> None:
    """Write ``acts`` in the session's transaction, after everything else in it.

    The lock is held until the commit, and what else the transaction changes is written out before it is taken: so that
    two writers never wait for each other crosswise.
    """
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    tail = _tail(session)
    for act in acts:
        clean = redaction.redact_text(act.detail)[:DETAIL_LENGTH]
        entry = chain.link(dataclasses.replace(act, detail=clean), at, tail)
        session.add(_to_row(entry))
        tail = chain.Tail(entry.sequence, entry.entry_hash)
    session.flush()


def list_entries(session: Session, wanted: Filter, page: int, page_size: int) -> Page[AuditEntry]:
    """Return one page of the entries that fit, newest first."""
    conditions = list(_conditions(wanted))
    total = session.scalar(select(func.count()).select_from(AuditRow).where(*conditions)) or 0
    query = select(AuditRow).where(*conditions).order_by(AuditRow.sequence.desc())
    rows = session.scalars(query.limit(page_size).offset((page - 1) * page_size))
    return Page(items=[_to_entry(row) for row in rows], page=page, page_size=page_size, total=total)


def verify(session: Session, now: datetime, start: chain.Tail | None = None) -> tuple[ChainState, chain.Tail]:
    """Follow the chain, a chunk at a time, from ``start`` (the beginning by default) to its end or its break."""
    tail = start or chain.Tail()
    broken = _cut_off(session, tail)
    while broken is None:
        rows = _chunk(session, tail.sequence)
        if not rows:
            break
        tail, broken = _follow(rows, tail)
        session.expunge_all()
    entries = session.scalar(select(func.count()).select_from(AuditRow)) or 0
    state = ChainState(
        verified=broken is None,
        entries=entries,
        verified_up_to=tail.sequence,
        checked_at=now,
        broken_at=broken.sequence if broken else None,
        message=broken.message if broken else f"Verified up to entry {tail.sequence}.",
    )
    return state, tail


def _cut_off(session: Session, known: chain.Tail) -> chain.Break | None:
    """Find out whether the entry that ``known`` names is still there as it was."""
    if known.sequence == 0:
        return None
    found = session.scalar(select(AuditRow.entry_hash).where(AuditRow.sequence == known.sequence))
    if found == known.entry_hash:
        return None
    return chain.Break(known.sequence, f"Entry {known.sequence} was verified before and is gone or changed.")


def _follow(rows: Sequence[AuditRow], tail: chain.Tail) -> tuple[chain.Tail, chain.Break | None]:
    for row in rows:
        try:
            entry = _to_entry(row)
        except ValueError:  # a word that the audit does not know was never written by it
            return tail, chain.Break(row.sequence, f"Entry {row.sequence} is not what was written.")
        tail, broken = chain.follow([entry], tail)
        if broken is not None:
            return tail, broken
    return tail, None


def _chunk(session: Session, after: int) -> Sequence[AuditRow]:
    query = select(AuditRow).where(AuditRow.sequence > after).order_by(AuditRow.sequence).limit(_CHUNK)
    return session.scalars(query).all()


def _tail(session: Session) -> chain.Tail:
    last = session.execute(
        select(AuditRow.sequence, AuditRow.entry_hash).order_by(AuditRow.sequence.desc()).limit(1)
    ).one_or_none()
    return chain.Tail(last.sequence, last.entry_hash) if last else chain.Tail()


def _conditions(wanted: Filter) -> Iterator[ColumnElement[bool]]:
    if wanted.store_id:
        yield AuditRow.store_id == wanted.store_id
    if wanted.actor:
        yield AuditRow.actor == wanted.actor
    if wanted.action:
        yield AuditRow.action == wanted.action.value
    if wanted.outcome:
        yield AuditRow.outcome == wanted.outcome.value


def _to_row(entry: AuditEntry) -> AuditRow:
    return AuditRow(
        sequence=entry.sequence,
        at=entry.at,
        actor=entry.actor,
        actor_kind=entry.actor_kind.value,
        action=entry.action.value,
        store_id=entry.store_id,
        outcome=entry.outcome.value,
        request_id=entry.request_id,
        detail=entry.detail,
        previous_hash=entry.previous_hash,
        entry_hash=entry.entry_hash,
    )


def _to_entry(row: AuditRow) -> AuditEntry:
    return AuditEntry(
        sequence=row.sequence,
        at=row.at,
        actor=row.actor,
        actor_kind=ActorKind(row.actor_kind),
        action=AuditAction(row.action),
        store_id=row.store_id,
        outcome=AuditOutcome(row.outcome),
        request_id=row.request_id,
        detail=row.detail,
        previous_hash=row.previous_hash,
        entry_hash=row.entry_hash,
    )
