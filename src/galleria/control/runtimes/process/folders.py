"""Who owns which folder, and who may pass through it. The modes are the isolation that is left when all else fails.

As root, each store, the plane and the gateway have own user ids: the gateway passes through a store's folder to
its sockets by its group, the plane likewise through the agents' folders. As an ordinary user all of it is that user's.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from galleria.control.runtimes.process.ids import GATEWAY, PLANE, Ids
from galleria.control.runtimes.process.layout import Layout, StoreLayout
from galleria.control.runtimes.process.sandbox import Identity

_PASS_THROUGH = 0o711
_OWN = 0o700
_BY_GROUP = 0o710
_SOCKETS_FOR_GROUP = 0o2710


def make_platform_folders(layout: Layout, ids: Ids) -> None:
    """Make the platform's folders, or mend their owners and modes."""
    plane, gateway = ids.of_part(PLANE), ids.of_part(GATEWAY)
    _folder(layout.home, _PASS_THROUGH if plane else _OWN)
    for folder in (layout.agents, layout.instances, layout.bundles):
        _folder(folder, _PASS_THROUGH if plane else _OWN)
    for folder in (layout.runner, layout.runner / "logs", layout.supervisor, layout.templates):
        _folder(folder, _OWN)
    for folder in (layout.conf_d, layout.launch_d, layout.reports, layout.placements, layout.supervisor / "run"):
        _folder(folder, _OWN)
    for folder in (layout.gateway, layout.gateway / "logs"):
        _folder(folder, _OWN)
    _folder(layout.doors, _PASS_THROUGH if gateway else _OWN)
    _folder(layout.plane, _BY_GROUP if gateway else _OWN)
    _folder(layout.plane_socket.parent, _OWN)
    if plane and gateway:
        give(layout.plane, plane)
        give(layout.gateway, gateway)
        _own(layout.plane, plane.uid, gateway.gid, _BY_GROUP)
        _own(layout.plane_socket.parent, plane.uid, gateway.gid, _SOCKETS_FOR_GROUP)


def make_store_folders(place: StoreLayout, ids: Ids) -> None:
    """Make a store's folders but its data, or mend their owners and modes."""
    store, plane, gateway = ids.of_store(place.store_id), ids.of_part(PLANE), ids.of_part(GATEWAY)
    for folder in (place.root, place.run, place.tmp, place.config, place.agent):
        _folder(folder, _OWN)
    _folder(place.logs, 0o750)
    if store and plane and gateway:
        _own(place.root, store.uid, gateway.gid, _BY_GROUP)
        _own(place.run, store.uid, gateway.gid, _SOCKETS_FOR_GROUP)
        _own(place.agent, store.uid, plane.gid, _SOCKETS_FOR_GROUP)
        _own(place.tmp, store.uid, store.gid, _OWN)
        _own(place.config, store.uid, store.gid, _OWN)
        _own(place.logs, store.uid, store.gid, 0o750)


def give(tree: Path, identity: Identity) -> None:
    """Give everything under ``tree`` to ``identity``, following no link."""
    for folder, folders, files in os.walk(tree):
        for name in ("", *folders, *files):
            os.chown(Path(folder, name), identity.uid, identity.gid, follow_symlinks=False)


def take_away(tree: Path) -> None:
    """Remove a folder with all in it, or a link or file in its place. Gone already is fine."""
    if tree.is_symlink() or tree.is_file():
        tree.unlink()
    elif tree.exists():
        shutil.rmtree(tree)


def _folder(folder: Path, mode: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if folder.is_symlink():
        raise NotADirectoryError(20, "a link stands where a folder must be", str(folder))
    if folder.stat().st_mode & 0o777 != mode:
        folder.chmod(mode)


def _own(folder: Path, uid: int, gid: int, mode: int) -> None:
    os.chown(folder, uid, gid, follow_symlinks=False)
    folder.chmod(mode)
