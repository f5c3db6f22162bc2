"""The route book changes whole or not at all, and a damaged one is refused rather than guessed at."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from galleria.control.gateway.book import GatewayFolder
from galleria.control.gateway.port import GatewayBroken, GatewayUnavailable, Route

LISTEN = "127.0.0.1:8080"
ONE = Route("shop-001", "one.localhost", Path("/g/1/e.sock"), Path("/g/1/s.sock"))
TWO = Route("shop-002", "two.localhost", Path("/g/2/e.sock"), Path("/g/2/s.sock"), closed=True)


@pytest.fixture
def folder(tmp_path: Path) -> GatewayFolder:
    """A gateway's folder with a book of one route."""
    made = GatewayFolder(tmp_path)
    made.root.mkdir()
    with made.staged(LISTEN, [ONE]):
        pass
    return made


def names(folder: GatewayFolder) -> list[str]:
    """What lies in the folder."""
    return sorted(path.name for path in folder.root.iterdir())


def test_routes_are_read_as_they_were_written(folder: GatewayFolder) -> None:
    with folder.staged(LISTEN, [ONE, TWO]):
        pass
    assert folder.read() == (LISTEN, {"shop-001": ONE, "shop-002": TWO})
    assert names(folder) == ["routes.json"]


def test_the_old_book_counts_until_the_change_is_done(folder: GatewayFolder) -> None:
    with folder.staged(LISTEN, [TWO]):
        assert folder.read()[1] == {"shop-001": ONE}
    assert folder.read()[1] == {"shop-002": TWO}


def test_a_failed_change_leaves_the_old_book_and_no_litter(folder: GatewayFolder) -> None:
    with pytest.raises(GatewayUnavailable, match="Caddy"), folder.staged(LISTEN, [TWO]):
        raise GatewayUnavailable("Caddy does not answer.")
    assert folder.read()[1] == {"shop-001": ONE}
    assert names(folder) == ["routes.json"]


def test_no_room_is_told_before_anything_is_changed(folder: GatewayFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    acted = []
    with pytest.raises(GatewayUnavailable) as unavailable, folder.staged(LISTEN, [TWO]):
        acted.append("told Caddy")
    assert not acted
    assert unavailable.value.retry_after >= 10
    assert folder.read()[1] == {"shop-001": ONE}
    assert names(folder) == ["routes.json"]


def test_the_book_belongs_to_whom_the_folder_belongs(folder: GatewayFolder) -> None:
    owner = (12345, 12346) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    os.chown(folder.root, *owner)
    with folder.staged(LISTEN, [TWO]):
        pass
    about = folder.book.stat()
    assert (about.st_uid, about.st_gid) == owner


def test_no_book_means_not_started(tmp_path: Path) -> None:
    with pytest.raises(GatewayUnavailable):
        GatewayFolder(tmp_path).read()


WHOLE = {"store_id": "shop-001", "host": "one.localhost", "engine_socket": "/e", "storefront_socket": "/s"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "7",
        json.dumps({"listen": LISTEN}),
        json.dumps({"routes": []}),
        json.dumps({"listen": LISTEN, "routes": 1}),
        json.dumps({"listen": LISTEN, "routes": ["shop-001"]}),
        json.dumps({"listen": LISTEN, "routes": [WHOLE]}),
    ],
)
def test_a_damaged_book_is_refused_and_left_as_it_is(folder: GatewayFolder, text: str) -> None:
    folder.book.write_text(text)
    with pytest.raises(GatewayBroken, match="damaged"):
        folder.read()
    assert folder.book.read_text() == text


def test_a_book_that_is_not_text_is_damaged(folder: GatewayFolder) -> None:
    folder.book.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(GatewayBroken):
        folder.read()


def test_places_are_the_ones_of_the_state_folder(tmp_path: Path) -> None:
    places = GatewayFolder(tmp_path).places
    assert places.plane_socket == tmp_path / "plane/run/plane.sock"
    assert places.admin_socket.parent == places.storage.parent == tmp_path / "gateway"
