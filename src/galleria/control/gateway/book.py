"""The route book: the routes as one file, which the gateway starts from and which each change replaces whole."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from galleria.control.gateway.config import GatewayPlaces
from galleria.control.gateway.port import GatewayBroken, GatewayUnavailable, Route


@dataclass(frozen=True)
class GatewayFolder:
    """The gateway's places under the state folder `home` (absolute)."""

    home: Path

    @property
    def root(self) -> Path:
        """The gateway's own folder."""
        return self.home / "gateway"

    @property
    def book(self) -> Path:
        """The route book."""
        return self.root / "routes.json"

    @property
    def places(self) -> GatewayPlaces:
        """What Caddy is told of them."""
        plane = self.home / "plane" / "run" / "plane.sock"
        return GatewayPlaces(self.root / "admin.sock", plane, self.root / "storage")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One change at a time, whoever makes it."""
        with (self.root / "routes.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def read(self) -> tuple[str, dict[str, Route]]:
        """Read the public address and the routes by store.

        :raises GatewayUnavailable: there is no book: the gateway was never started.
        :raises GatewayBroken: the book is not readable as one.
        """
        try:
            raw = json.loads(self.book.read_text("utf-8"))
            return str(raw["listen"]), {each["store_id"]: _route(each) for each in raw["routes"]}
        except FileNotFoundError as error:
            raise GatewayUnavailable("The gateway has not been started yet.") from error
        except (ValueError, KeyError, TypeError) as error:
            raise GatewayBroken(f"The route book {self.book} is damaged.") from error

    @contextmanager
    def staged(self, listen: str, routes: Iterable[Route]) -> Iterator[None]:
        """Put a new book down beside the old one; it takes the old one's place only if the body succeeds.

        All that can fail for want of room fails before the body. A crash in between leaves a whole book either way.

        :raises GatewayUnavailable: no room on the disk; nothing was changed.
        """
        text = json.dumps({"listen": listen, "routes": [_plain(route) for route in routes]}, indent=1)
        new = self.book.with_name(f".routes.{os.getpid()}.new")
        try:
            with new.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            new.unlink(missing_ok=True)
            raise GatewayUnavailable("The route book can't be written; is the disk full?", retry_after=10) from error
        try:
            yield
            _adopt_owner(new, self.root)
            new.replace(self.book)
        finally:
            new.unlink(missing_ok=True)


def _adopt_owner(file: Path, folder: Path) -> None:
    # The runner writes as root; the gateway, as itself, must be able to read it at its next start.
    owner = folder.stat()
    if owner.st_uid != os.geteuid():
        os.chown(file, owner.st_uid, owner.st_gid)


def _plain(route: Route) -> dict[str, str | bool]:
    return {
        "store_id": route.store_id,
        "host": route.host,
        "engine_socket": str(route.engine_socket),
        "storefront_socket": str(route.storefront_socket),
        "closed": route.closed,
    }


def _route(raw: dict[str, str | bool]) -> Route:
    return Route(
        store_id=str(raw["store_id"]),
        host=str(raw["host"]),
        engine_socket=Path(str(raw["engine_socket"])),
        storefront_socket=Path(str(raw["storefront_socket"])),
        closed=bool(raw["closed"]),
    )
