"""A workshop for journeys: this very tree in a repository of its own, from which good and broken releases are built.

The builds are real: the locked wheels (kept between runs beside pytest's own cache), the component's own wheel, SBOM,
signature, promotion.
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from galleria.contracts.words import Component
from galleria.control.artifacts.layout import Layout
from galleria.control.delivery.release import build, shelf, signing

ROOT: Final = Path(__file__).parents[2]
WHEELS: Final = ROOT / ".pytest_cache" / "wheels"

Change = Callable[[str], str]
"""Makes a file's new text from its old one."""


@dataclass(frozen=True)
class Workshop:
    """Builds releases for the platform in ``home``. Make one with `workshop`."""

    repository: Path
    home: Path
    key_file: Path

    def release(
        self, changes: Mapping[str, Change], *components: Component, added: Mapping[str, str] | None = None
    ) -> str:
        """Build, sign and promote a release of this tree with ``changes`` (by path below the tree); return its id."""
        for path, change in changes.items():
            file = self.repository / path
            before = file.read_text("utf-8")
            after = change(before)
            assert after != before, f"the change to {path} changes nothing"
            file.write_text(after, "utf-8")
        for path, text in (added or {}).items():
            (self.repository / path).write_text(text, "utf-8")
        try:
            _git(self.repository, "add", "-A")
            _git(self.repository, "commit", "-q", "--allow-empty", "-m", "a release")
            return self._build(components or (Component.ENGINE, Component.STOREFRONT, Component.SHOP_AGENT))
        finally:
            _git(self.repository, "reset", "-q", "--hard", "first")

    def _build(self, components: Sequence[Component]) -> str:
        layout = Layout(self.home / "artifacts")
        order = build.Order(self.repository, "HEAD", components, WHEELS)
        WHEELS.mkdir(parents=True, exist_ok=True)
        with (WHEELS / "lock").open("w") as lock:  # another test process may fill it as well
            fcntl.flock(lock, fcntl.LOCK_EX)
            release = build.build(order, layout, signing.read_private_key(self.key_file))
        shelf.promote(layout, release.release_id, "production", self.home / "trust")
        return release.release_id


def workshop(folder: Path, home: Path) -> Workshop:
    """Copy the tree into ``folder`` and let the platform in ``home`` trust what is built from it."""
    repository = folder / "tree"
    for name in ("src", "requirements"):
        shutil.copytree(ROOT / name, repository / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "pyproject.toml", repository / "pyproject.toml")
    _git(folder, "init", "-q", "-b", "main", str(repository))
    _git(repository, "add", "-A")
    _git(repository, "commit", "-q", "-m", "first")
    _git(repository, "tag", "first")
    key_file = folder / "signing-key"
    public = signing.create_key(key_file)
    (home / "trust").mkdir(exist_ok=True)
    shutil.copyfile(public, home / "trust" / "workshop.pub")
    return Workshop(repository, home, key_file)


def replacing(old: str, new: str) -> Change:
    """Return a change that replaces ``old``, which must be there."""

    def change(text: str) -> str:
        assert old in text, f"there is no {old!r}"
        return text.replace(old, new)

    return change


def appending(text: str) -> Change:
    """Return a change that adds ``text`` at the end."""
    return lambda before: f"{before}\n{text}\n"


def _git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True)
