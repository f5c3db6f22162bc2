"""How the platform's programs say what they do: one JSON object a line, or a plain line for people."""

from __future__ import annotations

import json

import pytest

from galleria.control.runtimes.process.progress import Progress, Trouble


def events(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """What was said, line by line."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_step_begins_and_ends(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(as_json=True).step("make folders") as detail:
        assert events(capsys) == [{"event": "step", "name": "make folders", "outcome": "running"}]  # at once
        detail("made one,")
        detail("made two")
    (ended,) = events(capsys)
    seconds = ended.pop("seconds")
    assert isinstance(seconds, float)
    assert seconds >= 0
    assert ended == {"event": "step", "name": "make folders", "outcome": "passed", "detail": "made one, made two"}


@pytest.mark.parametrize("failure", [Trouble("No.", "Try."), OSError("full"), KeyboardInterrupt()])
def test_a_failed_step_says_so_and_the_failure_goes_on(
    capsys: pytest.CaptureFixture[str], failure: BaseException
) -> None:
    with pytest.raises(type(failure)), Progress(as_json=True).step("start"):
        raise failure
    assert [event["outcome"] for event in events(capsys)] == ["running", "failed"]


def test_the_end_and_an_error_are_events_too(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress(as_json=True)
    progress.end("up", 'Up at "here"\nand there.')
    progress.trouble(Trouble("The port is taken.", "Choose another.", 3))
    assert events(capsys) == [
        {"event": "end", "outcome": "up", "detail": 'Up at "here"\nand there.'},
        {"event": "error", "message": "The port is taken.", "next": "Choose another."},
    ]


def test_people_read_plain_lines_and_errors_apart(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress(as_json=False)
    with progress.step("make folders") as detail:
        detail("made one")
    progress.end("up", "Up.")
    progress.trouble(Trouble("The port is taken.", "Choose another."))
    said = capsys.readouterr()
    assert said.out.splitlines() == ["make folders passed made one", "up Up."]
    assert said.err == "Error: The port is taken. Choose another.\n"


def test_trouble_has_an_exit_code() -> None:
    assert (Trouble("a", "b").exit_code, Trouble("a", "b", 3).exit_code, str(Trouble("a", "b"))) == (1, 3, "a")
