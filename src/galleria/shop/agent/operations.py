"""What the agent does: one function an operation. This table and `contracts.words.Operation` are equal, by test."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias, TypeVar

from pydantic import BaseModel

from galleria.contracts import wire
from galleria.contracts.base import Answer
from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import PartState
from galleria.contracts.words import Operation, Outcome, Slot
from galleria.shop.agent import profile
from galleria.shop.agent.neighbours import Neighbour
from galleria.shop.agent.profile import EngineProfile
from galleria.shop.agent.refusal import Refused
from galleria.shop.agent.smoke import SmokeRunner

A = TypeVar("A", bound=BaseModel)


@dataclass(frozen=True)
class Store:
    """The one store that this agent belongs to."""

    store_id: str
    engine: Neighbour
    storefront: Neighbour
    profile: EngineProfile
    shopper: SmokeRunner
    storefronts: Mapping[Slot, Neighbour] = field(default_factory=dict)
    """By slot, live or not. `storefront` is the live one."""


@dataclass(frozen=True)
class Asked:
    """What a request may say beyond which operation it asks for."""

    storefront: Slot | None = None
    """Shop in the storefront of this slot; None: in the live one."""


Done: TypeAlias = tuple[str, Answer]
"""What was done, as a sentence and as counts."""


async def health(store: Store, _asked: Asked) -> Done:
    """Say that the agent answers."""
    return "The shop agent answers.", wire.AgentHealth(store_id=store.store_id, healthy=True)


async def status(store: Store, _asked: Asked) -> Done:
    """Say which parts of the store answer, and how its catalogue index is."""
    engine, storefront = await store.engine.answers(), await store.storefront.answers()
    described = await store.profile.run("describe", profile.Described) if engine else profile.Described(ok=True)
    parts = {True: PartState.OK, False: PartState.DOWN}
    down = [name for name, up in (("engine", engine), ("storefront", storefront)) if not up]
    return f"Down: {', '.join(down)}." if down else "All parts answer.", wire.AgentStatus(
        store_id=store.store_id,
        engine=parts[engine],
        storefront=parts[storefront],
        engine_kind=store.profile.kind,
        documents=described.documents,
        index_age_seconds=described.index_age_seconds,
    )


async def cache_flush(store: Store, _asked: Asked) -> Done:
    """Empty the engine's cache."""
    answer, seconds = await _drive(store, "cache-flush", profile.Flushed)
    message = f"The cache was emptied: {answer.entries_removed} entries."
    return message, wire.CacheFlushed(entries_removed=answer.entries_removed, seconds=seconds)


async def index_reindex(store: Store, _asked: Asked) -> Done:
    """Rebuild the catalogue index."""
    answer, seconds = await _drive(store, "reindex", profile.Rebuilt)
    message = f"The catalogue index was rebuilt: {answer.documents} products."
    return message, wire.Reindexed(documents=answer.documents, seconds=seconds)


async def cron_run(store: Store, _asked: Asked) -> Done:
    """Run the engine's due jobs. A failed job fails the operation."""
    answer, seconds = await _drive(store, "cron", profile.JobsRun)
    if answer.jobs_failed:
        raise Refused(
            ErrorCode.OPERATION_FAILED,
            f"{answer.jobs_failed} of {answer.jobs_run} due jobs failed; the engine's own log says why.",
        )
    message = f"{answer.jobs_run} due jobs were run."
    return message, wire.CronRun(jobs_run=answer.jobs_run, jobs_failed=answer.jobs_failed, seconds=seconds)


async def diagnostics(store: Store, _asked: Asked) -> Done:
    """Look at the store's machinery."""
    answer, seconds = await _drive(store, "check", profile.Checked)
    storefront = profile.Finding(name="storefront", ok=await store.storefront.answers())
    checks = [
        wire.Diagnosis(
            name=finding.known_name,
            outcome=Outcome.PASSED if finding.ok else Outcome.FAILED,
            detail="In order." if finding.ok else "Not in order; the store's own log says why.",
        )
        for finding in (*answer.checks, storefront)
    ]
    failed = sum(check.outcome is Outcome.FAILED for check in checks)
    message = f"{failed} of {len(checks)} checks failed." if failed else f"All {len(checks)} checks passed."
    return message, wire.Diagnostics(checks=checks, seconds=seconds)


async def verify_smoke(store: Store, asked: Asked) -> Done:
    """Shop, and leave nothing."""
    storefront = store.storefronts[asked.storefront] if asked.storefront else store.storefront
    await store.engine.require()
    await storefront.require()
    smoke = await store.shopper.run(storefront)
    failed = [result.check for result in smoke.results if result.outcome is not Outcome.PASSED]
    return f"Smoke failed: {', '.join(failed)}." if failed else "Smoke passed.", smoke


async def _drive(store: Store, command: str, answer: type[A]) -> tuple[A, float]:
    began = time.monotonic()
    await store.engine.require()
    return await store.profile.run(command, answer), round(time.monotonic() - began, 3)


@dataclass(frozen=True)
class Act:
    """One operation: what does it, what it answers, and whether it can be asked for in a storefront's slot."""

    run: Callable[[Store, Asked], Awaitable[Done]]
    answer: type[Answer]
    in_slot: bool = False


ACTS: Final[Mapping[Operation, Act]] = {
    Operation.HEALTH: Act(health, wire.AgentHealth),
    Operation.STATUS: Act(status, wire.AgentStatus),
    Operation.CACHE_FLUSH: Act(cache_flush, wire.CacheFlushed),
    Operation.INDEX_REINDEX: Act(index_reindex, wire.Reindexed),
    Operation.CRON_RUN: Act(cron_run, wire.CronRun),
    Operation.DIAGNOSTICS: Act(diagnostics, wire.Diagnostics),
    Operation.VERIFY_SMOKE: Act(verify_smoke, wire.AgentSmoke, in_slot=True),
}
