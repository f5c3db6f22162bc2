"""The wheels of a component: its own, built so that one revision always gives the same bytes, and the locked ones."""

from __future__ import annotations

import fcntl
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from packaging.markers import Marker

from galleria.contracts.words import Component
from galleria.control.artifacts.layout import digest_of_file
from galleria.control.artifacts.problems import ReleaseRefused
from galleria.control.delivery.release import components

_LOCKED: Final = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;]+) *(?:; *(.*?))? *--hash=", re.MULTILINE)
_BUILT: Final = "built.json"
_HASH: Final = re.compile(r"--hash=(sha256:[0-9a-f]{64})")

_BUILD_WHEEL: Final = """
import sys
from hatchling.builders.wheel import WheelBuilder
next(WheelBuilder(sys.argv[1]).build(directory=sys.argv[2], versions=["standard"]))
"""


@dataclass(frozen=True)
class Locked:
    """One requirement of a lock, for this platform."""

    name: str
    version: str
    hashes: tuple[str, ...]


def read_lock(path: Path) -> tuple[Locked, ...]:
    """Return what a lock file pins.

    :raises ReleaseRefused: it is missing, or a requirement in it has no hash.
    """
    if not path.is_file():
        raise ReleaseRefused(f"The lock requirements/{path.name} is missing in this revision. Make it: make lock")
    locked = []
    for line in path.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        if "==" not in line or line.lstrip().startswith("#"):
            continue
        found = _LOCKED.match(line)
        if found is None:
            name = line.split()[0]
            raise ReleaseRefused(f"requirements/{path.name} pins {name} without a hash. Make it anew: make lock")
        name, version, marker = found.groups()
        if marker is None or Marker(marker).evaluate():
            locked.append(Locked(name.lower(), version, tuple(_HASH.findall(line))))
    return tuple(locked)


def build_own(tree: Path, component: Component, version: str, folder: Path) -> Path:
    """Build the component's own wheel from an exported tree; the same tree gives the same bytes.

    :raises ReleaseRefused: the build failed.
    """
    project = folder / component.value
    project.mkdir(parents=True)
    (project / "src").symlink_to(tree / "src")
    included = ", ".join(f'"src/{path}"' for path in components.included_files(component))
    (project / "pyproject.toml").write_text(
        f"""[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "galleria-{component.value}"
version = "{version}"
requires-python = ">=3.11"

[tool.hatch.build.targets.wheel]
only-include = [{included}]
sources = ["src"]
""",
        encoding="utf-8",
    )
    _run([sys.executable, "-c", _BUILD_WHEEL, str(project), str(folder)], f"The wheel of {component.value}")
    return next(folder.glob(f"galleria_{component.value.replace('-', '_')}-*.whl"))


def collect_locked(lock: Path, cache: Path) -> list[Path]:
    """Return the wheels of a lock, from the cache or the package index, each the one that the lock names by its hash.

    A distribution that is published as source only is built into a wheel here, from the source that the lock names,
    with the locked build tools and a fixed time. What it came out as is written down beside it.

    :raises ReleaseRefused: one can't be had, or its hash is another.
    """
    wanted = read_lock(lock)
    folder = cache / lock.stem
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        have = _whole(folder, wanted)
        if len(have) < len(wanted):
            _get(lock, folder)
            _note_what_was_built(folder, wanted)
            have = _whole(folder, wanted)
    for entry in wanted:
        if entry not in have:
            raise ReleaseRefused(f"{entry.name} {entry.version} is not what requirements/{lock.name} says by its hash.")
    return sorted(have.values(), key=lambda path: path.name)


def _get(lock: Path, folder: Path) -> None:
    # Not from pip's own cache: a wheel that it built there for somebody else has another time in it.
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-cache-dir"]
    command += ["--no-deps", "--no-build-isolation", "--require-hashes", "--requirement", str(lock)]
    command += ["--wheel-dir", str(folder), "--find-links", str(folder)]
    _run(command, f"The wheels of requirements/{lock.name}")


def _whole(folder: Path, wanted: Sequence[Locked]) -> dict[Locked, Path]:
    """Return the wheels that are what they must be; any other of theirs is removed, so that it is had anew."""
    entries = {(entry.name, entry.version): entry for entry in wanted}
    built = _built(folder)
    found = {}
    for path in folder.glob("*.whl"):
        entry = entries.get(key(path))
        if entry is None:
            continue
        digest = digest_of_file(path)
        if digest in (*entry.hashes, built.get(path.name)):
            found[entry] = path
        else:
            path.unlink()
    return found


def _note_what_was_built(folder: Path, wanted: Sequence[Locked]) -> None:
    """Write down the digests of the wheels that no lock can name, right after they were built."""
    published = {each for entry in wanted for each in entry.hashes}
    digests = {path.name: digest_of_file(path) for path in folder.glob("*.whl")}
    built = {name: digest for name, digest in digests.items() if digest not in published}
    (folder / _BUILT).write_text(json.dumps(_built(folder) | built), encoding="utf-8")


def _built(folder: Path) -> dict[str, str]:
    try:
        return {str(name): str(digest) for name, digest in json.loads((folder / _BUILT).read_bytes()).items()}
    except (FileNotFoundError, ValueError, AttributeError):
        return {}


def key(wheel: Path) -> tuple[str, str]:
    """Return a wheel's (distribution, version) as a lock writes them."""
    name, version = wheel.name.split("-")[:2]
    return re.sub(r"[-_.]+", "-", name).lower(), version


def _run(command: list[str], what: str) -> None:
    # 1980, the first time that a zip file can hold: what is built must not depend on when, where or by whom, nor on the
    # commit of a file that it does not contain.
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "315532800", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    done = subprocess.run(command, env=environment, umask=0o022, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise ReleaseRefused(f"{what} could not be made: {said[-1] if said else 'no reason was given'}")
