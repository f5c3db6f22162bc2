"""A release travels between artifact stores as the same bytes, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from galleria.contracts.words import Component
from galleria.control.artifacts.layout import Layout
from galleria.control.artifacts.problems import ReleaseMissing, ReleaseRefused
from galleria.control.delivery.release import build, shelf
from galleria.control.delivery.release.manifest import Release
from galleria.control.delivery.release.taking import take


@pytest.fixture
def release(repository: Path, layout: Layout, key: Ed25519PrivateKey) -> Release:
    order = build.Order(repository, "HEAD", (Component.ENGINE, Component.STOREFRONT), layout.folder.parent / "wheels")
    return build.build(order, layout, key)


@pytest.fixture
def here(tmp_path: Path) -> Layout:
    made = Layout(tmp_path / "here")
    made.create()
    return made


def test_a_taken_release_is_whole_and_not_promoted(release: Release, layout: Layout, here: Layout, trust: Path) -> None:
    shelf.promote(layout, release.release_id, "production", trust)
    taken = take(layout, here, release.release_id, trust)
    assert shelf.verify(here, release.release_id, trust) == taken
    assert shelf.list_releases(here) == [(release, ())]


def test_taking_it_again_changes_nothing(release: Release, layout: Layout, here: Layout, trust: Path) -> None:
    take(layout, here, release.release_id, trust)
    before = here.names()
    take(layout, here, release.release_id, trust)
    assert here.names() == before


def test_what_is_signed_by_a_stranger_is_not_taken(
    release: Release, layout: Layout, here: Layout, tmp_path: Path
) -> None:
    (tmp_path / "nobody").mkdir()
    with pytest.raises(ReleaseRefused, match="no key that is trusted here"):
        take(layout, here, release.release_id, tmp_path / "nobody")
    assert here.names() == {}


def test_a_changed_byte_is_not_taken(release: Release, layout: Layout, here: Layout, trust: Path) -> None:
    wheel = max((layout.folder / "blobs/sha256").iterdir(), key=lambda path: path.stat().st_size)
    wheel.write_bytes(wheel.read_bytes()[:-1] + b"\1")
    with pytest.raises(ReleaseRefused):
        take(layout, here, release.release_id, trust)
    assert here.names() == {}


def test_what_was_damaged_here_is_mended_by_taking_it_again(
    release: Release, layout: Layout, here: Layout, trust: Path
) -> None:
    take(layout, here, release.release_id, trust)
    for blob in (here.folder / "blobs/sha256").iterdir():
        blob.write_bytes(blob.read_bytes()[:-1] + b"\1")
    take(layout, here, release.release_id, trust)
    shelf.verify(here, release.release_id, trust)


def test_a_release_that_is_not_there_is_not_taken(layout: Layout, here: Layout, trust: Path) -> None:
    with pytest.raises(ReleaseMissing):
        take(layout, here, "rel-000000000000", trust)
