"""What the runner reads of its surroundings."""

from __future__ import annotations

from pathlib import Path

import pytest

from galleria.control.delivery.faults import GiveUp
from galleria.control.delivery.settings import PublicDoor, RunnerSettings, read_public_door, runner_id


def test_a_runner_keeps_its_id(tmp_path: Path) -> None:
    first = runner_id(tmp_path)
    assert runner_id(tmp_path) == first
    assert 0 < len(first) <= 64


def test_slots_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert RunnerSettings(home=tmp_path).slots == 2
    monkeypatch.setenv("GALLERIA_RUNNER_SLOTS", "5")
    assert RunnerSettings(home=tmp_path).slots == 5


@pytest.mark.parametrize("content", [None, "", "{}", '{"port": "x"}'])
def test_a_platform_that_was_not_brought_up_is_named(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "platform.json").write_text(content)
    with pytest.raises(GiveUp, match="galleria up"):
        read_public_door(tmp_path)


@pytest.mark.parametrize(
    ("door", "address"),
    [(PublicDoor("127.0.0.1", 8080), "http://a.b:8080"), (PublicDoor("0.0.0.0", 80), "http://a.b")],  # noqa: S104
)
def test_an_address_names_the_port_only_when_it_must(door: PublicDoor, address: str) -> None:
    assert door.address_of("a.b") == address
    assert door.reach == "127.0.0.1"
