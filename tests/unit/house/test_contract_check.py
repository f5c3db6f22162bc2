"""`make contracts` finds a break between two revisions, and takes one that a commit gives a reason for."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support import contracts

SDL = "type Query { cart: ID  shop: ID }\n"
BREAK = "commerce.graphql: Query.shop was removed."


def _git(repository: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
    subprocess.run(["git", "-C", str(repository), *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / contracts.FOLDER
    folder.mkdir(parents=True)
    (folder / "commerce.graphql").write_text(SDL)
    _git(tmp_path, "init", "-q")
    _git(tmp_path, "add", "-A")
    _git(tmp_path, "commit", "-q", "-m", "first")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _write(repository: Path, sdl: str) -> None:
    (repository / contracts.FOLDER / "commerce.graphql").write_text(sdl)


def test_what_adds_passes(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _write(repository, SDL.replace("}", " more: ID }"))
    assert contracts.main(["HEAD"]) == 0
    assert "No contract breaks" in capsys.readouterr().out


def test_a_break_is_refused_and_says_how_it_is_accepted(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _write(repository, SDL.replace("shop: ID", ""))
    assert contracts.main(["HEAD"]) == 1
    said = capsys.readouterr().out
    assert f"BREAK  {BREAK}" in said
    assert f"Contract-Break: {BREAK}" in said


def test_a_break_that_a_commit_names_is_accepted(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _write(repository, SDL.replace("shop: ID", ""))
    _git(repository, "commit", "-q", "-a", "-m", f"Take out the shop\n\nNobody asks for it.\n\nContract-Break: {BREAK}")
    assert contracts.main(["HEAD^"]) == 0
    assert f"accepted  {BREAK}" in capsys.readouterr().out


def test_a_contract_that_is_gone_is_a_break(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / contracts.FOLDER / "commerce.graphql").unlink()
    assert contracts.main(["HEAD"]) == 1
    assert "the whole contract is gone" in capsys.readouterr().out


def test_an_unknown_revision_is_misuse(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert contracts.main(["no-such-revision"]) == 2
    assert "There is no revision no-such-revision" in capsys.readouterr().err
