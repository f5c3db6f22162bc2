"""What the contract files break for who speaks an older revision of them. As a program it answers for a git revision.

A break that is meant is accepted by saying it: a trailer ``Contract-Break: <the sentence>`` in a commit message after
that revision. So it stands in the history, with its reason, and no list of exceptions has to be cleared.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from galleria.control.delivery.verification import compatibility

FOLDER: Final = "src/galleria/contracts"
COMPARED: Final[dict[str, Callable[[str, str], list[str]]]] = {
    "commerce.graphql": compatibility.graphql_breaks,
    "shop-agent.openapi.yaml": compatibility.openapi_breaks,
    "control-plane.openapi.yaml": compatibility.openapi_breaks,
    "instance.schema.json": compatibility.configuration_breaks,
}


@dataclass(frozen=True)
class Break:
    """A break in one contract file."""

    file: str
    sentence: str
    accepted: bool


class Misuse(Exception):
    """There is no such revision, or this is no repository."""


def breaks_since(repository: Path, revision: str) -> list[Break]:
    """Compare the work tree's contract files with those of a revision; a file that is new breaks nobody.

    Raises:
        Misuse: the revision is not known here.
    """
    accepted = {" ".join(line.split()) for line in _accepted(repository, revision)}
    found = []
    for name, compare in COMPARED.items():
        old = _at(repository, revision, f"{FOLDER}/{name}")
        path = repository / FOLDER / name
        if old is None:
            continue
        sentences = compare(old, path.read_text(encoding="utf-8")) if path.exists() else ["the whole contract is gone"]
        found += [Break(name, sentence, f"{name}: {sentence}" in accepted) for sentence in sentences]
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Print each break on a line. Exit codes: 0 none but accepted ones, 1 breaks, 2 misuse."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.contracts")
    parser.add_argument("revision", help="the git revision to compare with")
    options = parser.parse_args(arguments)
    try:
        found = breaks_since(Path.cwd(), options.revision)
    except Misuse as misuse:
        sys.stderr.write(f"Error: {misuse}\n")
        return 2
    for one in found:
        sys.stdout.write(f"{'accepted' if one.accepted else 'BREAK'}  {one.file}: {one.sentence}\n")
    refused = [one for one in found if not one.accepted]
    if refused:
        sys.stdout.write(
            "Keep what is there and add beside it; or, if it is meant, give its reason in a commit message with\n"
            f"    Contract-Break: {refused[0].file}: {refused[0].sentence}\n"
        )
    else:
        sys.stdout.write(f"No contract breaks who speaks {options.revision}.\n")
    return 1 if refused else 0


def _accepted(repository: Path, revision: str) -> list[str]:
    known = _git(repository, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    if known is None:
        raise Misuse(f"There is no revision {revision} here. Fetch it: git fetch --unshallow, or name another one.")
    trailers = "--format=%(trailers:key=Contract-Break,valueonly,unfold)"
    return (_git(repository, "log", trailers, f"{known.strip()}..HEAD") or "").splitlines()


def _at(repository: Path, revision: str, path: str) -> str | None:
    return _git(repository, "show", f"{revision}:{path}")


def _git(repository: Path, *arguments: str) -> str | None:
    command = ["git", "-C", str(repository), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else None


if __name__ == "__main__":
    sys.exit(main())
