"""How long a store takes from the request to its green smoke run, and how much memory it takes at most.

    python bench/provision.py [--stores 20] [--released]

Goals (DESIGN.md section 9): p95 at most 5 s; issue: at most 200 MB a store. Nothing here passes or fails by them.
The first create also makes the template, once per artifact; it is measured apart.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import statistics
import sys
import tempfile
import threading
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench._temporary_platform import TemporaryPlatform, temporary_platform, write_result
from galleria.contracts.wire import Deployment, Store, StoreSpec
from galleria.contracts.words import DeploymentStatus, Outcome
from tests.support.workshop import workshop

SAMPLE_SECONDS = 0.1
SETTLE_SECONDS = 3.0
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Create:
    """One measured create. Seconds; bytes."""

    store_id: str
    seconds: float
    peak_memory: int
    settled_memory: int
    steps: dict[str, float]


class MemoryWatch:
    """Samples the memory of one store's processes (proportional set size, summed) and keeps the peak."""

    def __init__(self, home: Path, store_id: str) -> None:
        self._records = home / "supervisor" / "run"
        self._pattern = f"store-{store_id}.*.pid"
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.peak = 0
        self.last = 0

    def __enter__(self) -> MemoryWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(SAMPLE_SECONDS):
            self.last = sum(self._sizes())
            self.peak = max(self.peak, self.last)

    def _sizes(self) -> list[int]:
        sizes = []
        for process in self._processes():
            try:
                sizes.append(process.memory_full_info().pss)
            except psutil.Error:
                continue
        return sizes

    def _processes(self) -> set[psutil.Process]:
        """Return each sandbox that the launcher keeps a record of, with all that runs in it."""
        return {process for record in self._records.glob(self._pattern) for process in processes_of(record)}


def processes_of(record: Path) -> list[psutil.Process]:
    """Return the processes of one program, by the launcher's record of it."""
    try:
        outer = psutil.Process(json.loads(record.read_text())["outer"])
        return [outer, *outer.children(recursive=True)]
    except (OSError, ValueError, psutil.Error):
        return []


def measure(where: TemporaryPlatform, store_id: str) -> Create:
    """Create one store and measure it."""
    with MemoryWatch(where.home, store_id) as memory:
        asked = where.create(StoreSpec(store_id=store_id, name=f"Bench {store_id}"))
        ended = where.wait(asked.deployment_id)
        if ended.status is not DeploymentStatus.SUCCEEDED:
            raise RuntimeError(f"{store_id} ended {ended.status}: {ended.reason}")
        threading.Event().wait(SETTLE_SECONDS)
    store = where.plane.get(f"/api/v1/stores/{store_id}", Store)
    if store.time_to_provision_seconds is None:
        raise RuntimeError(f"the plane does not know how long {store_id} took")
    return Create(store_id, store.time_to_provision_seconds, memory.peak, memory.last, _seconds_by_step(ended))


def _seconds_by_step(deployment: Deployment) -> dict[str, float]:
    return {
        step.name: round((step.finished_at - step.started_at).total_seconds(), 3)
        for step in deployment.steps
        if step.finished_at is not None and step.outcome is Outcome.PASSED
    }


def percentile(values: list[float], percent: float) -> float:
    """Return the nearest-rank percentile: the smallest value that ``percent`` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]


def runner_memory(where: TemporaryPlatform) -> int:
    """Return the runner's memory in bytes."""
    record = where.home / "supervisor" / "run" / "runner.pid"
    return sum(process.memory_full_info().pss for process in processes_of(record))


def report(first: Create, creates: list[Create], runner: int) -> dict[str, object]:
    """Print the table and return the same as a document."""
    seconds = [create.seconds for create in creates]
    by_step: defaultdict[str, list[float]] = defaultdict(list)
    for create in creates:
        for name, took in create.steps.items():
            by_step[name].append(took)
    peak = max(create.peak_memory for create in creates) / MEBIBYTE
    settled = statistics.median(create.settled_memory for create in creates) / MEBIBYTE
    summary = {
        "stores": len(creates),
        "p50_seconds": round(percentile(seconds, 50), 2),
        "p95_seconds": round(percentile(seconds, 95), 2),
        "max_seconds": round(max(seconds), 2),
        "first_seconds_with_template": round(first.seconds, 2),
        "peak_memory_mib": round(peak, 1),
        "settled_memory_mib": round(settled, 1),
        "runner_memory_mib": round(runner / MEBIBYTE, 1),
    }
    for name, value in summary.items():
        print(f"{name:32} {value:>10}")
    print("\nmedian seconds by step")
    medians = {name: round(statistics.median(all_of_it), 3) for name, all_of_it in by_step.items()}
    for name, median in medians.items():
        print(f"  {name:30} {median:>10.3f}")
    machine = {"cores": os.cpu_count(), "kernel": platform.release(), "python": platform.python_version()}
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine,
        "load_before": round(os.getloadavg()[0], 2),
        **summary,
        "median_seconds_by_step": medians,
        "creates": [vars(create) for create in [first, *creates]],
    }


def main() -> None:
    """Measure and write ``bench/out/provision.json``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stores", type=int, default=20, help="how many stores to create (default 20)")
    parser.add_argument("--released", action="store_true", help="born from a release that is promoted first")
    given = parser.parse_args()
    with temporary_platform() as where, tempfile.TemporaryDirectory(prefix="g-workshop-") as folder:
        if given.released:
            workshop(Path(folder), where.home).release({})
        first = measure(where, "bench-000")
        creates = [measure(where, f"bench-{number:03}") for number in range(1, given.stores + 1)]
        result = report(first, creates, runner_memory(where))
    print(f"\n{write_result('provision', result)}")


if __name__ == "__main__":
    main()
