"""Logs that grew too long are cut while their process goes on, and no link that a store planted is followed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from galleria.control.runtimes.process import logs


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of logs, in which 100 bytes are long."""
    monkeypatch.setattr(logs, "LONG_BYTES", 100)
    made = tmp_path / "logs"
    made.mkdir()
    return made


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A file that is not the store's."""
    made = tmp_path / "outside"
    made.write_text("x" * 200)
    return made


def test_a_short_log_is_left_alone(folder: Path) -> None:
    (folder / "engine.log").write_text("short")
    assert not logs.shorten(folder)
    assert [path.name for path in folder.iterdir()] == ["engine.log"]


def test_a_long_log_is_put_aside_and_its_process_goes_on(folder: Path) -> None:
    log = folder / "engine.log"
    with log.open("a") as writer:
        writer.write("a" * 150)
        writer.flush()
        assert logs.shorten(folder)
        assert log.stat().st_size == 0
        writer.write("after")
        writer.flush()
    assert log.read_text() == "after"
    assert (folder / "engine.log.1").read_text() == "a" * 150
    assert not logs.shorten(folder)


def test_only_one_old_log_is_kept(folder: Path) -> None:
    for letter in "ab":
        (folder / "engine.log").write_text(letter * 150)
        assert logs.shorten(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["engine.log", "engine.log.1"]
    assert (folder / "engine.log.1").read_text() == "b" * 150


def test_a_link_in_a_logs_place_is_not_followed(folder: Path, outside: Path) -> None:
    (folder / "engine.log").symlink_to(outside)
    assert not logs.shorten(folder)
    with pytest.raises(OSError, match="symbolic"):
        logs.append(folder, "engine.log", "reason")
    assert outside.read_text() == "x" * 200


def test_a_link_in_the_old_logs_place_is_not_followed(folder: Path, outside: Path) -> None:
    (folder / "engine.log").write_text("a" * 150)
    (folder / "engine.log.1").symlink_to(outside)
    assert logs.shorten(folder)
    assert outside.read_text() == "x" * 200
    assert (folder / "engine.log").stat().st_size == 0


def test_a_link_in_the_folders_place_is_not_followed(folder: Path, tmp_path: Path) -> None:
    planted = tmp_path / "planted"
    planted.symlink_to(folder)
    (folder / "engine.log").write_text("a" * 150)
    for act in (lambda: logs.append(planted, "engine.log", "x"), lambda: logs.shorten(planted)):
        with pytest.raises(NotADirectoryError):
            act()
    assert (folder / "engine.log").stat().st_size == 150


def test_what_is_appended_comes_last(folder: Path) -> None:
    logs.append(folder, "provision.log", "one\n")
    logs.append(folder, "provision.log", "two \u00e9 \udcff\n")
    assert (folder / "provision.log").read_bytes() == b"one\ntwo \xc3\xa9 ?\n"
    assert (folder / "provision.log").stat().st_mode & 0o077 & ~0o040 == 0


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_is_no_log_does_not_keep_the_others_long(folder: Path, kind: str) -> None:
    odd = folder / "a.log"
    odd.mkdir() if kind == "folder" else os.mkfifo(odd)
    (folder / "b.log").write_text("b" * 150)
    assert logs.shorten(folder)
    assert (folder / "b.log").stat().st_size == 0
