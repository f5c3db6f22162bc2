"""A store that plants links where its files and folders should be leads nobody elsewhere, root least of all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from galleria.control.runtimes.port import RuntimeRefused
from galleria.control.runtimes.process import configurations, parts, store_files
from galleria.control.runtimes.process.layout import Layout, StoreLayout
from galleria.control.runtimes.process.parts import Place

SECRET = "SECRET=of the platform\n"
OURS = "GALLERIA_STORE_HOST=shop.localhost\nGALLERIA_PUBLIC_URL=http://shop.localhost:8080\n"


@pytest.fixture
def place(tmp_path: Path) -> StoreLayout:
    """A store's folder beside a folder with a secret."""
    place = Layout(tmp_path).store("shop-001")
    for folder in (place.config, place.run):
        folder.mkdir(parents=True)
    (tmp_path / "plane").mkdir()
    (tmp_path / "plane" / "1.env").write_text(SECRET + OURS)
    return place


def test_a_link_in_a_files_place_is_not_read_and_is_replaced(place: StoreLayout, tmp_path: Path) -> None:
    victim = tmp_path / "plane" / "1.env"
    (place.config / "1.env").symlink_to(victim)
    with pytest.raises(RuntimeRefused):
        configurations.make_live(place, 1, None)
    assert not place.env.exists()
    configurations.put(place, 1, OURS, None)
    assert victim.read_text() == SECRET + OURS
    assert not (place.config / "1.env").is_symlink()
    place.env.symlink_to(victim)
    configurations.make_live(place, 1, None)
    assert (place.env.read_text(), place.env.is_symlink()) == (OURS, False)
    assert victim.read_text() == SECRET + OURS
    assert place.env.stat().st_mode & 0o777 == 0o600


def test_a_link_in_a_folders_place_is_not_followed(place: StoreLayout, tmp_path: Path) -> None:
    place.config.rmdir()
    place.config.symlink_to(tmp_path / "plane")
    with pytest.raises(OSError, match=r"Not a directory|Too many levels"):
        configurations.put(place, 2, OURS, None)
    with pytest.raises(RuntimeRefused):
        configurations.make_live(place, 1, None)
    parts.follow_place(Layout(tmp_path), Place("127.0.0.1", 9999))
    assert [file.name for file in (tmp_path / "plane").iterdir()] == ["1.env"]
    assert (tmp_path / "plane" / "1.env").read_text() == SECRET + OURS


def test_every_version_follows_the_platforms_port(place: StoreLayout, tmp_path: Path) -> None:
    for version in (1, 2):
        configurations.put(place, version, OURS, None)
    configurations.make_live(place, 2, None)
    parts.follow_place(Layout(tmp_path), Place("127.0.0.1", 9999))
    moved = OURS.replace("http://shop.localhost:8080", "http://shop.localhost:9999")
    assert [file.read_text().replace("'", "") for file in (place.env, *place.config.iterdir())] == [moved] * 3


@pytest.mark.parametrize("kind", ["fifo", "folder", "long", "no text"])
def test_what_is_no_file_of_ours_is_not_read(place: StoreLayout, kind: str) -> None:
    odd = place.config / "3.env"
    match kind:
        case "fifo":
            os.mkfifo(odd)
        case "folder":
            odd.mkdir()
        case "long":
            odd.write_text("x" * 100_000)
        case _:
            odd.write_bytes(b"\xff\xfe")
    with store_files.opened(place.config) as folder:
        assert store_files.read(folder, odd.name) is None


def test_a_link_is_swapped_whatever_lies_there(place: StoreLayout, tmp_path: Path) -> None:
    name = place.run / "storefront.sock"
    name.symlink_to(tmp_path / "plane")
    with store_files.opened(place.root, "run") as folder:
        store_files.link(folder, name.name, "storefront-green.sock")
        assert store_files.linked(folder, name.name) == "storefront-green.sock"
        store_files.remove(folder, name.name)
        store_files.remove(folder, name.name)
    assert list(place.run.iterdir()) == []
    assert (tmp_path / "plane" / "1.env").exists()
