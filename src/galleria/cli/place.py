"""Where the platform is and who we are there: state folder, address, token."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from galleria.cli.problems import Misuse

DEFAULT_PORT = 8080
PLANE_HOST = "galleria.localhost"


@dataclass(frozen=True)
class Place:
    """One platform as the command line sees it. ``home`` is the state folder on this machine; ``url`` the plane's."""

    home: Path
    url: str
    port: int

    @property
    def local(self) -> bool:
        """Whether the plane's address is this machine's own platform."""
        return self.url == f"http://{PLANE_HOST}:{self.port}"


def find() -> Place:
    """Read the place from the environment, the state folder and `galleria login`, in this order.

    Raises:
        Misuse: if ``GALLERIA_PORT`` is not a port.
    """
    home = Path(os.environ.get("GALLERIA_HOME") or "var").absolute()
    port = _port(home)
    url = os.environ.get("GALLERIA_URL") or ""
    if not url and not (home / "platform.json").exists():
        url = _read_credentials().get("default", "")
    return Place(home=home, url=(url or f"http://{PLANE_HOST}:{port}").rstrip("/"), port=port)


def token(place: Place) -> str | None:
    """Return the token for the place: GALLERIA_TOKEN, then what `galleria login` kept, then the local first token."""
    if given := os.environ.get("GALLERIA_TOKEN"):
        return given
    if kept := _read_credentials().get(place.url):
        return kept
    first = place.home / "operator-token"
    if place.local and os.access(first, os.R_OK):
        return first.read_text(encoding="utf-8").strip()
    return None


def keep_token(place: Place, secret: str) -> Path:
    """Keep a token for this place, readable by this user only, and make the place the default one."""
    kept = _read_credentials()
    kept[place.url] = secret
    kept["default"] = place.url
    path = _credentials_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)  # mkstemp makes it 0600
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(kept, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).rename(path)
    return path


def connect_address(url: str) -> tuple[str, str]:
    """Return (address to connect to, Host header): names under .localhost are this machine, whatever the resolver says.

    RFC 6761 section 6.3 gives `.localhost` to the loopback, but glibc without nss-myhostname does not know it.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise Misuse(
            f"{url!r} is not the address of a control plane.", "Give one such as http://galleria.localhost:8080."
        )
    netloc = parts.netloc
    if host.endswith(".localhost"):
        netloc = f"127.0.0.1:{parts.port}" if parts.port else "127.0.0.1"
    return f"{parts.scheme}://{netloc}{parts.path}", parts.netloc


def _port(home: Path) -> int:
    text = os.environ.get("GALLERIA_PORT")
    if text is None:
        try:
            return int(json.loads((home / "platform.json").read_text(encoding="utf-8"))["port"])
        except (OSError, ValueError, KeyError, TypeError):
            return DEFAULT_PORT
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Misuse(f"GALLERIA_PORT is {text!r}, which is no port.", "Set it to a number from 1 to 65535.")
    return int(text)


def _credentials_path() -> Path:
    base = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(base) / "galleria" / "credentials.json"


def _read_credentials() -> dict[str, str]:
    try:
        loaded = json.loads(_credentials_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in loaded.items()} if isinstance(loaded, dict) else {}
