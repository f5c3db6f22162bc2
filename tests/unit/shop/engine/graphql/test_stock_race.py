"""Nothing is sold twice, on either database."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.support.postgresql import postgresql_server


def race(database: str | None) -> dict[str, object]:
    environment = dict(os.environ)
    if database is not None:
        environment["GALLERIA_TEST_DATABASE_URL"] = database
    command = [sys.executable, "-W", "ignore", "-m", "tests.support.stock_race"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280, check=True)
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


EXPECTED = {
    "outcomes": {"sold": 50, "UNABLE_TO_PLACE_ORDER": 150},
    "orders": 50,
    "numbers": 50,
    "allocated": 50,
    "in_stock": 50,
}


def test_two_hundred_shoppers_buy_exactly_the_last_fifty_pieces_on_sqlite() -> None:
    assert race(None) == EXPECTED


@pytest.mark.postgres
def test_two_hundred_shoppers_buy_exactly_the_last_fifty_pieces_on_postgresql() -> None:
    with postgresql_server() as database:
        assert race(database) == EXPECTED
