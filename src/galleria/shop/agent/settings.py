"""What one agent process is told: which store it belongs to, whose tokens it takes, where its neighbours answer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from galleria.contracts import instance
from galleria.contracts.words import Slot


@dataclass(frozen=True)
class Told:
    """What the command line says beyond the store's folder and the agent's own socket."""

    engine: str
    """An address such as ``unix:/store/run/x.sock``; likewise the storefront's."""
    storefront: str
    config: Path | None = None
    """Default: the ``.env`` in the store's folder."""
    engine_python: Path | None = None
    """What starts the engine's commands. Default: what started the agent."""


@dataclass(frozen=True)
class Settings:
    """One agent's settings. Of the store's configuration it keeps these three values and forgets the rest."""

    store_id: str
    store_host: str
    public_key: str
    store_dir: Path
    socket: Path
    engine: Path
    storefront: Path
    config: Path | None = None
    engine_python: Path | None = None

    def storefront_in(self, slot: Slot) -> Path:
        """Where the storefront of a slot answers, live or not."""
        return self.storefront.with_name(f"storefront-{slot.value}.sock")

    @property
    def used_tokens(self) -> Path:
        """Where the ids of used tokens outlive a restart of the agent."""
        return self.store_dir / "run" / "agent-used-tokens"


def load(store_dir: Path, socket: Path, told: Told) -> Settings:
    """Read the store's configuration.

    :raises ContractBroken: the configuration is not valid; the message names the key.
    :raises OSError: it can't be read.
    :raises ValueError: an address is not that of a Unix socket.
    """
    config = instance.parse_env((told.config or store_dir / ".env").read_text(encoding="utf-8"))
    return Settings(
        store_id=config.store_id,
        store_host=config.store_host,
        public_key=config.agent_public_key,
        store_dir=store_dir,
        socket=socket,
        engine=_unix(told.engine),
        storefront=_unix(told.storefront),
        config=told.config,
        engine_python=told.engine_python,
    )


def _unix(address: str) -> Path:
    scheme, _, path = address.partition(":")
    if scheme != "unix" or not path.startswith("/"):
        raise ValueError("An address of a store's part is unix:/path/to/its.sock.")
    return Path(path)
