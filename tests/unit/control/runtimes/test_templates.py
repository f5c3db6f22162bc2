"""A store's first data: whole or not at all, and never over data that is there."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import Catalogue
from galleria.control.runtimes.port import Artifact, RuntimeRefused, Template
from galleria.control.runtimes.process import templates
from galleria.control.runtimes.process.layout import Layout, StoreLayout
from galleria.control.runtimes.process.sandbox import Identity

TEMPLATE = Template(Artifact("sha256:" + "ab" * 32, "1"), Catalogue.DEMO)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A state folder with a small template."""
    made = Layout(tmp_path)
    source = templates.template_folder(made, TEMPLATE.artifact, TEMPLATE.catalogue)
    (source / "media").mkdir(parents=True)
    (source / "engine.db").write_text("template")
    (source / "media" / "link").symlink_to("../engine.db")
    return made


@pytest.fixture
def place(layout: Layout) -> StoreLayout:
    """A store's folder without data."""
    made = layout.store("shop-001")
    made.root.mkdir(parents=True)
    return made


def test_templates_lie_apart_by_artifact_and_catalogue() -> None:
    folder = templates.template_folder(Layout(Path("/h")), TEMPLATE.artifact, TEMPLATE.catalogue)
    assert folder == Path("/h/templates/abababababababab/demo")


def test_all_of_the_template_is_copied_for_its_owner_only(layout: Layout, place: StoreLayout) -> None:
    templates.copy(layout, TEMPLATE, place, None)
    assert (place.data / "engine.db").read_text() == "template"
    assert (place.data / "media" / "link").readlink() == Path("../engine.db")
    assert place.data.stat().st_mode & 0o777 == 0o700


def test_a_copy_is_a_store_of_its_own(layout: Layout, place: StoreLayout) -> None:
    templates.copy(layout, TEMPLATE, place, None)
    (place.data / "engine.db").write_text("sold")
    source = templates.template_folder(layout, TEMPLATE.artifact, TEMPLATE.catalogue)
    assert (source / "engine.db").read_text() == "template"


def test_existing_data_is_kept(layout: Layout, place: StoreLayout) -> None:
    place.data.mkdir()
    (place.data / "engine.db").write_text("sold")
    templates.copy(layout, TEMPLATE, place, None)
    assert (place.data / "engine.db").read_text() == "sold"


def test_half_a_copy_of_before_is_no_data(layout: Layout, place: StoreLayout) -> None:
    (place.root / ".data-new").mkdir()
    (place.root / ".data-new" / "half").touch()
    templates.copy(layout, TEMPLATE, place, None)
    assert not (place.data / "half").exists()
    assert [path.name for path in place.root.iterdir()] == ["data"]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_failed_copy_leaves_nothing(
    layout: Layout, place: StoreLayout, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def until_the_disk_is_full(_source: Path, target: Path, *, symlinks: bool) -> None:
        assert symlinks
        target.mkdir()
        (target / "engine.db").write_text("temp")
        raise OSError(code, "full")

    monkeypatch.setattr(shutil, "copytree", until_the_disk_is_full)
    with pytest.raises(OSError, match="full"):
        templates.copy(layout, TEMPLATE, place, None)
    assert list(place.root.iterdir()) == []


def test_a_missing_template_is_refused(layout: Layout, place: StoreLayout) -> None:
    other = Template(Artifact("sha256:" + "cd" * 32, "1"), Catalogue.DEMO)
    with pytest.raises(RuntimeRefused) as refused:
        templates.copy(layout, other, place, None)
    assert refused.value.code is ErrorCode.NOT_FOUND
    assert list(place.root.iterdir()) == []


def test_the_copy_becomes_the_stores_own(layout: Layout, place: StoreLayout) -> None:
    owner = Identity(12345, 12346) if os.geteuid() == 0 else Identity(os.geteuid(), os.getegid())
    outside = layout.home / "outside"
    outside.touch()
    source = templates.template_folder(layout, TEMPLATE.artifact, TEMPLATE.catalogue)
    (source / "away").symlink_to(outside)
    templates.copy(layout, TEMPLATE, place, owner)
    owners = {(path.lstat().st_uid, path.lstat().st_gid) for path in (place.data, *place.data.rglob("*"))}
    assert owners == {(owner.uid, owner.gid)}
    assert outside.stat().st_uid == os.geteuid()
