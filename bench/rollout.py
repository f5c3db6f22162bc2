"""A rollout over many stores: what a bad release hits, how long a good one takes, and how long it takes to go back.

    python bench/rollout.py [--stores 20] [--waves 1,10%,100%]

Issue: with 20 stores and a bad release at most the canary is hit. Real stores on the process runtime, releases really
built, shoppers in the canary and two other shops all along. Prints a table and JSON; passes or fails nothing.
"""

from __future__ import annotations

import argparse
import os
import platform as machine
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench._temporary_platform import write_result
from galleria.contracts.delivery import Rollout, RolloutSpec
from galleria.contracts.wire import Deployment
from galleria.contracts.words import Component, RolloutStatus
from tests.journeys.living import LivingPlatform, living_platform, until
from tests.journeys.shoppers import Met, shopping
from tests.support.workshop import Workshop, appending, workshop

PARTS = ("engine", "storefront", "agent")
BROKEN_PAGE = "src/galleria/shop/storefront/__init__.py"
HOURS = 3600.0


@dataclass(frozen=True)
class Seen:
    """What one store runs: artifacts by component, the revision's number, and the live processes."""

    artifacts: Mapping[Component, str]
    revision: int
    processes: frozenset[tuple[str, str, datetime]]


def main() -> None:
    """Measure and write ``bench/out/rollout.json``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stores", type=int, default=20)
    parser.add_argument("--waves", default="1,10%,100%")
    told = parser.parse_args()
    names = [f"shop-{number:03}" for number in range(1, told.stores + 1)]
    with living_platform() as where, tempfile.TemporaryDirectory(prefix="g-workshop-") as folder:
        began = time.monotonic()
        for asked in [where.ask(name) for name in names]:
            where.succeeded(asked)
        made = round(time.monotonic() - began, 1)
        bad, good = releases(workshop(Path(folder), where.files))
        with shoppers_in(where, names) as met:
            rows = measure(where, names, told.waves.split(","), bad, good)
    show(rows)
    result: dict[str, object] = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cores": os.cpu_count(), "kernel": machine.release(), "load": round(os.getloadavg()[0], 2)},
        "stores": told.stores,
        "waves": told.waves,
        "seconds_to_create_them_all": made,
        **rows,
        "shoppers": {
            name: {"answers": one.answers, "errors": one.errors[:5], "slowest_seconds": round(one.slowest, 2)}
            for name, one in met.items()
        },
    }
    answers, errors = sum(one.answers for one in met.values()), sum(len(one.errors) for one in met.values())
    print(f"\nstores made in {made} s; shoppers: {answers} answers, {errors} errors")
    print(write_result("rollout", result))


def releases(shop: Workshop) -> tuple[str, str]:
    """Build a release whose storefront does not start, and one of all components that is well."""
    bad = shop.release({BROKEN_PAGE: appending('raise SystemExit("broken on purpose")')}, Component.STOREFRONT)
    good = shop.release({f"src/galleria/shop/{part}/__init__.py": appending("# next") for part in PARTS})
    return bad, good


@contextmanager
def shoppers_in(where: LivingPlatform, names: Sequence[str]) -> Iterator[dict[str, Met]]:
    """Let a shopper walk through the canary's shop, one in the middle and the last, for as long as the block runs."""
    chosen = sorted({names[0], names[len(names) // 2], names[-1]})
    with ExitStack() as walks:
        yield {name: walks.enter_context(shopping(where, name, shoppers=1, pause=0.5)) for name in chosen}


def measure(
    where: LivingPlatform, names: Sequence[str], waves: list[str], bad: str, good: str
) -> dict[str, dict[str, object]]:
    """Roll the bad release out, then the good one, then take that back."""
    before = look(where, names)
    halted = rolled_out(where, bad, waves)
    after_bad = look(where, names)
    moved = rolled_out(where, good, waves)
    after_good = look(where, names)
    back = tell(where, moved, "rollback")
    after_back = look(where, names)
    return {
        "bad release": {**figures(where, halted, RolloutStatus.HALTED), **touched(before, after_bad)},
        "good release": {**figures(where, moved, RolloutStatus.SUCCEEDED), **touched(after_bad, after_good)},
        "taken back": {**figures(where, back, RolloutStatus.ROLLED_BACK, True), **touched(after_bad, after_back)},
    }


def look(where: LivingPlatform, names: Sequence[str]) -> dict[str, Seen]:
    """Say what each store runs."""
    return {name: seen(where, name) for name in names}


def seen(where: LivingPlatform, name: str) -> Seen:
    """Say what a store runs that sells."""
    store = where.selling(name)
    if store.revision is None:
        raise RuntimeError(f"{name} has no revision")
    live = {(one.component.value, one.slot.value, one.since) for one in store.processes if one.live and one.since}
    return Seen(store.revision.artifacts, store.revision.number, frozenset(live))


def rolled_out(where: LivingPlatform, release: str, waves: list[str]) -> Rollout:
    """Start a rollout over all stores and return it when nothing of it moves any more."""
    until(lambda: where.knows(release), f"the control plane to hear of {release}")
    spec = RolloutSpec(release_id=release, stores="all", waves=waves, max_failures=1)
    with where.plane as plane:
        made = plane.post("/api/v1/rollouts", Rollout, spec)
    return at_rest(where, made.rollout_id)


def tell(where: LivingPlatform, rollout: Rollout, what: str) -> Rollout:
    """Tell a rollout something and return it when nothing of it moves any more."""
    with where.plane as plane:
        plane.post(f"/api/v1/rollouts/{rollout.rollout_id}/{what}", Rollout)
    return at_rest(where, rollout.rollout_id)


def at_rest(where: LivingPlatform, rollout_id: str) -> Rollout:
    """Wait until a rollout has ended or halts, and nothing of it is under way."""

    def rests() -> Rollout | None:
        time.sleep(0.5)
        with where.plane as plane:
            now = plane.get(f"/api/v1/rollouts/{rollout_id}", Rollout)
        moving = any(status and not status.final for one in now.parts for status in (one.status, one.rollback_status))
        return now if now.status.final and not moving else None

    return until(rests, "the rollout to end", HOURS)


def figures(where: LivingPlatform, now: Rollout, wanted: RolloutStatus, back: bool = False) -> dict[str, object]:
    """How long it took: all of it, and each of its deployments."""
    if now.status is not wanted:
        raise RuntimeError(f"it ended {now.status}: {now.reason}")
    ids = {one.rollback_deployment_id if back else one.deployment_id for one in now.parts}
    with where.plane as plane:
        made = [plane.get(f"/api/v1/deployments/{one}", Deployment) for one in sorted(filter(None, ids))]
    ends = [one.finished_at for one in made if one.finished_at]
    starts = [one.started_at for one in made if one.started_at]
    took = [(end - start).total_seconds() for start, end in zip(starts, ends, strict=True)]
    first = min(one.requested_at for one in made)
    return {
        "status": now.status.value,
        "reason": now.reason,
        "seconds": round((max(ends) - first).total_seconds(), 1),
        "deployments": len(made),
        "one_store_p50": round(statistics.median(took), 1),
        "one_store_max": round(max(took), 1),
    }


def touched(before: Mapping[str, Seen], after: Mapping[str, Seen]) -> dict[str, object]:
    """Count the stores that run another revision or other code than before, or whose live processes are others."""
    return {
        "other_code": sum(before[name].artifacts != after[name].artifacts for name in before),
        "other_revision": sum(before[name].revision != after[name].revision for name in before),
        "other_processes": sum(before[name].processes != after[name].processes for name in before),
    }


def show(rows: Mapping[str, Mapping[str, object]]) -> None:
    """Print the table."""
    columns = ("seconds", "deployments", "one_store_p50", "one_store_max", "other_code", "other_processes")
    print(f"{'':14}" + "".join(f"{name.replace('_', ' '):>17}" for name in columns))
    for name, row in rows.items():
        print(f"{name:14}" + "".join(f"{row[column]!s:>17}" for column in columns))


if __name__ == "__main__":
    main()
