"""Programs that the supervisor gave up are started again, by a real supervisor."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from galleria.contracts.words import ProcessState
from galleria.control.runtimes.process import parts, platform, supervision
from galleria.control.runtimes.process.folders import make_platform_folders
from galleria.control.runtimes.process.ids import Ids
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.parts import Place
from galleria.control.runtimes.process.supervision import Supervisor


@pytest.fixture
def layout() -> Iterator[Layout]:
    """A platform's supervisor with two groups that fail: one that should run, one that an operator stopped."""
    with tempfile.TemporaryDirectory(prefix="g-") as folder:
        layout = Layout(Path(folder))
        make_platform_folders(layout, Ids(layout))
        for group, autostart in (("store-a", "true"), ("store-b", "false")):
            # It lives for a moment: one that is dead before the supervisor has looked is refused, not given up.
            command = f"/bin/sh -c 'sleep 0.2; test -e {folder}/mended && exec sleep 60'"
            (layout.conf_d / f"{group}.conf").write_text(
                f"[program:{group}]\n"
                f"command={command}\nautostart={autostart}\nstartretries=0\nstartsecs=1\n"
                "stdout_logfile=NONE\nstderr_logfile=NONE\n"
            )
        supervision.start_supervisor(layout)
        pid = Supervisor(layout).pid()
        try:
            Supervisor(layout).start("store-b")
            _until(lambda: _states(layout) == {"store-a": ProcessState.GAVE_UP, "store-b": ProcessState.GAVE_UP})
            yield layout
        finally:
            Supervisor(layout).shut_down()
            _until(lambda: not psutil.pid_exists(pid))


def test_what_gave_up_is_revived_but_not_at_once_and_not_what_was_stopped(layout: Layout) -> None:
    (layout.home / "mended").touch()
    assert [each.program for each in supervision.given_up(layout)] == ["store-a"]
    assert supervision.revive(layout) == [], "it gave up a moment ago"
    assert supervision.revive(layout, older_than_seconds=0) == ["store-a"]
    _until(lambda: _states(layout) == {"store-a": ProcessState.RUNNING, "store-b": ProcessState.GAVE_UP})
    assert supervision.revive(layout, older_than_seconds=0) == []


def test_status_names_what_gave_up(layout: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    parts.write_place(layout, Place("127.0.0.1", 1))
    assert platform.main(["status", "--home", str(layout.home), "--json"]) == 0
    said = capsys.readouterr().out
    assert '"partial"' in said
    assert "store-a gave up after many attempts. Run: galleria up" in said
    assert "store-b" not in said


def _states(layout: Layout) -> dict[str, ProcessState]:
    return {each.program: each.state for each in Supervisor(layout).watched()}


def _until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.05)
