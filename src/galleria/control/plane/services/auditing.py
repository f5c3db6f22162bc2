"""Reads the audit and verifies its chain."""

from __future__ import annotations

from galleria.contracts.wire import AuditEntry, ChainState, Page
from galleria.control.audit import trail
from galleria.control.audit.chain import Tail
from galleria.control.audit.trail import Filter as AuditFilter
from galleria.control.plane.callers import Caller
from galleria.control.plane.context import PageRequest, Services

__all__ = ["AuditFilter", "chain_state", "list_audit", "verify_chain"]


def list_audit(services: Services, caller: Caller, wanted: AuditFilter, page: PageRequest) -> Page[AuditEntry]:
    """Return one page of the entries that fit, newest first."""
    del caller
    with services.database.reading() as session:
        return trail.list_entries(session, wanted, page.page, page.page_size)


def verify_chain(services: Services, caller: Caller) -> ChainState:
    """Follow the whole chain from its first entry. Reads every entry, a chunk at a time."""
    del caller
    state, tail = _verify(services, whole=True)
    if state.verified and tail.sequence < services.known.tail.sequence:
        gone = tail.sequence + 1
        return state.model_copy(
            update={
                "verified": False,
                "broken_at": gone,
                "message": f"Entries from {gone} on were verified before and are gone.",
            }
        )
    if state.verified:
        services.known.tail = tail
    return state


def chain_state(services: Services) -> ChainState:
    """Follow the chain from the entry that this process has verified already: cheap enough for every status."""
    state, tail = _verify(services, whole=False)
    if state.verified:
        services.known.tail = tail
    return state


def _verify(services: Services, *, whole: bool) -> tuple[ChainState, Tail]:
    with services.database.reading() as session:
        return trail.verify(session, services.now(), None if whole else services.known.tail)
