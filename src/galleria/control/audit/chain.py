"""The chain's arithmetic: what an entry's hash covers, and where a chain breaks. Plain values in and out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from galleria.contracts.wire import AuditEntry
from galleria.contracts.words import ActorKind, AuditAction, AuditOutcome

GENESIS: Final = "0" * 64
"""What the first entry names as the hash before it."""


@dataclass(frozen=True)
class Act:
    """What somebody did, or was refused. ``detail`` is one plain sentence."""

    actor: str
    actor_kind: ActorKind
    action: AuditAction
    outcome: AuditOutcome
    request_id: str
    store_id: str | None = None
    detail: str = ""


@dataclass(frozen=True)
class Tail:
    """The end of a chain: the number of its last entry (0 for none), and that entry's hash."""

    sequence: int = 0
    entry_hash: str = GENESIS


@dataclass(frozen=True)
class Break:
    """Where a chain breaks, and how."""

    sequence: int
    message: str


def link(act: Act, at: datetime, tail: Tail) -> AuditEntry:
    """Return ``act`` as the entry that follows ``tail``."""
    entry = AuditEntry(
        sequence=tail.sequence + 1,
        at=at,
        actor=act.actor,
        actor_kind=act.actor_kind,
        action=act.action,
        store_id=act.store_id,
        outcome=act.outcome,
        request_id=act.request_id,
        detail=act.detail,
        previous_hash=tail.entry_hash,
        entry_hash="",
    )
    return entry.model_copy(update={"entry_hash": hash_of(entry)})


def hash_of(entry: AuditEntry) -> str:
    """Return the sha256 (hex) of the entry's canonical JSON: keys sorted, no spaces, UTF-8, without `entry_hash`."""
    plain = {
        "sequence": entry.sequence,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "actor_kind": entry.actor_kind.value,
        "action": entry.action.value,
        "store_id": entry.store_id,
        "outcome": entry.outcome.value,
        "request_id": entry.request_id,
        "detail": entry.detail,
        "previous_hash": entry.previous_hash,
    }
    canonical = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def follow(entries: Iterable[AuditEntry], tail: Tail) -> tuple[Tail, Break | None]:
    """Follow the chain from ``tail`` through ``entries`` as far as it holds."""
    for entry in entries:
        expected = tail.sequence + 1
        if entry.sequence != expected:
            return tail, Break(expected, f"Entry {expected} is missing.")
        if entry.previous_hash != tail.entry_hash:
            return tail, Break(expected, f"Entry {expected} does not follow the one before it.")
        if hash_of(entry) != entry.entry_hash:
            return tail, Break(expected, f"Entry {expected} is not what was written.")
        tail = Tail(entry.sequence, entry.entry_hash)
    return tail, None
