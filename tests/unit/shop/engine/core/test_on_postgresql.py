"""The same tests on PostgreSQL: a process serves one store on one database, so they run in one of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.postgresql import postgresql_server

HERE = Path(__file__).parent
ON_BOTH = (
    *("test_import.py", "test_shelf.py", "test_merchant_admin.py", "test_merchant_forms.py", "test_merchant_walk.py"),
    "test_merchant_orders.py",
    "../graphql/test_downloads.py",
)


@pytest.mark.postgres
def test_imports_reading_following_downloads_and_the_admin_hold_on_postgresql() -> None:
    with postgresql_server() as address:
        environment = {**os.environ, "GALLERIA_TEST_DATABASE_URL": address}
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            *(str(HERE / name) for name in ON_BOTH),
        ]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
