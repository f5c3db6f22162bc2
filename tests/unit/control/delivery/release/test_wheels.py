"""The wheels that go into an artifact are those that the lock names, or were built here from what it names."""

from __future__ import annotations

import hashlib
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from galleria.control.artifacts.problems import ReleaseRefused
from galleria.control.delivery.release import wheels


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "engine.txt"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache in a place without a package index."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    (tmp_path / "cache" / "engine").mkdir(parents=True)
    return tmp_path / "cache"


def _pin(lock: Path, name: str, file: Path) -> None:
    lock.write_text(f"{name}==1 \\\n    --hash=sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}\n")


def _wheel(folder: Path, text: str = "") -> Path:
    path = folder / "one-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("one.py", text)
    return path


def test_a_wheel_whose_bytes_are_not_those_of_the_lock_is_never_taken(lock: Path, cache: Path) -> None:
    good = _wheel(cache / "engine")
    _pin(lock, "one", good)
    assert wheels.collect_locked(lock, cache) == [good]
    _wheel(cache / "engine", "import evil")
    with pytest.raises(ReleaseRefused, match="The wheels of requirements"):
        wheels.collect_locked(lock, cache)
    assert not good.exists(), "the next build gets it anew"


def test_what_is_published_as_source_is_built_here_to_the_same_bytes_whoever_builds(
    lock: Path, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _pin(lock, "one", _source(tmp_path / "published"))
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "published"))
    (first,) = wheels.collect_locked(lock, cache)
    bytes_of_first = first.read_bytes()
    assert wheels.collect_locked(lock, cache) == [first]

    first.write_bytes(bytes_of_first[:-1] + b"\1")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    before = os.umask(0o077)
    try:
        (again,) = wheels.collect_locked(lock, cache)
    finally:
        os.umask(before)
    assert again.read_bytes() == bytes_of_first


def _source(folder: Path) -> Path:
    """Publish a distribution as source only."""
    project = folder / "one-1"
    project.mkdir(parents=True)
    (project / "one.py").write_text("ONE = 1\n")
    (project / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: one\nVersion: 1\n")
    (project / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
        '[project]\nname = "one"\nversion = "1"\n'
    )
    path = folder / "one-1.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(project, "one-1")
    return path
