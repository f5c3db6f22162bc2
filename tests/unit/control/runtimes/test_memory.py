"""How much memory a program has is measured now and then, and anew for a new process."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from galleria.control.runtimes.process import observing
from galleria.control.runtimes.process.launcher import write_record
from galleria.control.runtimes.process.observing import MEASURE_SECONDS, Memory
from galleria.control.runtimes.process.sandbox import Launch, Means

PROGRAM = "store-shop-001.engine-blue"


def test_memory_is_measured_now_and_then_and_anew_for_a_new_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, sizes, launch = [0.0], iter((10, 20, 30)), Launch(PROGRAM, (), (), Means.NONE, state=str(tmp_path))
    monkeypatch.setattr(observing, "_family", lambda pid: [pid])
    monkeypatch.setattr(observing, "_proportional_bytes", lambda _pid: next(sizes))
    memory = Memory(lambda: now[0])
    assert memory.of(tmp_path, PROGRAM) is None, "nobody runs it"
    write_record(launch, os.getpid())
    assert memory.of(tmp_path, PROGRAM) == memory.of(tmp_path, PROGRAM) == 10
    now[0] += MEASURE_SECONDS
    assert memory.of(tmp_path, PROGRAM) == 20
    write_record(launch, os.getppid())
    assert memory.of(tmp_path, PROGRAM) == 30
