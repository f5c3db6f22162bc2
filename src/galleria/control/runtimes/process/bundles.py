"""Bundles: artifacts made startable. A bundle is a virtual environment whose files are links into a cache of wheels.

Each wheel is unpacked and compiled once, whatever bundles it is part of. What is there under its final name is whole.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

from installer import install
from installer.destinations import SchemeDictionaryDestination
from installer.exceptions import InstallerError
from installer.records import RecordEntry
from installer.sources import WheelFile
from packaging.tags import sys_tags
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import Component
from galleria.control.artifacts.layout import BUNDLE_TYPE, TITLE_ANNOTATION, Descriptor
from galleria.control.artifacts.layout import Layout as Store
from galleria.control.artifacts.problems import ReleaseMissing, ReleaseRefused
from galleria.control.runtimes.port import Artifact, RuntimeRefused
from galleria.control.runtimes.process.artifact import Source, read_only
from galleria.control.runtimes.process.folders import take_away
from galleria.control.runtimes.process.layout import Layout

_NAME_DIGITS: Final = 16
_MARK: Final = "bundle.json"
_SITE: Final = "site-packages"
_SCRIPTS: Final = "bin"
_UNFINISHED: Final = ".new-"
_FILE, _PROGRAM, _FOLDER = 0o444, 0o555, 0o755
"""A store's user reads a bundle, so that everybody may; and nobody writes a file that other bundles share."""


def folder_of(layout: Layout, digest: str) -> Path:
    """Where an artifact's bundle lies once it is made."""
    return layout.bundles / digest.removeprefix("sha256:")[:_NAME_DIGITS]


def is_there(layout: Layout, artifact: Artifact) -> bool:
    """Say whether an artifact's bundle is made, for the interpreter of now."""
    return _mark(folder_of(layout, artifact.digest)).get("artifact") == artifact.digest


def source(layout: Layout, artifact: Artifact) -> Source:
    """Name what programs of a bundle are started from, whether or not it is made."""
    folder = folder_of(layout, artifact.digest)
    return Source(str(folder / "bin" / "python"), read_only(Path(sys.base_prefix), folder))


def fetch(layout: Layout, component: Component, artifact: Artifact) -> bool:
    """Make the bundle of an artifact unless it is there. Two who ask at once get one making.

    :returns: False if it was there already.
    :raises RuntimeRefused: the artifact is not in the store of artifacts (NOT_FOUND), or is not what it should be, to
        the byte (RELEASE_REFUSED).
    :raises OSError: no room; nothing half-made is left.
    """
    if is_there(layout, artifact):
        return False
    layout.bundles.mkdir(parents=True, exist_ok=True)
    with _locked(layout.bundles):
        if is_there(layout, artifact):
            return False
        try:
            _make(layout, component, artifact)
        except ReleaseMissing as missing:
            raise RuntimeRefused(str(missing), code=ErrorCode.NOT_FOUND) from missing
        except ReleaseRefused as refused:
            raise RuntimeRefused(str(refused), code=ErrorCode.RELEASE_REFUSED) from refused
    return True


def clear_out(layout: Layout, needed: Collection[str]) -> int:
    """Remove the bundles of artifacts that nobody needs, then the wheels that belong to none; return how many bundles.

    One that is removed by mistake is made again from the store of artifacts when it is asked for.
    """
    if not layout.bundles.is_dir():
        return 0
    removed = 0
    with _locked(layout.bundles):
        for folder in sorted(layout.bundles.glob("[0-9a-f]" * _NAME_DIGITS)):
            if _artifact_of(folder) not in needed:
                take_away(folder)
                removed += 1
        for wheel in sorted((layout.bundles / "wheels").glob("*")):
            if _is_linked_nowhere(wheel):
                take_away(wheel)
    return removed


def _artifact_of(folder: Path) -> str:
    with suppress(OSError, ValueError, KeyError, TypeError):
        return str(json.loads((folder / _MARK).read_bytes())["artifact"])
    return ""


def _is_linked_nowhere(wheel: Path) -> bool:
    return all(path.stat().st_nlink == 1 for path in wheel.rglob("*") if path.is_file() and not path.is_symlink())


# --- making -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Wheel:
    """One layer of an artifact, and where it lies unpacked."""

    blob: Descriptor
    folder: Path

    @property
    def title(self) -> str:
        """The wheel's file name."""
        return self.blob.annotations.get(TITLE_ANNOTATION, "")


def _make(layout: Layout, component: Component, artifact: Artifact) -> None:
    store = Store(layout.artifacts)
    kind, config, layers = store.manifest(artifact.digest)
    about = json.loads(store.get(config.digest))
    if kind != BUNDLE_TYPE or about.get("component") != component.value:
        raise ReleaseRefused(f"The artifact {artifact.digest[:19]} is not one of {component.value}.")
    cache = layout.bundles / "wheels"
    wheels = [_Wheel(each, cache / each.digest.removeprefix("sha256:")) for each in layers]
    with _staged(layout.bundles) as stage:
        _unpack_missing(store, wheels, stage)
        made = stage / "bundle"
        for wheel in wheels:
            _link_tree(wheel.folder / _SITE, made / _site_packages())
            _link_tree(wheel.folder / _SCRIPTS, made / _SCRIPTS)
        _make_environment(made, _marked(artifact))
        target = folder_of(layout, artifact.digest)
        take_away(target)  # one for another interpreter, or another's by the first digits of its name
        made.rename(target)


def _unpack_missing(store: Store, wheels: Sequence[_Wheel], stage: Path) -> None:
    missing = [wheel for wheel in wheels if not wheel.folder.is_dir()]
    if not missing:
        return
    for wheel in missing:
        store.check(wheel.blob.digest)
        _unpack(store.path(wheel.blob.digest), wheel.title, stage / wheel.folder.name)
    # By a program of its own: a process that has threads does not fork workers. What does not compile stays as it is.
    told = ("-q", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash")
    compiling = [sys.executable, "-I", "-m", "compileall", *told, str(stage)]
    subprocess.run(compiling, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    _set_modes(stage)
    os.sync()  # of all at once: what is renamed below must be whole after a power cut too
    missing[0].folder.parent.mkdir(mode=_FOLDER, exist_ok=True)
    for wheel in missing:
        (stage / wheel.folder.name).rename(wheel.folder)


def _unpack(blob: Path, title: str, folder: Path) -> None:
    """Unpack a wheel; nothing of it is run.

    :raises ReleaseRefused: it is no wheel, or one for another machine.
    """
    try:
        tags = parse_wheel_filename(title)[3]
    except InvalidWheelFilename as error:
        raise ReleaseRefused(f"{title!r} is not the name of a wheel.") from error
    if tags.isdisjoint(sys_tags()):
        raise ReleaseRefused(f"{title} is made for another machine or another Python: build the release for this one.")
    places = {"purelib": _SITE, "platlib": _SITE, "scripts": _SCRIPTS, "data": "data", "headers": "headers"}
    destination = _Destination({scheme: str(folder / place) for scheme, place in places.items()}, "python", "posix")
    (folder / _SITE).mkdir(parents=True)
    named = folder / title
    named.symlink_to(blob)  # its name says what is in it
    try:
        with WheelFile.open(named) as wheel:
            install(wheel, destination, {"INSTALLER": b"galleria\n"})
    except (InstallerError, BadZipFile, ValueError, FileExistsError) as error:  # it exists: one name, two files
        raise ReleaseRefused(f"{title} is not a whole wheel.") from error
    named.unlink()


class _Destination(SchemeDictionaryDestination):
    """Where a wheel is unpacked. Scripts that start its entry points are left out: they would name one interpreter."""

    def write_script(self, name: str, module: str, attr: str, section: object) -> RecordEntry:
        return RecordEntry(f"{_SCRIPTS}/{name}", None, None)


def _link_tree(origin: Path, target: Path) -> None:
    """Link all files below ``origin`` to the same places below ``target``. What is there already stays."""
    for folder, _, files in os.walk(origin):
        place = target / Path(folder).relative_to(origin)
        place.mkdir(parents=True, exist_ok=True)
        for name in files:
            with suppress(FileExistsError):
                os.link(os.path.join(folder, name), place / name)  # noqa: PTH118 - some thousand times


def _make_environment(made: Path, mark: dict[str, str]) -> None:
    base = _base_python()
    (made / "bin").mkdir(exist_ok=True)
    (made / "bin" / "python").unlink(missing_ok=True)  # a wheel may bring a script of any name
    (made / "bin" / "python").symlink_to(base)
    version = ".".join(map(str, sys.version_info[:3]))
    configuration = f"home = {base.parent}\ninclude-system-site-packages = false\nversion = {version}\n"
    for name, text in (("pyvenv.cfg", configuration), (_MARK, json.dumps(mark))):
        (made / name).write_text(text, "utf-8")
        (made / name).chmod(_FILE)
    for folder, _, _ in os.walk(made):
        Path(folder).chmod(_FOLDER)


def _base_python() -> Path:
    """The interpreter that this one's environment was made of."""
    return Path(getattr(sys, "_base_executable", sys.executable)).resolve()


def _site_packages() -> str:
    return f"lib/python{sys.version_info.major}.{sys.version_info.minor}/{_SITE}"


def _marked(artifact: Artifact) -> dict[str, str]:
    return {"artifact": artifact.digest, "version": artifact.version, "site": _site_packages()}


def _mark(folder: Path) -> dict[str, str]:
    """Read what a bundle says of itself; nothing if it is not there or was made for another interpreter."""
    with suppress(OSError, ValueError):
        raw = json.loads((folder / _MARK).read_bytes())
        if raw["site"] == _site_packages():
            return dict(raw)
    return {}


def _set_modes(tree: Path) -> None:
    for folder, _, files in os.walk(tree):
        Path(folder).chmod(_FOLDER)
        for name in files:
            path = Path(folder, name)
            path.chmod(_PROGRAM if path.stat().st_mode & 0o100 else _FILE)


@contextmanager
def _locked(bundles: Path) -> Iterator[None]:
    with (bundles / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _staged(bundles: Path) -> Iterator[Path]:
    """A folder to make things in, gone afterwards; and so are those of makers that were killed (we hold the lock)."""
    with ExitStack() as stack:
        for left in bundles.glob(f"{_UNFINISHED}*"):
            take_away(left)
        stage = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=bundles))
        stack.callback(take_away, stage)
        yield stage
