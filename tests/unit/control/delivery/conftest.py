"""The stage, new for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from galleria.observability import logs
from tests.unit.control.delivery.stage import Stage, make_stage


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    logs.configure("runner")
    return make_stage(tmp_path)
