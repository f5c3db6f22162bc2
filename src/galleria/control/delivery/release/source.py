"""The source revision that a release is built from: a clean, named one, exported as it is in git."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from galleria.control.artifacts.problems import ReleaseRefused


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
    if changed := _git(repository, "status", "--porcelain").decode().splitlines():
        raise ReleaseRefused(
            f"The work tree is dirty ({len(changed)} paths, first: {changed[0][3:]}). Commit what is to be released."
        )
    try:
        full = _git(repository, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").decode().strip()
    except subprocess.CalledProcessError as error:
        raise ReleaseRefused(f"There is no revision {revision} in {repository}.") from error
    return Source(full, int(_git(repository, "show", "-s", "--format=%ct", full)))


def export(repository: Path, source: Source, folder: Path) -> None:
    """Write the revision's files, and nothing else, into an empty folder."""
    archive = _git(repository, "archive", "--format=tar", source.revision)
    # The program, not the module: Python 3.11.2's tarfile has no safe extraction filter yet.
    subprocess.run(["tar", "--extract", "--directory", str(folder)], input=archive, check=True, capture_output=True)


def _git(repository: Path, *arguments: str) -> bytes:
    command = ["git", "-C", str(repository), *arguments]
    return subprocess.run(command, check=True, capture_output=True).stdout
