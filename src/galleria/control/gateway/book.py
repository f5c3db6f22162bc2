"""The route book: the routes as one file, which the gateway starts from and which each change replaces whole."""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from galleria.control.gateway import own_files
from galleria.control.gateway.config import GatewayPlaces
from galleria.control.gateway.port import GatewayBroken, GatewayUnavailable, Route

_SECRET: Final = re.compile(r"[0-9a-f]{64}")


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
    def admin_secret(self) -> Path:
        """What whoever changes routes must know: new at each start of the gateway, for its user and root only."""
        return self.root / "admin-secret"

    @property
    def places(self) -> GatewayPlaces:
        """What Caddy is told of them."""
        plane = self.home / "plane" / "run" / "plane.sock"
        return GatewayPlaces(self.root / "admin.sock", plane, self.root / "storage")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One change at a time, whoever makes it.

        :raises GatewayUnavailable: there is no gateway folder yet.
        :raises GatewayBroken: something other than a lock lies in the lock's place.
        """
        lock_file = self.root / "routes.lock"
        try:
            lock = own_files.open_lock(lock_file)
        except FileNotFoundError as error:
            raise GatewayUnavailable("The gateway has not been started yet.") from error
        except OSError as error:
            raise GatewayBroken(f"{lock_file} can't be opened as a lock; remove it if it is a link.") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def renew_secret(self) -> str:
        """Make a new admin secret and keep it."""
        secret = secrets.token_hex(32)
        own_files.write(self.admin_secret, secret)
        return secret

    def read_secret(self) -> str:
        """Read the admin secret.

        :raises GatewayUnavailable: there is none: the gateway was never started.
        :raises GatewayBroken: the file is not as the gateway wrote it.
        """
        try:
            secret = own_files.read(self.admin_secret)
        except FileNotFoundError as error:
            raise GatewayUnavailable("The gateway has not been started yet.") from error
        except (OSError, ValueError) as error:
            raise GatewayBroken(f"{self.admin_secret} can't be read; restart the gateway.") from error
        if _SECRET.fullmatch(secret) is None:
            raise GatewayBroken(f"{self.admin_secret} is damaged; restart the gateway.")
        return secret

    def read(self) -> tuple[str, dict[str, Route]]:
        """Read the public address and the routes by store.

        :raises GatewayUnavailable: there is no book: the gateway was never started.
        :raises GatewayBroken: the book is not readable as one.
        """
        try:
            raw = json.loads(own_files.read(self.book))
            return str(raw["listen"]), {each["store_id"]: _route(each) for each in raw["routes"]}
        except FileNotFoundError as error:
            raise GatewayUnavailable("The gateway has not been started yet.") from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise GatewayBroken(f"The route book {self.book} is damaged.") from error

    @contextmanager
    def staged(self, listen: str, routes: Iterable[Route]) -> Iterator[None]:
        """Put a new book down beside the old one; it takes the old one's place only if the body succeeds.

        All that can fail for want of room fails before the body. A crash in between leaves a whole book either way.

        :raises GatewayUnavailable: no room on the disk; nothing was changed.
        """
        text = json.dumps({"listen": listen, "routes": [_plain(route) for route in routes]}, indent=1)
        try:
            new = own_files.stage(self.book, text)
        except OSError as error:
            raise GatewayUnavailable("The route book can't be written; is the disk full?", retry_after=10) from error
        try:
            yield
            new.replace(self.book)
        finally:
            new.unlink(missing_ok=True)


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
