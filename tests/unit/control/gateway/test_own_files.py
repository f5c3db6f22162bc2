"""In a folder that another user owns, nothing is written or read through a link that was planted there."""

from __future__ import annotations

import errno
import os
import secrets
from pathlib import Path

import pytest

from galleria.control.gateway import own_files
from galleria.control.gateway.book import GatewayFolder
from galleria.control.gateway.port import GatewayBroken, GatewayUnavailable, Route

GATEWAY_USER = 12345
ROUTE = Route("shop-001", "shop-001.localhost", Path("/e"), Path("/s"))


@pytest.fixture
def folder(tmp_path: Path) -> GatewayFolder:
    """A gateway's folder."""
    (tmp_path / "gateway").mkdir(mode=0o700)
    return GatewayFolder(tmp_path)


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """A file of root's that a hostile gateway would like to have."""
    file = tmp_path / "victim"
    file.write_text("untouched", "utf-8")
    file.chmod(0o600)
    return file


def untouched(victim: Path) -> bool:
    """Whether it has its text, mode and owner still."""
    found = victim.stat()
    return victim.read_text("utf-8") == "untouched" and (found.st_uid, found.st_mode & 0o777) == (os.geteuid(), 0o600)


def test_a_link_in_the_books_place_is_replaced(folder: GatewayFolder, victim: Path) -> None:
    folder.book.symlink_to(victim)
    with folder.locked(), folder.staged("127.0.0.1:1", [ROUTE]):
        pass
    assert untouched(victim)
    assert not folder.book.is_symlink()
    assert folder.read() == ("127.0.0.1:1", {"shop-001": ROUTE})


def test_a_link_in_the_staged_files_place_is_not_followed(
    folder: GatewayFolder, victim: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if the name could be guessed."""
    monkeypatch.setattr(secrets, "token_hex", lambda length: "guessed")
    (folder.root / ".routes.json.guessed.new").symlink_to(victim)
    with pytest.raises(GatewayUnavailable), folder.staged("127.0.0.1:1", [ROUTE]):
        pytest.fail("the change went on without a book")
    assert untouched(victim)


def test_the_staged_files_name_is_another_each_time(folder: GatewayFolder) -> None:
    assert own_files.stage(folder.book, "") != own_files.stage(folder.book, "")


@pytest.mark.parametrize("goal", ["victim", "missing"])
def test_a_link_in_the_locks_place_is_refused(folder: GatewayFolder, victim: Path, goal: str) -> None:
    (folder.root / "routes.lock").symlink_to(victim.with_name(goal))
    with pytest.raises(GatewayBroken), folder.locked():
        pytest.fail("locked through a link")
    assert untouched(victim)
    assert not victim.with_name("missing").exists()


def test_a_lock_that_is_there_already_is_neither_emptied_nor_given_away(folder: GatewayFolder, victim: Path) -> None:
    """It may be a second name of a file of root's."""
    (folder.root / "routes.lock").hardlink_to(victim)
    if os.geteuid() == 0:
        os.chown(folder.root, GATEWAY_USER, GATEWAY_USER)
    with folder.locked():
        pass
    assert untouched(victim)


def test_nothing_is_read_through_a_link(folder: GatewayFolder, victim: Path) -> None:
    for file in (folder.book, folder.admin_secret):
        file.symlink_to(victim)
    with pytest.raises(OSError, match=r"routes\.json") as raised:
        own_files.read(folder.book)
    assert raised.value.errno == errno.ELOOP
    with pytest.raises(GatewayBroken):
        folder.read()
    with pytest.raises(GatewayBroken):
        folder.read_secret()


def test_the_secret_replaces_a_link(folder: GatewayFolder, victim: Path) -> None:
    folder.admin_secret.symlink_to(victim)
    secret = folder.renew_secret()
    assert folder.read_secret() == secret
    assert untouched(victim)
    assert folder.admin_secret.lstat().st_mode == 0o100600


def test_without_a_start_there_is_no_secret(folder: GatewayFolder) -> None:
    with pytest.raises(GatewayUnavailable):
        folder.read_secret()


@pytest.mark.parametrize("text", ["", "short", "a" * 63, "a" * 65, "\r\nHost: x" + "a" * 55])
def test_a_damaged_secret_is_not_sent(folder: GatewayFolder, text: str) -> None:
    folder.admin_secret.write_text(text, "utf-8")
    with pytest.raises(GatewayBroken):
        folder.read_secret()


def test_a_failed_write_leaves_nothing(folder: GatewayFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(GatewayUnavailable), folder.staged("127.0.0.1:1", [ROUTE]):
        pytest.fail("the change went on without a book")
    assert list(folder.root.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_writes_belongs_to_the_gateway(folder: GatewayFolder) -> None:
    os.chown(folder.root, GATEWAY_USER, GATEWAY_USER)
    folder.renew_secret()
    with folder.locked(), folder.staged("127.0.0.1:1", [ROUTE]):
        pass
    found = {file.name: (file.stat().st_uid, file.stat().st_mode & 0o777) for file in folder.root.iterdir()}
    assert found == dict.fromkeys(("admin-secret", "routes.json", "routes.lock"), (GATEWAY_USER, 0o600))
