"""Folder modes are the isolation that is left when all else fails; what is removed is what was meant."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from galleria.control.runtimes.process import folders, ids
from galleria.control.runtimes.process.ids import Ids
from galleria.control.runtimes.process.layout import Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """An empty state folder."""
    made = Layout(tmp_path / "home")
    made.home.mkdir()
    return made


def modes(paths: list[Path]) -> dict[str, int]:
    """Each folder's mode."""
    return {path.name: path.stat().st_mode & 0o7777 for path in paths}


def test_as_an_ordinary_user_all_is_that_users(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids, "running_as_root", lambda: False)
    folders.make_platform_folders(layout, Ids(layout))
    place = layout.store("shop-001")
    folders.make_store_folders(place, Ids(layout))
    made = [layout.home, *(path for path in layout.home.rglob("*") if path != place.logs)]
    assert set(modes(made).values()) == {0o700}
    assert place.logs.stat().st_mode & 0o007 == 0


def test_modes_that_were_loosened_are_mended(layout: Layout) -> None:
    folders.make_platform_folders(layout, Ids(layout))
    right = modes([layout.home, *layout.home.rglob("*")])
    for path in (layout.supervisor, layout.plane, layout.conf_d):
        path.chmod(0o777)
    folders.make_platform_folders(layout, Ids(layout))
    assert modes([layout.home, *layout.home.rglob("*")]) == right


def test_as_root_each_reaches_its_own_and_passes_through_to_sockets_only(layout: Layout) -> None:
    if os.geteuid() != 0:
        return  # an ordinary user can't give a folder to others: there is no such case
    known = Ids(layout)
    folders.make_platform_folders(layout, known)
    for name in ("shop-001", "shop-002"):
        folders.make_store_folders(layout.store(name), known)
    plane, gateway = known.of_part(ids.PLANE), known.of_part(ids.GATEWAY)
    one, two = known.of_store("shop-001"), known.of_store("shop-002")
    assert plane and gateway and one and two  # noqa: PT018 - for the type checker
    place = layout.store("shop-001")
    assert (place.root.stat().st_uid, place.root.stat().st_gid) == (one.uid, gateway.gid)
    assert (place.run.stat().st_uid, place.run.stat().st_gid) == (one.uid, gateway.gid)
    assert (place.agent.stat().st_uid, place.agent.stat().st_gid) == (one.uid, plane.gid)
    assert layout.store("shop-002").root.stat().st_uid == two.uid != one.uid
    assert (layout.plane.stat().st_uid, layout.runner.stat().st_uid) == (plane.uid, 0)
    private = modes([layout.runner, layout.supervisor, layout.templates, place.tmp])
    assert set(private.values()) == {0o700}
    # Group may pass to a socket it knows the name of, and can list nothing.
    assert [path.stat().st_mode & 0o7777 for path in (place.root, place.run, place.agent)] == [0o710, 0o2710, 0o2710]


@pytest.mark.parametrize("kind", ["link", "file", "folder", "nothing"])
def test_what_is_taken_away_is_the_thing_itself(tmp_path: Path, kind: str) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").touch()
    target = tmp_path / "target"
    if kind == "link":
        target.symlink_to(kept)
    elif kind == "file":
        target.touch()
    elif kind == "folder":
        target.mkdir()
        (target / "away").symlink_to(kept)
    folders.take_away(target)
    assert not os.path.lexists(target)
    assert (kept / "file").exists()


def test_a_link_in_a_folders_place_is_refused(layout: Layout, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    layout.instances.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotADirectoryError):
        folders.make_platform_folders(layout, Ids(layout))
