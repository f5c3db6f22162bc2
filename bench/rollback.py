"""How long a rollback takes from the request until it has ended, smoked and all.

    python bench/rollback.py [--times 20]

Goals (issue): class A p95 at most 5 s cold, at most 1 s warm. Warm: the old processes still run. Cold: they ended.
Prints a table and JSON; passes or fails nothing.
"""

from __future__ import annotations

import argparse
import math
import os
import platform as machine
import statistics
import sys
import tempfile
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench._temporary_platform import write_result
from galleria.contracts.wire import Deployment
from galleria.contracts.words import DeploymentStatus, Outcome, RollbackClass
from tests.journeys.living import LivingPlatform, living_platform, until
from tests.support.workshop import Workshop, appending, workshop

STORE = "shop-001"
PARTS = ("engine", "storefront", "agent")
KINDS = {"warm": {"GALLERIA_RUNNER_WARM_SECONDS": "3600"}, "cold": {"GALLERIA_RUNNER_WARM_SECONDS": "0"}}
GOALS = {"warm": 1.0, "cold": 5.0}


def main() -> None:
    """Measure and write ``bench/out/rollback.json``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=20, help="how many rollbacks of each kind (default 20)")
    told = parser.parse_args()
    rows = {kind: measure(kind, settings, told.times) for kind, settings in KINDS.items()}
    print(f"{'':8}{'times':>6}{'p50 s':>8}{'p95 s':>8}{'max s':>8}{'goal p95':>10}")
    for kind, row in rows.items():
        print(f"{kind:8}{row['times']:>6}{row['p50']:>8}{row['p95']:>8}{row['max']:>8}{GOALS[kind]:>10}")
    for kind, row in rows.items():
        print(f"\nmedian seconds by step, {kind}: {row['by_step']}")
    result: dict[str, object] = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cores": os.cpu_count(), "kernel": machine.release(), "load": round(os.getloadavg()[0], 2)},
        **rows,
    }
    print(write_result("rollback", result))


def measure(kind: str, settings: dict[str, str], times: int) -> dict[str, object]:
    """Roll back on a platform of its own: warm from a new release each time, cold back and forth between two."""
    taken: list[float] = []
    by_step: defaultdict[str, list[float]] = defaultdict(list)
    with (
        living_platform(settings={"GALLERIA_RUNNER_WATCH_SECONDS": "0", **settings}) as where,
        tempfile.TemporaryDirectory(prefix="g-workshop-") as folder,
    ):
        where.create(STORE)
        shop = workshop(Path(folder), where.files)
        deployed = deploy_another(where, shop, 0)
        for number in range(times):
            if kind == "warm" and number:  # what is rolled back is quarantined, and its processes end at once
                deployed = deploy_another(where, shop, number)
            elif kind == "cold":
                until(lambda: all(process.live for process in where.store(STORE).processes), "the old slot to end")
            forth = kind == "cold" and number % 2
            back = ended_well(
                where.roll_back(STORE, deployed.to_revision if forth else deployed.from_revision, reason="bench")
            )
            if back.rollback_class is not RollbackClass.A:
                raise RuntimeError(f"class {back.rollback_class} instead of A")
            taken.append(seconds_of(back))
            for step in back.steps:
                if step.finished_at is not None and step.outcome is Outcome.PASSED:
                    by_step[step.name].append((step.finished_at - step.started_at).total_seconds())
    return {
        "times": times,
        "p50": percentile(taken, 50),
        "p95": percentile(taken, 95),
        "max": round(max(taken), 2),
        "by_step": {name: round(statistics.median(seconds), 3) for name, seconds in by_step.items()},
        "seconds": [round(seconds, 3) for seconds in taken],
    }


def deploy_another(where: LivingPlatform, shop: Workshop, number: int) -> Deployment:
    """Deploy a release of all components that was never there before."""
    changes = {f"src/galleria/shop/{part}/__init__.py": appending(f"# release {number}") for part in PARTS}
    return ended_well(where.deploy(STORE, shop.release(changes)))


def ended_well(deployment: Deployment) -> Deployment:
    """Return it, if it did."""
    if deployment.status is not DeploymentStatus.SUCCEEDED:
        raise RuntimeError(f"{deployment.kind} ended {deployment.status}: {deployment.reason}")
    return deployment


def seconds_of(deployment: Deployment) -> float:
    """From the request to the end."""
    if deployment.finished_at is None:
        raise RuntimeError(f"{deployment.deployment_id} has not ended")
    return (deployment.finished_at - deployment.requested_at).total_seconds()


def percentile(values: list[float], percent: float) -> float:
    """Return the nearest-rank percentile: the smallest value that ``percent`` of all values do not exceed."""
    ordered = sorted(values)
    return round(ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)], 2)


if __name__ == "__main__":
    main()
