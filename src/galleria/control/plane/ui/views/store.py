"""The store page: the sentence first, then what can be done, then what is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from galleria.contracts.wire import AuditEntry, DeploymentSummary, KnownRevision, ObservedProcess, OperationRun, Store
from galleria.contracts.words import Role
from galleria.control.plane.ui.views import acts, audit, authority, marks, moves, operations, paging, summaries, times

_MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True)
class Known:
    """Everything the plane knows of one store, as the page asks for it."""

    store: Store
    runs: Sequence[OperationRun]
    deployments: Sequence[DeploymentSummary]
    entries: Sequence[AuditEntry]
    revisions: Sequence[KnownRevision] = ()


@dataclass(frozen=True)
class Process:
    """One component's process."""

    component: str
    slot: str
    mark: marks.Mark
    since: times.Moment
    memory: str
    restarts: int
    live: bool


@dataclass(frozen=True)
class RevisionCard:
    """What the store runs."""

    number: int
    since: times.Moment
    release: str
    config_version: int
    secret_version: int
    schema_level: str
    parts: tuple[tuple[str, str, str, str], ...]
    """Component, version, short digest, whole digest."""


@dataclass(frozen=True)
class StoreView:
    """The whole page."""

    store_id: str
    name: str
    here: str
    shop_url: str
    host: str
    mark: marks.Mark
    sentence: str
    since: times.Moment
    observed: times.Moment | None
    offers: tuple[acts.Offer, ...]
    why_no_acts: str | None
    processes: tuple[Process, ...]
    memory_total: str
    revision: RevisionCard | None
    history: tuple[moves.RevisionLine, ...]
    quarantined: tuple[moves.QuarantineLine, ...]
    smoke: summaries.SmokeLine | None
    isolation: summaries.IsolationLine
    operation_lines: tuple[operations.OperationLine, ...]
    just_ran: operations.OperationLine | None
    deployments: tuple[summaries.DeploymentLine, ...]
    entries: tuple[audit.EntryLine, ...]
    powers: authority.Authority
    time_to_provision: str | None
    registered: times.Moment
    runtime: str
    wanted: str


def store_view(known: Known, role: Role, now: datetime, just_ran: str | None = None) -> StoreView:
    """Work the page out. ``just_ran`` is the id of an operation's run that this person has just asked for."""
    store = known.store
    lines = operations.operation_lines(store, known.runs, role, now, just_ran)
    return StoreView(
        store_id=store.store_id,
        name=store.name,
        here=paging.address(f"/stores/{store.store_id}", {"ran": just_ran}),
        shop_url=store.url,
        host=store.host,
        mark=marks.STORE_MARKS[store.state],
        sentence=store.sentence,
        since=times.moment(store.state_since, now),
        observed=times.maybe_moment(store.observed_at, now),
        offers=acts.offers(store, role),
        why_no_acts=acts.why_no_acts(store, role),
        processes=tuple(process(seen, now) for seen in store.processes),
        memory_total=_memory_total(store.processes),
        revision=_revision(store, now),
        history=moves.revision_lines(store, known.revisions, role, now),
        quarantined=moves.quarantine_lines(store.quarantined, now),
        smoke=summaries.smoke_line(store.last_smoke, now),
        isolation=summaries.isolation_line(store.isolation_mode, store.isolation, now),
        operation_lines=lines,
        just_ran=next((line for line in lines if line.just_run), None),
        deployments=tuple(summaries.deployment_line(one, now) for one in known.deployments),
        entries=tuple(audit.entry_line(entry, now) for entry in known.entries),
        powers=authority.authority(),
        time_to_provision=None
        if store.time_to_provision_seconds is None
        else times.duration(store.time_to_provision_seconds),
        registered=times.moment(store.registered_at, now),
        runtime=store.runtime.value,
        wanted=store.wanted.value,
    )


def process(seen: ObservedProcess, now: datetime) -> Process:
    """Show one process. Memory in mebibytes, as ``ps`` and ``top`` count."""
    return Process(
        component=seen.component.value,
        slot=seen.slot.value,
        mark=marks.PROCESS_MARKS[seen.state],
        since=times.moment(seen.since, now),
        memory=memory(seen.memory_bytes),
        restarts=seen.restarts,
        live=seen.live,
    )


def memory(amount: int | None) -> str:
    """An amount of memory, given in bytes; said so if nobody measured it."""
    return "not measured" if amount is None else f"{amount / _MEBIBYTE:,.0f} MiB"


def _memory_total(processes: Sequence[ObservedProcess]) -> str:
    measured = [seen.memory_bytes for seen in processes if seen.memory_bytes is not None]
    return memory(sum(measured)) if measured else ""


def _revision(store: Store, now: datetime) -> RevisionCard | None:
    if store.revision is None:
        return None
    revision = store.revision
    parts = []
    for component, digest in sorted(revision.artifacts.items()):
        hexadecimal = digest.removeprefix("sha256:")
        parts.append((component.value, revision.versions.get(component, ""), hexadecimal[:12], digest))
    return RevisionCard(
        number=revision.number,
        since=times.moment(revision.since, now),
        release=revision.release_id or "installed environment",
        config_version=revision.config_version,
        secret_version=revision.secret_version,
        schema_level=revision.schema_level,
        parts=tuple(parts),
    )
