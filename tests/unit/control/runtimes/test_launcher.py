"""The launcher: old logs put aside, processes told from later ones with their number, and running ones adopted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from galleria.control.runtimes.process import launcher, leftovers
from galleria.control.runtimes.process.launcher import (
    Record,
    in_place,
    outside,
    read_record,
    started_at_tick,
    take_lock,
)
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.sandbox import Bind, Launch, Means

PATIENCE = 60.0
SLEEPER = (sys.executable, "-I", "-c", "import time; print('up', flush=True); time.sleep(60)")
STUBBORN = (
    sys.executable,
    "-I",
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
)


def launch(layout: Layout, argv: tuple[str, ...] = SLEEPER) -> Launch:
    """A short program without a sandbox, supervised."""
    return Launch(
        program="store-shop-001.engine-blue",
        argv=argv,
        binds=(),
        means=Means.NONE,
        cwd="/",
        log=str(layout.home / "engine.log"),
        state=str(layout.supervisor / "run"),
    )


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A state folder with a place for locks and launch files."""
    made = Layout(tmp_path)
    (made.supervisor / "run").mkdir(parents=True)
    made.launch_d.mkdir()
    return made


class Launchers:
    """Starts launchers as the supervisor does, and ends what is left of them."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self, what: Launch) -> subprocess.Popen[bytes]:
        """Start the launcher on a launch file."""
        file = self._layout.launch_file(what.program)
        file.write_text(what.to_json(), "utf-8")
        command = [sys.executable, "-I", "-m", "galleria.control.runtimes.process.launcher", str(file)]
        self._started.append(subprocess.Popen(command, cwd="/"))
        return self._started[-1]

    def end(self) -> None:
        """Kill and bury all of them."""
        for each in self._started:
            with suppress(ProcessLookupError):
                each.kill()
            each.wait()


@pytest.fixture
def launchers(layout: Layout) -> Iterator[Launchers]:
    """Launchers that are gone when the test is over."""
    made = Launchers(layout)
    yield made
    made.end()


def wait_for_start(layout: Layout, times: int = 1) -> None:
    """Wait until the program has said so often that it is up."""
    deadline = time.monotonic() + PATIENCE
    log = layout.home / "engine.log"
    while not log.exists() or log.read_text().count("up") < times:
        assert time.monotonic() < deadline
        time.sleep(0.02)


# --- logs -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def own_output() -> Iterator[None]:
    """Give this process its output back."""
    kept = [(number, os.dup(number)) for number in (1, 2)]
    yield
    for number, copy in kept:
        os.dup2(copy, number)
        os.close(copy)


@pytest.mark.usefixtures("own_output")
def test_output_is_appended_to_the_log(tmp_path: Path) -> None:
    log = tmp_path / "engine.log"
    for _ in range(2):
        launcher.send_output_to(log)
        os.write(1, b"out ")
        os.write(2, b"err ")
    assert log.read_text() == "out err out err "
    assert log.stat().st_mode & 0o007 == 0


@pytest.mark.usefixtures("own_output")
def test_long_logs_are_put_aside_three_deep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "LOG_BYTES", 4)
    log = tmp_path / "engine.log"
    for number in range(6):
        launcher.send_output_to(log)
        os.write(1, f"log {number}".encode())
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "engine.log": "log 5",
        "engine.log.1": "log 4",
        "engine.log.2": "log 3",
        "engine.log.3": "log 2",
    }


@pytest.mark.usefixtures("own_output")
@pytest.mark.parametrize("planted", ["log", "folder"])
def test_no_link_is_followed(tmp_path: Path, planted: str) -> None:
    (tmp_path / "real").mkdir()
    outside_file = tmp_path / "outside"
    outside_file.write_text("mine")
    folder = tmp_path / "real"
    if planted == "log":
        (folder / "engine.log").symlink_to(outside_file)
    else:
        folder = tmp_path / "link"
        folder.symlink_to(tmp_path / "real")
    with pytest.raises(OSError, match=r"symbolic|directory"):
        launcher.send_output_to(folder / "engine.log")
    assert outside_file.read_text() == "mine"
    assert not (tmp_path / "real" / "engine.log").is_file() or planted == "log"


# --- who runs ---------------------------------------------------------------------------------------------------------


def test_a_process_is_known_by_when_it_began() -> None:
    mine = started_at_tick(os.getpid())
    assert mine is not None
    assert mine == started_at_tick(os.getpid())
    with subprocess.Popen(["/usr/bin/sleep", "60"]) as child:
        theirs = started_at_tick(child.pid)
        assert theirs is not None
        assert theirs >= mine
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert started_at_tick(child.pid) is None  # ended, though nobody has buried it yet
    assert started_at_tick(child.pid) is None


def test_a_name_with_spaces_and_brackets_is_no_riddle(tmp_path: Path) -> None:
    odd = tmp_path / "a) Z (b"
    odd.symlink_to("/usr/bin/sleep")
    with subprocess.Popen([str(odd), "60"]) as child:
        began = started_at_tick(child.pid)
        child.kill()
    assert began is not None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"outer": 1}', '{"outer": "x", "started": 1}'])
def test_a_damaged_record_is_none(layout: Layout, text: str) -> None:
    (layout.supervisor / "run" / "store-shop-001.engine-blue.pid").write_text(text)
    assert read_record(launch(layout)) is None


def test_a_record_names_the_process_inside_once_it_is_known(layout: Layout) -> None:
    what, run = launch(layout), layout.supervisor / "run"
    launcher.write_record(what, os.getpid())
    started = started_at_tick(os.getpid())
    assert started is not None
    assert read_record(what) == Record(os.getpid(), started, None)
    (run / "store-shop-001.engine-blue.info").write_text(json.dumps({"child-pid": 7}))
    assert read_record(what) == Record(os.getpid(), started, 7)


def test_only_one_has_the_lock(layout: Layout) -> None:
    first = take_lock(launch(layout))
    assert first is not None
    assert take_lock(launch(layout)) is None
    os.close(first)
    second = take_lock(launch(layout))
    assert second is not None
    os.close(second)


# --- real processes ---------------------------------------------------------------------------------------------------


def test_a_launcher_becomes_the_program_and_holds_its_lock(layout: Layout, launchers: Launchers) -> None:
    started = launchers.start(launch(layout))
    wait_for_start(layout)
    assert leftovers.running(layout) == ["store-shop-001.engine-blue"]
    assert leftovers.pid_of(layout, "store-shop-001.engine-blue") == started.pid
    record = read_record(launch(layout))
    assert record is not None
    assert record.outer == started.pid
    started.send_signal(signal.SIGTERM)
    assert started.wait(PATIENCE) == -signal.SIGTERM
    assert leftovers.running(layout) == []
    assert leftovers.pid_of(layout, "store-shop-001.engine-blue") is None


def test_a_running_program_is_adopted_not_started_again(layout: Layout, launchers: Launchers) -> None:
    running = launchers.start(launch(layout))
    wait_for_start(layout)
    standing_in = launchers.start(launch(layout))
    with pytest.raises(subprocess.TimeoutExpired):
        standing_in.wait(0.7)
    assert running.poll() is None
    assert leftovers.pid_of(layout, "store-shop-001:engine-blue") == running.pid
    assert (layout.home / "engine.log").read_text() == "up\n"
    standing_in.send_signal(signal.SIGTERM)
    assert running.wait(PATIENCE) == -signal.SIGTERM
    assert standing_in.wait(PATIENCE) == 0


def test_who_stands_in_ends_with_the_program(layout: Layout, launchers: Launchers) -> None:
    running = launchers.start(launch(layout))
    wait_for_start(layout)
    standing_in = launchers.start(launch(layout))
    time.sleep(0.5)  # real processes: until it has found the lock taken
    running.kill()
    running.wait()
    assert standing_in.wait(PATIENCE) == 0
    launchers.start(launch(layout))
    wait_for_start(layout, times=2)
    assert launcher.count_starts(layout.supervisor / "run", "store-shop-001.engine-blue") == 2


def test_what_will_not_go_is_killed(layout: Layout, launchers: Launchers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "_GRACE_SECONDS", 0.3)
    running = launchers.start(launch(layout, STUBBORN))
    wait_for_start(layout)
    assert leftovers.end(layout, "store-shop-002.") == []
    assert running.poll() is None
    assert leftovers.end(layout) == ["store-shop-001.engine-blue"]
    assert running.wait(PATIENCE) == -signal.SIGKILL


def test_the_records_of_one_store_are_forgotten(layout: Layout) -> None:
    run = layout.supervisor / "run"
    for store in ("shop-001", "shop-002"):
        for suffix in ("pid", "info", "starts", "lock"):
            (run / f"store-{store}.engine-blue.{suffix}").touch()
    leftovers.forget(layout, "store-shop-001.")
    left = sorted(path.name for path in run.glob("*shop-001*"))
    assert left == ["store-shop-001.engine-blue.lock"]
    assert len(list(run.glob("*shop-002*"))) == 4


@pytest.mark.parametrize(("text", "count"), [(None, 0), ("", 0), ("3", 3), ("x", 0)])
def test_starts_are_counted(tmp_path: Path, text: str | None, count: int) -> None:
    if text is not None:
        (tmp_path / "g.n.starts").write_text(text)
    assert launcher.count_starts(tmp_path, "g:n") == count


# --- paths without mounts ---------------------------------------------------------------------------------------------

BOUND = Launch(
    program="p",
    argv=(),
    binds=(Bind("/h/instances/s", "/store", writable=True), Bind("/h/agents/s", "/store/agent")),
    means=Means.LANDLOCK,
)


@pytest.mark.parametrize(
    ("inside", "real"),
    [
        ("/store", "/h/instances/s"),
        ("/store/data/x", "/h/instances/s/data/x"),
        ("/store/agent/x", "/h/agents/s/x"),
        ("/storefront", "/storefront"),
        ("/usr/bin/env", "/usr/bin/env"),
    ],
)
def test_paths_are_translated_where_nothing_is_mounted(inside: str, real: str) -> None:
    assert outside(BOUND, inside) == real


@pytest.mark.parametrize(
    ("argument", "becomes"),
    [
        ("--socket", "--socket"),
        ("/store/data", "/h/instances/s/data"),
        ("/store/run/engine-blue.sock", "run/engine-blue.sock"),
        ("unix:/store/run/engine-blue.sock", "unix:run/engine-blue.sock"),
        ("/store/agent/agent.sock", "../../agents/s/agent.sock"),
        ("relative/path", "relative/path"),
    ],
)
def test_arguments_are_translated_and_sockets_stay_short(argument: str, becomes: str) -> None:
    assert in_place(BOUND, argument) == becomes
