"""The runner's settings. The environment is read here and nowhere else."""

from __future__ import annotations

import socket
import uuid
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from galleria.control.delivery.faults import GiveUp


class RunnerSettings(BaseSettings):
    """How this runner works. Each field is the environment variable GALLERIA_RUNNER_<FIELD>."""

    model_config = SettingsConfigDict(env_prefix="GALLERIA_RUNNER_", frozen=True, extra="ignore")

    home: Path
    """The platform's state folder."""

    slots: int = Field(default=2, ge=1, le=32)
    """How many deployments, of different stores, run side by side. Each is mostly waiting for processes to start."""

    environment: str = Field(default="production", pattern=r"^[a-z][a-z0-9-]{0,39}$")
    """Which environment this runner deploys to: releases must be promoted for it."""

    healthy_seconds: float = Field(default=30.0, ge=1, le=240)
    """How long the processes of a store may take until they answer."""

    watch_seconds: float = Field(default=10.0, ge=0, le=300)
    """For how long new processes are watched after a switch."""

    warm_seconds: float = Field(default=600.0, ge=0, le=86400)
    """For how long the old processes run on after a switch."""

    plane_url: str | None = None
    """The plane's address when it is not on this machine; by default its Unix socket under `home`."""

    @property
    def folder(self) -> Path:
        """All that the runner itself keeps."""
        return self.home / "runner"

    @property
    def token_file(self) -> Path:
        """The runner's token for the plane, 0600."""
        return self.folder / "token"

    @property
    def journal_file(self) -> Path:
        """The durable workflows."""
        return self.folder / "dbos.sqlite"

    @property
    def records_folder(self) -> Path:
        """One record for each instance that this runner made."""
        return self.folder / "stores"

    @property
    def lock_file(self) -> Path:
        """Held while a runner works on this state folder."""
        return self.folder / "runner.lock"

    @property
    def plane_socket(self) -> Path:
        """Where the plane of this machine answers."""
        return self.home / "plane" / "run" / "plane.sock"


@dataclass(frozen=True)
class PublicDoor:
    """Where shoppers come in."""

    listen: str
    port: int

    @property
    def reach(self) -> str:
        """Return the address at which a program on this machine reaches it."""
        return "127.0.0.1" if self.listen in ("0.0.0.0", "::", "") else self.listen  # noqa: S104 - compared, not bound

    def address_of(self, host: str) -> str:
        """Return the address that a shopper types to reach ``host``."""
        return f"http://{host}" if self.port == 80 else f"http://{host}:{self.port}"


class _PlatformFile(BaseModel):
    model_config = ConfigDict(extra="ignore")

    listen: str = "127.0.0.1"
    port: int


def read_public_door(home: Path) -> PublicDoor:
    """Read where the platform listens.

    :raises GiveUp: the platform was not brought up here.
    """
    try:
        platform = _PlatformFile.model_validate_json((home / "platform.json").read_bytes())
    except (OSError, ValidationError) as error:
        raise GiveUp("platform.json is missing or damaged; run 'galleria up' first.") from error
    return PublicDoor(listen=platform.listen, port=platform.port)


def runner_id(folder: Path) -> str:
    """Return the id of the runner that keeps its things in ``folder``; made once, then the same for ever."""
    file = folder / "id"
    try:
        return file.read_text("ascii").strip()
    except FileNotFoundError:
        fresh = f"{socket.gethostname()[:32]}-{uuid.uuid4().hex[:8]}"
        file.write_text(fresh, "ascii")
        return fresh
