"""The versions of a store's configuration: one file each, beside a copy of the live one. All of it bears secrets."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from galleria.control.runtimes import slots as moves
from galleria.control.runtimes.port import RuntimeRefused
from galleria.control.runtimes.process import store_files
from galleria.control.runtimes.process.layout import StoreLayout
from galleria.control.runtimes.process.sandbox import Identity

_FOLDER: Final = "config"
_LIVE: Final = ".env"


def put(place: StoreLayout, version: int, text: str, owner: Identity | None) -> None:
    """Keep a version of the configuration.

    :raises RuntimeRefused: another text lies there.
    :raises OSError: no room; nothing has changed.
    """
    with store_files.opened(place.root, _FOLDER) as folder:
        kept = store_files.read(folder, _name(version))
        if kept is not None and kept != text:
            raise RuntimeRefused(f"The store has another configuration {version}: take the next number.")
        if kept is None:
            store_files.write(folder, _name(version), text, owner)


def replace(place: StoreLayout, version: int, text: str, owner: Identity | None) -> None:
    """Keep a version whatever lay there."""
    with store_files.opened(place.root, _FOLDER) as folder:
        store_files.write(folder, _name(version), text, owner)


def adopt(place: StoreLayout, owner: Identity | None) -> None:
    """Take what is in the store's ``.env`` for the first version, unless there is one."""
    with store_files.opened(place.root) as folder:
        text = store_files.read(folder, _LIVE)
    with store_files.opened(place.root, _FOLDER) as folder:
        if text is not None and store_files.read(folder, _name(1)) is None:
            store_files.write(folder, _name(1), text, owner)


def check(place: StoreLayout, version: int) -> None:
    """Refuse a version that is not there.

    :raises RuntimeRefused: it is not.
    """
    _text(place, version)


def make_live(place: StoreLayout, version: int, owner: Identity | None) -> None:
    """Let the store's ``.env`` say what a version says.

    :raises RuntimeRefused: the version is not there.
    """
    text = _text(place, version)
    with store_files.opened(place.root) as folder:
        if store_files.read(folder, _LIVE) != text:
            store_files.write(folder, _LIVE, text, owner)


def files(instances: Path) -> list[tuple[Path, tuple[str, ...], str]]:
    """Name every file with a configuration, of all stores: the store's folder, the folders below it, the name."""
    found: list[tuple[Path, tuple[str, ...], str]] = []
    for root in sorted(instances.glob("*")):
        found += [(root, (), _LIVE), *((root, (_FOLDER,), file.name) for file in sorted(root.glob(f"{_FOLDER}/*.env")))]
    return found


def _text(place: StoreLayout, version: int) -> str:
    try:
        with store_files.opened(place.root, _FOLDER) as folder:
            text = store_files.read(folder, _name(version))
    except OSError:
        text = None
    if text is None:
        raise moves.unknown_configuration(version)
    return text


def _name(version: int) -> str:
    return f"{version}.env"
