"""The doors: one link a host, which Caddy follows at every request. What lies here is what is in force.

```
doors/<host>                -> .ways/<store>.a       a door; one rename(2) leads it to the store's other way
doors/.ways/<store>.a/       engine, storefront      links to the sockets of one slot each
                             closed                  an empty file: answer 503 and lead nowhere
doors/.ways/<store>.b/                               the way before, or nothing
doors/.unseen/<secret>      -> ../.ways/<store>.u     a door that only who knows the secret goes through
```

A way that a door leads to is never changed, so engine and storefront move together. There are two of each store, so
that a request which the kernel holds half-way through the old one finds it there.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from galleria.control.gateway.port import GatewayBroken, GatewayUnavailable, Route

DOORS: Final = "doors"
"""The folder's name below the state folder. The runner's; the gateway passes through it and can write nothing in it."""

ENGINE: Final = "engine"
STOREFRONT: Final = "storefront"
CLOSED: Final = "closed"

UNSEEN: Final = ".unseen"
"""Below the doors: one link a secret."""

_WAYS: Final = ".ways"
_UNSEEN_LETTER: Final = "u"
_NEXT: Final = ".next"
_LOCK: Final = ".lock"
_WAY: Final = re.compile(rf"{re.escape(_WAYS)}/(?P<store>[a-z0-9-]+)\.(?P<letter>[ab])")
_PASS_THROUGH: Final = 0o711
_LOOK_INTO: Final = 0o755
_READ: Final = 0o644
"""Caddy opens what it only wants to know to be there."""


@dataclass(frozen=True)
class Doors:
    """The doors of the platform whose state folder is `home` (absolute). The caller holds the lock."""

    home: Path

    @property
    def root(self) -> Path:
        """The folder with the links."""
        return self.home / DOORS

    @contextmanager
    def locked(self, *, to_look: bool = False) -> Iterator[None]:
        """One change at a time, whoever makes it; any number may look meanwhile before and after it.

        :raises GatewayUnavailable: there is no such folder yet.
        """
        try:
            lock = os.open(self.root / _LOCK, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except FileNotFoundError as error:
            raise GatewayUnavailable("The gateway has not been started yet.") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_SH if to_look else fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def read(self) -> dict[str, Route]:
        """Read the routes by store.

        :raises GatewayBroken: something lies here that this program did not make.
        """
        routes: dict[str, Route] = {}
        for door in sorted(self.root.iterdir()):
            if door.name.startswith("."):
                continue
            try:
                route = self._read_door(door)
            except (OSError, ValueError) as error:
                raise GatewayBroken(f"The door {door} is damaged; remove it, then start its store.") from error
            if route.store_id in routes:
                raise GatewayBroken(f"Two doors lead to {route.store_id}: remove one of them in {self.root}.")
            routes[route.store_id] = route
        return routes

    def put(self, route: Route, before: Route | None) -> None:
        """Make the route's door lead where it says, in one step.

        :param before: the store's route that is in force.
        :raises GatewayUnavailable: no room on the disk; nothing was changed.
        """
        door, following = self.root / route.host, self.root / _NEXT
        try:
            way = self._make_way(route, self._letter_in_force(before))
            following.unlink(missing_ok=True)
            following.symlink_to(way.relative_to(self.root))
            if before is not None and before.host != route.host:
                (self.root / before.host).rename(door)
            following.rename(door)
            _to_disk(self.root)
        except OSError as error:
            raise GatewayUnavailable("The doors can't be written; is the disk full?", retry_after=10) from error

    def open_unseen(self, route: Route) -> str:
        """Make a door that only a new secret leads through, and return the secret.

        :raises GatewayUnavailable: no room on the disk; nothing was changed.
        """
        self.close_unseen(route.store_id)
        secret, folder = secrets.token_hex(32), self.root / UNSEEN
        try:
            folder.mkdir(exist_ok=True)
            folder.chmod(_PASS_THROUGH)
            way = self._fill_way(self._way(route.store_id, _UNSEEN_LETTER), replace(route, closed=False))
            (folder / secret).symlink_to(Path("..") / way.relative_to(self.root))
        except OSError as error:
            raise GatewayUnavailable("The doors can't be written; is the disk full?", retry_after=10) from error
        return secret

    def close_unseen(self, store_id: str) -> None:
        """Forget the door that only a secret leads through."""
        way = self._way(store_id, _UNSEEN_LETTER)
        for door in (self.root / UNSEEN).glob("*"):
            if door.readlink().name == way.name:
                door.unlink()
        shutil.rmtree(way, ignore_errors=True)

    def remove(self, store_id: str, before: Route | None) -> None:
        """Forget a store and its ways; what a killed change left of them too."""
        self.close_unseen(store_id)
        if before is not None:
            (self.root / before.host).unlink()
            _to_disk(self.root)
        for letter in "ab":
            shutil.rmtree(self._way(store_id, letter), ignore_errors=True)

    def _way(self, store_id: str, letter: str) -> Path:
        return self.root / _WAYS / f"{store_id}.{letter}"

    def _read_door(self, door: Path) -> Route:
        found = _WAY.fullmatch(str(door.readlink()))
        if found is None:
            raise ValueError("the link leads elsewhere")
        engine, storefront = (door / ENGINE).readlink(), (door / STOREFRONT).readlink()
        return Route(found["store"], door.name, engine, storefront, closed=(door / CLOSED).exists())

    def _letter_in_force(self, before: Route | None) -> str | None:
        if before is None:
            return None
        return (self.root / before.host).readlink().name[-1]

    def _make_way(self, route: Route, taken: str | None) -> Path:
        return self._fill_way(self._way(route.store_id, "b" if taken == "a" else "a"), route)

    def _fill_way(self, way: Path, route: Route) -> Path:
        for folder, mode in ((way.parent, _PASS_THROUGH), (way, _LOOK_INTO)):
            folder.mkdir(exist_ok=True)
            folder.chmod(mode)
        for left in way.iterdir():
            left.unlink()
        (way / ENGINE).symlink_to(route.engine_socket)
        (way / STOREFRONT).symlink_to(route.storefront_socket)
        if route.closed:
            (way / CLOSED).touch()
            (way / CLOSED).chmod(_READ)  # whatever the umask
        _to_disk(way)
        return way


def _to_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
