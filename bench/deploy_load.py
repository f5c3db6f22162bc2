"""A deployment and a rollback under load: who notices, and what the answers take meanwhile.

    python bench/deploy_load.py [--requests 10000] [--per-second 100]

Issue: 0 failed of 10,000 at 100 requests a second. Prints a table and JSON; passes or fails nothing.
"""

from __future__ import annotations

import argparse
import os
import platform as machine
import statistics
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench._temporary_platform import write_result
from galleria.contracts.wire import Deployment
from galleria.contracts.words import DeploymentStatus
from tests.journeys.living import LivingPlatform, living_platform
from tests.support.load import Counted, a_shops_visits, load
from tests.support.workshop import appending, workshop

STORE = "shop-001"
PARTS = ("engine", "storefront", "agent")


def main() -> None:
    """Measure and write ``bench/out/deploy_load.json``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--per-second", type=float, default=100.0)
    told = parser.parse_args()
    with living_platform() as where, tempfile.TemporaryDirectory(prefix="g-workshop-") as folder:
        where.create(STORE)
        changes = {f"src/galleria/shop/{part}/__init__.py": appending("# next") for part in PARTS}
        release = workshop(Path(folder), where.files).release(changes)
        result = measure(where, release, told.requests, told.per_second)
    for name, value in result.items():
        print(f"{name:32} {value}")
    print(write_result("deploy_load", result))


def measure(where: LivingPlatform, release: str, requests: int, per_second: float) -> dict[str, object]:
    """Deploy after a fifth of the requests, roll back a fifth later, and let the rest pass."""
    host = f"{STORE}.localhost"
    quiet_until = requests // 5
    with load(where.port, host, a_shops_visits(where.port, host), per_second) as counted:
        counted.wait_for(quiet_until, 600)
        deployed = ended_well(where.deploy(STORE, release))
        counted.wait_for(len(counted.seconds) + quiet_until, 600)
        back = ended_well(where.roll_back(STORE, reason="bench"))
        counted.wait_for(max(requests, len(counted.seconds)), 600)
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cores": os.cpu_count(), "kernel": machine.release(), "load": round(os.getloadavg()[0], 2)},
        "per_second": per_second,
        "requests": len(counted.seconds),
        "failed": len(counted.failures),
        "failures": counted.failures[:20],
        "latest_seconds": round(counted.late, 3),
        "deploy_seconds": seconds_of(deployed),
        "rollback_seconds": seconds_of(back),
        **milliseconds(counted, quiet_until),
    }


def ended_well(deployment: Deployment) -> Deployment:
    """Return it, if it did."""
    if deployment.status is not DeploymentStatus.SUCCEEDED:
        raise RuntimeError(f"{deployment.kind} ended {deployment.status}: {deployment.reason}")
    return deployment


def seconds_of(deployment: Deployment) -> float:
    """From the request to the end."""
    if deployment.finished_at is None:
        raise RuntimeError(f"{deployment.deployment_id} has not ended")
    return round((deployment.finished_at - deployment.requested_at).total_seconds(), 2)


def milliseconds(counted: Counted, quiet_until: int) -> dict[str, float]:
    """What answers took before anything happened, and from then on."""
    parts = {"before": counted.seconds[:quiet_until], "during_and_after": counted.seconds[quiet_until:]}
    figures: dict[str, float] = {}
    for name, seconds in parts.items():
        hundredths = statistics.quantiles(seconds, n=100)
        figures[f"{name}_p50_ms"] = round(hundredths[49] * 1000, 1)
        figures[f"{name}_p99_ms"] = round(hundredths[98] * 1000, 1)
        figures[f"{name}_max_ms"] = round(max(seconds) * 1000, 1)
    return figures


if __name__ == "__main__":
    main()
