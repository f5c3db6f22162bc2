"""The plane's settings. The environment is read here and nowhere else."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from galleria.control.registry.database import sqlite_url


class PlaneSettings(BaseSettings):
    """How this plane works. Each field is also the environment variable GALLERIA_<FIELD>; arguments win."""

    model_config = SettingsConfigDict(env_prefix="GALLERIA_", frozen=True, extra="ignore")

    data: Path
    """The plane's own folder: registry, keys."""

    agents: Path
    """The folder with one agent socket a store; all that the plane can reach of a store."""

    public_url: str = "http://galleria.localhost:8080"
    """Where operators reach the plane; shops have the same scheme and port."""

    registry_url: str | None = None
    """The registry's address, such as postgresql+psycopg://user@host/db; SQLite in `data` by default."""

    lease_seconds: float = Field(default=30.0, gt=0)
    """How long after its last heartbeat a runner keeps a deployment."""

    @property
    def registry(self) -> str:
        """The registry's address, with the default filled in."""
        return self.registry_url or sqlite_url(self.data / "registry.db").render_as_string(hide_password=False)

    @property
    def secure(self) -> bool:
        """Whether operators come over TLS."""
        return urlsplit(self.public_url).scheme == "https"

    def shop_url(self, host: str) -> str:
        """Return where shoppers reach the store of ``host``."""
        public = urlsplit(self.public_url)
        return f"{public.scheme}://{host}{f':{public.port}' if public.port else ''}"
