"""What a killed writer left is removed, and nothing that somebody may still be writing, or that lies elsewhere."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from galleria.control.runtimes.process import halves
from galleria.control.runtimes.process.layout import Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path / "home")
    for folder in (layout.placements, layout.store("shop-001").config, layout.store("shop-001").run):
        folder.mkdir(parents=True)
    return layout


def left(folder: Path, name: str, seconds: float) -> Path:
    """Leave a half-written file that is so old."""
    file = folder / name
    file.write_text("half")
    moment = time.time() - seconds
    os.utime(file, (moment, moment))
    return file


def test_what_a_killed_writer_left_is_removed(layout: Layout) -> None:
    config = left(layout.store("shop-001").config, ".2.env.0123456789abcdef.new", 61)
    placement = left(layout.placements, ".shop-001.json.4711.new", 61)
    dangling = layout.store("shop-001").run / ".storefront.sock.0123456789abcdef.new"
    dangling.symlink_to("storefront-green.sock")
    os.utime(dangling, (0, 0), follow_symlinks=False)
    assert sorted(halves.sweep(layout)) == sorted([config.name, placement.name, dangling.name])
    assert not config.exists()
    assert not placement.exists()
    assert not dangling.is_symlink()


def test_what_is_being_written_or_is_whole_stays(layout: Layout) -> None:
    fresh = left(layout.placements, ".shop-001.json.4711.new", 1)
    whole = left(layout.placements, "shop-001.json", 3600)
    assert halves.sweep(layout) == []
    assert fresh.exists()
    assert whole.exists()


def test_a_folder_that_leads_elsewhere_is_not_followed(layout: Layout, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    others = left(outside, ".theirs.new", 3600)
    layout.store("shop-001").run.rmdir()
    layout.store("shop-001").run.symlink_to(outside)
    assert halves.sweep(layout) == []
    assert others.exists()
