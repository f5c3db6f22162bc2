"""What a plane needs before its first start, when set-up is killed, repeated, or finds old files."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from galleria.contracts.words import Role
from galleria.control.plane import founding
from galleria.control.plane.context import utc_now
from galleria.control.plane.services import tokens
from galleria.control.plane.settings import PlaneSettings
from galleria.control.registry.database import Database
from galleria.control.registry.schema import TokenRow


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PlaneSettings:
    """A plane that was not set up yet, with its registry in SQLite."""
    monkeypatch.delenv("GALLERIA_REGISTRY_URL", raising=False)
    return PlaneSettings(data=tmp_path / "plane", agents=tmp_path / "agents")


def test_both_tokens_work_and_nothing_is_made_twice(settings: PlaneSettings, tmp_path: Path) -> None:
    assert {"operator-token", "runner-token"} <= set(founding.found(settings, tmp_path).made)
    assert _roles(settings, tmp_path) == (Role.ADMIN.value, tokens.RUNNER_ROLE)
    assert founding.found(settings, tmp_path).made == []
    for file in (tmp_path / "operator-token", tmp_path / "runner" / "token"):
        assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("lost", ["operator-token", "token"])
def test_a_disk_that_is_full_at_the_file_leaves_no_token_that_nobody_has(
    settings: PlaneSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    write = founding.write_secret

    def full(file: Path, secret: str) -> None:
        if file.name == lost:
            raise OSError(28, "No space left on device")
        write(file, secret)

    with monkeypatch.context() as broken:
        broken.setattr(founding, "write_secret", full)
        with pytest.raises(OSError, match="No space left"):
            founding.found(settings, tmp_path)
    founding.found(settings, tmp_path)
    assert _roles(settings, tmp_path) == (Role.ADMIN.value, tokens.RUNNER_ROLE)
    assert len(_rows(settings)) == 2


def test_killed_between_file_and_registry_the_token_is_made_anew(
    settings: PlaneSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(tokens, "make", _killed)
        with pytest.raises(KeyboardInterrupt):
            founding.found(settings, tmp_path)
    assert (tmp_path / "operator-token").exists()
    founding.found(settings, tmp_path)
    assert _roles(settings, tmp_path) == (Role.ADMIN.value, tokens.RUNNER_ROLE)


def test_an_old_file_beside_a_new_registry_is_made_anew(settings: PlaneSettings, tmp_path: Path) -> None:
    founding.found(settings, tmp_path)
    old = (tmp_path / "operator-token").read_text()
    (settings.data / "registry.db").unlink()
    founding.found(settings, tmp_path)
    assert (tmp_path / "operator-token").read_text() != old
    assert _roles(settings, tmp_path) == (Role.ADMIN.value, tokens.RUNNER_ROLE)


def test_a_removed_file_stays_removed_once_an_admin_was_seen(settings: PlaneSettings, tmp_path: Path) -> None:
    founding.found(settings, tmp_path)
    (tmp_path / "operator-token").unlink()
    assert founding.found(settings, tmp_path).made == ["operator-token"], "nobody has ever used the lost one"
    _change(settings, "last_used_at")
    (tmp_path / "operator-token").unlink()
    assert founding.found(settings, tmp_path).made == []
    assert not (tmp_path / "operator-token").exists()


def test_a_token_that_an_admin_revoked_is_not_made_anew(settings: PlaneSettings, tmp_path: Path) -> None:
    founding.found(settings, tmp_path)
    _change(settings, "revoked_at")
    assert "operator-token" not in founding.found(settings, tmp_path).made


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def _rows(settings: PlaneSettings) -> list[TokenRow]:
    database = Database(settings.registry)
    try:
        with database.reading() as session:
            return list(session.scalars(select(TokenRow)))
    finally:
        database.close()


def _change(settings: PlaneSettings, column: str) -> None:
    database = Database(settings.registry)
    try:
        with database.writing() as session:
            for row in session.scalars(select(TokenRow)):
                setattr(row, column, utc_now())
    finally:
        database.close()


def _roles(settings: PlaneSettings, home: Path) -> tuple[str, str]:
    """The roles that the registry knows the two files' tokens by."""
    by_digest = {row.digest: row.role for row in _rows(settings)}
    operator, runner = (
        by_digest[tokens.digest_of(file.read_text().strip())]
        for file in (home / "operator-token", home / "runner" / "token")
    )
    return operator, runner
