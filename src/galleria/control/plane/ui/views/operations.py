"""The seven operations: what each does, what it leaves alone, and what its last run really did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from galleria.contracts.wire import OperationRun, Store
from galleria.contracts.words import Operation, Role, StoreState, Wanted
from galleria.control.plane.ui.views import marks, times


@dataclass(frozen=True)
class Rules:
    """What is always true of an operation."""

    label: str
    does: str
    leaves: str


RULES: Final[Mapping[Operation, Rules]] = {
    Operation.HEALTH: Rules(
        "Check health", "Asks the shop agent whether it answers.", "Nothing changes; it only looks."
    ),
    Operation.STATUS: Rules(
        "Read status",
        "Asks the agent whether engine and storefront answer, and how old the catalogue index is.",
        "Nothing changes; it only looks.",
    ),
    Operation.CACHE_FLUSH: Rules(
        "Flush cache",
        "Empties the engine's cache. The first pages after it are slower until the cache is warm again.",
        "Products, prices, carts and orders stay as they are.",
    ),
    Operation.INDEX_REINDEX: Rules(
        "Rebuild index",
        "Rebuilds the catalogue index that search and category pages read.",
        "The catalogue itself stays as it is.",
    ),
    Operation.CRON_RUN: Rules(
        "Run due jobs",
        "Runs those of the engine's periodic jobs that are due now, and no others.",
        "The schedule stays as it is.",
    ),
    Operation.DIAGNOSTICS: Rules(
        "Diagnose",
        "Looks at the store's machinery and says what is wrong with it.",
        "Nothing changes; no log, path or business data comes back.",
    ),
    Operation.VERIFY_SMOKE: Rules(
        "Run smoke",
        "Shops like a shopper: opens pages, asks for products, puts one into a cart and takes it out; then asks the "
        "agent and the control plane. Seven checks, all required.",
        "No order is placed, and the cart is removed again.",
    ),
}


@dataclass(frozen=True)
class LastRun:
    """The last run of an operation."""

    run_id: str
    mark: marks.Mark
    message: str
    at: times.Moment
    took: str
    requested_by: str
    advice: str


def last_run(run: OperationRun, now: datetime) -> LastRun:
    """Show one run. After a failure, say whether asking again makes sense."""
    advice = ""
    if run.error_code is not None:
        advice = f"Code {run.error_code.value}. " + (
            "The same request may succeed later." if run.retryable else "Asking again without a change fails again."
        )
    return LastRun(
        run_id=run.run_id,
        mark=marks.OUTCOME_MARKS[run.outcome],
        message=run.message,
        at=times.moment(run.started_at, now),
        took=times.duration(run.seconds),
        requested_by=run.requested_by,
        advice=advice,
    )


@dataclass(frozen=True)
class OperationLine:
    """One operation on the store page."""

    operation: str
    label: str
    does: str
    href: str | None
    last: LastRun | None
    just_run: bool


def operation_lines(
    store: Store, runs: Iterable[OperationRun], role: Role, now: datetime, just_run: str | None = None
) -> tuple[OperationLine, ...]:
    """Show all operations with the latest run of each. ``just_run`` is the run that this person has just asked for."""
    latest = {run.operation: run for run in sorted(runs, key=lambda run: run.started_at)}
    able = role.includes(Role.OPERATOR) and runnable(store)
    lines = []
    for operation, rules in RULES.items():
        found = latest.get(operation)
        lines.append(
            OperationLine(
                operation=operation.value,
                label=rules.label,
                does=rules.does,
                href=f"/stores/{store.store_id}/operations/{operation.value}" if able else None,
                last=last_run(found, now) if found else None,
                just_run=found is not None and found.run_id == just_run,
            )
        )
    return tuple(lines)


def runnable(store: Store) -> bool:
    """Say whether there is an agent to ask: the store exists and is not stopped on purpose."""
    return store.revision is not None and store.wanted is Wanted.RUNNING and store.state is not StoreState.REMOVED


@dataclass(frozen=True)
class Confirmation:
    """The page before an operation."""

    operation: str
    store_id: str
    store_href: str
    title: str
    button: str
    does: str
    leaves: str
    bound: str
    last: LastRun | None
    impossible: str | None


def confirmation(operation: Operation, store: Store, last: OperationRun | None, now: datetime) -> Confirmation:
    """Describe what running the operation on this store does."""
    rules = RULES[operation]
    return Confirmation(
        operation=operation.value,
        store_id=store.store_id,
        store_href=f"/stores/{store.store_id}",
        title=f"{rules.label}: {store.store_id}",
        button=f"{rules.label} now",
        does=rules.does,
        leaves=rules.leaves,
        bound=f"It answers within {times.duration(operation.timeout_seconds)}, or fails and says so.",
        last=last_run(last, now) if last else None,
        impossible=None
        if runnable(store)
        else "The store is not running, so there is no agent to ask. Start it first.",
    )
