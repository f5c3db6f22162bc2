"""The same revision gives the same digests; what is not clean, locked and whole is refused."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from galleria.contracts.words import Component
from galleria.control.artifacts.layout import Layout
from galleria.control.artifacts.problems import ReleaseRefused
from galleria.control.delivery.release import build
from galleria.control.delivery.release.manifest import Release
from tests.unit.control.delivery.release.conftest import git

BOTH = (Component.ENGINE, Component.STOREFRONT)


def _build(repository: Path, layout: Layout, key: Ed25519PrivateKey, revision: str = "HEAD") -> Release:
    order = build.Order(repository, revision, BOTH, layout.folder.parent / "wheels")
    return build.build(order, layout, key)


def test_two_builds_of_one_revision_are_the_same_release(
    repository: Path, layout: Layout, key: Ed25519PrivateKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = _build(repository, layout, key)
    elsewhere = Layout(tmp_path / "elsewhere")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(repository), str(clone))
    git(clone, "config", "core.autocrlf", "true")
    (clone / ".git/info/attributes").write_text("*.py export-ignore\n")
    for name, value in (("TZ", "Asia/Tokyo"), ("LC_ALL", "C"), ("PYTHONHASHSEED", "7"), ("SOURCE_DATE_EPOCH", "9")):
        monkeypatch.setenv(name, value)
    before = os.umask(0o077)
    try:
        two = _build(clone, elsewhere, key)
    finally:
        os.umask(before)
    assert one == two
    assert one.release_id == two.release_id


def test_a_change_to_one_component_leaves_the_others_artifact_as_it_was(
    repository: Path, layout: Layout, key: Ed25519PrivateKey
) -> None:
    before = _build(repository, layout, key)
    (repository / "src/galleria/shop/storefront/__init__.py").write_text("storefront = 2\n")
    git(repository, "commit", "-q", "-a", "-m", "storefront only")
    after = _build(repository, layout, key)
    old = {part.component: part.artifact for part in before.components}
    new = {part.component: part.artifact for part in after.components}
    assert old[Component.STOREFRONT] != new[Component.STOREFRONT]
    assert old[Component.ENGINE] == new[Component.ENGINE]


def test_a_component_holds_its_own_packages_and_no_others(
    repository: Path, layout: Layout, key: Ed25519PrivateKey
) -> None:
    release = _build(repository, layout, key)
    part = release.component(Component.ENGINE)
    assert part is not None
    _, _, layers = layout.manifest(part.artifact)
    with zipfile.ZipFile(layout.path(layers[0].digest)) as wheel:
        names = wheel.namelist()
    assert "galleria/shop/engine/__init__.py" in names
    assert not any("storefront" in name for name in names)
    assert part.migrations == ["catalogue.0001_first"]


def test_every_artifact_has_an_sbom_that_names_its_wheel(
    repository: Path, layout: Layout, key: Ed25519PrivateKey
) -> None:
    release = _build(repository, layout, key)
    for part in release.components:
        bom = json.loads(layout.get(part.sbom))
        _, _, layers = layout.manifest(part.artifact)
        assert bom["bomFormat"] == "CycloneDX"
        assert "sha256:" + bom["metadata"]["component"]["hashes"][0]["content"] == layers[0].digest


def test_a_dirty_tree_is_refused_and_the_path_named(repository: Path, layout: Layout, key: Ed25519PrivateKey) -> None:
    git(repository, "config", "status.showUntrackedFiles", "no")
    new = repository / "new.py"
    new.write_text("")
    for _ in ("untracked", "staged"):
        with pytest.raises(ReleaseRefused, match=r"dirty.*new\.py"):
            _build(repository, layout, key)
        git(repository, "add", "new.py")
    assert layout.names() == {}


def test_what_git_ignores_is_no_part_of_a_release(repository: Path, layout: Layout, key: Ed25519PrivateKey) -> None:
    one = _build(repository, layout, key)
    (repository / ".git/info/exclude").write_text("*.env\n__pycache__/\n")
    (repository / "src/galleria/shop/engine/secret.env").write_text("secret")
    assert _build(repository, layout, key) == one


def test_a_folder_that_git_will_not_read_is_refused(tmp_path: Path, layout: Layout, key: Ed25519PrivateKey) -> None:
    (tmp_path / "empty/.git").mkdir(parents=True)
    with pytest.raises(ReleaseRefused, match="git can't read"):
        _build(tmp_path / "empty", layout, key)


def test_an_unknown_revision_is_refused(repository: Path, layout: Layout, key: Ed25519PrivateKey) -> None:
    with pytest.raises(ReleaseRefused, match="no revision v9"):
        _build(repository, layout, key, "v9")


def test_a_missing_lock_is_refused(repository: Path, layout: Layout, key: Ed25519PrivateKey) -> None:
    git(repository, "rm", "-q", "requirements/engine.txt")
    git(repository, "commit", "-q", "-m", "lock lost")
    with pytest.raises(ReleaseRefused, match=r"requirements/engine\.txt is missing"):
        _build(repository, layout, key)


def test_a_requirement_without_a_hash_is_refused(repository: Path, layout: Layout, key: Ed25519PrivateKey) -> None:
    (repository / "requirements/engine.txt").write_text("django==5.2.19\n")
    git(repository, "commit", "-q", "-a", "-m", "no hash")
    with pytest.raises(ReleaseRefused, match="without a hash"):
        _build(repository, layout, key)


def test_a_missing_contract_file_is_refused(repository: Path, layout: Layout, key: Ed25519PrivateKey) -> None:
    git(repository, "rm", "-q", "src/galleria/contracts/commerce.graphql")
    git(repository, "commit", "-q", "-m", "contract lost")
    with pytest.raises(ReleaseRefused, match=r"commerce\.graphql is missing"):
        _build(repository, layout, key)
    assert layout.names() == {}
