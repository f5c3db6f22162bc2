"""The source revision that a release is built from: a clean, named one, exported as it is in git."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from galleria.control.artifacts.problems import ReleaseRefused

_AS_IT_IS: Final = ("-c", "core.autocrlf=false", "-c", "core.eol=lf", "-c", "core.attributesFile=/dev/null")


@dataclass(frozen=True)
class Source:
    """A source revision. ``committed_at`` is in seconds since 1970, UTC: the only time that goes into an artifact."""

    revision: str
    committed_at: int


def resolve(repository: Path, revision: str) -> Source:
    """Name a revision by its full hash.

    :raises ReleaseRefused: no repository, no such revision, or the work tree differs from what is committed.
    """
    if not (repository / ".git").exists():
        raise ReleaseRefused(f"{repository} is not a git repository. Run this in a clone.")
    status = ("status", "--porcelain", "--untracked-files=normal", "--ignore-submodules=none")
    if changed := _git(repository, *status).decode().splitlines():
        raise ReleaseRefused(
            f"The work tree is dirty ({len(changed)} paths, first: {changed[0][3:]}). Commit what is to be released."
        )
    try:
        full = _git(repository, "rev-parse", "--verify", f"{revision}^{{commit}}").decode().strip()
    except ReleaseRefused as error:
        raise ReleaseRefused(f"There is no revision {revision} in {repository}.") from error
    return Source(full, int(_git(repository, "show", "-s", "--format=%ct", full)))


def export(repository: Path, source: Source, folder: Path) -> None:
    """Write the revision's files, and nothing else, into an empty folder."""
    with tempfile.TemporaryDirectory(prefix="galleria-git-") as bare:
        # As it is in git: nothing of this clone's or this machine's settings on line ends and attributes.
        _git(repository, "init", "--quiet", "--bare", "--template=", bare)
        objects = (repository / _git(repository, "rev-parse", "--git-path", "objects").decode().strip()).resolve()
        Path(bare, "objects/info/alternates").write_text(f"{objects}\n", encoding="utf-8")
        archive = _git(Path(bare), *_AS_IT_IS, "archive", "--format=tar", source.revision)
    # The program, not the module: Python 3.11.2's tarfile has no safe extraction filter yet.
    subprocess.run(["tar", "--extract", "--directory", str(folder)], input=archive, check=True, capture_output=True)


def _git(repository: Path, *arguments: str) -> bytes:
    try:
        return subprocess.run(["git", "-C", str(repository), *arguments], check=True, capture_output=True).stdout
    except FileNotFoundError as error:
        raise ReleaseRefused("There is no git on this machine. Install it: apt-get install git") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()
        raise ReleaseRefused(f"git can't read {repository}: {said[0] if said else 'no reason was given'}") from error
