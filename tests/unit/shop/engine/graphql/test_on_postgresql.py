"""The commerce contract on PostgreSQL: the recorded answers, carts, customers and totals, in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.postgresql import postgresql_server

ROOT = Path(__file__).parents[5]
HERE = Path(__file__).parent
CORE = ("test_carts.py", "test_checkout.py", "test_customers.py", "test_totals.py", "test_neighbours.py",
        "test_freshness.py")  # fmt: skip
REPLAY = ROOT / "tests" / "conformance" / "commerce" / "test_replay.py"


def run_on_postgresql(*files: Path) -> subprocess.CompletedProcess[str]:
    """Run test files in one process whose store is on a PostgreSQL of its own."""
    with postgresql_server() as address:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *map(str, files)]
        environment = {**os.environ, "GALLERIA_TEST_DATABASE_URL": address}
        return subprocess.run(
            command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False
        )


@pytest.mark.postgres
def test_carts_checkout_and_customers_hold_on_postgresql() -> None:
    done = run_on_postgresql(*(HERE / name for name in CORE))
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.postgres
@pytest.mark.shared
def test_recorded_answers_are_the_same_on_postgresql() -> None:
    done = run_on_postgresql(REPLAY)
    assert done.returncode == 0, done.stdout[-4000:]
