"""The doors: what lies there is what is in force, whatever moment a change is broken off at."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from galleria.contracts.hosts import HOST_LENGTH_LIMIT
from galleria.control.gateway.doors import Doors
from galleria.control.gateway.port import GatewayBroken, GatewayUnavailable, Route

ONE = Route("shop-001", "one.localhost", Path("/i/1/engine-blue.sock"), Path("/i/1/storefront-blue.sock"))
MOVED = replace(ONE, engine_socket=Path("/i/1/engine-green.sock"), storefront_socket=Path("/i/1/storefront-green.sock"))
TWO = Route("shop-002", "two.localhost", Path("/i/2/engine-blue.sock"), Path("/i/2/storefront-blue.sock"), closed=True)


@pytest.fixture
def doors(tmp_path: Path) -> Doors:
    """The doors of a platform with one store."""
    made = Doors(tmp_path)
    made.root.mkdir()
    made.put(ONE, None)
    return made


def visible(doors: Doors) -> list[str]:
    """The hosts that lead anywhere."""
    return sorted(path.name for path in doors.root.iterdir() if not path.name.startswith("."))


def test_what_was_put_is_read(doors: Doors) -> None:
    doors.put(TWO, None)
    assert doors.read() == {"shop-001": ONE, "shop-002": TWO}
    assert visible(doors) == ["one.localhost", "two.localhost"]
    assert (doors.root / "one.localhost" / "engine").readlink() == ONE.engine_socket


def test_both_sockets_move_by_one_rename_of_one_link(doors: Doors) -> None:
    before = doors.root.joinpath("one.localhost").readlink()
    doors.put(MOVED, ONE)
    after = doors.root.joinpath("one.localhost").readlink()
    assert before != after
    assert doors.root.joinpath(before, "engine").readlink() == ONE.engine_socket, "the way before was changed"
    assert doors.root.joinpath(after, "engine").readlink() == MOVED.engine_socket
    assert doors.root.joinpath(after, "storefront").readlink() == MOVED.storefront_socket


def test_a_thousand_moves_leave_two_ways(doors: Doors) -> None:
    for _ in range(500):
        doors.put(MOVED, ONE)
        doors.put(ONE, MOVED)
    assert sorted(path.name for path in (doors.root / ".ways").iterdir()) == ["shop-001.a", "shop-001.b"]
    assert sorted(path.name for path in doors.root.iterdir()) == [".ways", "one.localhost"]


def test_closing_and_opening_leave_nothing_of_the_other(doors: Doors) -> None:
    closed = replace(ONE, closed=True)
    for _ in range(2):
        doors.put(closed, ONE)
        assert doors.read() == {"shop-001": closed}
        doors.put(ONE, closed)
        assert doors.read() == {"shop-001": ONE}


def test_a_new_host_takes_the_place_of_the_old(doors: Doors) -> None:
    renamed = replace(MOVED, host="uno.localhost")
    doors.put(renamed, ONE)
    assert doors.read() == {"shop-001": renamed}
    assert visible(doors) == ["uno.localhost"]


def test_a_forgotten_store_leaves_nothing(doors: Doors) -> None:
    doors.put(MOVED, ONE)
    doors.remove("shop-001", MOVED)
    doors.remove("shop-001", None)
    assert doors.read() == {}
    assert list((doors.root / ".ways").iterdir()) == []


class Broken(Exception):
    """Stands for kill -9: nobody catches it."""


CALLS = ("mkdir", "symlink", "unlink", "rename", "fsync", "chmod")
"""What changes something on the disk."""


@pytest.mark.parametrize("moved", [MOVED, replace(MOVED, host="uno.localhost"), replace(ONE, closed=True)])
def test_a_change_broken_off_at_any_moment_is_whole_or_not_there(
    doors: Doors, monkeypatch: pytest.MonkeyPatch, moved: Route
) -> None:
    """One store, one route, both sockets of one slot; and the change made again ends as it should."""
    for moment in range(100):
        with monkeypatch.context() as broken:
            count = _break_at(moment, broken, Broken())
            try:
                doors.put(moved, ONE)
                finished = True
            except Broken:
                finished = False
        found = doors.read()["shop-001"]
        assert found in (ONE, moved, replace(ONE, host=moved.host)), moment
        doors.put(moved, found)
        assert doors.read() == {"shop-001": moved}
        doors.put(ONE, moved)
        if finished:
            assert moment == count() > 5
            return
    raise AssertionError("it never came to an end")


def _break_at(moment: int, patch: pytest.MonkeyPatch, error: BaseException) -> Callable[[], int]:
    """Raise instead of the disk's change number ``moment``."""
    passed = [0]

    def breaking(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            if passed[0] == moment:
                raise error
            passed[0] += 1
            return real(*arguments, **options)

        return call

    for name in CALLS:
        patch.setattr(os, name, breaking(getattr(os, name)))
    return lambda: passed[0]


def test_no_room_is_told_and_changes_nothing(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "symlink", full)
    with pytest.raises(GatewayUnavailable) as unavailable:
        doors.put(MOVED, ONE)
    assert unavailable.value.retry_after >= 10
    assert doors.read() == {"shop-001": ONE}


def test_without_the_folder_there_is_no_gateway_yet(tmp_path: Path) -> None:
    with pytest.raises(GatewayUnavailable), Doors(tmp_path).locked():
        pytest.fail("locked a folder that is not there")


@pytest.mark.parametrize("goal", ["/etc", ".ways", ".ways/shop-001.c", "../i", ".ways/../.ways/shop-001.a"])
def test_a_link_that_leads_elsewhere_is_named(doors: Doors, goal: str) -> None:
    (doors.root / "planted.localhost").symlink_to(goal)
    with pytest.raises(GatewayBroken, match="planted"):
        doors.read()


def test_a_file_in_a_doors_place_is_named(doors: Doors) -> None:
    (doors.root / "planted.localhost").touch()
    with pytest.raises(GatewayBroken, match="planted"):
        doors.read()


def test_two_doors_to_one_store_are_named(doors: Doors) -> None:
    (doors.root / "second.localhost").symlink_to((doors.root / "one.localhost").readlink())
    with pytest.raises(GatewayBroken, match="shop-001"):
        doors.read()


def test_who_passes_through_can_look_but_not_write_whatever_the_umask(doors: Doors) -> None:
    before = os.umask(0o077)
    try:
        doors.put(TWO, None)
    finally:
        os.umask(before)
    way = doors.root / ".ways" / "shop-002.a"
    found = [path.stat().st_mode & 0o777 for path in (way.parent, way, way / "closed")]
    assert found == [0o711, 0o755, 0o644]


def test_the_longest_host_fits_into_a_sockets_path() -> None:
    assert len(f"doors/{'h' * HOST_LENGTH_LIMIT}/storefront") <= 107
