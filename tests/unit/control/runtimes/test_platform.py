"""What the platform refuses before it touches anything, and that each refusal names the next step."""

from __future__ import annotations

import json
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from galleria.control.runtimes.process import platform
from galleria.control.runtimes.process.layout import HOME_LENGTH_LIMIT
from tests.support import ports

REFUSED = 3


@pytest.fixture(autouse=True)
def _no_listen_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GALLERIA_LISTEN", raising=False)


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder with a path short enough for a state folder in it."""
    with tempfile.TemporaryDirectory(prefix="g-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture
def home(short: Path) -> Path:
    """A place for a state folder."""
    return short / "home"


@pytest.fixture
def free_port() -> int:
    """A port that nobody has."""
    return ports.free_port()


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen(1)
        yield int(door.getsockname()[1])


@pytest.fixture
def foreign(short: Path) -> Path:
    """A folder with somebody's own files."""
    made = short / "photos"
    made.mkdir()
    (made / "holiday.jpg").write_text("mine")
    return made


class Act:
    """Runs acts of the platform's program and keeps what they said."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, act: str, home: Path, port: int = 0) -> tuple[int, list[dict[str, object]]]:
        """Run one act; return exit code and events."""
        told = [act, "--home", str(home), "--json", *(["--port", str(port)] if port else [])]
        code = platform.main(told)
        return code, [json.loads(line) for line in self._capsys.readouterr().out.splitlines()]


@pytest.fixture
def act(capsys: pytest.CaptureFixture[str]) -> Act:
    """The platform's program."""
    return Act(capsys)


def error(events: list[dict[str, object]]) -> tuple[str, str]:
    """The one error and its next step."""
    (found,) = [event for event in events if event["event"] == "error"]
    assert not [event for event in events if event["event"] == "end"]
    return str(found["message"]), str(found["next"])


def test_a_fit_machine_is_ready_and_nothing_is_made(act: Act, home: Path, free_port: int) -> None:
    code, events = act("check", home, free_port)
    assert (code, [event["outcome"] for event in events]) == (0, ["running", "passed", "ready"])
    assert not home.exists()


@pytest.mark.parametrize("what", ["check", "up"])
def test_a_taken_port_names_who_has_it_and_the_next_one(act: Act, home: Path, taken_port: int, what: str) -> None:
    code, events = act(what, home, taken_port)
    message, next_step = error(events)
    assert code == REFUSED
    assert str(taken_port) in message
    assert f"process {os.getpid()}" in message
    assert f"GALLERIA_PORT={taken_port + 1}" in next_step
    assert events[-2]["outcome"] == "failed"
    assert not home.exists()


@pytest.mark.parametrize("what", ["check", "up", "reset"])
def test_a_folder_of_others_is_left_alone(act: Act, foreign: Path, free_port: int, what: str) -> None:
    code, events = act(what, foreign, free_port)
    message, next_step = error(events)
    assert code == REFUSED
    assert f"{foreign} holds other files" in message
    assert "GALLERIA_HOME" in next_step
    assert [(path.name, path.read_text()) for path in foreign.iterdir()] == [("holiday.jpg", "mine")]


def test_bringing_down_a_folder_of_others_touches_nothing(act: Act, foreign: Path) -> None:
    code, events = act("down", foreign)
    assert (code, events[-1]["outcome"]) == (0, "absent")
    assert [path.name for path in foreign.iterdir()] == ["holiday.jpg"]


@pytest.mark.parametrize("what", ["check", "up"])
def test_a_path_too_long_for_sockets_is_refused(act: Act, tmp_path: Path, free_port: int, what: str) -> None:
    long = tmp_path / ("h" * HOME_LENGTH_LIMIT)
    code, events = act(what, long, free_port)
    message, next_step = error(events)
    assert code == REFUSED
    assert f"at most {HOME_LENGTH_LIMIT}" in message
    assert "GALLERIA_HOME=" in next_step
    assert not long.exists()


def test_a_file_in_the_folders_place_is_refused(act: Act, home: Path, free_port: int) -> None:
    home.write_text("a file")
    code, events = act("check", home, free_port)
    assert code == REFUSED
    assert "not a folder" in error(events)[0]
    assert home.read_text() == "a file"


@pytest.mark.parametrize("what", ["down", "reset", "status"])
def test_where_there_is_no_platform_nothing_is_made(act: Act, home: Path, what: str) -> None:
    code, events = act(what, home)
    assert (code, [event["outcome"] for event in events]) == (0, ["absent"])
    assert not home.exists()


def test_an_empty_folder_is_a_fine_place(act: Act, home: Path, free_port: int) -> None:
    home.mkdir()
    assert act("check", home, free_port)[0] == 0


def test_misuse_is_told_from_failure(home: Path) -> None:
    with pytest.raises(SystemExit) as left:
        platform.main(["dance", "--home", str(home)])
    assert left.value.code == 2
